# A room is a folder of milter/ with one static library.
#
#   optout_room(redis SOURCES client.cpp … USES util log [PRIVATELY PkgConfig::hiredis])
#
# A room sees the headers of the rooms it USES and no others, not even of those that these use: each room's headers
# are reached as "redis/client.h" through an include directory of its own, its door, and only doors that are named
# are open. Linking follows by itself.

# Makes the door of the room in the current folder.
function(optout_make_door name)
  file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/rooms/${name})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${PROJECT_BINARY_DIR}/rooms/${name}/${name} SYMBOLIC)
  set_property(GLOBAL APPEND PROPERTY optout_rooms ${name})
endfunction()

# Lets `target` look into these rooms.
function(optout_open_doors target)
  foreach(room IN LISTS ARGN)
    target_include_directories(${target} PRIVATE ${PROJECT_BINARY_DIR}/rooms/${room})
  endforeach()
endfunction()

# Tests may look everywhere.
function(optout_open_all_doors target)
  get_property(rooms GLOBAL PROPERTY optout_rooms)
  optout_open_doors(${target} ${rooms})
endfunction()

function(optout_room name)
  cmake_parse_arguments(PARSE_ARGV 1 room "" "" "SOURCES;USES;PRIVATELY")
  if(room_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "optout_room(${name}): what is ${room_UNPARSED_ARGUMENTS}?")
  endif()
  optout_make_door(${name})
  add_library(${name} STATIC ${room_SOURCES})
  set_target_properties(${name} PROPERTIES OUTPUT_NAME optout_${name})
  target_link_libraries(${name} PUBLIC ${room_USES} PRIVATE optout_settings ${room_PRIVATELY})
  optout_open_doors(${name} ${name} ${room_USES})
endfunction()
