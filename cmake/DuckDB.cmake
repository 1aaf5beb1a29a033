# DuckDB as its makers built it: libduckdb.so and the headers of exactly that version (tools/fetch-duckdb brings both).
set(DUCKDB_VERSION 1.4.4)
set(DUCKDB_ROOT "${CMAKE_SOURCE_DIR}/.deps/duckdb-${DUCKDB_VERSION}" CACHE PATH "DuckDB's library and headers")
if(NOT EXISTS "${DUCKDB_ROOT}/lib/libduckdb.so")
  message(FATAL_ERROR "DuckDB ${DUCKDB_VERSION} is not at ${DUCKDB_ROOT}: run tools/fetch-duckdb first")
endif()
add_library(duckdb::duckdb SHARED IMPORTED GLOBAL)
set_target_properties(duckdb::duckdb PROPERTIES
  IMPORTED_LOCATION "${DUCKDB_ROOT}/lib/libduckdb.so"
  INTERFACE_INCLUDE_DIRECTORIES "${DUCKDB_ROOT}/include"
  INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${DUCKDB_ROOT}/include")
