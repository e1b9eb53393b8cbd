// trebol-storage-faulty: trebol-storage on a disk that answers late or fails reads whenever a file
// says so. The file is FAULTY_DISK_FILE of the environment; faulty_disk.h says what it holds.

#include <stdlib.h>

#include <cstdio>

#include "storage-node/storage_program.h"
#include "tests/testing/faulty_disk.h"

int main(int argc, char** argv) {
  const char* const control_file = getenv("FAULTY_DISK_FILE");
  if (control_file == nullptr) {
    std::fprintf(stderr,
                 "trebol-storage-faulty: set FAULTY_DISK_FILE to the file with its faults\n");
    return 1;
  }
  trebol::testing::FaultyDisk disk(control_file);
  return trebol::RunStorageProgram(argc, argv,
                                   {.files = &disk.files(), .index_env = disk.rocksdb_env()});
}
