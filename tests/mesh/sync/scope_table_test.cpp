#include "mesh/sync/scope_table.hpp"

#include "tests/catch.hpp"
#include "tests/federation.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Federation;

namespace {

constexpr WallTime today{1'790'000'000'000};

struct Rig {
  Federation federation{{{"bleu"}, {"delos"}, {"sncf"}}, today};
  Roster roster{federation.charter};
  std::vector<crypto::ExchangeKey> keys;
  std::vector<ScopeTable> tables;

  Rig() {
    for (const auto& agent : federation.agents)
      keys.push_back(crypto::ExchangeKey::from_secret(agent.sealing_secret).value());
    for (std::size_t i = 0; i < keys.size(); ++i) tables.emplace_back(id(i), keys[i]);
  }
  const AgentId& id(std::size_t agent) const { return federation.agents[agent].id; }
  RecordHeader header(std::size_t author) const {
    return {RecordKind::scope_key, {Tlp::green, Pap::green}, today, id(author).prefix()};
  }
  Bytes made(std::size_t author, const Audience& audience) {
    return tables[author]
        .make(header(author), audience, recipients_of(audience, roster), federation.entropy())
        .value();
  }
  /// What a hostile author could write: `inside` wrapped for agent `to`.
  Bytes written(const ScopeId& scope, std::size_t author, std::size_t to, ByteView inside) {
    ByteWriter context, entry;
    context.fixed(scope);
    context.fixed(id(author));
    entry.fixed(id(to));
    entry.raw(crypto::wrap(federation.agents[to].sealing, context.bytes(), inside,
                           federation.entropy()));
    return std::move(FieldWriter(header(author)).fixed(1, scope).bytes(2, entry.bytes())).take();
  }
  Result<ScopeId> learn(std::size_t reader, const Bytes& record, std::size_t author) {
    return tables[reader].learn(*view_record(record), id(author));
  }
};

const Audience both{false, {"bleu", "delos"}, {}};

Bytes key_and(const Audience& audience) {
  ByteWriter out;
  out.raw(Bytes(crypto::SecretKey::size, 7));
  out.raw(encode_audience(audience));
  return std::move(out).take();
}

}  // namespace

TEST_CASE("a recipient learns key and audience of a scope, anybody else only who reads it") {
  Rig rig;
  const auto record = rig.made(1, both);
  const auto at_recipient = rig.learn(0, record, 1), at_outsider = rig.learn(2, record, 1);
  REQUIRE(at_recipient);
  REQUIRE(at_outsider);
  const auto* own = rig.tables[1].find(*at_recipient);
  const auto* read = rig.tables[0].find(*at_recipient);
  const auto* seen = rig.tables[2].find(*at_outsider);
  REQUIRE((own && read && seen));
  CHECK(read->key == own->key);
  CHECK(read->audience == both);
  CHECK_FALSE(seen->key);
  CHECK(seen->audience == Audience{});
  for (const auto* scope : {own, read, seen}) {
    CHECK(scope->author == rig.id(1));
    CHECK(scope->received_by(rig.id(0)));
    CHECK(scope->received_by(rig.id(1)));
    CHECK_FALSE(scope->received_by(rig.id(2)));
  }
}

TEST_CASE("the audience of a scope never changes, whatever its author says later") {
  Rig rig;
  const auto scope = *rig.learn(0, rig.made(1, both), 1);
  const auto key = rig.tables[0].find(scope)->key;
  const auto wider = key_and({false, {"bleu", "delos", "sncf"}, {}});
  const auto again = rig.learn(0, rig.written(scope, 1, 0, wider), 1);
  REQUIRE(again);
  CHECK(*again == scope);
  CHECK(rig.tables[0].find(scope)->audience == both);
  CHECK(rig.tables[0].find(scope)->key == key);
  CHECK_FALSE(rig.tables[0].find(scope)->received_by(rig.id(2)));
}

