#include "agents/home/home.hpp"

#include "agents/home/peers.hpp"
#include "tests/agents/home/locked.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  Rig() {
    agree({"bleu", "delos"});
    REQUIRE(add_peer(disk, open("bleu"), read(open("delos").at.card()), {}));
  }
};

}  // namespace

TEST_CASE("a folder that is no home says how to make one") {
  Homes homes;
  const auto opened = read_home(homes.disk, "/nowhere");
  CHECK(code(opened) == "not_found");
  CHECK(opened.error().hint.find("tocsin init") != std::string::npos);
}

TEST_CASE("a home is read with its charter and partners, and without a secret") {
  Rig rig;
  const auto home = rig.open("bleu");
  CHECK(home.org == "bleu");
  CHECK(home.config.listen == "192.0.2.1:7440");
  REQUIRE(home.agreed());
  CHECK((*home.agreed())->member("delos") != nullptr);
  REQUIRE(home.peers.size() == 1);
  CHECK(home.peers[0].card.org == "delos");
}

TEST_CASE("a home without a charter says how to come by one") {
  Homes homes;
  homes.found("bleu");
  const auto home = homes.open("bleu");
  CHECK(code(home.agreed()) == "not_found");
  CHECK(home.agreed().error().hint.find("charter new") != std::string::npos);
}

TEST_CASE("a damaged file of a home is refused by its name") {
  for (const auto* name :
       {"agent.json", "card.json", "charter.json", "keys.bin", "peers/delos.json"}) {
    for (const bool empty : {true, false}) {
      Rig rig;
      const auto file = rig.home("bleu") / name;
      auto bytes = rig.disk.read(file, document_bytes_max).value();
      bytes.resize(empty ? 0 : bytes.size() / 2);
      REQUIRE(rig.disk.write_atomic(file, bytes, mesh::FileMode::shared));
      const auto opened = read_home(rig.disk, rig.home("bleu"));
      INFO(name << " empty " << empty);
      if (opened) {  // Half a key file still shows that it has no passphrase.
        CHECK(std::string(name) == "keys.bin");
        CHECK(says(unlock_home(rig.disk, *opened, {}), name));
      } else {
        CHECK((code(opened) == "invalid" || code(opened) == "unauthenticated"));
        CHECK(says(opened, name));
      }
    }
  }
}

TEST_CASE("a configuration of another organisation is not this home's") {
  Rig rig;
  rig.write(rig.home("bleu") / "agent.toml", first_config("delos", ""));
  const auto opened = read_home(rig.disk, rig.home("bleu"));
  CHECK(code(opened) == "invalid");
  CHECK(says(opened, "delos"));
  rig.write("/other.toml", first_config("bleu", "192.0.2.5:1"));
  CHECK(read_home(rig.disk, rig.home("bleu"), "/other.toml")->config.listen == "192.0.2.5:1");
}

TEST_CASE("a home opens with its keys and the secrets of its pairs") {
  Rig rig;
  const auto home = unlock_home(rig.disk, rig.open("bleu"), {});
  REQUIRE(home);
  CHECK(home->keys.signing.public_key() == home->open.signing);
  CHECK(home->keys.sealing.public_key() == home->open.card.agents[0].sealing);
  REQUIRE(home->secrets.size() == 1);
  CHECK(home->secrets[0].peer_org == "bleu");
}

TEST_CASE("the keys of another agent do not open a home") {
  Rig rig;
  const auto foreign = rig.disk.read(rig.open("delos").at.keys(), key_file_bytes_max).value();
  REQUIRE(rig.disk.write_atomic(rig.open("bleu").at.keys(), foreign, mesh::FileMode::secret));
  const auto home = unlock_home(rig.disk, rig.open("bleu"), {});
  CHECK(code(home) == "invalid");
  CHECK(says(home, "bleu-1"));
}

TEST_CASE("keys with a passphrase open with it and with no other") {
  Rig rig;
  const auto at = rig.open("bleu").at;
  const auto keys = read_agent_keys(rig.disk, at, {}).value();
  crypto::KeyRing ring;
  ring.put("signing", keys.signing.seed());
  ring.put("channel", keys.channel.secret());
  ring.put("sealing", keys.sealing.secret());
  tests::write_locked(rig, at.keys(), ring, "correct horse");
  CHECK(rig.open("bleu").has_passphrase);
  CHECK(code(unlock_home(rig.disk, rig.open("bleu"), {})) == "unauthenticated");
  CHECK(code(read_agent_keys(rig.disk, at, "battery")) == "unauthenticated");
  CHECK(read_agent_keys(rig.disk, at, "correct horse")->channel.public_key() ==
        keys.channel.public_key());
  CHECK(code(read_agent_keys(rig.disk, {"/nowhere"}, {})) == "not_found");
}

TEST_CASE("partners' networks come from charter and cards, each once, without our own") {
  Rig rig;
  auto home = rig.open("bleu");
  for (auto& member : home.charter->body.members)
    member.own_networks = {member.org == "bleu" ? "10.1.0.0/16" : "10.2.0.0/16"};
  home.peers[0].card.own_networks = {"example.org", "10.2.0.0/16"};
  CHECK(home.partner_networks() == std::vector<std::string>{"10.2.0.0/16", "example.org"});
}

TEST_CASE("a text over its limit is not read, and an error names the file") {
  Homes homes;
  homes.write("/long.txt", std::string(100, 'x'));
  CHECK(read_text(homes.disk, "/long.txt", 100)->size() == 100);
  CHECK(code(read_text(homes.disk, "/long.txt", 99)) == "too_large");
  CHECK(says(read_text(homes.disk, "/none.txt"), "/none.txt"));
}
