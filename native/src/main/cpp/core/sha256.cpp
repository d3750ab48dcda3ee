#include "core/sha256.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <span>
#include <string_view>
#include <vector>

namespace r1 {
namespace {

constexpr size_t kBlockBytes = 64;
constexpr size_t kChunkBytes = size_t{1} << 20;
constexpr uint64_t kSmallFileBytes = uint64_t{16} << 20;

constexpr std::array<uint32_t, 64> kRounds = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

class Sha256 {
 public:
  void block(std::span<const uint8_t, kBlockBytes> bytes) {
    std::array<uint32_t, 64> w{};
    for (size_t i = 0; i < 16; i++) {
      w[i] = static_cast<uint32_t>(bytes[4 * i]) << 24 |
             static_cast<uint32_t>(bytes[4 * i + 1]) << 16 |
             static_cast<uint32_t>(bytes[4 * i + 2]) << 8 | static_cast<uint32_t>(bytes[4 * i + 3]);
    }
    for (size_t i = 16; i < 64; i++) {
      const uint32_t s0 = std::rotr(w[i - 15], 7) ^ std::rotr(w[i - 15], 18) ^ (w[i - 15] >> 3);
      const uint32_t s1 = std::rotr(w[i - 2], 17) ^ std::rotr(w[i - 2], 19) ^ (w[i - 2] >> 10);
      w[i] = w[i - 16] + s0 + w[i - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = state_;
    for (size_t i = 0; i < 64; i++) {
      const uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
      const uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRounds[i] + w[i];
      const uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
      const uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
      h = g, g = f, f = e, e = d + t1, d = c, c = b, b = a, a = t1 + t2;
    }
    const std::array<uint32_t, 8> added = {a, b, c, d, e, f, g, h};
    for (size_t i = 0; i < 8; i++) {
      state_[i] += added[i];
    }
  }

  [[nodiscard]] std::string hex() const {
    constexpr const char *digits = "0123456789abcdef";
    std::string text;
    for (const uint32_t word : state_) {
      for (int shift = 28; shift >= 0; shift -= 4) {
        text.push_back(digits[word >> shift & 15U]);
      }
    }
    return text;
  }

 private:
  std::array<uint32_t, 8> state_ = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                    0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
};

// The last bytes of the message, its end mark and its length in bits: one or two blocks.
std::vector<uint8_t> padded(std::span<const uint8_t> tail, uint64_t message_bytes) {
  std::vector<uint8_t> last(tail.size() + 9 > kBlockBytes ? 2 * kBlockBytes : kBlockBytes);
  std::copy(tail.begin(), tail.end(), last.begin());
  last[tail.size()] = 0x80;
  for (size_t i = 0; i < 8; i++) {
    last[last.size() - 1 - i] = static_cast<uint8_t>(message_bytes * 8 >> (8 * i));
  }
  return last;
}

// A message in parts of any size.
class Message {
 public:
  void add(std::span<const uint8_t> bytes) {
    bytes_ += bytes.size();
    while (!bytes.empty()) {
      const size_t part = std::min(bytes.size(), kBlockBytes - rest_.size());
      if (rest_.empty() && part == kBlockBytes) {
        hash_.block(bytes.first<kBlockBytes>());
      } else {
        rest_.insert(rest_.end(), bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(part));
        if (rest_.size() == kBlockBytes) {
          hash_.block(std::span(rest_).first<kBlockBytes>());
          rest_.clear();
        }
      }
      bytes = bytes.subspan(part);
    }
  }

  void add(std::string_view text) {
    add({reinterpret_cast<const uint8_t *>(text.data()), text.size()});
  }

  [[nodiscard]] std::string hex() {
    const std::vector<uint8_t> last = padded(rest_, bytes_);
    for (size_t i = 0; i < last.size(); i += kBlockBytes) {
      hash_.block(std::span(last).subspan(i).first<kBlockBytes>());
    }
    return hash_.hex();
  }

 private:
  Sha256 hash_;
  std::vector<uint8_t> rest_;
  uint64_t bytes_ = 0;
};

Status add_file(Message &message, const std::filesystem::path &path, uint64_t total,
                const std::function<bool(float)> &progress) {
  std::ifstream file(path, std::ios::binary);
  std::vector<uint8_t> chunk(kChunkBytes);
  uint64_t done = 0;
  while (file) {
    file.read(reinterpret_cast<char *>(chunk.data()), static_cast<std::streamsize>(kChunkBytes));
    const auto got = static_cast<size_t>(file.gcount());
    done += got;
    message.add(std::span(chunk).first(got));
    if (!progress(total == 0 ? 1.0F : static_cast<float>(done) / static_cast<float>(total))) {
      return refuse(R1_STATE, "the engine was closed while it loaded");
    }
  }
  if (file.bad() || done != total) {
    return refuse(R1_MODEL, "a model file cannot be read, or it changed while it was read");
  }
  return {};
}

Status digest_directory(const std::filesystem::path &root,
                        const std::function<bool(float)> &progress, FileDigest &digest) {
  std::vector<std::filesystem::path> files;
  for (const auto &entry : std::filesystem::recursive_directory_iterator(root)) {
    if (entry.is_regular_file()) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  Message message;
  digest.bytes = 0;
  for (const auto &file : files) {
    const uint64_t bytes = std::filesystem::file_size(file);
    digest.bytes += bytes;
    message.add(file.lexically_relative(root).string() + " " + std::to_string(bytes) + "\n");
    if (bytes <= kSmallFileBytes) {
      if (Status status = add_file(message, file, bytes, progress); !status.ok()) {
        return status;
      }
    }
  }
  digest.hex = message.hex();
  return {};
}

// All files of a model in parts, whose first is named "…-00001-of-00003.gguf"; else the one file.
std::vector<std::filesystem::path> parts_of(const std::filesystem::path &path) {
  constexpr std::string_view kFirst = "-00001-of-";
  constexpr std::string_view kSuffix = ".gguf";
  constexpr size_t kDigits = 5;
  const std::string name = path.filename().string();
  const size_t tail = kFirst.size() + kDigits + kSuffix.size();
  if (name.size() <= tail || !name.ends_with(kSuffix) ||
      name.substr(name.size() - tail, kFirst.size()) != kFirst) {
    return {path};
  }
  const std::string count = name.substr(name.size() - kSuffix.size() - kDigits, kDigits);
  if (count.find_first_not_of("0123456789") != std::string::npos) {
    return {path};
  }
  std::vector<std::filesystem::path> parts;
  for (int part = 1; part <= std::max(1, std::stoi(count)); part++) {
    const std::string digits = std::to_string(part);
    std::string other = name.substr(0, name.size() - tail);
    other.append("-").append(kDigits - digits.size(), '0').append(digits);
    other.append("-of-").append(count).append(kSuffix);
    parts.push_back(path.parent_path() / other);
  }
  return parts;
}

}  // namespace

Status digest_model(const std::string &path, const std::function<bool(float)> &progress,
                    FileDigest &digest) {
  if (std::filesystem::is_directory(path)) {
    return digest_directory(path, progress, digest);
  }
  Message message;
  digest.bytes = 0;
  if (std::filesystem::exists(path)) {
    const std::vector<std::filesystem::path> parts = parts_of(path);
    for (size_t i = 0; i < parts.size(); i++) {
      if (!std::filesystem::exists(parts[i])) {
        return refuse(R1_MODEL, "a part of the model is missing");
      }
      const uint64_t bytes = std::filesystem::file_size(parts[i]);
      digest.bytes += bytes;
      const auto share = [&](float of_part) {
        return progress((static_cast<float>(i) + of_part) / static_cast<float>(parts.size()));
      };
      if (Status status = add_file(message, parts[i], bytes, share); !status.ok()) {
        return status;
      }
    }
  } else {
    message.add(path);
  }
  digest.hex = message.hex();
  return {};
}

}  // namespace r1
