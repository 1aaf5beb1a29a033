# Language, warnings and the switches that the presets set.
set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

set(OPENTRAIL_SANITIZE "" CACHE STRING "Sanitizers, as -fsanitize= takes them")
option(OPENTRAIL_FUZZ "Build the libFuzzer targets (clang)" OFF)
option(OPENTRAIL_UNIT_TESTS "Build the unit tests" ON)
option(OPENTRAIL_WARNINGS_AS_ERRORS "Treat warnings as errors" ON)

# clang calls a helper deprecated that libstdc++ 12's own algorithms use.
# The three for g++: its version 12 sees overlaps and overflows in std::string's own code that are none (GCC
# bug 105651), the more where it is precompiled.
add_compile_options(-Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict;-Wno-stringop-overflow;-Wno-stringop-overread;-Wno-array-bounds>" $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>
  $<$<BOOL:${OPENTRAIL_WARNINGS_AS_ERRORS}>:-Werror>)
# The scanner's vector kernels are compiled per target and chosen at run time; the rest is baseline x86-64-v2.
add_compile_options($<$<STREQUAL:${CMAKE_SYSTEM_PROCESSOR},x86_64>:-march=x86-64-v2>)
if(OPENTRAIL_SANITIZE)
  add_compile_options(-fsanitize=${OPENTRAIL_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${OPENTRAIL_SANITIZE})
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL Clang)
  add_link_options(-fuse-ld=lld)
endif()
if(OPENTRAIL_FUZZ)
  # Without the tracing of comparisons, a call each: the unit tests run on this build too, and the dictionaries make up for it.
  add_compile_options(-fsanitize-coverage=inline-8bit-counters,pc-table)
endif()

include(OpentrailPrecompile)
find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER env ${OPENTRAIL_CCACHE_SETTINGS} "${CCACHE}")
endif()
