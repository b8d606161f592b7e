#include "playbooks/detect/stix_marking.hpp"

#include <boost/json.hpp>

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
boost::json::object object(std::string_view text) { return boost::json::parse(text).as_object(); }
boost::json::object refers(std::initializer_list<const char*> ids) {
  boost::json::array refs;
  for (const auto* id : ids) refs.push_back(boost::json::value(id));
  return {{"object_marking_refs", refs}};
}
constexpr auto green = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
constexpr auto amber_1 = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82";
}  // namespace

TEST_CASE("published TLP markings of both versions are known") {
  StixMarkings markings;
  CHECK(markings.of(refers({green}))->tlp == mesh::Tlp::green);
  CHECK(markings.of(refers({amber_1}))->tlp == mesh::Tlp::amber);
  CHECK(markings.of(refers({green, amber_1}))->tlp == mesh::Tlp::amber);
  CHECK_FALSE(markings.of(refers({}))->tlp);
  for (const auto tlp : {mesh::Tlp::clear, mesh::Tlp::green, mesh::Tlp::amber,
                         mesh::Tlp::amber_strict, mesh::Tlp::red})
    CHECK(markings.of(refers({std::string(tlp_definition_id(tlp)).c_str()}))->tlp == tlp);
}

TEST_CASE("a document defines markings of its own but cannot redefine the published ones") {
  StixMarkings markings;
  markings.define(object(R"({"id":"marking-definition--1","definition_type":"statement",
                             "definition":{"statement":"PAP:GREEN"}})"));
  markings.define(object(R"({"id":"marking-definition--2","definition_type":"statement",
                             "definition":{"statement":"Copyright somebody"}})"));
  markings.define(object(R"({"id":"marking-definition--3","definition_type":"tlp",
                             "definition":{"tlp":"red"}})"));
  markings.define({{"id", green}, {"definition_type", "statement"},
                   {"definition", boost::json::object{{"statement", "free for all"}}}});
  CHECK(markings.of(refers({"marking-definition--1"}))->pap == mesh::Pap::green);
  CHECK_FALSE(markings.of(refers({"marking-definition--2"}))->tlp);
  CHECK(markings.of(refers({"marking-definition--3"}))->tlp == mesh::Tlp::red);
  CHECK(markings.of(refers({green}))->tlp == mesh::Tlp::green);
  const auto granular = object(R"({"granular_markings":[{"selectors":["pattern"],
      "marking_ref":"marking-definition--3"},{"lang":"en","selectors":["name"]}]})");
  CHECK(markings.of(granular)->tlp == mesh::Tlp::red);
}

TEST_CASE("a marking that is unknown or classified is refused") {
  StixMarkings markings;
  CHECK(markings.of(refers({"marking-definition--9"})).error().code == Errc::marking);
  markings.define(object(R"({"id":"marking-definition--4","definition_type":"statement",
                             "definition":{"statement":"VS-NfD"}})"));
  CHECK(markings.of(refers({"marking-definition--4"})).error().code == Errc::marking);
  markings.define(object(R"({"id":"marking-definition--5","definition_type":"x-secret"})"));
  CHECK_FALSE(markings.of(refers({"marking-definition--5"})));
}
