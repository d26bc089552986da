# A room is a folder of milter/ with one static library.
#
#   optout_room(redis SOURCES client.cpp … USES util log [PRIVATELY PkgConfig::hiredis])
#
# A room sees the headers of the rooms it USES and no others: each room's headers are reached through
# an include directory of its own, as "redis/client.h", which only users of the room are given.
function(optout_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;PRIVATELY")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "optout_room(${name}): what is ${room_UNPARSED_ARGUMENTS}?")
  endif()
  set(door ${PROJECT_BINARY_DIR}/rooms/${name})
  file(MAKE_DIRECTORY ${door})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${door}/${name} SYMBOLIC)

  if(room_SOURCES)
    add_library(${name} STATIC ${room_SOURCES})
    set(scope PUBLIC)
    target_link_libraries(${name} PRIVATE optout_settings ${room_PRIVATELY})
    set_target_properties(${name} PROPERTIES OUTPUT_NAME optout_${name})
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${door})
  target_link_libraries(${name} ${scope} ${room_USES})
endfunction()
