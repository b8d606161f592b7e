#include "mesh/sync/archive.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/node_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("an archive gives back every record that its agent can read, and holds together") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  rig.open(1, {0});
  REQUIRE(rig.connected(0, 1));
  REQUIRE(rig.publish(1, {rig.note(1, Tlp::amber, orgs({"bleu", "delos"}), "sealed"),
                          rig.note(1, Tlp::green, everybody, "open")}));
  REQUIRE(rig.until([&] { return rig.notes(0).durable.size() == 2; }));

  std::map<std::string, std::string> seen;
  const auto keys = rig.federation.options(0);
  const auto read = read_archive(
      rig.store(0), rig.federation.charter, {rig.federation.agents[0].id, keys.sealing},
      [&](const Delivered& batch) {
        CHECK(batch.replay);
        for (const auto& record : batch.records)
          if (record.header.kind == RecordKind::note)
            seen[std::string(FieldReader::make(record)->text(1))] = std::string(batch.org);
      });
  REQUIRE(read);
  CHECK(seen == std::map<std::string, std::string>{{"sealed", "delos"}, {"open", "delos"}});

  const auto audit = verify_archive(rig.store(0), rig.federation.charter);
  REQUIRE(audit);
  CHECK(audit->ok);
  CHECK(audit->entries == 3);  // Two notes and the key of their scope.
  CHECK(audit->first_bad.empty());
}

TEST_CASE("an archive with a batch under a false signature is found out by name") {
  NodeRig rig({{"bleu"}, {"delos"}});
  rig.open(0);
  REQUIRE(rig.publish(0, {rig.note(0, Tlp::green, everybody, "first")}));
  const auto scan = [&] {
    std::vector<StoredBatch> out;
    (void)rig.store(0).scan([&](const StoredBatch& batch) {
      out.push_back(batch);
      return true;
    });
    return out;
  }();
  REQUIRE(scan.size() == 1);
  auto store = open_memory_store(rig.real.world(), make_memory_backing());
  auto forged = scan[0];
  auto bytes = *forged.encoded;
  bytes[batch_header_bytes + 3] ^= 1;
  forged.encoded = std::make_shared<const Bytes>(bytes);
  store->append(forged, [](Result<void>) {});
  const auto audit = verify_archive(*store, rig.federation.charter);
  REQUIRE(audit);
  CHECK_FALSE(audit->ok);
  CHECK(audit->first_bad.find("sequence 1") != std::string::npos);
}
