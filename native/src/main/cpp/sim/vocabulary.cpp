#include "sim/vocabulary.h"

#include <algorithm>
#include <iterator>

namespace r1::sim {
namespace {

constexpr int32_t kBytes = 256;
constexpr const char *kBegin = "<｜begin▁of▁sentence｜>";
constexpr const char *kEnd = "<｜end▁of▁sentence｜>";
constexpr const char *kMarkers[] = {kBegin,
                                    kEnd,
                                    "<｜▁pad▁｜>",
                                    "<｜User｜>",
                                    "<｜Assistant｜>",
                                    "<｜tool▁calls▁begin｜>",
                                    "<｜tool▁calls▁end｜>",
                                    "<｜tool▁call▁begin｜>",
                                    "<｜tool▁call▁end｜>",
                                    "<｜tool▁sep｜>",
                                    "<｜tool▁outputs▁begin｜>",
                                    "<｜tool▁outputs▁end｜>",
                                    "<｜tool▁output▁begin｜>",
                                    "<｜tool▁output▁end｜>",
                                    "<think>",
                                    "</think>"};
constexpr const char *kWords[] = {
    " the",    " of",     " and",     " to",     " a",      " in",    " is",    " that",
    " it",     " for",    " was",     " on",     " are",    " as",    " with",  " be",
    " this",   " by",     " from",    " or",     " an",     " not",   " we",    " can",
    " so",     " then",   " first",   " next",   " number", " sum",   " value", " result",
    " check",  " answer", " because", " if",     " when",   " each",  " one",   " two",
    " three",  " step",   " find",    " let",    " think",  " again", " wait",  " means",
    " equal",  " more",   " less",    " than",   " time",   " word",  " list",  " test",
    " simple", " case",   " given",   " follow", " both",   " last",  " there", " which"};

}  // namespace

Vocabulary::Vocabulary() {
  for (int32_t byte = 0; byte < kBytes; byte++) {
    pieces_.emplace_back(1, static_cast<char>(byte));
  }
  for (const char *marker : kMarkers) {
    markers_.emplace(marker, static_cast<int32_t>(pieces_.size()));
    pieces_.emplace_back(marker);
  }
  first_word_ = static_cast<int32_t>(pieces_.size());
  for (const char *word : kWords) {
    words_.emplace(word, static_cast<int32_t>(pieces_.size()));
    pieces_.emplace_back(word);
    longest_word_ = std::max(longest_word_, pieces_.back().size());
  }
}

void Vocabulary::describe(ModelCard &card) const {
  card.pieces = pieces_;
  card.control.assign(pieces_.size(), 0);
  for (const auto &[piece, id] : markers_) {
    card.control[static_cast<size_t>(id)] = 1;
  }
  card.marker = card.control;
  card.bos_id = marker(kBegin);
  card.end_ids = {marker(kEnd)};
}

void Vocabulary::tokenize(std::string_view text, std::vector<int32_t> &ids) const {
  ids.clear();
  while (!text.empty()) {
    size_t end = text.front() == ' ' ? std::min(text.find(' ', 1), text.size()) : 0;
    end = end <= longest_word_ ? end : 0;
    const auto word = words_.find(std::string(text.substr(0, end)));
    const bool found = word != words_.end();
    ids.push_back(found ? word->second : static_cast<uint8_t>(text.front()));
    text.remove_prefix(found ? end : 1);
  }
}

int32_t Vocabulary::marker(const char *piece) const { return markers_.at(piece); }

int32_t Vocabulary::word(uint64_t number) const {
  return first_word_ + static_cast<int32_t>(number % std::size(kWords));
}

}  // namespace r1::sim
