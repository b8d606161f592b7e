#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;

TEST_CASE("a secret is installed here and handed to the partner it names, and to no other") {
  Desk desk;
  for (const auto* org : {"delos", "bleu", "bsi"}) desk.found(org);
  const auto made = desk.line("delos").document("psk new --peer bleu --out " + desk.file("psk"));
  CHECK(text_of_key(made, "peer") == "bleu");
  CHECK(desk.exists("delos/psk/bleu"));
  CHECK(desk.line("bsi").run("psk import " + desk.file("psk")).exit == 4);
  CHECK(desk.line("delos").run("psk import " + desk.file("psk")).exit == 4);
  CHECK_FALSE(desk.exists("bsi/psk/delos"));
  const auto taken = desk.line("bleu").document("psk import " + desk.file("psk"));
  CHECK(text_of_key(taken, "peer") == "delos");
  CHECK(desk.exists("bleu/psk/delos"));
}

TEST_CASE("a secret's file is for its owner's eyes only") {
  Desk desk;
  desk.found("delos");
  desk.must("delos", "psk new --peer bleu --out " + desk.file("psk"));
  const auto mode = std::filesystem::status(desk.path("psk")).permissions();
  CHECK((mode & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) ==
        std::filesystem::perms::none);
}

TEST_CASE("a secret with oneself, with no name, or of a damaged file is refused") {
  Desk desk;
  desk.found("delos");
  auto line = desk.line("delos");
  CHECK(line.run("psk new --peer delos --out " + desk.file("psk")).exit == 2);
  CHECK(line.run("psk new --peer BLEU --out " + desk.file("psk")).exit == 2);
  CHECK_FALSE(desk.exists("psk"));
  desk.write("bad", "{\"tocsin\":\"psk\"}");
  const auto error = line.error("psk import " + desk.file("bad"), 1);
  CHECK(text_of_key(error, "message").find(desk.file("bad")) != std::string::npos);
  CHECK(line.run("psk import " + desk.file("absent")).exit == 1);
}

TEST_CASE("both sides of a pairing see the same words") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  const auto sent =
      desk.line("delos").document("pair invite bleu --out " + desk.file("invitation"));
  const auto taken = desk.line("bleu").document("pair accept " + desk.file("invitation"));
  CHECK(sent.at("fingerprint") == taken.at("fingerprint"));
  CHECK(sent.at("fingerprint").as_array().size() >= 4);
  CHECK(text_of_key(taken, "peer") == "delos");
  CHECK(sent.at("sealed") == false);
  desk.found("bsi");
  CHECK(desk.line("bsi").run("pair accept " + desk.file("invitation")).exit == 4);
}

TEST_CASE("an invitation to a partner whose card is known is sealed to it") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.must("bleu", "org card --out " + desk.file("bleu.card"));
  desk.must("delos", "peer add " + desk.file("bleu.card"));
  const auto sent = desk.line("delos").run("pair invite bleu --out " + desk.file("invitation"));
  CHECK_FALSE(sent.says("not sealed"));
  const auto document =
      desk.line("delos").document("pair invite bleu --out " + desk.file("invitation"));
  CHECK(document.at("sealed") == true);
  CHECK(desk.line("bleu").run("pair accept " + desk.file("invitation")).exit == 0);
}

TEST_CASE("an address given with a card replaces the card's") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.must("bleu", "org card --out " + desk.file("bleu.card"));
  const auto added = desk.line("delos").document("peer add " + desk.file("bleu.card") +
                                                 " --address 192.0.2.1:7440");
  const auto& peer = added.at("peers").as_array().at(0).as_object();
  CHECK(text_of_key(peer, "org") == "bleu");
  CHECK(text_of_key(peer, "address") == "192.0.2.1:7440");
  desk.write("bad.card", "[]");
  CHECK(desk.line("delos").run("peer add " + desk.file("bad.card")).exit == 1);
}

TEST_CASE("all addresses of a card are taken over, unless others are given") {
  Desk desk;
  desk.found("delos");
  desk.found("bleu");
  desk.write("bleu/agent.toml", agents::first_config("bleu", "0.0.0.0:7440",
                                                     {"192.0.2.1:7440", "192.0.2.2:7440"}));
  desk.must("bleu", "org card --out " + desk.file("bleu.card") + " --root-dir " +
                        desk.file("bleu-root"));
  const auto added = desk.line("delos").document("peer add " + desk.file("bleu.card"));
  const auto& peer = added.at("peers").as_array().at(0).as_object();
  CHECK(text_of_key(peer, "address") == "192.0.2.1:7440");
  CHECK(peer.at("addresses") == boost::json::array{"192.0.2.1:7440", "192.0.2.2:7440"});
}

TEST_CASE("partners are listed with their state, as scripts read it") {
  tests::Federation federation;
  federation.start_all();
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(federation.eventually([&] {
    const auto peers = line.document("peer list").at("peers").as_array();
    return peers.size() == 1 && peers.at(0).at("state") == "connected";
  }));
  const auto document = line.document("peer list");
  const auto& peer = document.at("peers").as_array().at(0).as_object();
  for (const auto* key : {"org", "agent", "address", "state", "rtt_ms", "behind", "last_seen",
                          "refused", "mode", "lanes", "credit_bytes", "gateway", "suspect"}) {
    INFO(key);
    CHECK(peer.contains(key));
  }
  const auto table = line.run("peer list");
  CHECK(table.out.starts_with("ORGANISATION  AGENT"));
  CHECK(table.says("GATEWAY  SILENT"));
  CHECK(table.says("connected  yes      no"));
}

TEST_CASE("the old secret of a pair ends only once the next has worked, or where one insists") {
  Desk desk;
  desk.found("delos");
  auto line = desk.line("delos");
  const auto words = "psk new --peer bleu --out " + desk.file("psk");
  REQUIRE(line.run(words).exit == 0);
  CHECK(line.run("psk promote --peer bleu").exit == 4);
  CHECK(line.run("psk promote --peer bleu --force").exit == 1);
  REQUIRE(line.run(words).exit == 0);
  CHECK(line.run("psk promote --peer bleu").exit == 4);
  CHECK(line.run("psk promote --peer bleu --force").exit == 0);
  CHECK(line.run("psk promote --peer bleu --force").exit == 1);
}
