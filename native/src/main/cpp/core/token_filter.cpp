#include "core/token_filter.h"

#include <algorithm>

namespace r1 {

TokenFilter::TokenFilter(const FilteredVocabulary &vocabulary, const Request &request)
    : vocabulary_(vocabulary),
      ends_(request.stops),
      after_id_(request.constraint.after_id),
      active_(after_id_ < 0),
      matcher_(request.constraint.grammar) {
  const auto &end_ids = vocabulary.card.end_ids;
  ends_.insert(ends_.end(), end_ids.begin(), end_ids.end());
}

bool TokenFilter::ends(int32_t id) const {
  return std::find(ends_.begin(), ends_.end(), id) != ends_.end();
}

bool TokenFilter::allows(int32_t id) {
  if (!active_ || (ends(id) && matcher_.complete())) {
    return true;
  }
  const auto at = static_cast<size_t>(id);
  return vocabulary_.card.control[at] == 0 && matcher_.allows(vocabulary_.card.pieces[at]);
}

void TokenFilter::mask(std::span<float> logits) {
  std::vector<r1_top> kept;
  if (matcher_.complete()) {
    for (const int32_t id : ends_) {
      if (id >= 0 && static_cast<size_t>(id) < logits.size()) {
        kept.push_back({id, logits[static_cast<size_t>(id)]});
      }
    }
  }
  matcher_.mask(vocabulary_.sorted, logits);
  for (const r1_top &one : kept) {
    logits[static_cast<size_t>(one.id)] = one.logprob;
  }
}

bool TokenFilter::accept(int32_t id) {
  if (!active_) {
    active_ = id == after_id_;
    return true;
  }
  if (ends(id) && matcher_.complete()) {
    return true;
  }
  return matcher_.accept(vocabulary_.card.pieces[static_cast<size_t>(id)]);
}

}  // namespace r1
