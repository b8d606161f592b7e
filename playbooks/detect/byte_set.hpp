// A set of bytes that text is searched for: one look-up for each byte of the text, however many
// the set holds. (The standard library's find_first_of searches the set for each byte.)
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace tocsin::playbooks {

class ByteSet {
 public:
  constexpr explicit ByteSet(std::string_view bytes) {
    for (const char c : bytes) holds_[std::uint8_t(c)] = true;
  }
  constexpr bool holds(char c) const { return holds_[std::uint8_t(c)]; }

  /// Where the first of them stands in `text`; npos where none does.
  constexpr std::size_t first_in(std::string_view text) const {
    for (std::size_t at = 0; at < text.size(); ++at)
      if (holds(text[at])) return at;
    return std::string_view::npos;
  }

 private:
  std::array<bool, 256> holds_{};
};

}  // namespace tocsin::playbooks
