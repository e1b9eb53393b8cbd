# Compiler, warnings, sanitizers, output folders.

if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 14)
  message(FATAL_ERROR
    "g++ ${CMAKE_CXX_COMPILER_VERSION} miscompiles temporaries inside co_await (they are destroyed "
    "twice). Use clang 16 or newer (./dev setup installs clang-19) or g++ 14 or newer.")
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 16)
  message(FATAL_ERROR "clang 16 or newer is needed; ./dev setup installs clang-19.")
endif()

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)

# clang 18 began to mangle constrained templates as g++ 14 does; the distribution's libraries are built
# by g++ 12, so that absl::Cord(std::string&&) would not be found.
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang" AND CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 18)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fclang-abi-compat=17>)
endif()

# A release keeps what a crash report needs to name a line, and our checks stay on.
set(CMAKE_CXX_FLAGS_RELEASE "-O2 -gline-tables-only")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -gline-tables-only -fno-omit-frame-pointer")

set(TREBOL_SANITIZE "" CACHE STRING "Empty, address (with undefined) or thread")
set(TREBOL_WITH_GRPC ON)

add_library(trebol_options INTERFACE)
target_include_directories(trebol_options INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(trebol_options INTERFACE
  -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Werror=thread-safety -Wno-deprecated-declarations>
  -Werror=return-type -Werror=unused-result -Werror=switch)
target_compile_definitions(trebol_options INTERFACE BOOST_ASIO_NO_DEPRECATED)

add_library(trebol_sanitizers INTERFACE)
if(TREBOL_SANITIZE STREQUAL "address")
  target_compile_options(trebol_sanitizers INTERFACE -fsanitize=address,undefined
    -fno-sanitize=vptr -fno-sanitize-recover=undefined)
  target_link_options(trebol_sanitizers INTERFACE -fsanitize=address,undefined)
  target_compile_definitions(trebol_sanitizers INTERFACE
    BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING TREBOL_PLANTED_DEFECTS)
elseif(TREBOL_SANITIZE STREQUAL "thread")
  # The distribution's gRPC gives hundreds of false reports under TSan: only libraries without it.
  target_compile_options(trebol_sanitizers INTERFACE -fsanitize=thread)
  target_link_options(trebol_sanitizers INTERFACE -fsanitize=thread)
  set(TREBOL_WITH_GRPC OFF)
elseif(TREBOL_SANITIZE)
  message(FATAL_ERROR "TREBOL_SANITIZE is '${TREBOL_SANITIZE}'; it may be empty, address or thread.")
endif()
target_link_libraries(trebol_options INTERFACE trebol_sanitizers)

add_link_options(-fuse-ld=lld-19)
