# A disk in memory that can lose power, for the engine and for RocksDB at once.
trebol_module(testing_simulated_disk
  SOURCES simulated_disk.cc simulated_files.cc simulated_rocksdb.cc
  DEPS trebol::engine)
