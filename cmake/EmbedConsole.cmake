# opentrail_web: the console (web/), built by tools/build-web and embedded as it is, each file compressed. Who only
# builds what does not link the gateway needs no npm.
file(GLOB_RECURSE web_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/web/src/*" "${CMAKE_SOURCE_DIR}/web/public/*")
list(FILTER web_sources EXCLUDE REGEX "[.]test[.]tsx?$")
list(APPEND web_sources "${CMAKE_SOURCE_DIR}/web/index.html" "${CMAKE_SOURCE_DIR}/web/vite.config.ts"
  "${CMAKE_SOURCE_DIR}/web/tsconfig.json" "${CMAKE_SOURCE_DIR}/web/package-lock.json")
set(web_files "${CMAKE_BINARY_DIR}/web_files.cc")
find_package(Python3 REQUIRED COMPONENTS Interpreter)
add_custom_command(
  OUTPUT "${web_files}" "${CMAKE_BINARY_DIR}/web_files.pack"
  COMMAND "${CMAKE_SOURCE_DIR}/tools/build-web"
  COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/embed_files.py" web "${CMAKE_SOURCE_DIR}/web/dist" "${web_files}"
  DEPENDS ${web_sources} "${CMAKE_SOURCE_DIR}/tools/build-web" "${CMAKE_SOURCE_DIR}/tools/embed_files.py"
  COMMENT "Building the console" VERBATIM)
add_library(opentrail_web STATIC "${web_files}")
target_include_directories(opentrail_web PUBLIC "${CMAKE_SOURCE_DIR}/src")
