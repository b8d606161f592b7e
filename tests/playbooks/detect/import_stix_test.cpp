#include "playbooks/detect/import.hpp"
#include "tests/catch.hpp"
#include "tests/playbooks/detect/imported.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using tests::import_text;
using tests::Values;

namespace {
std::string bundle(std::string_view objects) {
  return R"({"type":"bundle","id":"bundle--1","objects":[)" + std::string(objects) + "]}";
}
}  // namespace

TEST_CASE("indicators of a bundle come with what it says about them") {
  const auto out = import_text(bundle(
      R"({"type":"indicator","id":"indicator--1","pattern":"[domain-name:value = 'evil.example' OR ipv4-addr:value = '203.0.113.7']",
          "pattern_type":"stix","confidence":70,
          "valid_until":"2027-01-01T00:00:00Z","labels":["c2"],"indicator_types":["malicious-activity"],
          "external_references":[{"source_name":"mitre-attack","external_id":"T1071.001"}],
          "object_marking_refs":["marking-definition--7"]},
         {"type":"malware","id":"malware--1"}, 7,
         {"type":"marking-definition","id":"marking-definition--7","definition_type":"tlp",
          "definition":{"tlp":"green"}})"));
  INFO(out.why());
  CHECK(out.values() == Values{"domain evil.example", "ipv4 203.0.113.7"});
  REQUIRE(out.entries.size() == 2);
  const auto& entry = out.entries[1];
  CHECK(entry.tlp == mesh::Tlp::green);
  CHECK(entry.confidence == 70);
  CHECK(entry.expires);
  CHECK(entry.labels == Values{"T1071.001", "c2", "malicious-activity"});
  CHECK(entry.where.object == "indicator--1");
}

TEST_CASE("patterns beyond the tables are kept as patterns") {
  const auto out = import_text(bundle(
      R"({"type":"indicator","id":"indicator--1","pattern":"[file:name = 'a.exe']"},
         {"type":"indicator","id":"indicator--2","pattern":"[file:name = 'a.exe'"})"));
  CHECK(out.values() == Values{"pattern [file:name = 'a.exe']"});
  REQUIRE(out.rejects.size() == 1);
  CHECK(out.rejects[0].where.object == "indicator--2");
}

TEST_CASE("bad objects are listed and the rest goes in") {
  const auto out = import_text(bundle(
      R"({"type":"indicator","id":"a","revoked":true,"pattern":"[domain-name:value = 'a.example']"},
         {"type":"indicator","id":"b","pattern":"title: x","pattern_type":"sigma"},
         {"type":"indicator","id":"c","pattern":"[domain-name:value = 'not one']"},
         {"type":"indicator","id":"d","pattern":"[domain-name:value = 'd.example']","confidence":900},
         {"type":"indicator","id":"e","pattern":"[domain-name:value = 'e.example']","object_marking_refs":["marking-definition--x"]},
         {"type":"indicator","id":"f"},
         {"type":"indicator","id":"g","pattern":"[domain-name:value = 'g.example']"})"));
  CHECK(out.values() == Values{"domain g.example"});
  INFO(out.why());
  CHECK(out.rejects.size() == 6);
}

TEST_CASE("an envelope, an array and a single object are taken too") {
  const std::string one = R"({"type":"indicator","spec_version":"2.1","id":"indicator--1",
                              "pattern":"[domain-name:value = 'a.example']"})";
  for (const auto& text : {R"({"more":false,"objects":[)" + one + "]}", "[" + one + "]", one})
    CHECK(import_text(text).values() == Values{"domain a.example"});
}
