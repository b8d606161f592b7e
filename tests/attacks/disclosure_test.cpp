// Attacks 10 and 13 on the wire: what a member that is not meant gets to see of RED and AMBER.
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

enum Who : std::size_t { bleu = 0, bsi = 1, delos = 2, maker = 3 };

const Audience luc{false, {"delos"}, {"bleu/luc"}}, both{false, {"bleu", "delos"}, {}};

struct Scene : SimRig {
  Scene()
      : SimRig({{"bleu"},
                {"bsi", crypto::OrgRole::authority},
                {"delos"},
                {"maker", crypto::OrgRole::vendor}}) {}

  /// One record of each kind that not all members may have.
  std::vector<Published> publish_secrets(std::size_t from) {
    return {publish(from, note(from, Tlp::red, luc, "secret in red")),
            publish(from, note(from, Tlp::amber, both, "secret in amber")),
            publish(from, note(from, Tlp::amber_strict, both, "secret in amber+strict"))};
  }
  std::uint64_t count(std::size_t at, std::size_t from, const std::string& reason) {
    return refused(at, from)[reason];
  }
};

bool holds_secret(ByteView bytes) {
  const auto secret = bytes_of("secret in ");
  return std::search(bytes.begin(), bytes.end(), secret.begin(), secret.end()) != bytes.end();
}

// Neither a sealed batch, nor the name of a sealed log, nor any of the plaintext.
void check_sees_nothing(const HostileAgent& agent) {
  for (const auto& log : agent.logs_seen()) CHECK(log.scope.is_zero());
  for (const auto& batch : agent.batches()) CHECK_FALSE(holds_secret(batch.encoded));
}

void check_cannot_read(SimRig& rig, std::size_t at, const std::vector<Published>& secrets) {
  CHECK(rig.notes(at).verified.empty());
  for (const auto& secret : secrets) CHECK_FALSE(rig.node(at).find(secret.id).value());
  for (const auto& [key, placed] : rig.disk(at).batches)
    CHECK_FALSE(holds_secret(*placed.batch.encoded));
}

}  // namespace

TEST_CASE("attack 10: RED and AMBER are not pushed to, shown to or pulled by one not meant") {
  Scene rig;
  rig.open(bleu);
  rig.open(delos, {bleu});
  REQUIRE(rig.connected(bleu, delos));
  HostileAgent stranger(rig, bsi);
  stranger.dial(delos);
  auto& bulk = stranger.dial(delos, Purpose::bulk);
  const auto secrets = rig.publish_secrets(delos);
  REQUIRE(rig.until([&] { return rig.notes(bleu).durable.size() == 3; }));
  CHECK(rig.count(delos, bsi, "push_not_in_audience") == 3);

  Pull pull{1, {}};
  for (const auto& secret : secrets) pull.ranges.push_back({secret.log, {1, secret.sequence}});
  stranger.say(bulk, pull);
  REQUIRE(rig.until([&] { return rig.count(delos, bsi, "pull_not_in_audience") == 3; }));
  // A new greeting makes delos show its heads anew, and forgets no count.
  stranger.dial(delos);
  rig.run_for(2s);
  CHECK(rig.count(delos, bsi, "pull_not_in_audience") == 3);
  REQUIRE(std::any_of(bulk.heard.begin(), bulk.heard.end(), [](const Message& message) {
    const auto* end = std::get_if<PullEnd>(&message);
    return end && end->missing.size() == 3;
  }));
  REQUIRE_FALSE(stranger.logs_seen().empty());  // It is served: of what all may have.
  check_sees_nothing(stranger);
}

TEST_CASE("attack 10: a relay holds AMBER sealed, RED not at all, and gives neither to others") {
  Scene rig;
  rig.open(bsi);
  rig.open(delos, {bsi});
  REQUIRE(rig.connected(bsi, delos));
  HostileAgent stranger(rig, maker);
  stranger.dial(bsi);
  auto& bulk = stranger.dial(bsi, Purpose::bulk);
  const auto secrets = rig.publish_secrets(delos);  // bleu is away, so its batches are lent
  REQUIRE(rig.until([&] { return rig.node(bsi).counters().carried == 2; }));
  Pull pull{1, {}};
  for (const auto& secret : secrets) pull.ranges.push_back({secret.log, {1, secret.sequence}});
  stranger.say(bulk, pull);
  stranger.dial(bsi);
  rig.run_for(3s);
  check_cannot_read(rig, bsi, secrets);
  CHECK_FALSE(rig.store(bsi).batch(secrets[0].log, 1).value());
  CHECK(rig.store(bsi).batch(secrets[1].log, 1).value());
  CHECK(rig.refused(delos, bsi) ==
        std::map<std::string, std::uint64_t>{{"push_not_in_audience", 3}});
  CHECK(rig.count(bsi, maker, "pull_not_in_audience") == 3);
  check_sees_nothing(stranger);
}

TEST_CASE("attack 10: RED and AMBER that a recipient hands on wrongly cannot be read") {
  Scene rig;
  rig.open(delos);
  rig.open(bsi);
  HostileAgent leaky(rig, bleu);
  leaky.dial(delos);
  REQUIRE(rig.until([&] { return rig.node(delos).reachable("bleu"); }));
  const auto secrets = rig.publish_secrets(delos);
  rig.run_for(1s);
  REQUIRE(leaky.logs_seen().size() == 3);  // delos's open one, and two that are sealed

  auto& line = leaky.dial(bsi);
  // All that it was given: the wrapped keys of the scopes in delos's open log, too.
  for (const auto& batch : leaky.batches()) leaky.say(line, BatchMessage{batch.encoded, true});
  REQUIRE(rig.until([&] { return rig.node(bsi).counters().carried == 3; }));
  check_cannot_read(rig, bsi, secrets);
}

TEST_CASE("attack 13: nothing is published for an empty, unknown or contradictory audience") {
  Scene rig;
  rig.open(delos);
  const Audience nobody{}, stranger{false, {"stranger"}, {}};
  const std::pair<Tlp, Audience> cases[] = {{Tlp::green, nobody},
                                            {Tlp::amber, nobody},
                                            {Tlp::green, stranger},
                                            {Tlp::amber_strict, stranger},
                                            {Tlp::amber, all_members},
                                            {Tlp::red, all_members},
                                            {Tlp::red, both},
                                            {Tlp::amber, luc}};
  for (const auto& [tlp, audience] : cases) {
    CAPTURE(name_of(tlp), audience.orgs.size(), audience.persons.size());
    const auto done = rig.try_publish(delos, rig.note(delos, tlp, audience, "to nobody"));
    REQUIRE_FALSE(done);
    CHECK(done.error().code == Errc::marking);
  }
  CHECK(rig.disk(delos).batches.empty());
}
