#include "tests/catch.hpp"
#include "tests/crypto/federation_sample.hpp"
#include "tests/hostile_card.hpp"

using namespace tocsin;
using namespace tocsin::crypto;

namespace {

struct Sample : tests::SampleFederation {
  Card card = delos.card;
  bool refused() const { return !check_card(card).has_value(); }
};

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE_METHOD(Sample, "a card reads back as it was written") {
  const auto text = write_card(card, delos.root);
  const auto read = read_card(text);
  REQUIRE(read);
  CHECK(read->org == "delos");
  CHECK(read->name == card.name);
  CHECK(read->country == "DE");
  CHECK(read->role == OrgRole::operator_);
  CHECK(read->root == card.root);
  CHECK(read->recovery == card.recovery);
  REQUIRE(read->agents.size() == 1);
  CHECK(read->agents[0].channel == card.agents[0].channel);
  CHECK(read->agents[0].address == "192.0.2.1:7400");
  CHECK(read->own_networks == card.own_networks);
  CHECK(write_card(*read, delos.root) == text);
}

TEST_CASE_METHOD(Sample, "a card carries several addresses of an agent, each of them signed") {
  card.agents[0].further = {"192.0.2.2:7400", "agent.example:7400"};
  const auto text = write_card(card, delos.root);
  const auto read = read_card(text);
  REQUIRE(read);
  CHECK(read->agents[0].addresses() ==
        std::vector<std::string>{"192.0.2.1:7400", "192.0.2.2:7400", "agent.example:7400"});
  CHECK(write_card(*read, delos.root) == text);
  CHECK(read_card(replaced(text, "192.0.2.2", "192.0.2.3")).error().code == Errc::unauthenticated);
  CHECK(read_card(replaced(text, ",\"further\":[\"192.0.2.2:7400\",\"agent.example:7400\"]", ""))
            .error().code == Errc::unauthenticated);
}

TEST_CASE_METHOD(Sample, "a card has one form: no empty list, none without a first address") {
  const auto text = write_card(card, delos.root);
  CHECK(read_card(replaced(text, "\"proof\":", "\"further\":[],\"proof\":")).error().message ==
        "card: agents[0]: 'further' must not be empty");
  CHECK(read_card(replaced(text, "\"proof\":", "\"further\":[7],\"proof\":")).error().message ==
        "card: agents[0]: 'further' must hold strings only");
  card.agents[0].further = {"a.example:1"};
  card.agents[0].address = "";
  CHECK(refused());
}

TEST_CASE_METHOD(Sample, "a card with any byte altered is refused") {
  auto text = write_card(card, delos.root);
  for (auto& c : text) {
    const char kept = c;
    for (const int flip : {0x01, 0x10, 0x20, 0x80}) {
      c = char(kept ^ flip);
      CHECK_FALSE(read_card(text));
    }
    c = ' ';
    if (kept != ' ') CHECK_FALSE(read_card(text));
    c = kept;
  }
  for (std::size_t size = 0; size < text.size(); ++size)
    CHECK_FALSE(read_card(text.substr(0, size)));
}

TEST_CASE_METHOD(Sample, "a fault in a card is named") {
  const auto text = write_card(card, delos.root);
  CHECK(read_card(replaced(text, "\"country\"", "\"land\"")).error().message ==
        "card: 'country' is missing");
  CHECK(read_card(replaced(text, "{\"org\"", "{\"more\":1,\"org\"")).error().message ==
        "card: unknown key 'more'");
  CHECK(read_card(replaced(text, "\"DE\"", "7")).error().message ==
        "card: 'country' must be a string");
  CHECK(read_card(replaced(text, "\"address\"", "\"adress\"")).error().message ==
        "card: agents[0]: 'address' is missing");
  CHECK(read_card(replaced(text, "\"operator\"", "\"king\"")).error().message ==
        "card: role 'king' is none of operator, authority, observer, vendor");
  CHECK(read_card("[]").error().message == "card: must be an object");
  CHECK(read_card("").error().code == Errc::invalid);
  CHECK(read_card(std::string(card_bytes_max + 1, ' ')).error().code == Errc::too_large);
  CHECK(read_card(std::string(100, '[')).error().code == Errc::invalid);
  CHECK(read_card(replaced(text, "DE", "FR")).error().code == Errc::unauthenticated);
}

TEST_CASE_METHOD(Sample, "a card beyond its bounds is refused") {
  CHECK_FALSE(refused());
  SECTION("country") {
    card.country = "de";
    CHECK(refused());
  }
  SECTION("organisation") {
    card.org = "De los";
    CHECK(refused());
  }
  SECTION("name") {
    card.name = "a\nb";
    CHECK(refused());
  }
  SECTION("keys") {
    card.recovery = card.root;
    CHECK(refused());
  }
  SECTION("network") {
    card.own_networks.push_back("a b");
    CHECK(refused());
  }
  SECTION("networks") {
    card.own_networks.resize(own_networks_max + 1, "a");
    CHECK(refused());
  }
  SECTION("agents") {
    card.agents.resize(card_agents_max + 1, card.agents[0]);
    CHECK(refused());
  }
  SECTION("twins") {
    card.agents.push_back(card.agents[0]);
    CHECK(refused());
  }
  SECTION("address") {
    card.agents[0].address = "a b";
    CHECK(refused());
  }
  SECTION("further addresses") {
    for (int i = 1; i < 8; ++i) card.agents[0].further.push_back(fmt::format("a.example:{}", i));
    CHECK_FALSE(refused());
    card.agents[0].further.push_back("a.example:8");
    CHECK(refused());
  }
  SECTION("an address twice") {
    card.agents[0].further = {card.agents[0].address};
    CHECK(refused());
  }
  SECTION("a further address") {
    card.agents[0].further = {"a b"};
    CHECK(refused());
  }
  SECTION("no address") {
    card.agents[0].address = "";
    CHECK_FALSE(refused());
  }
}

TEST_CASE_METHOD(Sample, "attack 9: a card with another organisation's agent on it is refused") {
  CHECK(tests::hostile_card(card, delos.root) == write_card(card, delos.root));
  card.agents.push_back(bleu.card.agents.front());
  card.agents.back().name = "agent-2";
  CHECK(read_card(tests::hostile_card(card, delos.root)).error().code == Errc::unauthenticated);
  card.agents.back().proof = {};
  CHECK(read_card(tests::hostile_card(card, delos.root)).error().code == Errc::unauthenticated);
  card.agents.back().proof = prove_possession(
      certificate_body_of("delos", card.agents.back()), bleu.signing);
  CHECK(read_card(tests::hostile_card(card, delos.root)));
}
