// Which tokens a constrained request may choose next.
#pragma once

#include <optional>

#include "core/backend.h"
#include "core/matcher.h"
#include "core/request.h"

namespace r1 {

// What the filters of all requests share.
struct FilteredVocabulary {
  explicit FilteredVocabulary(const ModelCard &model)
      : card(model), sorted(model.pieces, model.control) {}

  const ModelCard &card;
  SortedPieces sorted;
};

// The grammar holds from the token after_id on; before that the request ends only if it may. From
// there on the end tokens and the request's stop tokens come only where the output may end, even if
// their text might go on; other control tokens never.
class TokenFilter {
 public:
  TokenFilter(const FilteredVocabulary &vocabulary, const Request &request);

  // Begins a choice; see Matcher.
  void begin(std::function<bool()> unwanted) { matcher_.begin(std::move(unwanted)); }
  [[nodiscard]] bool gave_up() const { return matcher_.gave_up(); }
  [[nodiscard]] bool allows(int32_t id);
  // Sets the logits of what is not allowed to -infinity.
  void mask(std::span<float> logits);
  // Goes on; false if the token was not allowed.
  bool accept(int32_t id);

 private:
  [[nodiscard]] bool ends(int32_t id) const;
  [[nodiscard]] bool cuts_short(int32_t id) const;

  const FilteredVocabulary &vocabulary_;
  std::vector<int32_t> ends_;  // first those that end the request
  size_t ending_;              // how many those are
  int32_t after_id_;
  bool active_;
  bool may_end_first_;
  Matcher matcher_;
};

}  // namespace r1
