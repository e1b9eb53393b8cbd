// The program `trebol-storage`: one storage node.
#include "storage-node/storage_program.h"

int main(int argc, char** argv) { return trebol::RunStorageProgram(argc, argv); }
