#include "llamacpp/memory.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>

namespace r1::llamacpp {
namespace {

uint64_t number_of(std::string_view text) {
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

uint64_t metadata(const llama_model *model, const std::string &key, uint64_t otherwise) {
  std::array<char, 64> text{};
  const int32_t length = llama_model_meta_val_str(model, key.c_str(), text.data(), text.size());
  const uint64_t value = length > 0 ? number_of(text.data()) : 0;
  return value > 0 ? value : otherwise;
}

uint64_t first_number_in(const char *path) {
  std::ifstream file(path);
  std::string word;
  return file >> word ? number_of(word) : 0;
}

uint64_t available_on_machine() {
  std::ifstream file("/proc/meminfo");
  for (std::string name, value, unit; file >> name >> value; std::getline(file, unit)) {
    if (name == "MemAvailable:") {
      return number_of(value) * 1024;
    }
  }
  return 0;
}

// 0 = no limit.
uint64_t available_in_group() {
  const uint64_t limit = first_number_in("/sys/fs/cgroup/memory.max");
  const uint64_t used = first_number_in("/sys/fs/cgroup/memory.current");
  return limit == 0 ? 0 : std::max<uint64_t>(limit > used ? limit - used : 0, 1);
}

}  // namespace

uint64_t bytes_per_cell(const llama_model *model, uint64_t element_bytes) {
  std::array<char, 64> architecture{};
  llama_model_meta_val_str(model, "general.architecture", architecture.data(), architecture.size());
  const std::string prefix = std::string(architecture.data()) + ".attention.";
  const auto heads = static_cast<uint64_t>(std::max(llama_model_n_head(model), 1));
  const auto kv_heads = static_cast<uint64_t>(std::max(llama_model_n_head_kv(model), 1));
  const auto layers = static_cast<uint64_t>(std::max(llama_model_n_layer(model), 1));
  const uint64_t head = static_cast<uint64_t>(llama_model_n_embd(model)) / heads;
  const uint64_t key = metadata(model, prefix + "key_length", head);
  const uint64_t value = metadata(model, prefix + "value_length", head);
  return layers * kv_heads * (key + value) * element_bytes;
}

uint64_t free_memory() {
  const uint64_t machine = available_on_machine();
  const uint64_t group = available_in_group();
  if (machine == 0 || group == 0) {
    return std::max(machine, group);
  }
  return std::min(machine, group);
}

}  // namespace r1::llamacpp
