#include "trtllm/conversions.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string>

namespace r1::trtllm {
namespace {

bool put(const Ref &dict, const char *name, PyObject *owned) {
  const Ref value(owned);
  return dict && value && PyDict_SetItemString(dict.get(), name, value.get()) == 0;
}

PyObject *number(uint64_t value) { return PyLong_FromUnsignedLongLong(value); }
PyObject *number(int32_t value) { return PyLong_FromLong(value); }
PyObject *number(float value) { return PyFloat_FromDouble(static_cast<double>(value)); }
PyObject *text(const std::string &value) {
  return PyUnicode_FromStringAndSize(value.data(), static_cast<Py_ssize_t>(value.size()));
}

PyObject *id_list(const std::vector<int32_t> &ids) {
  Ref list(PyList_New(static_cast<Py_ssize_t>(ids.size())));
  for (size_t at = 0; list && at < ids.size(); at++) {
    PyList_SET_ITEM(list.get(), static_cast<Py_ssize_t>(at), number(ids[at]));
  }
  return list.release();
}

PyObject *bias_list(const std::vector<r1_bias> &biases) {
  Ref list(PyList_New(0));
  for (const r1_bias &bias : biases) {
    const Ref pair(Py_BuildValue("(if)", bias.id, bias.bias));
    if (!list || !pair || PyList_Append(list.get(), pair.get()) != 0) {
      return nullptr;
    }
  }
  return list.release();
}

Ref request_dict(const Request &request) {
  const Sampling &sampling = request.sampling;
  Ref dict(PyDict_New());
  const bool whole =
      put(dict, "id", number(request.id)) && put(dict, "prompt", id_list(request.prompt)) &&
      put(dict, "max_tokens", number(uint64_t{request.max_tokens})) &&
      put(dict, "min_tokens", number(uint64_t{request.min_tokens})) &&
      put(dict, "priority", number(request.priority)) &&
      put(dict, "ignore_end", PyBool_FromLong(request.ignore_end ? 1 : 0)) &&
      put(dict, "logprobs", PyBool_FromLong(request.logprobs ? 1 : 0)) &&
      put(dict, "top_logprobs", number(uint64_t{request.top_logprobs})) &&
      put(dict, "cache_salt", number(request.cache_salt)) &&
      put(dict, "stop_ids", id_list(request.stops)) && put(dict, "seed", number(sampling.seed)) &&
      put(dict, "temperature", number(sampling.temperature)) &&
      put(dict, "top_p", number(sampling.top_p)) && put(dict, "min_p", number(sampling.min_p)) &&
      put(dict, "top_k", number(sampling.top_k)) &&
      put(dict, "repetition_penalty", number(sampling.repetition_penalty)) &&
      put(dict, "presence_penalty", number(sampling.presence_penalty)) &&
      put(dict, "frequency_penalty", number(sampling.frequency_penalty)) &&
      put(dict, "bias", bias_list(sampling.bias)) &&
      put(dict, "constraint_kind", number(uint64_t{request.constraint.kind})) &&
      put(dict, "constraint", text(request.constraint.text)) &&
      put(dict, "constraint_after_id", number(request.constraint.after_id));
  return whole ? std::move(dict) : Ref();
}

// Reads a dict's values; the first that is missing or wrong sets the Python exception.
class Fields {
 public:
  explicit Fields(PyObject *dict) : dict_(dict) {}

  uint64_t number(const char *name) {
    PyObject *value = find(name);
    const uint64_t found = value == nullptr ? 0 : PyLong_AsUnsignedLongLongMask(value);
    whole_ = whole_ && PyErr_Occurred() == nullptr;
    return found;
  }

  std::chrono::milliseconds seconds(const char *name) {
    PyObject *value = find(name);
    const double found = value == nullptr ? 0 : PyFloat_AsDouble(value);
    whole_ = whole_ && PyErr_Occurred() == nullptr;
    return std::chrono::milliseconds(static_cast<int64_t>(found * 1000));
  }

  std::string text(const char *name) {
    PyObject *value = find(name);
    const char *found = value == nullptr ? nullptr : PyUnicode_AsUTF8(value);
    whole_ = whole_ && found != nullptr;
    return found == nullptr ? std::string() : std::string(found);
  }

  std::vector<int32_t> ids(const char *name) {
    PyObject *value = find(name);
    std::vector<int32_t> found;
    whole_ = whole_ && value != nullptr && read_ids(value, found);
    return found;
  }

