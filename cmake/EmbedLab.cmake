# opentrail_lab_files: what the Café is made of (lab/: its website, the intruder's program, the exercise's page), embedded,
# so that the program needs no folder beside it.
file(GLOB_RECURSE lab_sources CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/lab/site/*" "${CMAKE_SOURCE_DIR}/lab/attack/*"
  "${CMAKE_SOURCE_DIR}/lab/people/*" "${CMAKE_SOURCE_DIR}/lab/page/*"
  "${CMAKE_SOURCE_DIR}/lab/pictures/intruder.jpg")
set(lab_files "${CMAKE_BINARY_DIR}/lab_files.cc")
add_custom_command(
  OUTPUT "${lab_files}" "${CMAKE_BINARY_DIR}/lab_files.pack"
  COMMAND Python3::Interpreter "${CMAKE_SOURCE_DIR}/tools/embed_files.py" lab "${CMAKE_SOURCE_DIR}/lab" "${lab_files}"
  DEPENDS ${lab_sources} "${CMAKE_SOURCE_DIR}/tools/embed_files.py"
  COMMENT "Embedding the lab's files" VERBATIM)
add_library(opentrail_lab_files STATIC "${lab_files}")
set_source_files_properties("${lab_files}" PROPERTIES OBJECT_DEPENDS "${CMAKE_BINARY_DIR}/lab_files.pack")
target_include_directories(opentrail_lab_files PUBLIC "${CMAKE_SOURCE_DIR}/src")
