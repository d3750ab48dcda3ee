#include <cmath>
#include <string>

#include "check.h"
#include "core/grammar.h"
#include "core/matcher.h"
#include "core/utf8.h"
#include "core/utf8_ranges.h"
#include "costly_grammar.h"

using namespace r1;

namespace {

std::shared_ptr<const Grammar> grammar_of(const std::string &text) {
  auto grammar = std::make_shared<Grammar>();
  const Status status = Grammar::parse(text, *grammar);
  CHECK(status.ok());
  if (!status.ok()) {
    std::fprintf(stderr, "%s\n", status.reason.c_str());
  }
  return grammar;
}

bool matches(const std::string &grammar, const std::string &text) {
  Matcher matcher(grammar_of(grammar));
  return (text.empty() || matcher.accept(text)) && matcher.complete();
}

std::string refusal(const std::string &text) {
  Grammar grammar;
  const Status status = Grammar::parse(text, grammar);
  CHECK(status.code == R1_INVALID);
  return status.reason;
}

bool contains(const std::vector<ByteRanges> &sequences, const std::string &bytes) {
  return std::any_of(sequences.begin(), sequences.end(), [&](const ByteRanges &one) {
    bool inside = one.count == bytes.size();
    for (size_t i = 0; i < one.count && inside; i++) {
      const auto byte = static_cast<uint8_t>(bytes[i]);
      inside = one.ranges[i][0] <= byte && byte <= one.ranges[i][1];
    }
    return inside;
  });
}

std::string utf8_of(uint32_t c) {
  std::string text;
  if (c < 0x80) {
    return {static_cast<char>(c)};
  }
  const size_t length = c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  text.push_back(static_cast<char>((0xF00U >> length & 0xFFU) | c >> (6 * (length - 1))));
  for (size_t i = length - 1; i > 0; i--) {
    text.push_back(static_cast<char>(0x80U | (c >> (6 * (i - 1)) & 0x3FU)));
  }
  return text;
}

}  // namespace

TEST(rangesOfCharactersAreTheirBytesAndNoOthers) {
  for (const CharacterRange range : std::vector<CharacterRange>{{0, 0x10FFFF},
                                                                {0x41, 0x7FF},
                                                                {0x80, 0x80},
                                                                {0x7F0, 0x2345},
                                                                {0xD000, 0xE123},
                                                                {0xFFFE, 0x10001},
                                                                {0x12345, 0xABCDE}}) {
    std::vector<ByteRanges> sequences;
    for (const CharacterRange &part : normalized({range})) {
      append_utf8(part, sequences);
    }
    for (uint32_t c = 0; c <= 0x10FFFF; c += c < 0x3000 ? 1 : 251) {
      const bool surrogate = c >= 0xD800 && c <= 0xDFFF;
      CHECK(contains(sequences, utf8_of(c)) == (!surrogate && range.first <= c && c <= range.last));
    }
    CHECK(!contains(sequences, "\xC0\x80") && !contains(sequences, "\xED\xA0\x80"));
    CHECK(!contains(sequences, "\xF5\x80\x80\x80"));
  }
}

TEST(grammarsMatchWhatTheySay) {
  CHECK(matches("root ::= \"a\" [b-d]+ \"e\"?", "abcd"));
  CHECK(!matches("root ::= \"a\" [b-d]+ \"e\"?", "a"));
  CHECK(!matches("root ::= \"a\" [b-d]+ \"e\"?", "abee"));
  CHECK(matches("root ::= \"ab\"{2,3}", "ababab"));
  CHECK(!matches("root ::= \"ab\"{2,3}", "ab"));
  CHECK(!matches("root ::= \"ab\"{2,3}", "abababab"));
  CHECK(matches("root ::= (\"x\" | \"y\"){3,} # comment\n", "xyxyxyxy"));
  CHECK(matches("root ::= \"a\"{0} \"b\"", "b"));
  CHECK(matches("root ::= a |\n  b\na ::= \"1\"\nb ::= \"2\"", "2"));
  CHECK(matches("root ::= [^\"\\\\\\n]*", "한국어 🙂"));
  CHECK(!matches("root ::= [^\"\\\\\\n]*", "a\"b"));
  CHECK(matches("root ::= [가-힣]+ \"\\u00e9\" \"\\x41\"", "각힣éA"));
  CHECK(!matches("root ::= [가-힣]+", "a"));
  CHECK(matches("root ::= .{2}", "é🙂"));
  CHECK(matches("root ::= \"\"", ""));
  CHECK(matches("root ::= v\nv ::= \"[\" (v (\",\" v)*)? \"]\" | [0-9]+", "[[1,2],[],33]"));
  CHECK(matches("root ::= \"a\"*?", "aaa"));
}

