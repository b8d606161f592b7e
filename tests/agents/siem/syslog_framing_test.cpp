#include "agents/siem/syslog_framing.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

std::vector<std::string> frames(std::string_view text, std::size_t piece, std::size_t max = 100) {
  SyslogFraming framing(max);
  std::vector<std::string> out;
  const auto add = [&](const SyslogFraming::Frame& frame) {
    out.push_back(frame.rejected.empty() ? std::string(frame.text)
                                         : "!" + std::string(frame.rejected));
  };
  for (std::size_t at = 0; at < text.size(); at += piece) {
    framing.feed(bytes_of(text.substr(at, piece)));
    while (const auto frame = framing.next()) add(*frame);
  }
  if (const auto frame = framing.finish()) add(*frame);
  return out;
}

}  // namespace

TEST_CASE("counted frames and lines are told apart frame by frame") {
  const std::string_view text =
      "<13>a line\n7 <13>one<13>two\r\n6 <13>\nx\n5 <14>z{\"a\":1}\n8 <13>tail";
  for (const std::size_t piece : {1, 2, 3, 5, 100})
    CHECK(frames(text, piece) == std::vector<std::string>{"<13>a line", "<13>one", "<13>two",
                                                          "<13>\nx", "<14>z", "{\"a\":1}",
                                                          "<13>tail"});
}

TEST_CASE("a line that begins with digits is a line unless a space follows them") {
  CHECK(frames("2026-11-23T08:00:00Z host\n10.0.0.1 x\n", 100) ==
        std::vector<std::string>{"2026-11-23T08:00:00Z host", "10.0.0.1 x"});
}

TEST_CASE("an oversized frame costs that frame") {
  const std::string large(150, 'a');
  for (const std::size_t piece : {1, 7, 1000}) {
    CHECK(frames("<1>" + large + "\n<2>b\n", piece) ==
          std::vector<std::string>{"!frame too large", "<2>b"});
    CHECK(frames("150 " + large + "4 <2>b", piece) ==
          std::vector<std::string>{"!frame too large", "<2>b"});
  }
}

TEST_CASE("an absurd count breaks the stream instead of swallowing it") {
  SyslogFraming framing(100);
  framing.feed(bytes_of("999999999 <13>x\n<13>y\n"));
  CHECK(framing.next()->rejected == "frame too large");
  CHECK(framing.broken());
  CHECK_FALSE(framing.next().has_value());
}

TEST_CASE("what is cut off in the middle of a counted frame is said to be so") {
  CHECK(frames("10 <13>abc", 100) == std::vector<std::string>{"!frame cut short"});
  CHECK(frames("<13>no end", 100) == std::vector<std::string>{"<13>no end"});
  CHECK(frames("\n\n\r\n", 1).empty());
}

TEST_CASE("random bytes give bounded frames whatever the pieces") {
  tests::SeededEntropy entropy(11);
  for (int round = 0; round < 400; ++round) {
    std::string text(1 + entropy.number() % 400, ' ');
    for (char& c : text) {
      const auto draw = entropy.number();
      c = draw % 3 == 0 ? "0123456789 \n<"[draw / 3 % 13] : char(draw >> 8);
    }
    const auto whole = frames(text, text.size(), 50);
    CHECK(whole == frames(text, 1, 50));
    for (const auto& frame : whole) CHECK(frame.size() <= 50);
  }
}
