# The targets people look for: check, format, check-format (the last two where clang-format is installed).
file(GLOB_RECURSE optout_sources CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/milter/*.h ${PROJECT_SOURCE_DIR}/milter/*.cpp
     ${PROJECT_SOURCE_DIR}/tests/*.h ${PROJECT_SOURCE_DIR}/tests/*.cpp)

find_program(CLANG_FORMAT clang-format)
if(CLANG_FORMAT)
  add_custom_target(format COMMAND ${CLANG_FORMAT} -i ${optout_sources} VERBATIM)
  add_custom_target(check-format COMMAND ${CLANG_FORMAT} --dry-run --Werror ${optout_sources} VERBATIM)
endif()

if(OPTOUT_DEVELOPER)
  add_custom_target(check COMMAND ${CMAKE_COMMAND} --build . COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure -j 4
                    WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL)
endif()
