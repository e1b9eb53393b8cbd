// The distribution's RocksDB is not instrumented, so ThreadSanitizer does not see how it orders its
// own threads. Reports with a frame of it are left out; those of our code alone are not.
extern "C" const char* __tsan_default_suppressions() { return "race:librocksdb.so\n"; }
