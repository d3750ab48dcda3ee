#include "trtllm/session.h"

#include "trtllm/conversions.h"

namespace r1::trtllm {
namespace {

constexpr std::chrono::milliseconds kTellEvery{100};

}  // namespace

void Session::progress(float share) {
  const std::lock_guard lock(mutex_);
  progress_ = share;
}

void Session::loaded(Loaded loaded, Ref encode) {
  encode_ = encode.release();
  {
    const std::lock_guard lock(mutex_);
    loaded_ = std::move(loaded);
    answer_ = Status{};
  }
  changed_.notify_all();
}

void Session::refused(Status why) {
  {
    const std::lock_guard lock(mutex_);
    if (!answer_) {
      answer_ = std::move(why);
    }
  }
  changed_.notify_all();
}

void Session::ended() {
  refused(refuse(R1_MODEL, "the driver ended while it loaded"));
  fatal("the driver ended");
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
}

void Session::emit(std::span<const News> news) {
  const std::lock_guard lock(telling_);
  if (events_ != nullptr) {
    events_->emit(news);
  }
}

void Session::report(const LoopLoad &load) {
  const std::lock_guard lock(telling_);
  if (events_ != nullptr) {
    events_->report(load);
  }
}

void Session::fatal(const std::string &reason) {
  const std::lock_guard lock(telling_);
  if (events_ != nullptr) {
    events_->fatal(reason);
  } else {
    death_ = reason;
  }
}

Status Session::await_loaded(const std::function<bool(float)> &told, Loaded &loaded) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, kTellEvery, [this] { return answer_.has_value(); })) {
    const float share = progress_;
    lock.unlock();
    if (!told(share)) {
      return refuse(R1_STATE, "loading was given up");
    }
    lock.lock();
  }
  loaded = std::move(loaded_);
  return *answer_;
}

Status Session::encode(std::string_view text, std::vector<int32_t> &ids) const {
  const Gil gil;
  const Ref unicode(PyUnicode_DecodeUTF8(text.data(), static_cast<Py_ssize_t>(text.size()), ""));
  const Ref found(unicode ? PyObject_CallOneArg(encode_, unicode.get()) : nullptr);
  if (!found || !read_ids(found.get(), ids)) {
    PyErr_Clear();
    return refuse(R1_REQUEST, "the tokenizer refuses the text");
  }
  return {};
}

void Session::listen(LoopEvents *events) {
  const std::lock_guard lock(telling_);
  events_ = events;
  if (events_ != nullptr && !death_.empty()) {
    events_->fatal(death_);
  }
}

bool Session::await_end(std::chrono::milliseconds longest) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, longest, [this] { return ended_; });
}

}  // namespace r1::trtllm
