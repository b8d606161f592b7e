#include "agents/home/founding.hpp"

#include "tests/agents/home/locked.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

struct Rig : Homes {
  std::string refusal(const Founding& wish) {
    const auto founded = found_organisation(disk, entropy, wish);
    CHECK_FALSE(disk.exists(RootLayout{root("bleu")}.root()));
    return code(founded);
  }
};

}  // namespace

TEST_CASE("an organisation is founded with a root, a home, and a card that names its agent") {
  Homes homes;
  const auto founded = found_organisation(homes.disk, homes.entropy, homes.wish("bleu"));
  REQUIRE(founded);
  CHECK(founded->agent == "bleu-1");
  const auto home = homes.open("bleu");
  CHECK(home.org == "bleu");
  CHECK(home.agent == "bleu-1");
  CHECK_FALSE(home.has_passphrase);
  CHECK(home.card.root == homes.root_key("bleu").public_key());
  REQUIRE(home.card.agents.size() == 1);
  CHECK(home.card.agents[0].signing == home.signing);
  CHECK(home.card.agents[0].address == "192.0.2.1:7440");
  const auto unlocked = unlock_home(homes.disk, home, {});
  REQUIRE(unlocked);
  CHECK(unlocked->secrets.at(0).peer_org == "bleu");
  CHECK(homes.read(RootLayout{homes.root("bleu")}.card()) == homes.read(home.at.card()));
}

TEST_CASE("a root below the home is refused, before anything is written") {
  Rig rig;
  auto wish = rig.wish("bleu");
  wish.root_folder = wish.home / "root";
  CHECK(rig.refusal(wish) == "refused");
  wish.root_folder = wish.home;
  CHECK(rig.refusal(wish) == "refused");
  CHECK_FALSE(rig.disk.exists(wish.home));
}

TEST_CASE("a wish of the wrong form is refused, before anything is written") {
  Rig rig;
  const auto with = [&](auto change) {
    auto wish = rig.wish("bleu");
    change(wish);
    return rig.refusal(wish);
  };
  CHECK(with([](Founding& w) { w.org = "Not A Name"; }) == "usage");
  CHECK(with([](Founding& w) { w.org = ""; }) == "usage");
  CHECK(with([](Founding& w) { w.country = "de"; }) == "usage");
  CHECK(with([](Founding& w) { w.country = "DEU"; }) == "usage");
  CHECK(with([](Founding& w) { w.name = std::string(201, 'x'); }) == "usage");
  CHECK(with([](Founding& w) { w.listen = "nowhere"; }) == "usage");
  CHECK(with([](Founding& w) { w.addresses = {"a b:1"}; }) == "usage");
  CHECK(with([](Founding& w) { w.addresses = {"a.example:1", "a.example:1"}; }) == "usage");
  CHECK(with([](Founding& w) {
          for (int i = 1; i < 10; ++i) w.addresses.push_back(fmt::format("a.example:{}", i));
        }) == "usage");
  CHECK_FALSE(rig.disk.exists(rig.home("bleu")));
}

TEST_CASE("nobody founds over a home or a root that is there") {
  Homes homes;
  homes.found("bleu");
  auto again = homes.wish("bleu");
  again.root_folder = homes.root("other");
  CHECK(code(found_organisation(homes.disk, homes.entropy, again)) == "refused");
  CHECK_FALSE(homes.disk.exists(homes.root("other")));
  auto same_root = homes.wish("delos");
  same_root.root_folder = homes.root("bleu");
  CHECK(code(found_organisation(homes.disk, homes.entropy, same_root)) == "refused");
  CHECK_FALSE(homes.disk.exists(homes.home("delos")));
}

TEST_CASE("a home that could not be written whole is none") {
  Homes homes;
  homes.machine.platter().fail_syncs(true);
  CHECK(code(found_organisation(homes.disk, homes.entropy, homes.wish("bleu"))) == "io");
  homes.machine.platter().fail_syncs(false);
  CHECK(code(read_home(homes.disk, homes.home("bleu"))) == "not_found");
}

TEST_CASE("a card shows where others may dial: what was given, else a listener that says so") {
  using Addresses = std::vector<std::string>;
  const auto shown = [](std::string listen, Addresses addresses) {
    Homes homes;
    auto wish = homes.wish("bleu");
    wish.listen = std::move(listen);
    wish.addresses = std::move(addresses);
    REQUIRE(found_organisation(homes.disk, homes.entropy, wish));
    // What init was told is what the configuration goes on saying: no root is needed again.
    CHECK(current_card(homes.disk, homes.open("bleu"), nullptr).has_value());
    return homes.open("bleu").card.agents[0].addresses();
  };
  CHECK(shown("0.0.0.0:7440", {}).empty());
  CHECK(shown("[::]:7440", {}).empty());
  CHECK(shown("127.0.0.1:0", {}).empty());
  CHECK(shown("0.0.0.0:7440", {"agent.example:7440"}) == Addresses{"agent.example:7440"});
  const Addresses two{"agent.example:7440", "[2001:db8::1]:7440"};
  CHECK(shown("192.0.2.1:7440", two) == two);
}

