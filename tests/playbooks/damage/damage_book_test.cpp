#include "playbooks/damage/damage_book.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/damage/damage_samples.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

using Texts = std::vector<std::string>;

/// Two operators who hold the same records.
struct Pair {
  DamageBook delos{FederationId{}, "delos"}, bleu{FederationId{}, "bleu"};
  Pair() {
    auto shop = asset_of("shop", {"db", "bleu:idp"}, Criticality::high);
    shop.kind = "service";
    shop.owner = "Secret Customer";
    REQUIRE(delos.import({asset_of("db"), shop, asset_of("printer")}).has_value());
    REQUIRE(bleu.import({asset_of("idp", {"delos:db"}), asset_of("mail", {"idp"})}).has_value());
  }
  void share(const std::vector<Bytes>& records, std::string_view org) {
    for (const auto& record : records) {
      give(delos, record, org);
      give(bleu, record, org);
    }
  }
};

std::string bytes_as_text(const std::vector<Bytes>& records) {
  std::string out;
  for (const auto& record : records) out += text_of(record);
  return out;
}

}  // namespace

TEST_CASE("both sides come to one picture across the border, without names") {
  Pair pair;
  const auto own = publish(pair.delos, 10, {{"db", DamageState::compromised, {10}}});
  for (const auto* name : {"db", "shop", "Secret"})
    CHECK(bytes_as_text(own).find(name) == std::string::npos);
  pair.share(own, "delos");
  pair.share(publish(pair.bleu, 11), "bleu");
  CHECK(pair.delos.state_digest() == pair.bleu.state_digest());

  const auto shown = pair.delos.show(damage_incident());
  CHECK(shown.services == Texts{"delos:shop"});
  CHECK(shown.restore_order.front() == "delos:db");
  CHECK(shown.restore_order.size() == 4);
  const auto abroad = pair.bleu.show(damage_incident());
  REQUIRE(abroad.assets.size() == 4);
  CHECK(abroad.assets[0].org == "bleu");
  CHECK(abroad.assets[0].impact == Impact::across_border);
  for (const auto& asset : abroad.assets)
    if (asset.org == "delos") CHECK(asset.name.empty());
}

TEST_CASE("the ledger moves the state, and compromise again reopens it") {
  Pair pair;
  pair.share(publish(pair.delos, 10, {{"db", DamageState::suspected, {10}}}), "delos");
  const auto set = [&](DamageState state, std::int64_t ms) {
    const auto entry =
        pair.delos.repair(damage_incident(), "db", state, "db reimaged", "delos/anna").value();
    pair.share({encode_repair(damage_header(ms), entry).value()}, "delos");
  };
  set(DamageState::recovered, 20);
  CHECK(pair.bleu.show(damage_incident()).restore_order.empty());
  const auto tasks = pair.bleu.repairs(damage_incident());
  REQUIRE_FALSE(tasks.empty());
  CHECK(tasks.back().evidence.empty() == false);
  CHECK(tasks.back().evidence[0].text == "[asset] reimaged");
  set(DamageState::compromised, 30);
  CHECK_FALSE(pair.bleu.show(damage_incident()).restore_order.empty());
  CHECK(pair.delos.repair(damage_incident(), "ghost", DamageState::contained, "", "").error().code ==
        Errc::not_found);
}

TEST_CASE("the order of arrival does not matter, and nobody repairs for others") {
  Pair pair;
  auto first = publish(pair.delos, 10, {{"db", DamageState::compromised, {10}}});
  auto second = publish(pair.delos, 20, {{"printer", DamageState::compromised, {20}}});
  give(pair.delos, first[0], "delos");
  give(pair.delos, second[0], "delos");
  give(pair.bleu, second[0], "delos");
  give(pair.bleu, first[0], "delos");
  CHECK_FALSE(give(pair.bleu, first[0], "delos"));
  CHECK(pair.delos.state_digest() == pair.bleu.state_digest());
  CHECK(pair.delos.show(damage_incident()).assets.size() ==
        pair.bleu.show(damage_incident()).assets.size());

  const auto entry =
      pair.delos.repair(damage_incident(), "printer", DamageState::recovered, "", "").value();
  give(pair.delos, encode_repair(damage_header(30), entry).value(), "bleu");
  CHECK_FALSE(pair.delos.show(damage_incident()).restore_order.empty());
}

TEST_CASE("evidence for what is not in the inventory is named") {
  Pair pair;
  const std::vector<DamageEvidence> evidence{{"ghost", DamageState::suspected, {1}}};
  CHECK(pair.delos.assess(damage_incident(), evidence).unknown == Texts{"ghost"});
}
