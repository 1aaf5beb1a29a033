# Precompiled headers: what most units of a folder read anyway, read once.
#   opentrail_precompile(TARGET [GTEST] HEADERS ...)
# Without headers of its own a target shares one precompiled header of the standard library (and GoogleTest, for tests);
# with some, it has one of its own. A header still has to include what it uses: tools/check-headers holds that.
set(OPENTRAIL_PRECOMPILE_STD
  <algorithm> <array> <atomic> <chrono> <cstdint> <cstring> <expected> <filesystem> <functional> <map> <memory> <mutex>
  <optional> <span> <string> <string_view> <unordered_map> <utility> <variant> <vector> <fmt/format.h>)

# ccache takes a precompiled header only with these; they hold for every build, as no unit asks for the time it was built.
set(OPENTRAIL_CCACHE_SETTINGS CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime)

if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  # Without this the precompiled header carries the times of what it read, and no two are the same.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
else()
  add_compile_options(-fpch-preprocess)
endif()

function(opentrail_precompile target)
  cmake_parse_arguments(ARG "GTEST" "" "HEADERS" ${ARGN})
  set(headers ${OPENTRAIL_PRECOMPILE_STD})
  set(shared opentrail_precompiled)
  if(ARG_GTEST)
    list(APPEND headers <gtest/gtest.h>)
    set(shared opentrail_precompiled_test)
  endif()
  if(ARG_HEADERS)
    target_precompile_headers(${target} PRIVATE ${headers} ${ARG_HEADERS})
    return()
  endif()
  if(NOT TARGET ${shared})
    file(CONFIGURE OUTPUT "${CMAKE_BINARY_DIR}/${shared}.cc" CONTENT "")
    add_library(${shared} OBJECT EXCLUDE_FROM_ALL "${CMAKE_BINARY_DIR}/${shared}.cc")
    target_link_libraries(${shared} PRIVATE fmt::fmt $<$<BOOL:${ARG_GTEST}>:GTest::gtest>)
    target_precompile_headers(${shared} PRIVATE ${headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${shared})
endfunction()
