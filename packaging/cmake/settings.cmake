# How our own code is compiled. Every target of ours links optout_settings privately, and nothing else does; tests link
# optout_language, which is the same without what only optimized code can have.
if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)

add_library(optout_language INTERFACE)
target_compile_features(optout_language INTERFACE cxx_std_20)
target_compile_options(optout_language INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  # Not at -O3, where GCC 12 warns falsely, and which nothing builds often enough to see it.
  $<$<AND:$<BOOL:${OPTOUT_DEVELOPER}>,$<NOT:$<CONFIG:Release>>>:-Werror>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # GCC bug 105651: a false alarm about "x" + std::string(…) at -O3.
  target_compile_options(optout_language INTERFACE -Wno-restrict)
endif()
set(CMAKE_CXX_EXTENSIONS OFF)

add_library(optout_settings INTERFACE)
target_link_libraries(optout_settings INTERFACE optout_language)
if(NOT CMAKE_BUILD_TYPE STREQUAL "Debug" AND NOT OPTOUT_SANITIZE)
  target_compile_options(optout_settings INTERFACE
    -fstack-protector-strong -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2)
  target_link_options(optout_settings INTERFACE -Wl,-z,relro,-z,now)
endif()

if(OPTOUT_SANITIZE)
  add_compile_options(-fsanitize=${OPTOUT_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${OPTOUT_SANITIZE})
  if(OPTOUT_SANITIZE MATCHES undefined)
    add_compile_options(-fno-sanitize-recover=undefined)
  endif()
endif()
add_feature_info(developer OPTOUT_DEVELOPER "tests, warnings are errors")
add_feature_info(fuzz OPTOUT_FUZZ "libFuzzer targets")
