#include "mesh/wire/frame.hpp"
#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

LogHead head() {
  return {{AgentId{{1}}, 1, {}, LogClass::case_}, 9, 2, {}, {{11, 12}, {20, 20}}};
}
bool takes(const LogHead& one) { return decode(encode(Heads{{one}, false})).has_value(); }

}  // namespace

TEST_CASE("heads whose ranges overlap, touch or stand out of order are refused") {
  CHECK(takes(head()));
  auto wrong = head();
  wrong.ranges[0].first = 10;  // would be contiguous
  CHECK_FALSE(takes(wrong));
  wrong = head();
  wrong.ranges[1] = {13, 14};  // touches
  CHECK_FALSE(takes(wrong));
  wrong = head();
  std::swap(wrong.ranges[0], wrong.ranges[1]);
  CHECK_FALSE(takes(wrong));
  wrong = head();
  wrong.ranges[1] = {21, 20};
  CHECK_FALSE(takes(wrong));
  wrong = head();
  wrong.base = 10;
  CHECK_FALSE(takes(wrong));
  wrong = head();
  wrong.contiguous = ~0ull;
  CHECK_FALSE(takes(wrong));
  wrong = head();
  wrong.key.log_class = LogClass(5);
  CHECK_FALSE(takes(wrong));
}

TEST_CASE("an empty range, or sequence 0, is refused in a pull") {
  const LogKey key = head().key;
  CHECK_FALSE(decode(encode(Pull{1, {{key, {0, 4}}}})));
  CHECK_FALSE(decode(encode(Pull{1, {{key, {5, 4}}}})));
  CHECK(decode(encode(Pull{1, {{key, {4, 4}}}})));
}

TEST_CASE("text with control characters is refused") {
  CHECK_FALSE(decode(encode(Bye{ByeReason::idle, "a\x1b[2J"})));
  CHECK_FALSE(decode(encode(Bye{ByeReason(7), "a"})));
  CHECK_FALSE(decode(encode(Hello{1, {0}, {}, "a\nb", 0, {}})));
  CHECK_FALSE(decode(encode(Hello{1, {-1}, {}, "", 0, {}})));
}

TEST_CASE("a batch too small to be one is refused") {
  CHECK_FALSE(decode(encode(BatchMessage{Bytes(batch_prefix_bytes - 1), true})));
}

TEST_CASE("a frame cut anywhere is refused, and random damage never does harm") {
  const auto bytes = encode(Heads{{head(), head()}, false});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode(ByteView(bytes).first(size)));
  tests::SeededEntropy entropy(11);
  int taken = 0;
  for (int round = 0; round < 20'000; ++round) {
    auto damaged = bytes;
    for (int flips = 0; flips < 3; ++flips) {
      const auto number = entropy.number();
      damaged[number % damaged.size()] = std::uint8_t(number >> 32);
    }
    if (const auto read = decode(damaged)) {
      ++taken;
      REQUIRE(*decode(encode(*read)) == *read);
    }
  }
  CHECK(taken > 0);
}
