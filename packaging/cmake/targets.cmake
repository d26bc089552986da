# The targets people look for: check; format and check-format where clang-format is installed; tidy in its preset.
file(GLOB_RECURSE optout_sources CONFIGURE_DEPENDS
     ${PROJECT_SOURCE_DIR}/milter/*.h ${PROJECT_SOURCE_DIR}/milter/*.cpp
     ${PROJECT_SOURCE_DIR}/tests/*.h ${PROJECT_SOURCE_DIR}/tests/*.cpp)

find_program(CLANG_FORMAT clang-format)
if(CLANG_FORMAT)
  add_custom_target(format COMMAND ${CLANG_FORMAT} -i ${optout_sources} VERBATIM)
  add_custom_target(check-format COMMAND ${CLANG_FORMAT} --dry-run --Werror ${optout_sources} VERBATIM)
endif()

# clang-tidy, in the build directory of the preset tidy alone, where ten sources of a room are one unit: most of its time
# goes into headers, and source by source it takes five times as long. So names in anonymous namespaces of a room must
# differ: a unit that does not compile is a failure. What is lost: suspicious-include, as units include nothing but
# sources, and misc-unused-alias-decls, which looks at main files only.
#
# The analyzer follows paths through functions, and is for where pointers of C libraries come and go, and for what takes
# the texts of others apart: not for all rooms, as it would cost as much again. It takes what a unit includes for
# headers, and leaves that alone without a word, unless the path of the unit has UnifiedSource in it (isInCodeFile in
# Clang).
find_program(RUN_CLANG_TIDY run-clang-tidy)
if(RUN_CLANG_TIDY AND PROJECT_BINARY_DIR MATCHES "UnifiedSource")
  cmake_host_system_information(RESULT cores QUERY NUMBER_OF_LOGICAL_CORES)
  set(tidy ${RUN_CLANG_TIDY} -quiet -p ${PROJECT_BINARY_DIR} -j ${cores})
  add_custom_target(tidy
    COMMAND ${tidy} -checks=-clang-analyzer-*,-bugprone-suspicious-include
    COMMAND ${tidy} -checks=-*,clang-analyzer-*
            "/milter/(session|redis|metrics|confirm|unsubscribe|address|util)/CMakeFiles/"
    VERBATIM USES_TERMINAL)
endif()

if(OPTOUT_DEVELOPER)
  add_custom_target(check COMMAND ${CMAKE_COMMAND} --build . COMMAND ${CMAKE_CTEST_COMMAND} --output-on-failure -j 4
                    WORKING_DIRECTORY ${PROJECT_BINARY_DIR} USES_TERMINAL)
endif()
