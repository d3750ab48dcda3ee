// llama.cpp splits text with std::regex, which recurses once per character of a match, about 640
// bytes deep: 5,000 equal letters overflow a thread's stack and end the process. So long texts are
// cut where words end, and every piece is read on a stack that is deep enough for it.
#pragma once

#include <cstddef>
#include <functional>
#include <string_view>

namespace r1::llamacpp {

inline constexpr size_t kPieceBytesMax = size_t{64} << 10;

// The bytes of the first piece: all, or up to a place within kPieceBytesMax where every split into
// words ends one, or else the end of a character.
[[nodiscard]] size_t first_piece(std::string_view text);

// Runs the body on a stack that is deep enough to split so many bytes. Throws what it throws.
void with_deep_stack(size_t text_bytes, const std::function<void()> &body);

}  // namespace r1::llamacpp
