#include "playbooks/detect/line_framing.hpp"

#include <vector>

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

namespace {
std::vector<std::string> frame(std::string_view text, std::size_t piece, std::size_t max) {
  LineFraming framing(max);
  std::vector<std::string> out;
  const auto keep = [&](const Line& line) {
    out.push_back(line.too_long ? "too long" : std::string(line.text));
  };
  Line line;
  while (!text.empty()) {
    const auto room = framing.room();
    const auto size = std::min({piece, room.size(), text.size()});
    std::copy_n(text.begin(), size, room.begin());
    framing.filled(size);
    text.remove_prefix(size);
    while (framing.next(line)) keep(line);
  }
  if (framing.rest(line)) keep(line);
  return out;
}
using Lines = std::vector<std::string>;
}  // namespace

TEST_CASE("lines come whole however the bytes are cut") {
  const Lines want{"one", "", "two", "three"};
  for (std::size_t piece = 1; piece < 20; ++piece)
    CHECK(frame("one\n\ntwo\r\nthree", piece, 100) == want);
  CHECK(frame("", 1, 100).empty());
  CHECK(frame("\n", 1, 100) == Lines{""});
}

TEST_CASE("a line that is too long costs that line only") {
  const std::string text = "a\n" + std::string(3000000, 'x') + "\nb\n" + std::string(11, 'y');
  for (const std::size_t piece : {std::size_t(1000), std::size_t(65536), std::size_t(5000000)})
    CHECK(frame(text, piece, 10) == Lines{"a", "too long", "b", "too long"});
}
