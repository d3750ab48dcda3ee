#include <dlfcn.h>

#include <algorithm>
#include <cstring>

#include "core/backend.h"
#include "sim/sim_backend.h"

namespace r1 {

Status open_backend(const std::string &name, const std::string &library_dir,
                    std::unique_ptr<Backend> &backend) {
  const auto is_plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  if (name.empty() || !std::all_of(name.begin(), name.end(), is_plain)) {
    return refuse(R1_INVALID, "a backend's name has only a-z and 0-9");
  }
  if (name == kSimulated) {
    backend = sim::make_backend();
    return {};
  }
  const std::string path = library_dir + "/libr1_" + name + ".so";
  void *library = dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    const char *problem = dlerror();
    return refuse(R1_UNSUPPORTED, "backend " + name + " does not load: " +
                                      (problem != nullptr ? problem : "unknown reason"));
  }
  void *symbol = dlsym(library, kMakeBackend);
  if (symbol == nullptr) {
    return refuse(R1_UNSUPPORTED, path + " is not a backend of this engine");
  }
  MakeBackend make = nullptr;
  std::memcpy(&make, &symbol, sizeof make);
  make(&backend);
  if (backend == nullptr) {
    return refuse(R1_UNSUPPORTED, "this process can have only one engine of backend " + name);
  }
  return {};
}

}  // namespace r1
