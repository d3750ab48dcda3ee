#include "core/token_filter.h"

#include <algorithm>
#include <cmath>

namespace r1 {

TokenFilter::TokenFilter(const FilteredVocabulary &vocabulary, const Request &request)
    : vocabulary_(vocabulary),
      ends_(request.stops),
      after_id_(request.constraint.after_id),
      active_(after_id_ < 0),
      may_end_first_(request.constraint.may_end_first),
      matcher_(request.constraint.grammar) {
  const auto &end_ids = vocabulary.card.end_ids;
  ends_.insert(ends_.end(), end_ids.begin(), end_ids.end());
  ending_ = request.ignore_end ? request.stops.size() : ends_.size();
}

bool TokenFilter::ends(int32_t id) const {
  return std::find(ends_.begin(), ends_.end(), id) != ends_.end();
}

// Whether the request would end with it before its output may.
bool TokenFilter::cuts_short(int32_t id) const {
  const auto last = ends_.begin() + static_cast<std::ptrdiff_t>(ending_);
  const bool may_end = active_ ? matcher_.complete() : may_end_first_;
  return !may_end && std::find(ends_.begin(), last, id) != last;
}

bool TokenFilter::allows(int32_t id) {
  if (cuts_short(id)) {
    return false;
  }
  if (!active_ || (ends(id) && matcher_.complete())) {
    return true;
  }
  const auto at = static_cast<size_t>(id);
  return vocabulary_.card.control[at] == 0 && matcher_.allows(vocabulary_.card.pieces[at]);
}

void TokenFilter::mask(std::span<float> logits) {
  std::vector<r1_top> kept;
  if (active_) {
    if (matcher_.complete()) {
      for (const int32_t id : ends_) {
        kept.push_back({id, logits[static_cast<size_t>(id)]});
      }
    }
    matcher_.mask(vocabulary_.sorted, logits);
  }
  for (const int32_t id : ends_) {
    if (cuts_short(id)) {
      logits[static_cast<size_t>(id)] = -INFINITY;
    }
  }
  for (const r1_top &one : kept) {
    logits[static_cast<size_t>(one.id)] = one.logprob;
  }
}

bool TokenFilter::accept(int32_t id) {
  if (cuts_short(id)) {
    return false;
  }
  if (!active_) {
    active_ = id == after_id_;
    return true;
  }
  return (ends(id) && matcher_.complete()) ||
         matcher_.accept(vocabulary_.card.pieces[static_cast<size_t>(id)]);
}

}  // namespace r1
