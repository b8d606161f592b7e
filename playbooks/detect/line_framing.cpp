#include "playbooks/detect/line_framing.hpp"

#include <algorithm>
#include <cstring>

namespace tocsin::playbooks {

LineFraming::LineFraming(std::size_t line_bytes_max)
    : buffer_(line_bytes_max + chunk_bytes + padding, '\0'), line_bytes_max_(line_bytes_max) {}

MutableByteView LineFraming::room() {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= begin_;
    searched_ -= begin_;
    begin_ = 0;
  }
  return {reinterpret_cast<std::uint8_t*>(buffer_.data()) + end_, buffer_.size() - padding - end_};
}

void LineFraming::filled(std::size_t bytes) { end_ += bytes; }

bool LineFraming::next(Line& line) {
  for (;;) {
    const char* const from = buffer_.data() + searched_;
    const auto* const newline =
        static_cast<const char*>(std::memchr(from, '\n', end_ - searched_));
    if (newline == nullptr) {
      searched_ = end_;
      if (end_ - begin_ <= line_bytes_max_) return false;
      // Too long already: what is here is let go, the rest of it follows.
      begin_ = searched_ = end_ = 0;
      skipping_ = true;
      return false;
    }
    const auto stop = std::size_t(newline - buffer_.data());
    std::string_view text(buffer_.data() + begin_, stop - begin_);
    begin_ = searched_ = stop + 1;
    const bool too_long = skipping_ || text.size() > line_bytes_max_;
    skipping_ = false;
    if (text.ends_with('\r')) text.remove_suffix(1);
    line = {too_long ? std::string_view() : text, buffer_.size() - stop, too_long};
    return true;
  }
}

bool LineFraming::rest(Line& line) {
  if (begin_ == end_ && !skipping_) return false;
  std::string_view text(buffer_.data() + begin_, end_ - begin_);
  const bool too_long = skipping_ || text.size() > line_bytes_max_;
  if (text.ends_with('\r')) text.remove_suffix(1);
  line = {too_long ? std::string_view() : text, buffer_.size() - end_, too_long};
  begin_ = searched_ = end_;
  skipping_ = false;
  return true;
}

}  // namespace tocsin::playbooks
