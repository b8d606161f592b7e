#include "mesh/sync/witness_desk.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

const Audience all{true, {}, {}}, circle{false, {"bleu", "delos"}, {}};

LogKey log_of(std::uint64_t epoch) {
  LogKey out;
  out.epoch = epoch;
  out.log_class = LogClass::case_;
  return out;
}

struct Rig {
  explicit Rig(std::size_t rank = 0) : desk(rank) {}
  std::vector<WitnessRound> take(Instant now) {
    return desk.take(now, [&](const LogKey& log) -> std::optional<Witnessed> {
      const auto at = heads.find(log);
      if (at == heads.end()) return std::nullopt;
      return Witnessed{log, at->second, crypto::blake2b(bytes_of("x"))};
    });
  }
  WitnessDesk desk;
  std::map<LogKey, std::uint64_t> heads;
};

}  // namespace

TEST_CASE("what grew is witnessed within a minute, and a decision at once") {
  Rig rig;
  CHECK_FALSE(rig.desk.due(Instant{1h}));
  rig.heads[log_of(1)] = 4;
  rig.desk.grew(log_of(1), all, false, Instant{});
  CHECK_FALSE(rig.desk.due(Instant{60s - 1ns}));
  CHECK(rig.desk.due(Instant{60s}));
  rig.desk.grew(log_of(1), all, true, Instant{2s});
  CHECK(rig.desk.due(Instant{3s}));
  const auto rounds = rig.take(Instant{3s});
  REQUIRE(rounds.size() == 1);
  REQUIRE(rounds[0].heads.size() == 1);
  CHECK(rounds[0].heads[0].sequence == 4);
  CHECK_FALSE(rig.desk.due(Instant{1h}));
}

TEST_CASE("nothing is witnessed twice, nor what a colleague has witnessed") {
  Rig rig;
  rig.heads[log_of(1)] = 4;
  rig.desk.grew(log_of(1), all, true, Instant{});
  REQUIRE(rig.take(Instant{1s}).size() == 1);
  rig.desk.grew(log_of(1), all, true, Instant{2s});
  CHECK(rig.take(Instant{3s}).empty());
  rig.heads[log_of(1)] = 5;
  rig.desk.grew(log_of(1), all, true, Instant{4s});
  rig.desk.covered(log_of(1), 5);
  CHECK(rig.take(Instant{9s}).empty());
}

TEST_CASE("logs of one audience share a record, and no log is named to another audience") {
  Rig rig;
  for (const std::uint64_t epoch : {1, 2, 3}) {
    rig.heads[log_of(epoch)] = 1;
    rig.desk.grew(log_of(epoch), epoch == 2 ? circle : all, true, Instant{});
  }
  const auto rounds = rig.take(Instant{1s});
  REQUIRE(rounds.size() == 2);
  for (const auto& round : rounds)
    for (const auto& head : round.heads)
      CHECK((round.audience == circle) == (head.log.epoch == 2));
}

TEST_CASE("a log with a gap at its beginning is not witnessed until the gap closes") {
  Rig rig;
  rig.desk.grew(log_of(1), all, true, Instant{});
  CHECK(rig.take(Instant{1s}).empty());
  rig.heads[log_of(1)] = 3;
  rig.desk.grew(log_of(1), all, false, Instant{2s});
  CHECK(rig.take(Instant{62s}).size() == 1);
}

TEST_CASE("a colleague of higher rank waits longer, and rounds are bounded") {
  Rig rig(2);
  rig.heads[log_of(1)] = 1;
  rig.desk.grew(log_of(1), all, true, Instant{});
  CHECK_FALSE(rig.desk.due(Instant{5s - 1ns}));
  CHECK(rig.desk.due(Instant{5s}));

  Rig many;
  const auto logs = witness_logs_max * WitnessDesk::rounds_max + 3;
  for (std::size_t i = 0; i < logs; ++i) {
    many.heads[log_of(i)] = 1;
    many.desk.grew(log_of(i), all, true, Instant{});
  }
  CHECK(many.take(Instant{1s}).size() == WitnessDesk::rounds_max);
  REQUIRE(many.desk.due(Instant{1s}));
  const auto rest = many.take(Instant{1s});
  REQUIRE(rest.size() == 1);
  CHECK(rest[0].heads.size() == 3);
}
