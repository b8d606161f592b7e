#include "crypto/time.hpp"

namespace tocsin {
namespace {

/// The number in `text` at `at`, or -1 unless all `size` characters are digits.
int digits(std::string_view text, std::size_t at, std::size_t size) {
  int out = 0;
  for (const char c : text.substr(at, size)) {
    if (c < '0' || c > '9') return -1;
    out = out * 10 + (c - '0');
  }
  return out;
}

}  // namespace

std::string to_utc_text(WallTime t) {
  using namespace std::chrono;
  const sys_time<milliseconds> at{milliseconds(t.ms)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const hh_mm_ss time(at - day);
  TOCSIN_ASSERT(int(date.year()) >= 0 && int(date.year()) <= 9999);
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", int(date.year()),
                     unsigned(date.month()), unsigned(date.day()), time.hours().count(),
                     time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

Result<WallTime> from_utc_text(std::string_view text) {
  using namespace std::chrono;
  if (text.size() == std::string_view("2026-11-23T08:12:30.123Z").size()) {
    const year_month_day date(year(digits(text, 0, 4)),
                              month(unsigned(digits(text, 5, 2))),
                              day(unsigned(digits(text, 8, 2))));
    const auto time = hours(digits(text, 11, 2)) + minutes(digits(text, 14, 2)) +
                      seconds(digits(text, 17, 2)) + milliseconds(digits(text, 20, 3));
    if (date.ok() && date.year() >= year(0)) {
      const WallTime out{(sys_days(date).time_since_epoch() + time) / milliseconds(1)};
      if (to_utc_text(out) == text)
        return out;  // Also refuses 25:00 and every foreign sign.
    }
  }
  return fail(Errc::invalid, "'{}' is no time of the form 2026-11-23T08:12:30.123Z",
              text.substr(0, 40));
}

}  // namespace tocsin
