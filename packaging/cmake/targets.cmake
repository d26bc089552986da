# The targets people look for: check; format and check-format where clang-format is installed; tidy where clang-tidy is.
file(GLOB_RECURSE optout_sources CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/milter/*.h ${PROJECT_SOURCE_DIR}/milter/*.cpp
     ${PROJECT_SOURCE_DIR}/tests/*.h ${PROJECT_SOURCE_DIR}/tests/*.cpp)

find_program(CLANG_FORMAT clang-format)
if(CLANG_FORMAT)
  add_custom_target(format COMMAND ${CLANG_FORMAT} -i ${optout_sources} VERBATIM)
  add_custom_target(check-format COMMAND ${CLANG_FORMAT} --dry-run --Werror ${optout_sources} VERBATIM)
endif()

# Without the analyzer, which follows paths through functions and takes longer than all other checks together, but where
# pointers of C libraries come and go: in the rooms that talk to libmilter, hiredis and libmicrohttpd.
find_program(RUN_CLANG_TIDY run-clang-tidy)
if(RUN_CLANG_TIDY)
  cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
  set(tidy ${RUN_CLANG_TIDY} -quiet -p ${PROJECT_BINARY_DIR} -j ${cores})
  add_custom_target(tidy
    COMMAND ${tidy} -checks=-clang-analyzer-* ${PROJECT_SOURCE_DIR}/milter/
    COMMAND ${tidy} -checks=-*,clang-analyzer-* "${PROJECT_SOURCE_DIR}/milter/(session|redis|metrics)/"
    VERBATIM USES_TERMINAL)
endif()

if(OPTOUT_DEVELOPER)
  add_custom_target(check COMMAND ${CMAKE_COMMAND} --build . COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure -j 4
                    WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL)
endif()