TEST_CASE("the card carries every address that the configuration advertises") {
  Homes homes;
  homes.found("bleu");
  const auto root = homes.root_key("bleu");
  const std::vector<std::string> two{"192.0.2.1:7440", "192.0.2.2:7440"};
  homes.write(homes.open("bleu").at.config(), first_config("bleu", "0.0.0.0:7440", two));
  CHECK(code(current_card(homes.disk, homes.open("bleu"), nullptr)) == "refused");
  const auto card = crypto::read_card(current_card(homes.disk, homes.open("bleu"), &root).value());
  REQUIRE(card);
  CHECK(card->agents[0].addresses() == two);
}

TEST_CASE("the card is signed anew by its own root when the configuration has changed") {
  Homes homes;
  homes.found("bleu");
  homes.found("delos");
  const auto root = homes.root_key("bleu"), stranger = homes.root_key("delos");
  const auto before = homes.read(homes.open("bleu").at.card());
  CHECK(current_card(homes.disk, homes.open("bleu"), nullptr).value() == before);

  const auto at = homes.open("bleu").at;
  homes.write(at.config(), first_config("bleu", "192.0.2.1:7440") +
                               "[guard]\nown = [\"198.51.100.0/24\"]\n");
  CHECK(code(current_card(homes.disk, homes.open("bleu"), nullptr)) == "refused");
  CHECK(code(current_card(homes.disk, homes.open("bleu"), &stranger)) == "refused");
  CHECK(homes.read(at.card()) == before);
  const auto fresh = current_card(homes.disk, homes.open("bleu"), &root);
  REQUIRE(fresh);
  CHECK(crypto::read_card(*fresh)->own_networks == std::vector<std::string>{"198.51.100.0/24"});
  CHECK(homes.read(at.card()) == *fresh);

  homes.write(at.config(), first_config("bleu", "192.0.2.99:7440"));
  CHECK(crypto::read_card(current_card(homes.disk, homes.open("bleu"), &root).value())
            ->agents[0]
            .address == "192.0.2.99:7440");
}

TEST_CASE("a folder without a root holds none, and a locked root asks for its passphrase") {
  Homes homes;
  CHECK(code(read_root(homes.disk, "/nowhere", {})) == "not_found");
  homes.found("bleu");
  crypto::KeyRing ring;
  ring.put("signing", homes.root_key("bleu").seed());
  tests::write_locked(homes, RootLayout{homes.root("bleu")}.root(), ring, "correct horse");
  CHECK(code(read_root(homes.disk, homes.root("bleu"), {})) == "unauthenticated");
  CHECK(code(read_root(homes.disk, homes.root("bleu"), "battery")) == "unauthenticated");
  CHECK(code(read_root(homes.disk, homes.root("bleu"), "correct horse")) == "none");
}

TEST_CASE("a folder lies below itself and its parents, and below nothing of a like name") {
  CHECK(lies_below("/a/b", "/a"));
  CHECK(lies_below("/a", "/a"));
  CHECK(lies_below("/a/b", "/a/"));
  CHECK_FALSE(lies_below("/ab", "/a"));
  CHECK_FALSE(lies_below("/a", "/a/b"));
}

TEST_CASE("the recovery key is kept apart where that is asked, and never in the home") {
  Homes homes;
  auto wish = homes.wish("acme");
  wish.recovery_folder = "/safe";
  REQUIRE(found_organisation(homes.disk, homes.entropy, wish));
  CHECK(homes.disk.exists("/safe/recovery.bin"));
  CHECK_FALSE(homes.disk.exists(RootLayout{wish.root_folder}.recovery()));
  REQUIRE(read_root(homes.disk, wish.root_folder, {}));
  CHECK(read_recovery(homes.disk, "/safe", {})->public_key() ==
        homes.open("acme").card.recovery);
  CHECK(code(read_recovery(homes.disk, wish.root_folder, {})) == "not_found");

  auto inside = homes.wish("delos");
  inside.recovery_folder = inside.home / "safe";
  CHECK(code(found_organisation(homes.disk, homes.entropy, inside)) == "refused");
  auto taken = homes.wish("delos");
  taken.recovery_folder = "/safe";
  CHECK(code(found_organisation(homes.disk, homes.entropy, taken)) == "refused");
}