  std::vector<std::string> bytes(const char *name) {
    PyObject *list = find(name);
    std::vector<std::string> found;
    for (Py_ssize_t at = 0; whole_ && at < PyList_Size(list); at++) {
      char *data = nullptr;
      Py_ssize_t size = 0;
      whole_ = PyBytes_AsStringAndSize(PyList_GetItem(list, at), &data, &size) == 0;
      if (whole_) {
        found.emplace_back(data, static_cast<size_t>(size));
      }
    }
    return found;
  }

  [[nodiscard]] bool whole() const { return whole_; }

 private:
  PyObject *find(const char *name) {
    PyObject *value = whole_ ? PyDict_GetItemString(dict_, name) : nullptr;
    if (whole_ && value == nullptr) {
      PyErr_SetString(PyExc_KeyError, name);
      whole_ = false;
    }
    return value;
  }

  PyObject *dict_;
  bool whole_ = true;
};

std::vector<uint8_t> marks(const std::vector<int32_t> &ids, size_t size) {
  std::vector<uint8_t> marked(size, 0);
  for (const int32_t id : ids) {
    marked.at(static_cast<size_t>(id)) = 1;
  }
  return marked;
}

uint32_t features(bool speculative, bool guided, size_t ends) {
  uint32_t found = R1_CAN_TEXT | R1_CAN_MIN_P;
  if (ends == 1) {  // min_tokens holds back end_id only, no stop_token_ids
    found |= R1_CAN_MIN_TOKENS;
  }
  if (!speculative) {  // guessed tokens have no such arithmetic
    found |= R1_CAN_LOGPROBS | R1_CAN_PENALTIES | R1_CAN_BIAS;
  }
  if (guided) {
    found |= R1_CAN_JSON_OBJECT | R1_CAN_JSON_SCHEMA | R1_CAN_REGEX | R1_CAN_GRAMMAR;
  }
  return found;
}

}  // namespace

bool read_ids(PyObject *list, std::vector<int32_t> &ids) {
  if (PyList_Check(list) == 0) {
    PyErr_SetString(PyExc_TypeError, "ids are a list");
    return false;
  }
  const Py_ssize_t count = PyList_GET_SIZE(list);
  ids.reserve(ids.size() + static_cast<size_t>(count));
  for (Py_ssize_t at = 0; at < count; at++) {
    const long id = PyLong_AsLong(PyList_GET_ITEM(list, at));
    if (id == -1 && PyErr_Occurred() != nullptr) {
      return false;
    }
    ids.push_back(static_cast<int32_t>(id));
  }
  return true;
}

Ref options_dict(const LoadRequest &wanted) {
  Ref dict(PyDict_New());
  const bool prefix_cache = (wanted.flags & static_cast<uint32_t>(R1_PREFIX_CACHE)) != 0;
  const bool whole = put(dict, "model_path", text(wanted.model_path)) &&
                     put(dict, "backend_json", text(wanted.backend_json)) &&
                     put(dict, "max_sequences", number(uint64_t{wanted.max_sequences})) &&
                     put(dict, "context_tokens", number(uint64_t{wanted.context_tokens})) &&
                     put(dict, "prefix_cache", PyBool_FromLong(prefix_cache ? 1 : 0));
  return whole ? std::move(dict) : Ref();
}

Ref command_pair(const Command &command) {
  if (const auto *request = std::get_if<Request>(&command)) {
    const Ref dict = request_dict(*request);
    return Ref(dict ? Py_BuildValue("(sO)", "submit", dict.get()) : nullptr);
  }
  if (const auto *cancel = std::get_if<Cancel>(&command)) {
    return Ref(Py_BuildValue("(sK)", "cancel", cancel->request_id));
  }
  return Ref(Py_BuildValue("(sO)", "stop", Py_None));
}

bool read_card(PyObject *dict, Loaded &loaded) {
  Fields fields(dict);
  ModelCard &card = loaded.card;
  card.name = fields.text("name");
  card.architecture = fields.text("architecture");
  card.backend_version = fields.text("version");
  card.context_tokens = static_cast<uint32_t>(fields.number("context_tokens"));
  card.kv_tokens = fields.number("kv_tokens");
  card.bos_id = static_cast<int32_t>(fields.number("bos_id"));
  card.end_ids = fields.ids("end_ids");
  card.pieces = fields.bytes("pieces");
  const bool speculative = fields.number("speculative") != 0;
  card.features = features(speculative, fields.number("guided") != 0, card.end_ids.size());
  const std::vector<int32_t> controls = fields.ids("controls");
  const std::vector<int32_t> markers = fields.ids("markers");
  loaded.prompt_tokens_max = static_cast<uint32_t>(fields.number("prompt_tokens_max"));
  loaded.request_tokens_max = fields.number("request_tokens_max");
  loaded.stall_limit = fields.seconds("stall_seconds");
  loaded.stop_limit = fields.seconds("stop_seconds");
  if (!fields.whole()) {
    return false;
  }
  card.control = marks(controls, card.pieces.size());
  card.marker = marks(markers, card.pieces.size());
  return true;
}

bool read_load(PyObject *numbers, LoopLoad &load) {
  const std::array<uint64_t *, 9> all = {
      &load.running,           &load.waiting,         &load.kv_tokens_used,
      &load.kv_tokens_cached,  &load.kv_tokens_total, &load.prefix_asked_tokens,
      &load.prefix_hit_tokens, &load.steps,           &load.step_us};
  for (size_t at = 0; at < all.size(); at++) {
    PyObject *value = PyTuple_GetItem(numbers, static_cast<Py_ssize_t>(at));
    if (value == nullptr) {
      return false;
    }
    *all[at] = PyLong_AsUnsignedLongLongMask(value);
  }
  return PyErr_Occurred() == nullptr;
}

bool NewsList::read(PyObject *list) {
  const Py_ssize_t count = PyList_Size(list);
  for (Py_ssize_t at = 0; at < count; at++) {
    if (!add(PyList_GetItem(list, at))) {
      return false;
    }
  }
  for (size_t at = 0; at < news_.size(); at++) {  // now that nothing moves any more
    const Place &place = places_[at];
    news_[at].ids = std::span(ids_).subspan(place.ids, place.id_count);
    news_[at].logprobs = std::span(logprobs_).subspan(place.logprobs, place.logprob_count);
    news_[at].tops = std::span(tops_).subspan(place.tops, place.top_count);
    news_[at].top_counts = std::span(top_counts_).subspan(place.counts, place.counts_count);
  }
  return count >= 0;
}

bool NewsList::add(PyObject *tuple) {
  unsigned long long id = 0;
  PyObject *ids = nullptr;
  PyObject *logprobs = nullptr;
  PyObject *tops = nullptr;
  long cached = 0;
  unsigned long long queue_us = 0;
  int outcome = 0;
  if (PyArg_ParseTuple(tuple, "KOOOlKi", &id, &ids, &logprobs, &tops, &cached, &queue_us,
                       &outcome) == 0) {
    return false;
  }
  Place place{ids_.size(), 0, logprobs_.size(), 0, tops_.size(), 0, top_counts_.size(), 0};
  if (!read_ids(ids, ids_) || !add_logprobs(logprobs) || !add_tops(tops)) {
    return false;
  }
  place.id_count = ids_.size() - place.ids;
  place.logprob_count = logprobs_.size() - place.logprobs;
  place.top_count = tops_.size() - place.tops;
  place.counts_count = top_counts_.size() - place.counts;
  places_.push_back(place);
  News &news = news_.emplace_back();
  news.request_id = id;
  news.cached_tokens = cached < 0 ? R1_UNKNOWN : static_cast<uint32_t>(cached);
  news.queue_us = queue_us;
  news.outcome = static_cast<News::Outcome>(outcome);  // 0 to 4: generation.py
  return true;
}

bool NewsList::add_logprobs(PyObject *logprobs) {
  for (Py_ssize_t at = 0; logprobs != Py_None && at < PyList_Size(logprobs); at++) {
    logprobs_.push_back(static_cast<float>(PyFloat_AsDouble(PyList_GetItem(logprobs, at))));
  }
  return PyErr_Occurred() == nullptr;
}

bool NewsList::add_tops(PyObject *tops) {
  for (Py_ssize_t at = 0; tops != Py_None && at < PyList_Size(tops); at++) {
    PyObject *of_token = PyList_GetItem(tops, at);
    const Py_ssize_t count = PyList_Size(of_token);
    if (count > Py_ssize_t{R1_TOP_LOGPROBS_MAX}) {
      PyErr_SetString(PyExc_ValueError, "a token has at most 20 alternatives");
      return false;
    }
    top_counts_.push_back(static_cast<uint8_t>(std::max<Py_ssize_t>(count, 0)));
    for (Py_ssize_t rank = 0; rank < count; rank++) {
      r1_top top{};
      if (PyArg_ParseTuple(PyList_GetItem(of_token, rank), "if", &top.id, &top.logprob) == 0) {
        return false;
      }
      tops_.push_back(top);
    }
  }
  return PyErr_Occurred() == nullptr;
}

}  // namespace r1::trtllm
