#include "trtllm/interpreter.h"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "trtllm/native_module.h"
#include "trtllm/python.h"

namespace r1::trtllm {
namespace {

// Where libpython was loaded from.
std::string libpython() {
  Dl_info found{};
  if (dladdr(reinterpret_cast<void *>(&Py_InitializeFromConfig), &found) == 0) {
    return {};
  }
  return found.dli_fname;
}

// The interpreter that belongs to a libpython: bin/pythonX.Y in one of the directories above it.
std::string beside(const std::string &library) {
  const std::string name =
      "bin/python" + std::to_string(PY_MAJOR_VERSION) + "." + std::to_string(PY_MINOR_VERSION);
  for (std::filesystem::path above = library; above.has_relative_path();) {
    above = above.parent_path();
    if (std::filesystem::exists(above / name)) {
      return (above / name).string();
    }
  }
  return {};
}

std::string interpreter(const std::string &library) {
  if (const char *chosen = std::getenv("R1_PYTHON"); chosen != nullptr && *chosen != 0) {
    return chosen;
  }
  if (const char *environment = std::getenv("VIRTUAL_ENV");
      environment != nullptr && *environment != 0) {
    return std::string(environment) + "/bin/python";
  }
  return beside(library);
}

// The JVM opened us, and so libpython, without RTLD_GLOBAL: extension modules would miss its
// symbols.
void publish_symbols(const std::string &library) {
  dlopen(library.c_str(), RTLD_NOW | RTLD_GLOBAL | RTLD_NOLOAD);
}

PyStatus initialize(const std::string &executable) {
  PyConfig config;
  PyConfig_InitPythonConfig(&config);
  config.install_signal_handlers = 0;  // they are the JVM's
  config.parse_argv = 0;
  config.write_bytecode = 0;
  PyStatus status = PyStatus_Ok();
  if (!executable.empty()) {
    status = PyConfig_SetBytesString(&config, &config.program_name, executable.c_str());
    if (PyStatus_Exception(status) == 0) {  // else MPI starts the JVM for each rank
      status = PyConfig_SetBytesString(&config, &config.executable, executable.c_str());
    }
  }
  if (PyStatus_Exception(status) == 0) {
    status = Py_InitializeFromConfig(&config);
  }
  PyConfig_Clear(&config);
  return status;
}

}  // namespace

Status start_interpreter(const std::string &archive) {
  if (Py_IsInitialized() != 0) {
    return refuse(R1_UNSUPPORTED, "this process already has a Python interpreter");
  }
  const std::string library = libpython();
  publish_symbols(library);
  PyImport_AppendInittab("_r1native", init_native_module);
  if (const PyStatus status = initialize(interpreter(library)); PyStatus_Exception(status) != 0) {
    return refuse(R1_UNSUPPORTED, std::string("Python does not start: ") +
                                      (status.err_msg != nullptr ? status.err_msg : "no reason"));
  }
  const Ref place(PyUnicode_FromString(archive.c_str()));
  PyObject *path = PySys_GetObject("path");
  if (!place || path == nullptr || PyList_Append(path, place.get()) != 0) {
    PyErr_Clear();
    return refuse(R1_UNSUPPORTED, "Python has no sys.path");
  }
  return {};
}

}  // namespace r1::trtllm