TEST_CASE("a scope belongs to the agent that announced it first") {
  Rig rig;
  const auto scope = *rig.learn(0, rig.made(1, both), 1);
  CHECK(rig.learn(0, rig.written(scope, 2, 0, key_and(both)), 2).error().code == Errc::refused);
  CHECK(rig.tables[0].find(scope)->author == rig.id(1));
}

TEST_CASE("a key that was wrapped for another author's scope does not open") {
  Rig rig;
  const auto record = rig.made(1, both);
  CHECK(rig.learn(0, record, 2).error().code == Errc::unauthenticated);
  CHECK(rig.tables[0].size() == 0);
}

TEST_CASE("a malformed scope key is refused and leaves nothing behind") {
  Rig rig;
  const ScopeId scope{{5}};
  const auto code = [&](const Bytes& record) { return rig.learn(0, record, 1).error().code; };
  auto trailing = key_and(both);
  trailing.push_back(0);
  CHECK(code(rig.written({}, 1, 0, key_and(both))) == Errc::invalid);
  CHECK(code(rig.written(scope, 1, 0, trailing)) == Errc::invalid);
  CHECK(code(rig.written(scope, 1, 0, Bytes(31, 7))) == Errc::invalid);
  CHECK(code(std::move(FieldWriter(rig.header(1)).fixed(1, scope).bytes(2, Bytes(15, 1))).take()) ==
        Errc::invalid);
  FieldWriter crowd(rig.header(1));
  crowd.fixed(1, scope);
  for (std::size_t i = 0; i <= scope_recipients_max; ++i) crowd.bytes(2, Bytes(16, 1));
  CHECK(code(std::move(crowd).take()) == Errc::too_large);
  CHECK(rig.tables[0].size() == 0);
}

TEST_CASE("a scope is used again for the same audience and the same agents only") {
  Rig rig;
  rig.made(1, both);
  auto recipients = recipients_of(both, rig.roster);
  CHECK(rig.tables[1].own_scope(both, recipients) != nullptr);
  CHECK(rig.tables[1].own_scope({false, {"delos"}, {}}, recipients) == nullptr);
  recipients.pop_back();
  CHECK(rig.tables[1].own_scope(both, recipients) == nullptr);
  CHECK(rig.tables[0].own_scope(both, recipients_of(both, rig.roster)) == nullptr);
}

TEST_CASE("a scope that no record could announce is not made") {
  Rig rig;
  std::vector<KnownAgent> crowd(scope_recipients_max + 1, {rig.id(0), rig.keys[0].public_key()});
  const auto code = [&](const Audience& audience) {
    return rig.tables[1]
        .make(rig.header(1), audience, crowd, rig.federation.entropy())
        .error()
        .code;
  };
  CHECK(code(both) == Errc::too_large);
  crowd.pop_back();
  Audience wide;
  for (int i = 0; i < 64; ++i) wide.orgs.push_back("an-organisation-" + std::to_string(i));
  CHECK(code(wide) == Errc::too_large);
  CHECK(rig.tables[1].size() == 0);
}

TEST_CASE("the agents of named persons are recipients, each once") {
  Rig rig;
  const auto agents = recipients_of({false, {"bleu"}, {"bleu/ana", "sncf/bob"}}, rig.roster);
  std::set<AgentId> ids;
  for (const auto& agent : agents) ids.insert(agent.id);
  CHECK(agents.size() == 2);
  CHECK(ids == std::set<AgentId>{rig.id(0), rig.id(2)});
  CHECK(recipients_of({false, {"acme"}, {}}, rig.roster).empty());
}

TEST_CASE("an audience is read back as it was written, and not from other bytes") {
  const Audience persons{false, {"bleu"}, {"bleu/ana", "sncf/bob"}};
  CHECK(decode_audience(encode_audience(persons)).value() == persons);
  CHECK(decode_audience(encode_audience({true, {}, {}})).value() == Audience{true, {}, {}});
  auto bytes = encode_audience(persons);
  CHECK(decode_audience(ByteView(bytes).first(bytes.size() - 1)).error().code == Errc::invalid);
  bytes.push_back(0);
  CHECK(decode_audience(bytes).error().code == Errc::invalid);
}
