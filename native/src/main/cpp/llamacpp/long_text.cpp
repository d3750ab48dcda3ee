#include "llamacpp/long_text.h"

#include <pthread.h>

#include <exception>
#include <system_error>

namespace r1::llamacpp {
namespace {

constexpr size_t kStackBytes = size_t{1} << 20;
constexpr size_t kStackBytesPerTextByte = 1024;
constexpr size_t kShortText = 128;  // fits any thread's stack

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

bool is_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

// A word ends between these two: after the last line break before text, or before a single space.
bool word_ends(std::string_view text, size_t at) {
  const char before = text[at - 1];
  const char after = text[at];
  if (before == '\n') {
    return !is_space(after);
  }
  return after == ' ' && is_letter(before) && at + 1 < text.size() && is_letter(text[at + 1]);
}

bool is_continuation(char c) { return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U; }

struct Task {
  const std::function<void()> &body;
  std::exception_ptr problem;
};

void *run(void *argument) {
  Task &task = *static_cast<Task *>(argument);
  try {
    task.body();
  } catch (...) {
    task.problem = std::current_exception();
  }
  return nullptr;
}

class ThreadAttributes {
 public:
  explicit ThreadAttributes(size_t stack_bytes) {
    pthread_attr_init(&attributes_);
    pthread_attr_setstacksize(&attributes_, stack_bytes);
  }
  ~ThreadAttributes() { pthread_attr_destroy(&attributes_); }
  ThreadAttributes(const ThreadAttributes &) = delete;
  ThreadAttributes &operator=(const ThreadAttributes &) = delete;

  [[nodiscard]] const pthread_attr_t *get() const { return &attributes_; }

 private:
  pthread_attr_t attributes_{};
};

}  // namespace

size_t first_piece(std::string_view text) {
  if (text.size() <= kPieceBytesMax) {
    return text.size();
  }
  for (size_t at = kPieceBytesMax; at > 0; at--) {
    if (word_ends(text, at)) {
      return at;
    }
  }
  size_t at = kPieceBytesMax;
  while (at > kPieceBytesMax - 4 && is_continuation(text[at])) {
    at--;
  }
  return at;
}

void with_deep_stack(size_t text_bytes, const std::function<void()> &body) {
  if (text_bytes <= kShortText) {
    body();
    return;
  }
  Task task{body, nullptr};
  const ThreadAttributes attributes(kStackBytes + kStackBytesPerTextByte * text_bytes);
  pthread_t thread{};
  const int failed = pthread_create(&thread, attributes.get(), run, &task);
  if (failed != 0) {
    throw std::system_error(failed, std::generic_category(), "no thread to split a long text");
  }
  pthread_join(thread, nullptr);
  if (task.problem) {
    std::rethrow_exception(task.problem);
  }
}

}  // namespace r1::llamacpp
