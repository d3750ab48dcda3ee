// What the engine's threads ask of the driver's loop. Giving a command takes no lock of Python: an
// event file descriptor wakes the loop.
#pragma once

#include <cstdint>
#include <mutex>
#include <variant>
#include <vector>

#include "core/request.h"

namespace r1::trtllm {

struct Cancel {
  uint64_t request_id;
};
struct Stop {};
using Command = std::variant<Request, Cancel, Stop>;

class Commands {
 public:
  Commands();  // throws std::system_error
  ~Commands();
  Commands(const Commands &) = delete;
  Commands &operator=(const Commands &) = delete;

  // Any thread.
  void give(Command command);

  // The loop: readable while commands wait.
  [[nodiscard]] int fd() const { return fd_; }
  // The loop: all that wait, in the order they were given.
  [[nodiscard]] std::vector<Command> take();

 private:
  const int fd_;
  std::mutex mutex_;
  std::vector<Command> waiting_;
};

}  // namespace r1::trtllm
