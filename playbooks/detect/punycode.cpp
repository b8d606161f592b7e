#include "playbooks/detect/punycode.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <vector>

namespace tocsin::playbooks {
namespace {

constexpr std::size_t label_points_max = 63;

// Where upper case and lower case alternate; `odd` says that upper case has odd numbers.
struct Pairs {
  char32_t first, last;
  bool odd;
};
constexpr Pairs pairs[] = {
    {0x100, 0x12f, false},   {0x132, 0x137, false},   {0x139, 0x148, true},
    {0x14a, 0x177, false},   {0x179, 0x17e, true},    {0x1a0, 0x1a5, false},
    {0x1af, 0x1b0, true},    {0x1cd, 0x1dc, true},    {0x1de, 0x1ef, false},
    {0x1f8, 0x21f, false},   {0x222, 0x233, false},   {0x370, 0x373, false},
    {0x376, 0x377, false},   {0x3d8, 0x3ef, false},   {0x460, 0x481, false},
    {0x48a, 0x4bf, false},   {0x4c1, 0x4ce, true},    {0x4d0, 0x52f, false},
    {0x1e00, 0x1e95, false}, {0x1ea0, 0x1eff, false},
};

// Upper-case letters at a fixed distance from their lower case.
struct Shift {
  char32_t first, last;
  std::int32_t by;
};
constexpr Shift shifts[] = {
    {0xc0, 0xd6, 32},       {0xd8, 0xde, 32},         {0x178, 0x178, -121},
    {0x386, 0x386, 38},     {0x388, 0x38a, 37},       {0x38c, 0x38c, 64},
    {0x38e, 0x38f, 63},     {0x391, 0x3a1, 32},       {0x3a3, 0x3ab, 32},
    {0x400, 0x40f, 80},     {0x410, 0x42f, 32},       {0x4c0, 0x4c0, 15},
    {0x531, 0x556, 48},     {0x10a0, 0x10c5, 7264},   {0x1c90, 0x1cba, -3008},
    {0x1cbd, 0x1cbf, -3008}, {0x1e9e, 0x1e9e, -0x1dbf}, {0xff10, 0xff19, -0xfee0},
    {0xff21, 0xff3a, -0xfec0}, {0xff41, 0xff5a, -0xfee0}, {0xff0d, 0xff0d, -0xfee0},
};

// Lower-case letters, digits and marks that labels hold, in ascending order.
struct Range {
  char32_t first, last;
};
constexpr Range allowed[] = {
    {0xb7, 0xb7},       {0xdf, 0xf6},       {0xf8, 0x131},      {0x134, 0x13e},
    {0x141, 0x148},     {0x14a, 0x17e},     {0x1a0, 0x1a5},     {0x1af, 0x1b0},
    {0x1cd, 0x1ef},     {0x1f8, 0x21f},     {0x222, 0x233},     {0x250, 0x2af},
    {0x371, 0x371},     {0x373, 0x373},     {0x377, 0x377},     {0x390, 0x390},
    {0x3ac, 0x3ce},     {0x3d9, 0x3ef},     {0x430, 0x45f},     {0x461, 0x481},
    {0x48b, 0x52f},     {0x561, 0x586},     {0x5d0, 0x5ea},     {0x620, 0x63f},
    {0x641, 0x64a},     {0x660, 0x669},     {0x671, 0x674},     {0x679, 0x6d3},
    {0x6d5, 0x6d5},     {0x6f0, 0x6fc},     {0x900, 0x957},     {0x960, 0x963},
    {0x966, 0x9db}, {0x9e0, 0xa32},     {0xa35, 0xa35},     {0xa38, 0xa57},
    {0xa5c, 0xa5c},     {0xa66, 0xaef},     {0xb01, 0xb5b},     {0xb5f, 0xb6f},
    {0xb82, 0xbef},     {0xc00, 0xc6f},     {0xc80, 0xcef},     {0xd00, 0xd6f},
    {0xd7a, 0xdf3},     {0xe01, 0xe32},     {0xe34, 0xe3a},     {0xe40, 0xe4e},
    {0xe50, 0xe59},     {0xe81, 0xeb2},     {0xeb4, 0xed9},     {0xf20, 0xf29},
    {0xf40, 0xf42},     {0xf44, 0xf47},     {0x1000, 0x1049},   {0x1050, 0x109d},
    {0x10d0, 0x10fa},   {0x10fd, 0x10ff},   {0x1200, 0x135a},   {0x1380, 0x138f},
    {0x1780, 0x17b3},   {0x17b6, 0x17d3},   {0x17e0, 0x17e9},   {0x1e01, 0x1e99},
    {0x1e9c, 0x1e9d},   {0x1ea1, 0x1eff},   {0x2d00, 0x2d25},   {0x3005, 0x3007},
    {0x3041, 0x3096},   {0x309d, 0x309e},   {0x30a1, 0x30fa},   {0x30fc, 0x30fe},
    {0x3105, 0x312f},   {0x3400, 0x4dbf},   {0x4e00, 0x9fff},   {0xa000, 0xa48c},
    {0xac00, 0xd7a3},   {0x20000, 0x2a6df}, {0x2a700, 0x2ebe0}, {0x30000, 0x3134a},
};

char32_t lower(char32_t c) {
  if (c < 0x80) return c >= 'A' && c <= 'Z' ? c + 32 : c;
  for (const auto& shift : shifts)
    if (c >= shift.first && c <= shift.last) return char32_t(std::int32_t(c) + shift.by);
  for (const auto& pair : pairs)
    if (c >= pair.first && c <= pair.last) return ((c & 1) != 0) == pair.odd ? c + 1 : c;
  return c;
}

bool is_allowed(char32_t c) {
  if (c < 0x80) return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  const auto at = std::ranges::lower_bound(allowed, c, {}, &Range::last);
  return at != std::end(allowed) && c >= at->first;
}

// One code point of well-formed UTF-8 at `at`, which moves on; nothing where it is malformed.
std::optional<char32_t> decode(std::string_view text, std::size_t& at) {
  const auto lead = std::uint8_t(text[at++]);
  if (lead < 0x80) return lead;
  const int more = lead >= 0xf0 ? 3 : lead >= 0xe0 ? 2 : 1;
  static constexpr char32_t smallest[] = {0, 0x80, 0x800, 0x10000};
  if (lead < 0xc2 || lead > 0xf4) return {};
  char32_t point = lead & (0x3f >> more);
  for (int i = 0; i < more; ++i) {
    if (at == text.size() || (std::uint8_t(text[at]) & 0xc0) != 0x80) return {};
    point = point << 6 | (std::uint8_t(text[at++]) & 0x3f);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < smallest[more] || surrogate || point > 0x10ffff) return {};
  return point;
}

// RFC 3492, section 6.1.
std::uint32_t adapt(std::uint32_t delta, std::uint32_t points, bool first) {
  delta = first ? delta / 700 : delta / 2;
  delta += delta / points;
  std::uint32_t k = 0;
  for (; delta > 455; k += 36) delta /= 35;
  return k + 36 * delta / (delta + 38);
}

void append_number(std::string& out, std::uint32_t number, std::uint32_t bias) {
  static constexpr char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
  for (std::uint32_t k = 36;; k += 36) {
    const std::uint32_t t = k <= bias ? 1 : std::min<std::uint32_t>(k - bias, 26);
    if (number < t) break;
    out += digits[t + (number - t) % (36 - t)];
    number = (number - t) / (36 - t);
  }
  out += digits[number];
}

// RFC 3492, section 6.3. At most label_points_max points, so nothing overflows 32 bits:
// delta stays below 0x110000 * 64.
std::string encode(const std::vector<char32_t>& points) {
  std::string out = "xn--";
  for (const char32_t c : points)
    if (c < 0x80) out += char(c);
  const auto basic = std::uint32_t(out.size() - 4);
  if (basic > 0) out += '-';
  std::uint32_t n = 128, delta = 0, bias = 72, handled = basic;
  while (handled < points.size()) {
    char32_t next = 0x110000;
    for (const char32_t c : points)
      if (c >= n) next = std::min(next, c);
    delta += (next - n) * (handled + 1);
    n = next;
    for (const char32_t c : points) {
      if (c < n) ++delta;
      if (c != n) continue;
      append_number(out, delta, bias);
      bias = adapt(delta, handled + 1, handled == basic);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++n;
  }
  return out;
}

}  // namespace

Result<std::string> to_a_label(std::string_view label) {
  std::vector<char32_t> points;
  bool ascii = true;
  for (std::size_t at = 0; at < label.size();) {
    const auto decoded = decode(label, at);
    if (!decoded) return fail(Errc::invalid, "host name: not UTF-8");
    const char32_t point = lower(*decoded);
    if (!is_allowed(point))
      return fail(Errc::invalid, "host name: U+{:04X} cannot stand in a label",
                  std::uint32_t(*decoded));
    if (points.size() == label_points_max)
      return fail(Errc::invalid, "host name: a label is longer than 63 bytes");
    points.push_back(point);
    ascii = ascii && point < 0x80;
  }
  if (points.empty()) return fail(Errc::invalid, "host name: an empty label");
  std::string out = ascii ? std::string(points.begin(), points.end()) : encode(points);
  if (out.size() > 63) return fail(Errc::invalid, "host name: a label is longer than 63 bytes");
  return out;
}

}  // namespace tocsin::playbooks
