#include "agents/siem/syslog_framing.hpp"

namespace tocsin::agents {

namespace {

constexpr std::size_t digits_max = 9;
constexpr std::string_view filler("\r\n\0", 3);

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string_view trimmed(std::string_view text) {
  const auto last = text.find_last_not_of(filler);
  return last == std::string_view::npos ? std::string_view() : text.substr(0, last + 1);
}

}  // namespace

void SyslogFraming::feed(ByteView bytes) {
  buffer_.erase(buffer_.begin(), buffer_.begin() + std::ptrdiff_t(begin_));
  begin_ = 0;
  buffer_.insert(buffer_.end(), bytes.begin(), bytes.end());
}

std::optional<SyslogFraming::Frame> SyslogFraming::next() {
  while (!broken_) {
    if (!skip()) return {};
    const auto text = rest();
    if (text.empty()) return {};

    std::size_t digits = 0;
    if (text[0] != '0')
      while (digits < text.size() && digits <= digits_max && is_digit(text[digits])) ++digits;
    if (digits > 0 && digits <= digits_max) {
      if (digits == text.size()) return {};  // The next byte tells.
      if (text[digits] == ' ') {
        bool again = false;
        auto frame = counted(text, digits, again);
        if (again) continue;
        return frame;
      }
    }
    auto frame = line(text);
    if (frame && frame->text.empty() && frame->rejected.empty()) continue;
    return frame;
  }
  return {};
}

/// Passes over what was rejected and over fillers between frames; false when more is needed.
bool SyslogFraming::skip() {
  const auto dropped = std::min(to_skip_, rest().size());
  begin_ += dropped;
  to_skip_ -= dropped;
  if (to_skip_ > 0) return false;
  if (skipping_line_) {
    const auto end = rest().find('\n');
    if (end == std::string_view::npos) {
      begin_ = buffer_.size();
      return false;
    }
    begin_ += end + 1;
    skipping_line_ = false;
  }
  const auto first = rest().find_first_not_of(filler);
  if (searched_ == 0) begin_ = first == std::string_view::npos ? buffer_.size() : begin_ + first;
  return true;
}

std::optional<SyslogFraming::Frame> SyslogFraming::counted(std::string_view text,
                                                           std::size_t digits, bool& again) {
  std::size_t length = 0;
  for (const char c : text.substr(0, digits)) length = length * 10 + std::size_t(c - '0');
  if (length > frame_max_) {
    begin_ += digits + 1;
    to_skip_ = length;
    broken_ = length > skipped_max;
    return reject("frame too large");
  }
  if (text.size() < digits + 1 + length) return {};
  begin_ += digits + 1 + length;
  const auto message = trimmed(text.substr(digits + 1, length));
  again = message.empty();
  return Frame{message, {}};
}

std::optional<SyslogFraming::Frame> SyslogFraming::line(std::string_view text) {
  const auto end = text.find('\n', searched_);
  if (end == std::string_view::npos && text.size() <= frame_max_) {
    searched_ = text.size();
    return {};
  }
  searched_ = 0;
  if (end == std::string_view::npos) {
    skipping_line_ = true;
    begin_ = buffer_.size();
    return reject("frame too large");
  }
  begin_ += end + 1;
  if (end > frame_max_) return reject("frame too large");
  return Frame{trimmed(text.substr(0, end)), {}};
}

SyslogFraming::Frame SyslogFraming::reject(std::string_view reason) { return {{}, reason}; }

std::optional<SyslogFraming::Frame> SyslogFraming::finish() {
  const auto text = rest();
  begin_ = buffer_.size();
  if (broken_ || to_skip_ > 0 || skipping_line_ || trimmed(text).empty()) return {};
  std::size_t digits = 0;
  while (digits < text.size() && is_digit(text[digits])) ++digits;
  if (digits > 0 && digits < text.size() && text[digits] == ' ') return reject("frame cut short");
  return Frame{trimmed(text), {}};
}

}  // namespace tocsin::agents
