// trebol-storage-slow: trebol-storage on a disk that answers late whenever a file says so. The file
// is SLOW_DISK_FILE of the environment and holds milliseconds.

#include <stdlib.h>

#include <cstdio>

#include "storage-node/storage_program.h"
#include "tests/testing/slow_disk.h"

int main(int argc, char** argv) {
  const char* const control_file = getenv("SLOW_DISK_FILE");
  if (control_file == nullptr) {
    std::fprintf(stderr, "trebol-storage-slow: set SLOW_DISK_FILE to the file with the delay\n");
    return 1;
  }
  trebol::testing::SlowDisk disk(control_file);
  return trebol::RunStorageProgram(argc, argv,
                                   {.files = &disk.files(), .index_env = disk.rocksdb_env()});
}
