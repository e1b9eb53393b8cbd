trebol_program(trebol-engine-bench SOURCES engine_bench.cc
  DEPS trebol::engine CLI11::CLI11 nlohmann_json::nlohmann_json SERVER)