TEST(aCharacterMayBeSplitOverTokens) {
  Matcher matcher(grammar_of("root ::= [가-힣] \"!\""));
  CHECK(matcher.allows("\xEA") && matcher.accept("\xEA"));
  CHECK(!matcher.complete() && !matcher.allows("!"));
  CHECK(matcher.accept("\xB0") && matcher.accept("\x80"));
  CHECK(matcher.accept("!") && matcher.complete());
  CHECK(!matcher.accept("!") && !matcher.allows("!") && !matcher.complete());
}

TEST(grammarsThatCannotWorkAreRefusedWithTheirPlace) {
  CHECK(refusal("").find("no rule root") != std::string::npos);
  CHECK(refusal("root ::= other").find("no rule other") != std::string::npos);
  CHECK(refusal("root ::= root \"a\" | \"b\"").find("begins with itself") != std::string::npos);
  CHECK(refusal("root ::= a root\na ::= \"\" | \"x\"").find("itself") != std::string::npos);
  CHECK(refusal("root ::= \"a").find("does not end at byte 11") != std::string::npos);
  CHECK(!refusal("root ::= \"a\"{1001}").empty());
  CHECK(!refusal("root ::= \"a\"{3,2}").empty());
  CHECK(!refusal("root ::= *").empty());
  CHECK(!refusal("root ::= [z-a]").empty());
  CHECK(!refusal("root ::= \"\\uD800\"").empty());
  CHECK(!refusal("root ::= \"\\u12\"").empty());
  CHECK(!refusal("root ::= <[12]>").empty());
  CHECK(!refusal("root = \"a\"").empty());
  CHECK(!refusal("root ::= \"a\"\nroot ::= \"b\"").empty());
  CHECK(!refusal("root ::= " + std::string(65, '(') + "\"a\"" + std::string(65, ')')).empty());
  CHECK(!refusal("root ::= \"\xFF\"").empty());
  CHECK(!refusal("root ::= ((\"a\"{1000}){1000} \"b\")" + std::string(10, ' ') + "{1001}").empty());
}

TEST(tooManyWaysEndInNothingAllowed) {
  std::string text = "root ::= ";
  for (int i = 0; i < 600; i++) {
    text += (i == 0 ? "r" : " | r") + std::to_string(i);
  }
  for (int i = 0; i < 600; i++) {
    text += "\nr" + std::to_string(i) + " ::= \"x\" \"" + std::to_string(i) + "\"";
  }
  Matcher matcher(grammar_of(text));
  CHECK(!matcher.allows("x") && !matcher.complete());
}

TEST(aMaskAllowsWhatEachTokenAloneIsAllowed) {
  const std::vector<std::string> pieces = {"a", "ab", "abc", "b", "", "<end>", "\xEA", "aé", "é"};
  const std::vector<uint8_t> control = {0, 0, 0, 0, 0, 1, 0, 0, 0};
  const SortedPieces sorted(pieces, control);
  for (const char *text :
       {"root ::= \"a\" [b-c]*", "root ::= [가-힣é]", "root ::= \"\"", "root ::= .*"}) {
    Matcher matcher(grammar_of(text));
    std::vector<float> logits(pieces.size(), 1);
    matcher.mask(sorted, logits);
    for (size_t id = 0; id < pieces.size(); id++) {
      const bool allowed = control[id] == 0 && matcher.allows(pieces[id]);
      CHECK((logits[id] == 1) == allowed);
    }
  }
}

TEST(aMaskThatNeedsTooMuchWorkAllowsNothing) {
  std::vector<std::string> pieces;
  for (int i = 0; i < 1000; i++) {
    pieces.push_back(std::to_string(i));
  }
  const SortedPieces sorted(pieces, std::vector<uint8_t>(pieces.size(), 0));
  Matcher matcher(grammar_of(testing::costly_grammar()));
  matcher.begin({});
  CHECK(matcher.allows("7") && !matcher.allows("x") && !matcher.gave_up());
  std::vector<float> logits(pieces.size(), 1);
  matcher.mask(sorted, logits);
  CHECK(matcher.gave_up() && !matcher.allows("7"));
  CHECK(std::count(logits.begin(), logits.end(), 1.0F) == 0);
  matcher.begin({});
  CHECK(matcher.allows("7") && matcher.accept("7") && !matcher.gave_up());
}

TEST(aChoiceThatNobodyWantsIsGivenUp) {
  Matcher matcher(grammar_of(testing::costly_grammar()));
  int asked = 0;
  matcher.begin([&] { return ++asked == 2; });
  CHECK(!matcher.accept("71829"));
  CHECK(matcher.gave_up() && asked == 2);
}

// A long output comes to ever new places: what is kept of them is bounded.
TEST(aLongOutputGoesOnWhereItWas) {
  Matcher matcher(grammar_of("root ::= ([0-9]{3} \",\"){700} \"end\""));
  for (int i = 0; i < 700; i++) {
    matcher.begin({});
    CHECK(!matcher.allows("end") && matcher.accept("123,"));
  }
  CHECK(!matcher.complete() && matcher.accept("end") && matcher.complete());
}
