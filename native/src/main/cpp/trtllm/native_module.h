// The built-in module _r1native: the driver's only way back.
#pragma once

#include <memory>

#include "trtllm/python.h"

namespace r1::trtllm {

class Session;

// For PyImport_AppendInittab.
PyObject *init_native_module();

// What the module's functions speak for; once, before the driver runs.
void bind_native_module(std::shared_ptr<Session> session);

}  // namespace r1::trtllm
