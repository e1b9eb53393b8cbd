# A disk in memory that can lose power, for the engine and for RocksDB at once.
trebol_module(testing_simulated_disk
  SOURCES simulated_disk.cc simulated_files.cc simulated_rocksdb.cc
  DEPS trebol::engine)

# A disk that answers late, and a storage node on it.
trebol_module(testing_faulty_disk SOURCES faulty_disk.cc faulty_rocksdb.cc DEPS trebol::engine)
if(TREBOL_WITH_GRPC)
  trebol_program(trebol-storage-faulty SOURCES faulty_storage_main.cc
    DEPS trebol::storage_program trebol::testing_faulty_disk SERVER)
endif()
