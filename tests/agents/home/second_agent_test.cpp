#include "agents/home/second_agent.hpp"

#include "agents/home/secrets.hpp"
#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;

namespace {

struct Rig : Homes {
  Rig() { agree({"bleu", "delos"}); }
  Result<Founded> add(const Path& home, std::string listen = "192.0.2.2:7440",
                      const std::string& root_of = "bleu") {
    const auto root = root_key(root_of);
    return add_agent_home(disk, entropy, open("bleu"), root,
                          {.home = home, .listen = std::move(listen), .passphrase = {}}, now());
  }
};

}  // namespace

TEST_CASE("a second agent has its own keys, and card, charter and secrets of the first") {
  Rig rig;
  const auto first_secret = read_secrets(rig.disk, rig.open("bleu").at, {}).value();
  const auto added = rig.add("/second");
  REQUIRE(added);
  CHECK(added->agent == "bleu-2");
  const auto second = read_home(rig.disk, "/second");
  REQUIRE(second);
  CHECK(second->agent == "bleu-2");
  CHECK(second->signing != rig.open("bleu").signing);
  CHECK(second->card.agents.size() == 2);
  CHECK(second->card.agents[1].address == "192.0.2.2:7440");
  CHECK(code(certificates_of(**second->agreed(), "bleu", second->signing)) == "none");
  const auto unlocked = unlock_home(rig.disk, *second, {});
  REQUIRE(unlocked);
  REQUIRE(unlocked->secrets.size() == 1);
  CHECK(unlocked->secrets[0].current == first_secret[0].current);
}

TEST_CASE("the first agent's home names the second one too") {
  Rig rig;
  REQUIRE(rig.add("/second"));
  const auto first = rig.open("bleu");
  CHECK(first.agent == "bleu-1");
  CHECK(first.card.agents.size() == 2);
  CHECK(code(certificates_of(*first.charter, "bleu", first.card.agents[1].signing)) == "none");
  REQUIRE(rig.add("/third"));
  CHECK(read_home(rig.disk, "/third")->agent == "bleu-3");
}

TEST_CASE("persons of the first home come along") {
  Rig rig;
  REQUIRE(make_person(rig.disk, rig.entropy, rig.open("bleu"),
                      {.name = "ana", .roles = 1, .keys = "/keys", .root_folder = rig.root("bleu"),
                       .passphrase = {}},
                      rig.now()));
  REQUIRE(rig.add("/second"));
  const auto second = read_home(rig.disk, "/second").value();
  CHECK(read_analysts(rig.disk, second)->size() == 1);
}

TEST_CASE("a second agent shows only an address that others can dial") {
  for (const auto* listen : {"0.0.0.0:7440", "[::]:7440", "127.0.0.1:0", ""}) {
    Rig rig;
    REQUIRE(rig.add("/second", listen));
    CHECK(rig.open("bleu").card.agents[1].address == "");
  }
}

TEST_CASE("no second agent without its own root, over another home, or with a bad address") {
  Rig rig;
  CHECK(code(rig.add("/second", "192.0.2.2:7440", "delos")) == "refused");
  CHECK(code(rig.add(rig.home("delos"))) == "refused");
  CHECK(code(rig.add("/second", "nowhere\"")) == "usage");
  CHECK_FALSE(rig.disk.exists("/second"));
  CHECK(rig.open("bleu").card.agents.size() == 1);

  Homes alone;
  alone.found("bleu");
  const auto root = alone.root_key("bleu");
  CHECK(code(add_agent_home(alone.disk, alone.entropy, alone.open("bleu"), root,
                            {.home = "/second", .listen = {}, .passphrase = {}},
                            alone.now())) == "not_found");
}

TEST_CASE("an organisation has at most 64 agents") {
  Rig rig;
  auto home = rig.open("bleu");
  home.card.agents.resize(64, home.card.agents[0]);
  const auto root = rig.root_key("bleu");
  CHECK(code(add_agent_home(rig.disk, rig.entropy, home, root,
                            {.home = "/second", .listen = {}, .passphrase = {}}, rig.now())) ==
        "too_large");
}
