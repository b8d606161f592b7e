#include "playbooks/damage/impact_records.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/damage/damage_samples.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::tests;

TEST_CASE("a sub-graph of any size travels in parts") {
  SeededEntropy entropy(1);
  std::vector<PublishedAsset> assets(20'000);
  for (auto& asset : assets) {
    asset.token = entropy.make<AssetToken>();
    asset.depends_on = {{"bleu", assets[0].token}, {"", assets[0].token}};
  }
  const auto records = encode_impact(damage_header(1), damage_incident(), assets).value();
  CHECK(records.size() > 1);
  std::vector<PublishedAsset> back;
  for (const auto& record : records) {
    CHECK(record.size() <= mesh::record_bytes_max);
    const auto part = decode_impact(mesh::view_record(record).value()).value();
    CHECK(part.parts == records.size());
    back.insert(back.end(), part.assets.begin(), part.assets.end());
  }
  CHECK(back == assets);
}

TEST_CASE("damaged impact and repair records are refused or read within bounds") {
  SeededEntropy entropy(2);
  PublishedAsset asset;
  asset.depends_on = {{"bleu", {}}};
  const auto impact = encode_impact(damage_header(1), damage_incident(), {&asset, 1})->at(0);
  const auto repair = encode_repair(damage_header(1), {damage_incident(), {},
                                                       DamageState::contained, "e", "d/a"}).value();
  for (int round = 0; round < 3000; ++round) {
    auto bytes = round % 2 == 0 ? impact : repair;
    const auto draw = entropy.number();
    bytes[draw % bytes.size()] = std::uint8_t(draw >> 40);
    const auto view = mesh::view_record(bytes);
    if (!view) continue;
    if (const auto entry = decode_repair(*view)) CHECK_FALSE(name_of(entry->state).empty());
    if (const auto part = decode_impact(*view)) CHECK(part->part < part->parts);
  }
}

TEST_CASE("a token says nothing without the id and differs between incidents") {
  const FederationId federation;
  const auto token = asset_token(federation, damage_incident(1), "delos", "db");
  CHECK(token == asset_token(federation, damage_incident(1), "delos", "db"));
  CHECK(token != asset_token(federation, damage_incident(2), "delos", "db"));
  CHECK(token != asset_token(federation, damage_incident(1), "bleu", "db"));
}
