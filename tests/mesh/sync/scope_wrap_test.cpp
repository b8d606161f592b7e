#include "mesh/sync/scope_table.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr WallTime today{1'790'000'000'000};
constexpr std::size_t old_agent = 0, newcomer = 1, author = 2, stranger = 3;
const Audience both{false, {"bleu", "delos"}, {}};

// bleu took on its second agent after delos had made the scope.
struct Rig {
  Federation federation{{{"bleu", crypto::OrgRole::operator_, 2}, {"delos"}, {"sncf"}}, today};
  Roster roster{federation.charter};
  std::vector<crypto::ExchangeKey> keys;
  std::vector<ScopeTable> tables;
  ScopeId scope;

  explicit Rig(const Audience& audience = both) {
    for (const auto& agent : federation.agents)
      keys.push_back(crypto::ExchangeKey::from_secret(agent.sealing_secret).value());
    for (std::size_t i = 0; i < keys.size(); ++i) tables.emplace_back(id(i), keys[i]);
    const auto record =
        tables[author]
            .make(header(author), audience, {known(old_agent), known(author)}, federation.entropy())
            .value();
    for (std::size_t i = 0; i < keys.size(); ++i)
      scope = tables[i].learn(*view_record(record), id(author)).value();
  }
  const AgentId& id(std::size_t agent) const { return federation.agents[agent].id; }
  KnownAgent known(std::size_t agent) const { return {id(agent), federation.agents[agent].sealing}; }
  RecordHeader header(std::size_t by) const {
    return {RecordKind::scope_wrap, {Tlp::green, Pap::green}, today, id(by).prefix()};
  }
  Result<Bytes> wrapped(std::size_t by, std::size_t to) {
    return tables[by].wrap_for(header(by), *tables[by].find(scope), {known(to)},
                               federation.entropy());
  }
  Errc learn(std::size_t reader, const Bytes& record, std::size_t by) {
    const auto learned = tables[reader].learn_wrap(*view_record(record), id(by), roster);
    return learned ? Errc{} : learned.error().code;
  }
};

}  // namespace

TEST_CASE("a newcomer gets the key from its own organisation, and all others see that it did") {
  Rig rig;
  const auto record = rig.wrapped(old_agent, newcomer).value();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK_FALSE(rig.tables[i].find(rig.scope)->received_by(rig.id(newcomer)));
    CHECK(rig.learn(i, record, old_agent) == Errc{});
    CHECK(rig.tables[i].find(rig.scope)->received_by(rig.id(newcomer)));
  }
  CHECK(rig.tables[newcomer].find(rig.scope)->key == rig.tables[author].find(rig.scope)->key);
  CHECK(rig.tables[newcomer].find(rig.scope)->audience == both);
  CHECK_FALSE(rig.tables[stranger].find(rig.scope)->key);
}

TEST_CASE("a key goes to no agent of another organisation") {
  Rig rig;
  const auto record = rig.wrapped(old_agent, stranger).value();
  for (std::size_t i = 0; i < 4; ++i) {
    CHECK(rig.learn(i, record, old_agent) == Errc::refused);
    CHECK_FALSE(rig.tables[i].find(rig.scope)->received_by(rig.id(stranger)));
  }
}

TEST_CASE("who has no key of a scope adds nobody to it") {
  Rig rig;
  const auto record = rig.wrapped(old_agent, newcomer).value();
  CHECK(rig.learn(author, record, stranger) == Errc::refused);
  CHECK(rig.learn(author, record, newcomer) == Errc::refused);
  CHECK_FALSE(rig.wrapped(stranger, newcomer));
}

TEST_CASE("a key that is sealed to persons is never wrapped again") {
  Rig rig(Audience{false, {}, {"bleu/anna", "delos/bert"}});
  const auto record = rig.wrapped(old_agent, newcomer);
  REQUIRE_FALSE(record);
  CHECK(record.error().code == Errc::refused);
}

TEST_CASE("a wrap that does not open is not taken, and leaves its reader without a key") {
  Rig rig;
  auto record = rig.wrapped(old_agent, newcomer).value();
  record.back() ^= 1;
  CHECK(rig.learn(newcomer, record, old_agent) == Errc::unauthenticated);
  CHECK_FALSE(rig.tables[newcomer].find(rig.scope)->received_by(rig.id(newcomer)));
}

TEST_CASE("a wrap of an unknown scope waits for it") {
  Rig rig;
  const auto record = rig.wrapped(old_agent, newcomer).value();
  ScopeTable empty(rig.id(newcomer), rig.keys[newcomer]);
  const auto learned = empty.learn_wrap(*view_record(record), rig.id(old_agent), rig.roster);
  REQUIRE_FALSE(learned);
  CHECK(learned.error().code == Errc::not_found);
}

TEST_CASE("a scope whose key a revoked newcomer has is not written in again") {
  Rig rig;
  auto& table = rig.tables[author];
  const std::vector<KnownAgent> first{rig.known(old_agent), rig.known(author)};
  const std::vector<KnownAgent> grown{rig.known(old_agent), rig.known(newcomer),
                                      rig.known(author)};
  CHECK(table.own_scope(both, first));
  CHECK(rig.learn(author, rig.wrapped(old_agent, newcomer).value(), old_agent) == Errc{});
  CHECK_FALSE(table.own_scope(both, first));  // As after its revocation.
  CHECK_FALSE(table.own_scope(both, grown));  // What is new goes under a key of the author's.
}

TEST_CASE("a new agent reads what its organisation had before it came, after a restart too") {
  SimNodes nodes({{"bleu", crypto::OrgRole::operator_, 2}, {"delos"}, {"sncf"}}, {}, false);
  nodes.open(old_agent);
  nodes.open(author, {old_agent});
  nodes.open(stranger, {old_agent, author});
  REQUIRE(nodes.connected(old_agent, author));
  REQUIRE(nodes.connected(stranger, author));
  REQUIRE(nodes.publish(author, {nodes.note(author, Tlp::amber_strict, both, "history")}));
  REQUIRE(nodes.until([&] { return nodes.notes(old_agent).has("history"); }));

  nodes.open(newcomer, {old_agent, author});
  REQUIRE(nodes.until([&] { return nodes.notes(newcomer).has("history"); }, 20s));
  CHECK(nodes.until([&] {
    return nodes.node(newcomer).heads_digest() == nodes.node(old_agent).heads_digest();
  }));

  nodes.take_down(newcomer);
  nodes.open(newcomer, {old_agent, author});
  CHECK(nodes.notes(newcomer).has("history"));
  CHECK(nodes.notes(stranger).durable.empty());
}
