#include "sim/settings.h"

#include <algorithm>
#include <map>

#include "core/flat_json.h"

namespace r1::sim {
namespace {

constexpr std::array<Preset, 2> kPresets = {{
    {"r1-8xb200", {{{1, 3640}, {3072, 84000}, {7168, 166000}}}, 24'600'000, 80'000},
    {"r1-8xh200", {{{1, 6330}, {1024, 89000}, {1024, 89000}}}, 5'500'000, 20'000},
}};

constexpr uint64_t kTokensMax = 1'000'000;
constexpr size_t kDigitsMax = 7;

Status apply(const std::string &key, const std::string &value, Settings &settings) {
  const bool is_number = !value.empty() && value.size() <= kDigitsMax &&
                         value.find_first_not_of("0123456789") == std::string::npos;
  if (key == "mode" && (value == "echo" || value == "reason")) {
    settings.echo = value == "echo";
  } else if (key == "clock" && (value == "virtual" || value == "real")) {
    settings.virtual_clock = value == "virtual";
  } else if ((key == "reasoning_tokens" || key == "answer_tokens") && is_number &&
             std::stoull(value) <= kTokensMax) {
    auto &tokens = key == "reasoning_tokens" ? settings.reasoning_tokens : settings.answer_tokens;
    tokens = static_cast<uint32_t>(std::stoull(value));
  } else {
    return refuse(R1_INVALID, "sim knows no setting " + key + " of this value");
  }
  return {};
}

}  // namespace

Status read_settings(const std::string &preset, const std::string &json, Settings &settings) {
  const auto found = std::find_if(kPresets.begin(), kPresets.end(),
                                  [&](const Preset &one) { return preset == one.name; });
  if (found == kPresets.end()) {
    return refuse(R1_MODEL, "sim has the presets r1-8xb200 and r1-8xh200");
  }
  settings.preset = &*found;
  std::map<std::string, std::string> fields;
  Status status = json.empty() ? Status{} : read_flat_json(json, fields);
  for (const auto &[key, value] : fields) {
    if (status.ok()) {
      status = apply(key, value, settings);
    }
  }
  return status;
}

std::chrono::microseconds step_time(const Preset &preset, uint64_t generating,
                                    uint64_t prompt_tokens) {
  double micros = 0;
  if (generating > 0) {
    const auto &paces = preset.paces;
    const bool low = generating <= paces[1].batch || paces[2].batch == paces[1].batch;
    const Pace &from = low ? paces[0] : paces[1];
    const Pace &to = low ? paces[1] : paces[2];
    const double slope = (static_cast<double>(to.step_us) - from.step_us) /
                         (static_cast<double>(to.batch) - from.batch);
    micros = from.step_us + slope * (static_cast<double>(generating) - from.batch);
  }
  micros +=
      static_cast<double>(prompt_tokens) * 1e6 / static_cast<double>(preset.prefill_per_second);
  return std::chrono::microseconds(static_cast<int64_t>(micros));
}

}  // namespace r1::sim
