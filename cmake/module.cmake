# trebol_module(NAME [SOURCES …] [DEPS …]): one static library a module folder, target trebol::NAME.
function(trebol_module name)
  cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
  if(ARG_SOURCES)
    add_library(trebol_${name} STATIC ${ARG_SOURCES})
    target_link_libraries(trebol_${name} PUBLIC trebol_options ${ARG_DEPS})
  else()
    add_library(trebol_${name} INTERFACE)
    target_link_libraries(trebol_${name} INTERFACE trebol_options ${ARG_DEPS})
  endif()
  add_library(trebol::${name} ALIAS trebol_${name})
endfunction()

# trebol_program(NAME SOURCES … DEPS … [SERVER]): an executable in build/bin. Servers run on mimalloc,
# which halves the CPU of receiving (not under a sanitizer, which brings its own allocator).
add_custom_target(trebol_programs)  # what ./dev build, run and cluster need
function(trebol_program name)
  cmake_parse_arguments(ARG "SERVER" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS})
  add_dependencies(trebol_programs ${name})
  if(ARG_SERVER AND NOT TREBOL_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,--no-as-needed ${MIMALLOC_LIBRARY} -Wl,--as-needed)
  endif()
endfunction()

# trebol_test(NAME SOURCES … DEPS … [TIMEOUT seconds] [LABELS …] [SERIAL] [RAPIDCHECK]): a GoogleTest
# program in build/tests. GTEST_OUTPUT lets ./dev count the cases of every program. RAPIDCHECK links
# the library and adds the label randomised, which ./dev torture repeats with new seeds; give the label
# by hand to a randomised test without rapidcheck.
add_custom_target(trebol_tests)  # all that the sanitizer presets build
# Under TSan only the programs whose subject runs on several threads are built.
set(TREBOL_TSAN_TESTS unit_async_test unit_base_test unit_cluster_test unit_config_test
  unit_engine_chunk_store_test unit_http_test unit_metadata_cluster_test unit_metadata_state_test
  unit_resilience_test unit_telemetry_test)
function(trebol_test name)
  if(TREBOL_SANITIZE STREQUAL "thread" AND NOT name IN_LIST TREBOL_TSAN_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "SERIAL;RAPIDCHECK" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS} GTest::gmock_main)
  if(TREBOL_SANITIZE STREQUAL "thread")
    target_sources(${name} PRIVATE ${CMAKE_SOURCE_DIR}/tests/testing/tsan_suppressions.cc)
  endif()
  if(ARG_RAPIDCHECK)
    target_link_libraries(${name} PRIVATE ${RAPIDCHECK_LIBRARY})
    list(APPEND ARG_LABELS randomised)
  endif()
  add_dependencies(trebol_tests ${name})
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" RUN_SERIAL ${ARG_SERIAL}
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/${name}.xml")
endfunction()

# trebol_fuzz(NAME SOURCES … DEPS … [SECONDS n] [CORPUS folder] [LONG] [SLOW]): a libFuzzer target, in
# the asan preset; without a sanitizer it is only compiled, so that a change under it is noticed. As a
# test it runs for SECONDS (10), starting from the files in CORPUS. The libraries named in DEPS are what it
# explores: they get its coverage instrumentation. LONG: begins with long inputs, for a target that does
# nothing with short ones. SLOW: keeps no corpus between runs, for a target that could not try it all
# again within SECONDS.
function(trebol_fuzz name)
  cmake_parse_arguments(ARG "LONG;SLOW" "SECONDS;CORPUS" "SOURCES;DEPS" ${ARGN})
  if(NOT TREBOL_SANITIZE STREQUAL "address")
    if(NOT TREBOL_SANITIZE)
      add_library(${name} OBJECT ${ARG_SOURCES})
      target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS})
      add_dependencies(trebol_tests ${name})
    endif()
    return()
  endif()
  set(lengths)
  if(ARG_LONG)
    set(lengths -len_control=0 -max_len=2048)
  endif()
  if(NOT ARG_SECONDS)
    set(ARG_SECONDS 10)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS})
  target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
  target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  foreach(dep ${ARG_DEPS})
    string(REPLACE "trebol::" "trebol_" library ${dep})
    if(TARGET ${library})
      get_target_property(type ${library} TYPE)
      if(type STREQUAL "STATIC_LIBRARY")
        target_compile_options(${library} PRIVATE -fsanitize=fuzzer-no-link)
      endif()
    endif()
  endforeach()
  add_dependencies(trebol_tests ${name})
  # The first folder takes what is found, so that the source tree stays as it is.
  set(found ${CMAKE_BINARY_DIR}/fuzz-corpus/${name})
  file(MAKE_DIRECTORY ${found})
  set(kept ${found})
  if(ARG_SLOW)
    set(kept)
  endif()
  math(EXPR limit "${ARG_SECONDS} * 4 + 60")
  add_test(NAME ${name}
    COMMAND ${name} -max_total_time=${ARG_SECONDS} -timeout=20 ${lengths}
            -artifact_prefix=${found}/ ${kept} ${ARG_CORPUS})
  set_tests_properties(${name} PROPERTIES TIMEOUT ${limit} LABELS fuzz)
endfunction()
