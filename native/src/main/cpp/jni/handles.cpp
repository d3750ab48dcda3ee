#include "jni/handles.h"

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace r1::jni {
namespace {

constexpr size_t kEngines = 64;
constexpr auto kWakeAgain = std::chrono::milliseconds(20);

struct Entry {
  r1_engine *engine = nullptr;
  uint32_t generation = 1;
  uint32_t pins = 0;
  bool closing = false;
};

struct Table {
  std::mutex mutex;
  std::condition_variable unpinned;
  std::array<Entry, kEngines> entries;
};

Table &table() {
  static Table one;
  return one;
}

jlong handle_of(size_t slot, uint32_t generation) {
  return static_cast<jlong>(uint64_t{generation} << 8 | slot);
}

// The open entry of a handle, or NULL. The table is locked.
Entry *open_entry(Table &engines, jlong handle, size_t &slot) {
  const auto bits = static_cast<uint64_t>(handle);
  slot = bits & 0xff;
  if (slot >= kEngines) {
    return nullptr;
  }
  Entry &entry = engines.entries[slot];
  const bool open = entry.engine != nullptr && !entry.closing && entry.generation == bits >> 8;
  return open ? &entry : nullptr;
}

}  // namespace

jlong add(r1_engine *engine) {
  Table &engines = table();
  const std::lock_guard lock(engines.mutex);
  for (size_t slot = 0; slot < kEngines; slot++) {
    Entry &entry = engines.entries[slot];
    if (entry.engine == nullptr) {
      entry.engine = engine;
      return handle_of(slot, entry.generation);
    }
  }
  return 0;
}

void close(jlong handle) {
  Table &engines = table();
  r1_engine *engine = nullptr;
  Entry *entry = nullptr;
  {
    std::unique_lock lock(engines.mutex);
    size_t slot = 0;
    entry = open_entry(engines, handle, slot);
    if (entry == nullptr) {
      return;
    }
    entry->closing = true;
    engine = entry->engine;
    while (entry->pins > 0) {
      r1_wake(engine);  // again and again: a pinned call may not have begun to wait yet
      engines.unpinned.wait_for(lock, kWakeAgain, [&] { return entry->pins == 0; });
    }
  }
  r1_engine_destroy(engine);
  const std::lock_guard lock(engines.mutex);
  entry->engine = nullptr;
  entry->closing = false;
  entry->generation++;
}

Pin::Pin(jlong handle) {
  Table &engines = table();
  const std::lock_guard lock(engines.mutex);
  if (Entry *entry = open_entry(engines, handle, slot_); entry != nullptr) {
    entry->pins++;
    engine_ = entry->engine;
  }
}

Pin::~Pin() {
  if (engine_ == nullptr) {
    return;
  }
  Table &engines = table();
  {
    const std::lock_guard lock(engines.mutex);
    engines.entries[slot_].pins--;
  }
  engines.unpinned.notify_all();
}

}  // namespace r1::jni
