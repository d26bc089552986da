# The libraries we stand on, each found once and named once.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
pkg_check_modules(hiredis REQUIRED IMPORTED_TARGET hiredis)
pkg_check_modules(icu REQUIRED IMPORTED_TARGET icu-uc)
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto)
find_package(yaml-cpp REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(prometheus REQUIRED IMPORTED_TARGET prometheus-cpp-core)
pkg_check_modules(microhttpd REQUIRED IMPORTED_TARGET libmicrohttpd)

# yaml-cpp 0.7 calls its target yaml-cpp, 0.8 yaml-cpp::yaml-cpp.
if(NOT TARGET yaml-cpp::yaml-cpp)
  add_library(yaml-cpp::yaml-cpp ALIAS yaml-cpp)
endif()

# Debian ships milter.pc; elsewhere libmilter is just a library and a header.
pkg_check_modules(milter QUIET IMPORTED_TARGET milter)
if(TARGET PkgConfig::milter)
  add_library(libmilter ALIAS PkgConfig::milter)
else()
  find_library(LIBMILTER_LIBRARY milter PATH_SUFFIXES libmilter REQUIRED)
  find_path(LIBMILTER_INCLUDE libmilter/mfapi.h REQUIRED)
  add_library(libmilter INTERFACE IMPORTED)
  target_link_libraries(libmilter INTERFACE ${LIBMILTER_LIBRARY})
  target_include_directories(libmilter INTERFACE ${LIBMILTER_INCLUDE})
endif()

if(OPTOUT_DEVELOPER)
  find_package(Boost REQUIRED CONFIG COMPONENTS unit_test_framework)
  find_package(rapidcheck REQUIRED)
endif()
