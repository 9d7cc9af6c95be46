# SPDX-License-Identifier: Apache-2.0
# The four verbs that every folder of the tree is built with.
include_guard(GLOBAL)

# Compile settings that every Fathom target has and none exports. Clang: libstdc++ 12's stable_sort
# calls a function that it deprecates itself.
add_library(fathom_options INTERFACE)
target_compile_features(fathom_options INTERFACE cxx_std_23)
target_compile_options(fathom_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -ffp-contract=off -fno-math-errno
  # GCC 12 warns of overlapping copies inside its own std::string (bug 105651).
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<CXX_COMPILER_ID:Clang>:-Wno-gnu-statement-expression -Wno-gnu-statement-expression-from-macro-expansion
    -Wno-deprecated-declarations>)
if(FATHOM_SANITIZE)
  target_compile_options(fathom_options INTERFACE -fsanitize=${FATHOM_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer -g1)
  target_link_options(fathom_options INTERFACE -fsanitize=${FATHOM_SANITIZE})
endif()

macro(fathom_find_dependencies)
  find_package(Boost 1.81 REQUIRED)
  find_package(OpenSSL 3 REQUIRED)
  find_package(PkgConfig REQUIRED)
  find_package(Threads REQUIRED)
  pkg_check_modules(SECP256K1 REQUIRED IMPORTED_TARGET libsecp256k1)
  if(FATHOM_BUILD_APPS)
    find_package(CLI11 REQUIRED)
  endif()
  if(FATHOM_BUILD_APPS OR FATHOM_BUILD_TESTS)
    find_package(simdjson REQUIRED)
    find_package(ZLIB REQUIRED)
    pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
  endif()
  if(FATHOM_BUILD_TESTS)
    find_package(GTest REQUIRED)
    find_package(Zydis QUIET)
  endif()
endmacro()

# One library for src/fathom/<folder>: every .cpp in it but the tests. Further arguments: the folders it may use.
function(fathom_library folder)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/fathom/${folder}/*.cpp")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(target fathom_${folder})
  if(sources)
    add_library(${target} STATIC ${sources})
    set(scope PUBLIC)
    target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:fathom_options>)
    target_include_directories(${target} PUBLIC
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
      $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
    target_compile_features(${target} PUBLIC cxx_std_23)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE ON)
  else()
    add_library(${target} INTERFACE)
    set(scope INTERFACE)
    target_include_directories(${target} INTERFACE
      $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/src> $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>)
  endif()
  foreach(dependency IN LISTS ARGN)
    target_link_libraries(${target} ${scope} fathom_${dependency})
  endforeach()
  set_property(GLOBAL APPEND PROPERTY FATHOM_FOLDERS ${folder})
endfunction()

# Third-party libraries have one owner folder each (docs/decisions/0002-dependencies.md).
macro(fathom_link_third_party)
  target_include_directories(fathom_base SYSTEM INTERFACE $<BUILD_INTERFACE:${Boost_INCLUDE_DIRS}>)
  get_target_property(fathom_crypto_type fathom_crypto TYPE)
  if(NOT fathom_crypto_type STREQUAL "INTERFACE_LIBRARY")
    target_link_libraries(fathom_crypto PRIVATE OpenSSL::Crypto PkgConfig::SECP256K1)
    # Arrays of limbs and lanes live in registers only where every loop over them is unrolled, which
    # -O2 does not do: field arithmetic takes half the time.
    target_compile_options(fathom_crypto PRIVATE $<$<CONFIG:Release>:-O3>)
    # Field elements are written word by word; copied through vector registers they would be read
    # before they have left the store buffer, which stalls. A third of a pairing's time. All that
    # share the fields' templates, because the linker keeps one copy of each.
    if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
      set_source_files_properties(
        src/fathom/crypto/bn254.cpp src/fathom/crypto/bn254_pairing.cpp
        src/fathom/crypto/bls12_381.cpp src/fathom/crypto/bls12_381_curve.cpp
        src/fathom/crypto/bls12_381_hash.cpp src/fathom/crypto/bls12_381_pairing.cpp
        src/fathom/crypto/bls_signature.cpp
        PROPERTIES COMPILE_OPTIONS $<$<CONFIG:Release>:-mgeneral-regs-only>)
    endif()
  endif()
  target_link_libraries(fathom_sched PUBLIC Threads::Threads)
  if(TARGET fathom_harness)
    target_link_libraries(fathom_harness PRIVATE simdjson::simdjson PkgConfig::ZSTD ZLIB::ZLIB)
  endif()
endmacro()

# One test executable per folder, from the *_test.cpp beside the sources.
function(fathom_tests)
  get_property(folders GLOBAL PROPERTY FATHOM_FOLDERS)
  foreach(folder IN LISTS folders)
    file(GLOB_RECURSE tests CONFIGURE_DEPENDS "${PROJECT_SOURCE_DIR}/src/fathom/${folder}/*_test.cpp")
    if(tests)
      fathom_test(${folder} fathom_${folder} ${tests})
    endif()
  endforeach()
endfunction()

# fathom_test(<name> <library> <sources...>): a GoogleTest executable registered with ctest.
function(fathom_test name library)
  set(target fathom_${name}_test)
  add_executable(${target} ${ARGN})
  target_link_libraries(${target} PRIVATE ${library} fathom_options GTest::gmock GTest::gtest_main)
  # What is tested is optimised; the tests themselves need not be, and compile in two thirds of the time.
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0>)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${target} PRIVATE FATHOM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  add_test(NAME ${name} COMMAND ${target} WORKING_DIRECTORY "${PROJECT_SOURCE_DIR}")
endfunction()

# fathom_fuzz(<name> <library> <source>): a libFuzzer target with its seed corpus in fuzz/corpus/<name>.
function(fathom_fuzz name library source)
  set(target fuzz_${name})
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE ${library} fathom_options)
  target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/fuzz")
endfunction()

# What an embedder gets: the libraries below the façade, the headers that it includes, and the ways
# to find them (find_package and pkg-config). Nothing here names the build tree or the prefix.
set(FATHOM_INSTALLED_HEADERS
  base/bytes.hpp base/error.hpp base/integers.hpp base/result.hpp
  svm/account_source.hpp svm/effects.hpp svm/processor.hpp svm/program_cache.hpp
  types/account.hpp types/base58.hpp types/feature_table.inc types/features.hpp types/instruction_error.hpp
  types/native_programs.hpp
  types/pda.hpp types/program_ids.hpp types/pubkey.hpp types/sysvars.hpp types/transaction.hpp
  types/transaction_error.hpp types/units.hpp)

function(fathom_install)
  include(CMakePackageConfigHelpers)
  set(targets fathom)
  set(libraries "")
  get_property(folders GLOBAL PROPERTY FATHOM_FOLDERS)
  foreach(folder IN LISTS folders)
    if(NOT folder STREQUAL "harness")
      list(APPEND targets fathom_${folder})
      get_target_property(type fathom_${folder} TYPE)
      if(type STREQUAL "STATIC_LIBRARY")
        string(PREPEND libraries "-lfathom_${folder} ") # users before what they use
      endif()
    endif()
  endforeach()
  install(TARGETS ${targets} EXPORT fathomTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})

  install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/fathom" DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
    FILES_MATCHING PATTERN "*.hpp")
  foreach(header IN LISTS FATHOM_INSTALLED_HEADERS)
    get_filename_component(folder "${header}" DIRECTORY)
    install(FILES "${PROJECT_SOURCE_DIR}/src/fathom/${header}"
      DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/fathom/${folder})
  endforeach()

  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/fathom)
  install(EXPORT fathomTargets NAMESPACE fathom:: DESTINATION ${package_dir})
  configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/fathomConfig.cmake.in"
    "${PROJECT_BINARY_DIR}/fathomConfig.cmake" INSTALL_DESTINATION ${package_dir})
  write_basic_package_version_file("${PROJECT_BINARY_DIR}/fathomConfigVersion.cmake"
    VERSION ${PROJECT_VERSION} COMPATIBILITY SameMinorVersion)
  install(FILES "${PROJECT_BINARY_DIR}/fathomConfig.cmake" "${PROJECT_BINARY_DIR}/fathomConfigVersion.cmake"
    DESTINATION ${package_dir})

  # The .pc file knows its prefix from where it lies.
  set(FATHOM_PC_LIBS "${libraries}")
  file(RELATIVE_PATH FATHOM_PC_PREFIX "/p/${CMAKE_INSTALL_LIBDIR}/pkgconfig" "/p")
  configure_file("${PROJECT_SOURCE_DIR}/cmake/fathom.pc.in" "${PROJECT_BINARY_DIR}/fathom.pc" @ONLY)
  install(FILES "${PROJECT_BINARY_DIR}/fathom.pc" DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endfunction()
