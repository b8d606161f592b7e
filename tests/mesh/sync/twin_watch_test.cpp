#include "mesh/sync/twin_watch.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr std::uint64_t epoch = 7;
const WallTime started{1'790'000'000'000};
const Digest here = crypto::blake2b(bytes_of("here")), there = crypto::blake2b(bytes_of("there"));

BatchHeader header(std::uint64_t of_epoch, std::uint64_t sequence, WallTime time = started) {
  BatchHeader out;
  out.log.epoch = of_epoch;
  out.sequence = sequence;
  out.time = time;
  return out;
}

}  // namespace

TEST_CASE("what is held here, and what an earlier life signed, is this agent's own") {
  const TwinWatch watch(started);
  CHECK(watch.judge(header(epoch, 3), here, {epoch, 3, here}) == OwnName::ours);
  CHECK(watch.judge(header(6, 30), there, {epoch, 0, {}}) == OwnName::ours);
  CHECK(watch.judge(header(6, 30, started + TwinWatch::clearly_younger), there, {epoch, 0, {}}) ==
        OwnName::ours);
}

TEST_CASE("another batch in a place that was signed here is a fork") {
  const TwinWatch watch(started);
  CHECK(watch.judge(header(epoch, 3), there, {epoch, 3, here}) == OwnName::forked);
  CHECK(watch.judge(header(6, 3), there, {epoch, 0, here}) == OwnName::forked);
}

TEST_CASE("what goes beyond the tail of the epoch that is being signed was signed elsewhere") {
  const TwinWatch watch(started);
  CHECK(watch.judge(header(epoch, 4), there, {epoch, 3, {}}) == OwnName::beyond);
  CHECK(watch.judge(header(epoch, 2), there, {epoch, 3, {}}) == OwnName::ours);
}

TEST_CASE("another epoch that is clearly younger than this start is a copy's") {
  const TwinWatch watch(started);
  const auto later = started + TwinWatch::clearly_younger + std::chrono::milliseconds(1);
  CHECK(watch.judge(header(9, 1, later), there, {epoch, 0, {}}) == OwnName::elsewhere);
}
