#include "trtllm/commands.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace r1::trtllm {
namespace {

int new_event_fd() {
  const int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (fd < 0) {
    throw std::system_error(errno, std::generic_category(), "eventfd");
  }
  return fd;
}

}  // namespace

Commands::Commands() : fd_(new_event_fd()) {}

Commands::~Commands() { close(fd_); }

void Commands::give(Command command) {
  const std::lock_guard lock(mutex_);
  waiting_.push_back(std::move(command));
  eventfd_write(fd_, 1);
}

std::vector<Command> Commands::take() {
  const std::lock_guard lock(mutex_);
  eventfd_t count = 0;
  eventfd_read(fd_, &count);  // nothing to read is fine
  return std::exchange(waiting_, {});
}

}  // namespace r1::trtllm
