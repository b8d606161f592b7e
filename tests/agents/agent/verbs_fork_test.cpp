#include "agents/agent/verbs.hpp"

#include "crypto/base_encoding.hpp"
#include "mesh/sync/fork_book.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

namespace {

/// delos has signed two truths in an earlier life, and both sides hold the proof.
struct Rig : Federation {
  Rig() {
    auto open = agents::read_home(world().disk, home("delos"));
    REQUIRE(open);
    federation = open->charter->federation;
    const auto unlocked = agents::unlock_home(world().disk, std::move(*open), {});
    REQUIRE(unlocked);
    const auto& key = unlocked->keys.signing;
    log = {crypto::agent_id_of(key.public_key()), 7, {}, mesh::LogClass::case_};
    const auto one = signed_note(key, "one"), two = signed_note(key, "two");
    first = one.id;
    second = two.id;
    const mesh::ForkProof proof{mesh::signed_header_of(one.encoded),
                                mesh::signed_header_of(two.encoded)};
    for (const auto* org : {"delos", "bleu"}) {
      const auto folder = home(org) / "store";
      REQUIRE(world().disk.make_folders(folder, mesh::FileMode::secret));
      const auto store = mesh::open_lmdb_store(world(), {folder});
      REQUIRE(store);
      mesh::ForkBook(**store).add(*mesh::read_fork_proof(proof), proof);
    }
    start_all();
  }
  mesh::Batch signed_note(const crypto::SigningKey& key, std::string_view text) {
    mesh::FieldWriter fields({mesh::RecordKind::note, {mesh::Tlp::green, mesh::Pap::green},
                              world().clock.wall(), log.agent.prefix()});
    fields.text(1, text);
    const std::vector<Bytes> records{std::move(fields).take()};
    return mesh::sign_batch({log, 1, world().clock.wall(), {}, records}, key, federation, nullptr,
                            world().entropy)
        .value();
  }
  Bytes decision(const std::string& root, const Digest& keep) {
    const mesh::RecordHeader header{mesh::RecordKind::forks, {mesh::Tlp::green, mesh::Pap::green},
                                    world().clock.wall(), 1};
    return mesh::encode_fork_decision(
        header, {root, log, 1, keep, 1, keep, world().clock.wall(), {}}, root_keys(root).root,
        federation);
  }
  json::object row(const std::string& at) {
    const auto answer = call(at, "fork.list");
    const auto& rows = answer.at("forks").as_array();
    REQUIRE(rows.size() == 1);
    return rows[0].as_object();
  }

  FederationId federation;
  mesh::LogKey log;
  Digest first, second;
};

}  // namespace

TEST_CASE("an open fork is listed with its author, its place and both branches") {
  Rig rig;
  const auto row = rig.row("bleu");
  CHECK(Federation::text(row, "id") == mesh::fork_id(rig.log, 1));
  CHECK(Federation::text(row, "org") == "delos");
  CHECK(Federation::text(row, "state") == "open");
  CHECK(row.at("sequence").to_number<int>() == 1);
  CHECK(row.at("branches").as_array() == json::array{to_base32(rig.first), to_base32(rig.second)});
  CHECK(row.at("held").is_null());
  const auto alarms = rig.call("bleu", "now").at("alarms").as_array();
  REQUIRE(alarms.size() == 1);
  CHECK(alarms[0].as_string().find("fork: delos/") != std::string::npos);
}

TEST_CASE("a fork is settled with the root of its own organisation, on both sides, once") {
  Rig rig;
  const auto resolve = [&](const std::string& at, const Bytes& record) {
    return rig.reply(at, "fork.resolve", {{"record", to_base64(record)}});
  };
  const auto foreign = resolve("bleu", rig.decision("bleu", rig.first));
  CHECK_FALSE(foreign.ok);
  CHECK(foreign.exit == 4);
  CHECK_FALSE(resolve("delos", Bytes(40, 1)).ok);
  REQUIRE(resolve("delos", rig.decision("delos", rig.second)).ok);
  for (const auto* org : {"delos", "bleu"}) {
    REQUIRE(rig.eventually([&] { return Federation::text(rig.row(org), "state") == "settled"; }));
    CHECK(Federation::text(rig.row(org), "kept") == to_base32(rig.second));
    CHECK(rig.call(org, "now").at("alarms").as_array().empty());
  }
  CHECK_FALSE(resolve("delos", rig.decision("delos", rig.first)).ok);
}
