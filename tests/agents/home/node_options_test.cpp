#include "agents/home/node_options.hpp"

#include "agents/home/peers.hpp"
#include "agents/home/second_agent.hpp"
#include "crypto/base_encoding.hpp"
#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;

namespace {

struct Rig : Homes {
  Rig() { agree({"bleu", "delos"}); }
  void configure(const std::string& more) {
    write(open("bleu").at.config(), first_config("bleu", "192.0.2.1:7440") + more);
  }
  /// Where bleu dials the only agent of delos.
  std::vector<std::string> dialled() {
    const auto peers = peer_configs(open("bleu"));
    REQUIRE(peers.size() == 1);
    CHECK(peers[0].org == "delos");
    CHECK(peers[0].channel == open("delos").card.agents[0].channel);
    return peers[0].addresses;
  }
  void know_delos(std::vector<std::string> addresses) {
    REQUIRE(add_peer(disk, open("bleu"), read(open("delos").at.card()), std::move(addresses)));
  }
};
using Addresses = std::vector<std::string>;

}  // namespace

TEST_CASE("a partner is dialled where the configuration says, else its file, card and charter") {
  Rig rig;
  CHECK(rig.dialled() == Addresses{"192.0.2.1:7440"});  // As the charter says.

  const auto root = rig.root_key("delos");
  rig.write(rig.open("delos").at.config(), first_config("delos", "192.0.2.7:1"));
  REQUIRE(current_card(rig.disk, rig.open("delos"), &root));
  rig.know_delos({});
  CHECK(rig.dialled() == Addresses{"192.0.2.7:1"});

  const Addresses two{"192.0.2.7:1", "192.0.2.7:2"};
  rig.write(rig.open("delos").at.config(), first_config("delos", "0.0.0.0:1", two));
  REQUIRE(current_card(rig.disk, rig.open("delos"), &root));
  rig.know_delos({});
  CHECK(rig.dialled() == two);
  rig.know_delos({"192.0.2.8:1", "192.0.2.8:2"});
  CHECK(rig.dialled() == Addresses{"192.0.2.8:1", "192.0.2.8:2"});
  rig.configure("[[peer]]\norg = \"delos\"\naddress = \"192.0.2.9:1\"\n");
  CHECK(rig.dialled() == Addresses{"192.0.2.9:1"});
}

TEST_CASE("a section with a key counts for the agent of that key only") {
  Rig rig;
  const auto section = [](const PublicKey& key) {
    return fmt::format("[[peer]]\norg = \"delos\"\naddress = \"192.0.2.9:1\"\nkey = \"{}\"\n",
                       to_base64(key.view()));
  };
  rig.configure(section(rig.open("bleu").card.agents[0].channel));
  CHECK(rig.dialled() == Addresses{"192.0.2.1:7440"});
  rig.configure(section(rig.open("delos").card.agents[0].channel));
  CHECK(rig.dialled() == Addresses{"192.0.2.9:1"});
}

TEST_CASE("an agent dials its organisation's other agents, and not itself") {
  Homes homes;
  homes.found("bleu");
  homes.found("delos");
  auto home = homes.open("bleu");
  auto charter = homes.draft({"bleu", "delos"});
  auto& agents = charter.body.members[charter.body.members[0].org == "bleu" ? 0 : 1].agents;
  agents.push_back({"bleu-2", homes.entropy.make<PublicKey>(), homes.entropy.make<PublicKey>(),
                    homes.entropy.make<PublicKey>(), ""});
  const auto other = agents.back().channel;
  home.charter = std::move(charter);
  std::size_t own = 0;
  for (const auto& peer : peer_configs(home)) {
    CHECK(peer.channel != home.card.agents[0].channel);
    if (peer.org != "bleu") continue;
    ++own;
    CHECK(peer.channel == other);
    CHECK(peer.addresses.empty());
  }
  CHECK(own == 1);
}

TEST_CASE("a node gets the keys, certificates and secrets of its home") {
  Rig rig;
  const auto home = unlock_home(rig.disk, rig.open("bleu"), {}).value();
  const auto options = node_options(home);
  REQUIRE(options);
  CHECK(options->org == "bleu");
  CHECK(options->agent == "bleu-1");
  CHECK(options->signing.public_key() == home.open.signing);
  CHECK(options->channel.public_key() == home.keys.channel.public_key());
  CHECK(options->sealing.public_key() == home.keys.sealing.public_key());
  CHECK(options->certificates.size() == std::size_t(crypto::certificate_months));
  CHECK(options->secrets.size() == 1);
  CHECK(options->listen == "192.0.2.1:7440");
  CHECK(options->author_bytes_max == 16ull << 30);
  rig.configure("[store]\nauthor_bytes_max = 1000\n");
  const auto bounded = unlock_home(rig.disk, rig.open("bleu"), {}).value();
  CHECK(node_options(bounded)->author_bytes_max == 1000);
}

TEST_CASE("a home without a charter or without certificates makes no node") {
  Rig rig;
  auto home = unlock_home(rig.disk, rig.open("bleu"), {}).value();
  home.open.charter->certificates.clear();
  CHECK(code(node_options(home)) == "not_found");
  home.open.charter.reset();
  CHECK(code(node_options(home)) == "not_found");
  CHECK(peer_configs(home.open).empty());
}
