#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "check.h"
#include "core/sha256.h"
#include "core/utf8.h"
#include "llamacpp/long_text.h"

using r1::llamacpp::first_piece;
using r1::llamacpp::kPieceBytesMax;

TEST(utf8IsToldFromWhatIsNot) {
  CHECK(r1::is_utf8("") && r1::is_utf8("a\xC2\xA0\xED\x95\x9C\xF0\x9F\x99\x82"));
  for (const char *bad : {"\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
                          "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    CHECK(!r1::is_utf8(bad));
  }
}

TEST(longTextIsCutWhereWordsEnd) {
  std::string text;
  while (text.size() < 3 * kPieceBytesMax) {
    text += "several words here";
  }
  const size_t cut = first_piece(text);
  CHECK(cut <= kPieceBytesMax && cut > kPieceBytesMax - 30);
  CHECK(text[cut] == ' ' && text[cut - 1] != ' ');
  CHECK(first_piece("short") == 5);
}

TEST(lineEndsAreBetterThanNothingAndCharactersStayWhole) {
  const std::string lines = std::string(1000, '1') + "\n" + std::string(kPieceBytesMax, '2');
  CHECK(first_piece(lines) == 1001);
  std::string hangul = "x";
  while (hangul.size() < 2 * kPieceBytesMax) {
    hangul += "\xED\x95\x9C";
  }
  const size_t cut = first_piece(hangul);
  CHECK(cut > kPieceBytesMax - 4 && r1::is_utf8(std::string_view(hangul).substr(0, cut)));
}

TEST(deepStackRunsTheBodyAndThrowsWhatItThrows) {
  bool ran = false;
  r1::llamacpp::with_deep_stack(1000, [&] { ran = true; });
  CHECK(ran);
  std::string caught;
  try {
    r1::llamacpp::with_deep_stack(1000, [] { throw std::runtime_error("from below"); });
  } catch (const std::runtime_error &problem) {
    caught = problem.what();
  }
  CHECK(caught == "from below");
}

TEST(digestsAreThoseOfTheStandard) {
  const std::string path = std::filesystem::temp_directory_path() / "r1-digest-test";
  const auto digest = [&](const std::string &text) {
    std::ofstream(path, std::ios::binary) << text;
    r1::FileDigest found;
    CHECK(r1::digest_model(
              path, [](float) { return true; }, found)
              .ok());
    CHECK(found.bytes == text.size());
    return found.hex;
  };
  CHECK(digest("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  CHECK(digest(std::string(1000000, 'a')) ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
  CHECK(digest(std::string(1 << 20, 'a')) ==
        "9bc1b2a288b26af7257a36277ae3816a7d4f16e89c1e7e77d0a5c48bad62b360");
  std::filesystem::remove(path);
}

TEST(theDigestOfAModelInPartsIsOfAllItsParts) {
  const auto part = [](int number) {
    return std::filesystem::temp_directory_path() /
           ("r1-digest-0000" + std::to_string(number) + "-of-00002.gguf");
  };
  std::ofstream(part(1), std::ios::binary) << "ab";
  std::ofstream(part(2), std::ios::binary) << "c";
  r1::FileDigest found;
  CHECK(r1::digest_model(
            part(1), [](float) { return true; }, found)
            .ok());
  CHECK(found.bytes == 3);
  CHECK(found.hex == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  std::filesystem::remove(part(2));
  CHECK(!r1::digest_model(
             part(1), [](float) { return true; }, found)
             .ok());
  std::filesystem::remove(part(1));
}
