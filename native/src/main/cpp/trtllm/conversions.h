// Structs of the engine to and from what the driver uses. All under the Gil; where one fails, a
// Python exception is set.
#pragma once

#include <vector>

#include "core/loop_backend.h"
#include "trtllm/commands.h"
#include "trtllm/python.h"
#include "trtllm/session.h"

namespace r1::trtllm {

// A list of ints.
bool read_ids(PyObject *list, std::vector<int32_t> &ids);

// The dict `options()` gives.
Ref options_dict(const LoadRequest &wanted);

// The pair (word, value) of a command.
Ref command_pair(const Command &command);

// The dict of `loaded(card, encode)`.
bool read_card(PyObject *card, Loaded &loaded);

// The tuple of `report(numbers)`.
bool read_load(PyObject *numbers, LoopLoad &load);

// The list of `emit(news)`; what it reads lives as long as it does.
class NewsList {
 public:
  bool read(PyObject *list);
  [[nodiscard]] const std::vector<News> &news() const { return news_; }

 private:
  struct Place {  // of one news in the flat lists
    size_t ids, id_count, logprobs, logprob_count, tops, top_count, counts, counts_count;
  };
  bool add(PyObject *tuple);
  bool add_logprobs(PyObject *logprobs);
  bool add_tops(PyObject *tops);

  std::vector<News> news_;
  std::vector<Place> places_;
  std::vector<int32_t> ids_;
  std::vector<float> logprobs_;
  std::vector<r1_top> tops_;
  std::vector<uint8_t> top_counts_;
};

}  // namespace r1::trtllm
