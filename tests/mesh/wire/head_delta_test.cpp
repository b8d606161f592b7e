#include "mesh/wire/head_delta.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::size_t logs_max = 1000;

LogKey log_number(std::uint8_t agent, std::uint64_t epoch = 1) {
  return {AgentId{{agent}}, epoch, {}, LogClass::case_};
}

Digest head_id(Entropy& entropy) {
  auto out = entropy.make<Digest>();
  std::fill(out.data.begin() + head_id_bytes, out.data.end(), std::uint8_t(0));
  return out;
}

std::vector<LogHead> drawn(Entropy& entropy, std::size_t logs) {
  std::vector<LogHead> out;
  for (std::size_t i = 0; i < logs; ++i) {
    LogHead head{{AgentId{}, i, {}, LogClass::indicator}, entropy.number() % 5000, 0, {}, {}};
    head.key.agent.data[0] = std::uint8_t(i >> 8);
    head.key.agent.data[1] = std::uint8_t(i);
    if (head.contiguous > 0) head.last = head_id(entropy);
    auto above = head.contiguous;
    for (auto left = entropy.number() % 4; left > 0; --left) {
      const auto first = above + 2 + entropy.number() % 300;
      above = first + entropy.number() % 300;
      head.ranges.push_back({first, above});
    }
    out.push_back(std::move(head));
  }
  return out;
}

// Some logs move, some go, some come; ranges and bases change.
std::vector<LogHead> moved(std::vector<LogHead> heads, Entropy& entropy) {
  std::vector<LogHead> out;
  for (auto& head : heads) {
    const auto what = entropy.number() % 8;
    if (what == 0) continue;
    if (what == 1) head.contiguous += 1 + entropy.number() % 400, head.last = head_id(entropy);
    if (what == 1 || what == 2) head.ranges.clear();
    if (what == 3) head.base = head.contiguous;
    if (what == 4 && head.contiguous > 0) head.last = head_id(entropy);
    if (what == 5) head.key.epoch ^= 1u << 20;
    out.push_back(std::move(head));
  }
  return out;
}

Bytes encode_head_delta(const std::vector<LogHead>& from, const std::vector<LogHead>& to) {
  HeadDeltaWriter out;
  out.compare(from, to);
  return std::move(out).take();
}

Result<HeadChanges> read_head_delta(const std::vector<LogHead>& from, ByteView delta,
                                    std::size_t most = logs_max) {
  const auto head_at = [&](std::size_t index) -> const LogHead& { return from[index]; };
  return mesh::read_head_delta(delta, from.size(), head_at, most);
}

/// What `from` becomes.
std::vector<LogHead> changed(std::vector<LogHead> from, const HeadChanges& changes) {
  for (auto moved = changes.moved.rbegin(); moved != changes.moved.rend(); ++moved) {
    const auto at = from.begin() + std::ptrdiff_t(moved->at);
    if (moved->head)
      *at = *moved->head;
    else
      from.erase(at);
  }
  from.insert(from.end(), changes.fresh.begin(), changes.fresh.end());
  std::sort(from.begin(), from.end(),
            [](const LogHead& a, const LogHead& b) { return a.key < b.key; });
  return from;
}

}  // namespace

TEST_CASE("a change of heads gives the heads that it was made from") {
  tests::SeededEntropy entropy(3);
  for (int round = 0; round < 300; ++round) {
    const auto from = drawn(entropy, entropy.number() % 40);
    const auto to = moved(from, entropy);
    const auto delta = encode_head_delta(from, to);
    const auto got = read_head_delta(from, delta);
    REQUIRE(got);
    CHECK(changed(from, *got) == to);
    const auto whole = read_head_delta({}, encode_head_delta({}, to));
    REQUIRE(whole);
    CHECK(whole->moved.empty());
    CHECK(whole->fresh == to);
  }
}

TEST_CASE("heads that did not change cost two bytes, one that moved eighteen") {
  tests::SeededEntropy entropy(4);
  auto heads = drawn(entropy, 300);
  for (auto& head : heads) head.ranges.clear();
  CHECK(encode_head_delta(heads, heads).size() == 2);
  auto next = heads;
  next[7].contiguous += 2;
  next[7].last = head_id(entropy);
  CHECK(encode_head_delta(heads, next).size() == 2 + 18);
}

TEST_CASE("a change that is cut short or has bytes too many is refused") {
  tests::SeededEntropy entropy(5);
  const auto from = drawn(entropy, 12);
  auto delta = encode_head_delta(from, moved(from, entropy));
  for (std::size_t length = 0; length < delta.size(); ++length)
    CHECK_FALSE(read_head_delta(from, ByteView(delta).first(length)));
  delta.push_back(0);
  CHECK(read_head_delta(from, delta).error().code == Errc::invalid);
}

TEST_CASE("what no holder can have is refused in a change of heads") {
  const std::vector<LogHead> from{{log_number(1), 5, 0, {}, {}}};
  const auto refused = [&](const std::vector<LogHead>& to) {
    return !read_head_delta(from, encode_head_delta(from, to));
  };
  CHECK(refused({{log_number(1), 5, 6, {}, {}}}));
  CHECK(refused({{log_number(2), 3, 4, {}, {}}}));
  LogHead touching{log_number(2), 3, 0, {}, {{4, 5}}};
  CHECK(refused({touching}));
  LogHead far{log_number(2), batch_sequence_max + 1, 0, {}, {}};
  CHECK(refused({far}));
  LogHead many{log_number(2), 0, 0, {}, {}};
  for (std::uint64_t i = 0; i <= head_ranges_max; ++i) many.ranges.push_back({3 * i + 2, 3 * i + 2});
  CHECK(refused({many}));
  // Out of order.
  CHECK(refused({{log_number(3), 1, 0, {}, {}}, {log_number(2), 1, 0, {}, {}}}));
}

TEST_CASE("more logs than may be are refused before they are read") {
  tests::SeededEntropy entropy(6);
  const auto heads = drawn(entropy, 20);
  const auto delta = encode_head_delta({}, heads);
  CHECK(read_head_delta({}, delta, 20));
  CHECK(read_head_delta({}, delta, 19).error().code == Errc::too_large);
}

TEST_CASE("a part that is passed over costs what one that was compared and is the same costs") {
  tests::SeededEntropy entropy(7);
  const auto from = drawn(entropy, 30), to = moved(from, entropy);
  const auto same = drawn(entropy, 30);
  auto beyond = [&](std::vector<LogHead> heads) {
    for (auto& head : heads) head.key.agent.data[0] = 0xff;
    return heads;
  };
  HeadDeltaWriter compared, passed;
  for (auto* out : {&compared, &passed}) out->compare(from, to);
  compared.compare(beyond(same), beyond(same));
  passed.pass(same.size());
  for (auto* out : {&compared, &passed}) {
    auto last = beyond({same.front()});
    last[0].key.agent.data[1] = 0xff;
    out->compare({}, last);
  }
  CHECK(std::move(compared).take() == std::move(passed).take());
}
