#include "mesh/world/clock.hpp"

#include <charconv>
#include <chrono>

namespace tocsin::mesh {

namespace {

using namespace std::chrono;

/// Reads fixed-width decimal numbers and single characters off the front of a text.
class Digits {
 public:
  explicit Digits(std::string_view text) : left_(text) {}

  int number(std::size_t width) {
    int out = 0;
    for (std::size_t i = 0; i < width; ++i) out = out * 10 + digit();
    return out;
  }
  bool take(char a, char b) {
    if (left_.empty() || (left_.front() != a && left_.front() != b)) return false;
    left_.remove_prefix(1);
    return true;
  }
  void need(char a, char b) { ok_ = take(a, b) && ok_; }
  bool at_digit() const { return !left_.empty() && left_[0] >= '0' && left_[0] <= '9'; }
  bool done() const { return ok_ && left_.empty(); }

 private:
  int digit() {
    if (!at_digit()) {
      ok_ = false;
      return 0;
    }
    const int out = left_.front() - '0';
    left_.remove_prefix(1);
    return out;
  }
  std::string_view left_;
  bool ok_ = true;
};

/// Milliseconds of a fraction of any length; what is finer is cut off.
int fraction_ms(Digits& digits) {
  int out = 0, scale = 100;
  for (bool first = true; first || digits.at_digit(); first = false) {
    out += digits.number(1) * scale;
    scale /= 10;
  }
  return out;
}

/// Minutes east of Greenwich, or nothing if out of range.
int offset_minutes(Digits& digits, bool& in_range) {
  if (digits.take('Z', 'z')) return 0;
  const bool west = digits.take('-', '-');
  if (!west) digits.need('+', '+');
  const int hours = digits.number(2);
  digits.need(':', ':');
  const int minutes = digits.number(2);
  in_range = hours <= 23 && minutes <= 59;
  return (west ? -1 : 1) * (hours * 60 + minutes);
}

}  // namespace

std::string to_rfc3339(WallTime t) {
  const sys_time<milliseconds> at{milliseconds(t.ms)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss<milliseconds> time(at - day);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

Result<WallTime> from_rfc3339(std::string_view text) {
  const auto bad = [&] {
    return fail(Errc::invalid, "`{}` is no RFC 3339 time such as 2026-11-23T08:12:30Z",
                text.substr(0, 64));
  };
  Digits digits(text);
  const int y = digits.number(4);
  digits.need('-', '-');
  const int mo = digits.number(2);
  digits.need('-', '-');
  const int d = digits.number(2);
  if (!digits.take(' ', ' ')) digits.need('T', 't');
  const int h = digits.number(2);
  digits.need(':', ':');
  const int mi = digits.number(2);
  digits.need(':', ':');
  const int s = digits.number(2);
  const int ms = digits.take('.', '.') ? fraction_ms(digits) : 0;
  bool in_range = true;
  const int offset = offset_minutes(digits, in_range);
  const year_month_day date{year(y), month(unsigned(mo)), day(unsigned(d))};
  // 60 is a leap second; it is taken as the first second of the next minute.
  if (!digits.done() || !in_range || !date.ok() || h > 23 || mi > 59 || s > 60)
    return bad();
  const auto at = sys_days(date) + hours(h) + minutes(mi - offset) + seconds(s);
  return WallTime{duration_cast<milliseconds>(at.time_since_epoch()).count() + ms};
}

Result<Duration> parse_duration(std::string_view text) {
  const auto bad = [&] {
    return fail(Errc::invalid, "`{}` is no duration such as 250ms, 90s, 15m, 24h or 30d",
                text.substr(0, 64));
  };
  std::int64_t count = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || count <= 0) return bad();
  const std::string_view unit = text.substr(std::size_t(end - text.data()));
  Duration one{};
  if (unit == "ms")
    one = milliseconds(1);
  else if (unit == "s")
    one = seconds(1);
  else if (unit == "m")
    one = minutes(1);
  else if (unit == "h")
    one = hours(1);
  else if (unit == "d")
    one = hours(24);
  else
    return bad();
  const Duration duration_max = hours(24 * 36500);
  if (count > duration_max / one) return bad();
  return count * one;
}

}  // namespace tocsin::mesh
