#include "agents/home/invitation.hpp"

#include <boost/json.hpp>

#include "agents/home/peers.hpp"
#include "agents/home/secrets.hpp"
#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;

namespace {

namespace json = boost::json;

struct Rig : Homes {
  Rig() {
    for (const auto* org : {"bleu", "delos", "acme"}) found(org);
  }
  Result<Invited> invite(const std::string& from, const std::string& to) {
    return make_invitation(world, open(from), to, {});
  }
  Result<Invited> accept(const std::string& org, const std::string& file) {
    return accept_invitation(world, open(org), file, {});
  }
  /// The secret that `org` shares with `peer`; nothing when there is none.
  std::optional<crypto::SecretKey> secret(const std::string& org, const std::string& peer) {
    const auto all = read_secrets(disk, open(org).at, {}).value();
    for (const auto& pair : all)
      if (pair.peer_org == peer) return pair.current;
    return std::nullopt;
  }
  void know(const std::string& org, const std::string& peer) {
    REQUIRE(add_peer(disk, open(org), read(open(peer).at.card()), {}));
  }
  bool untouched(const std::string& org) {
    return open(org).peers.empty() && !open(org).charter &&
           read_secrets(disk, open(org).at, {})->size() == 1;
  }
};

/// The readable content of an unsealed file, changed by `change`.
std::string altered(const std::string& file, const std::function<void(json::object&)>& change) {
  auto outer = json::parse(file).as_object();
  auto content = json::parse(outer["content"].as_string()).as_object();
  change(content);
  outer["content"] = json::serialize(content);
  return json::serialize(outer);
}

}  // namespace

TEST_CASE("an invitation gives both sides one secret, a card, and the same words to compare") {
  Rig rig;
  const auto made = rig.invite("bleu", "delos");
  REQUIRE(made);
  CHECK_FALSE(made->sealed);
  const auto taken = rig.accept("delos", made->file);
  REQUIRE(taken);
  CHECK(taken->peer == "bleu");
  CHECK(taken->fingerprint == made->fingerprint);
  CHECK_FALSE(taken->charter);
  REQUIRE(rig.secret("delos", "bleu"));
  CHECK(rig.secret("delos", "bleu") == rig.secret("bleu", "delos"));
  CHECK(rig.open("delos").peers.at(0).card.root == rig.open("bleu").card.root);
}

TEST_CASE("an invitation to a partner whose card is known is sealed to its agents") {
  Rig rig;
  rig.know("bleu", "delos");
  const auto made = rig.invite("bleu", "delos");
  REQUIRE(made);
  CHECK(made->sealed);
  CHECK(made->file.find("secret") == std::string::npos);

  auto redirected = json::parse(made->file).as_object();
  redirected["to"] = "acme";
  CHECK(code(rig.accept("acme", json::serialize(redirected))) == "refused");
  CHECK(rig.untouched("acme"));
  const auto taken = rig.accept("delos", made->file);
  REQUIRE(taken);
  CHECK(taken->sealed);
  CHECK(taken->fingerprint == made->fingerprint);
  CHECK(rig.secret("delos", "bleu") == rig.secret("bleu", "delos"));
}

TEST_CASE("nobody invites itself or a name that is none") {
  Rig rig;
  CHECK(code(rig.invite("bleu", "bleu")) == "usage");
  CHECK(code(rig.invite("bleu", "Not A Name")) == "usage");
  CHECK(rig.untouched("bleu"));
}

TEST_CASE("an invitation for somebody else, or with somebody else's card, is refused") {
  Rig rig;
  const auto made = rig.invite("bleu", "delos").value();
  CHECK(code(rig.accept("acme", made.file)) == "refused");
  const auto other_card = rig.read(rig.open("acme").at.card());
  CHECK(code(rig.accept("delos", altered(made.file, [&](json::object& content) {
          content["card"] = other_card;
        }))) == "refused");
  CHECK(rig.untouched("acme"));
  CHECK(rig.untouched("delos"));
}

TEST_CASE("a damaged invitation is refused and leaves nothing behind") {
  Rig rig;
  const auto file = rig.invite("bleu", "delos")->file;
  const auto with = [&](std::string_view key, std::string value) {
    return code(rig.accept("delos", altered(file, [&](json::object& content) {
                             content[key] = value;
                           })));
  };
  CHECK(code(rig.accept("delos", "")) == "invalid");
  CHECK(code(rig.accept("delos", "[]")) == "invalid");
  CHECK(code(rig.accept("delos", file.substr(0, file.size() / 2))) == "invalid");
  CHECK(code(rig.accept("delos", R"({"tocsin":"psk","to":"delos"})")) == "invalid");
  CHECK(code(rig.accept("delos", R"({"tocsin":"invitation","to":"delos"})")) == "invalid");
  CHECK(with("secret", "AAAA") == "invalid");
  CHECK(with("secret", "not base64") == "invalid");
  CHECK(with("from", "") == "invalid");
  CHECK(with("to", "acme") == "invalid");
  auto card = rig.read(rig.open("bleu").at.card());
  card.replace(card.find("\"DE\""), 4, "\"FR\"");
  CHECK(with("card", card) == "unauthenticated");
  CHECK(rig.untouched("delos"));
}

TEST_CASE("a charter comes along: accepted when all have signed, else laid beside") {
  Rig rig;
  const auto charter = rig.signed_by_all({"bleu", "delos"});
  REQUIRE(accept_agreement(rig.disk, rig.open("bleu"), charter, rig.now()));
  const auto made = rig.invite("bleu", "delos").value();
  CHECK(made.charter);
  CHECK(made.sealed);  // The charter holds the partner's card.
  const auto taken = rig.accept("delos", made.file);
  REQUIRE(taken);
  CHECK(taken->charter);
  REQUIRE(rig.open("delos").charter);
  CHECK(rig.open("delos").charter->federation == charter.federation);

  Rig other;
  const auto offered = crypto::write_charter(other.draft({"bleu", "delos"}));
  const auto file = other.invite("bleu", "delos")->file;
  REQUIRE(other.accept("delos", altered(file, [&](json::object& content) {
    content["charter"] = offered;
  })));
  CHECK_FALSE(other.open("delos").charter);
  CHECK(other.read(other.home("delos") / "charter.offered.json") == offered);
}
