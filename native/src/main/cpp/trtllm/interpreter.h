// CPython in this process. It starts once and never ends: it cannot start a second time.
#pragma once

#include <string>

#include "core/status.h"

namespace r1::trtllm {

// Starts it on the calling thread, which becomes Python's main thread and holds its lock after.
// Finds modules in `archive` too. R1_UNSUPPORTED if it does not start.
//
// The interpreter is that of R1_PYTHON, else of VIRTUAL_ENV, else the one beside libpython: where
// packages are found, and what MPI starts for the ranks.
Status start_interpreter(const std::string &archive);

}  // namespace r1::trtllm
