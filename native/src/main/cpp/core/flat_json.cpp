#include "core/flat_json.h"

namespace r1 {
namespace {

class Reader {
 public:
  explicit Reader(std::string_view json) : rest_(json) {}

  bool take(char wanted) {
    skip_space();
    if (rest_.empty() || rest_.front() != wanted) {
      return false;
    }
    rest_.remove_prefix(1);
    return true;
  }

  bool text(std::string &value) {
    if (!take('"')) {
      return false;
    }
    const size_t end = rest_.find_first_of("\"\\");
    if (end == std::string_view::npos || rest_[end] == '\\') {
      return false;
    }
    value = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    return true;
  }

  bool number(std::string &value) {
    skip_space();
    const size_t end = std::min(rest_.find_first_not_of("0123456789"), rest_.size());
    value = rest_.substr(0, end);
    rest_.remove_prefix(end);
    return end > 0 && end <= 18;
  }

  bool at_end() {
    skip_space();
    return rest_.empty();
  }

 private:
  void skip_space() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t\r\n"), rest_.size()));
  }

  std::string_view rest_;
};

bool read(Reader &reader, std::map<std::string, std::string> &fields) {
  if (!reader.take('{')) {
    return false;
  }
  if (reader.take('}')) {
    return reader.at_end();
  }
  do {
    std::string key;
    std::string value;
    if (!reader.text(key) || !reader.take(':') || !(reader.text(value) || reader.number(value)) ||
        !fields.emplace(key, value).second) {
      return false;
    }
  } while (reader.take(','));
  return reader.take('}') && reader.at_end();
}

}  // namespace

Status read_flat_json(std::string_view json, std::map<std::string, std::string> &fields) {
  Reader reader(json);
  return read(reader, fields)
             ? Status{}
             : refuse(R1_INVALID, "backend_json is no object of texts and whole numbers");
}

}  // namespace r1
