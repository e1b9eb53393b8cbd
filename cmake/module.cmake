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
function(trebol_program name)
  cmake_parse_arguments(ARG "SERVER" "" "SOURCES;DEPS" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS})
  if(ARG_SERVER AND NOT TREBOL_SANITIZE)
    target_link_options(${name} PRIVATE -Wl,--no-as-needed ${MIMALLOC_LIBRARY} -Wl,--as-needed)
  endif()
endfunction()

# trebol_test(NAME SOURCES … DEPS … [TIMEOUT seconds] [LABELS …] [SERIAL] [RAPIDCHECK]): a GoogleTest
# program in build/tests. GTEST_OUTPUT lets ./dev count the cases of every program.
function(trebol_test name)
  cmake_parse_arguments(ARG "SERIAL;RAPIDCHECK" "TIMEOUT" "SOURCES;DEPS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${name} ${ARG_SOURCES})
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  target_link_libraries(${name} PRIVATE trebol_options ${ARG_DEPS} GTest::gmock_main)
  if(ARG_RAPIDCHECK)
    target_link_libraries(${name} PRIVATE ${RAPIDCHECK_LIBRARY})
  endif()
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES
    TIMEOUT ${ARG_TIMEOUT} LABELS "${ARG_LABELS}" RUN_SERIAL ${ARG_SERIAL}
    ENVIRONMENT "GTEST_OUTPUT=xml:${CMAKE_BINARY_DIR}/test-results/${name}.xml")
endfunction()
