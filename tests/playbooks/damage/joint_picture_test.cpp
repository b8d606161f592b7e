#include "playbooks/damage/joint_picture.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {

PublishedAsset published(std::uint8_t n, DamageState state = DamageState::unknown) {
  PublishedAsset out;
  out.token.data.fill(n);
  out.state = state;
  return out;
}

}  // namespace

TEST_CASE("impact crosses the border and comes back") {
  auto broken = published(1, DamageState::compromised), abroad = published(2), home = published(3);
  abroad.depends_on = {{"delos", broken.token}};
  home.depends_on = {{"bleu", abroad.token}};
  DamageRecords records;
  records.published["delos"] = {broken, home};
  records.published["bleu"] = {abroad};
  const JointPicture picture(records);
  REQUIRE(picture.nodes().size() == 3);
  CHECK(picture.nodes()[0].impact == Impact::across_border);  // bleu
  CHECK(picture.nodes()[1].impact == Impact::direct);
  CHECK(picture.nodes()[2].impact == Impact::across_border);
  CHECK(picture.order() == std::vector<std::uint32_t>{1, 0, 2});
}

TEST_CASE("the later of report and ledger counts") {
  auto asset = published(1, DamageState::compromised);
  asset.state_at = {10};
  RepairTask::Evidence entry;
  entry.state = DamageState::recovered;
  entry.at = {9};
  apply_ledger(asset, {&entry, 1});
  CHECK(asset.state == DamageState::compromised);
  entry.at = {10};
  apply_ledger(asset, {&entry, 1});
  CHECK(asset.state == DamageState::recovered);
}
