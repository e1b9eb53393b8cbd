#pragma once

/// `trebol server DIR…`: a whole cluster in one process. Returns the exit code.
int RunServer(int argc, char** argv);
