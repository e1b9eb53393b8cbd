trebol_test(planted_cluster_power_cut_test SOURCES cluster_power_cut_planted_test.cc
  DEPS trebol::simulation_cluster_power_cut LABELS planted TIMEOUT 600)
