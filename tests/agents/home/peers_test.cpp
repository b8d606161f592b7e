#include "agents/home/peers.hpp"

#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  Rig() {
    for (const auto* org : {"bleu", "delos"}) found(org);
  }
  std::string card(const std::string& org) { return read(open(org).at.card()); }
  Result<PeerFile> add(std::string_view card, std::vector<std::string> addresses = {}) {
    return add_peer(disk, open("bleu"), card, std::move(addresses));
  }
};

}  // namespace

TEST_CASE("a partner's card is kept with the addresses that were given, and can be replaced") {
  Rig rig;
  CHECK(read_peers(rig.disk, rig.open("bleu").at)->empty());
  REQUIRE(rig.add(rig.card("delos"), {"192.0.2.9:1", "192.0.2.9:2"}));
  auto peers = read_peers(rig.disk, rig.open("bleu").at).value();
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].card.org == "delos");
  CHECK(peers[0].addresses == std::vector<std::string>{"192.0.2.9:1", "192.0.2.9:2"});
  REQUIRE(rig.add(rig.card("delos")));
  peers = read_peers(rig.disk, rig.open("bleu").at).value();
  REQUIRE(peers.size() == 1);
  CHECK(peers[0].addresses.empty());
}

TEST_CASE("a card that is altered, none, our own, or with a bad address is not kept") {
  Rig rig;
  auto altered = rig.card("delos");
  altered.replace(altered.find("\"DE\""), 4, "\"FR\"");
  CHECK(code(rig.add(altered)) == "unauthenticated");
  CHECK(code(rig.add("{}")) == "invalid");
  CHECK(code(rig.add(rig.card("bleu"))) == "refused");
  CHECK(code(rig.add(rig.card("delos"), {"192.0.2.9:1", "nowhere"})) == "invalid");
  CHECK(read_peers(rig.disk, rig.open("bleu").at)->empty());
}

TEST_CASE("a card under another root than the charter's is refused") {
  Homes homes;
  homes.agree({"bleu", "delos"});
  Homes impostors;
  impostors.entropy.number();  // Other keys than those of the first founding.
  impostors.found("delos");
  const auto card = impostors.read(impostors.open("delos").at.card());
  const auto added = add_peer(homes.disk, homes.open("bleu"), card, {});
  CHECK(code(added) == "refused");
  CHECK(says(added, "another root"));
  CHECK(read_peers(homes.disk, homes.open("bleu").at)->empty());
}

TEST_CASE("a damaged file of a partner is refused by its name") {
  Rig rig;
  const auto at = rig.open("bleu").at;
  REQUIRE(rig.add(rig.card("delos")));
  rig.write(at.peers() / "notes.txt", "not a card, and not read");
  CHECK(read_peers(rig.disk, at)->size() == 1);
  for (const auto* text : {"", "[]", "{}", R"({"card": "{}"})"}) {
    rig.write(at.peer("delos"), text);
    CHECK(code(read_peers(rig.disk, at)) == "invalid");
    CHECK(says(read_peers(rig.disk, at), "delos.json"));
  }
}
