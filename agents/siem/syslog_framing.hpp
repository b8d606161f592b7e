// Cuts a TCP stream into syslog messages: octet counting and line ends, told apart for each frame.
// Source: RFC 6587, 3.4.
#pragma once

#include <optional>
#include <string_view>

#include "crypto/bytes.hpp"

namespace tocsin::agents {

/// A frame that begins with a number and a space is octet-counted, any other ends with LF. A bad
/// frame costs that frame; only a count beyond skipped_max breaks the stream.
class SyslogFraming {
 public:
  static constexpr std::size_t skipped_max = 64 * 1024 * 1024;

  explicit SyslogFraming(std::size_t frame_max) : frame_max_(frame_max) {}

  struct Frame {
    std::string_view text;      ///< without its line end; never empty unless rejected
    std::string_view rejected;  ///< the reason, or empty
  };

  /// Adds received bytes. Frames given before are invalid from here on.
  void feed(ByteView bytes);
  /// The next complete or rejected frame; nothing until more is fed.
  std::optional<Frame> next();
  /// After the last byte: a line without its end still counts, half a counted frame does not.
  std::optional<Frame> finish();
  /// The stream makes no more sense: close it.
  bool broken() const { return broken_; }

 private:
  std::string_view rest() const { return text_of(buffer_).substr(begin_); }
  bool skip();
  std::optional<Frame> counted(std::string_view rest, std::size_t digits, bool& again);
  std::optional<Frame> line(std::string_view rest);
  Frame reject(std::string_view reason);

  std::size_t frame_max_;
  Bytes buffer_;
  std::size_t begin_ = 0;
  std::size_t searched_ = 0;  ///< bytes of rest() known to hold no line end
  std::size_t to_skip_ = 0;
  bool skipping_line_ = false, broken_ = false;
};

}  // namespace tocsin::agents
