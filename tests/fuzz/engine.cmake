trebol_fuzz(fuzz_segment_scan SOURCES segment_scan_fuzz.cc
  DEPS trebol::engine trebol::testing_simulated_disk SECONDS 20)
