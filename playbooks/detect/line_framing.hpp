// Cuts a stream of bytes into lines before anything is parsed, so that one bad line costs one line.
#pragma once

#include <string>
#include <string_view>

#include "crypto/bytes.hpp"

namespace tocsin::playbooks {

/// A line without its line end (`\n` or `\r\n`). Lifetime: until the framing is fed again.
struct Line {
  std::string_view text;
  std::size_t readable_after = 0;  ///< bytes behind it that may be read
  bool too_long = false;           ///< `text` is empty; the line was skipped to its end
};

/// Take room(), put bytes there, say how many with filled(), then take lines until there is none.
class LineFraming {
 public:
  explicit LineFraming(std::size_t line_bytes_max);
  MutableByteView room();
  void filled(std::size_t bytes);
  /// False when the next bytes are needed.
  bool next(Line& line);
  /// The last line where it lacks its line end; call once at the end.
  bool rest(Line& line);

  static constexpr std::size_t chunk_bytes = 1024 * 1024;
  static constexpr std::size_t padding = 64;

 private:
  std::string buffer_;
  std::size_t begin_ = 0, searched_ = 0, end_ = 0;
  std::size_t line_bytes_max_;
  bool skipping_ = false;
};

}  // namespace tocsin::playbooks
