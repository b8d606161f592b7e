#include "playbooks/detect/import.hpp"
#include "tests/catch.hpp"
#include "tests/playbooks/detect/imported.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;
using tests::import_text;
using tests::Values;

namespace {
const std::string event = R"({"info":"x","Attribute":[
  {"uuid":"1","type":"ip-dst|port","value":"203.0.113.7|443","to_ids":true},
  {"uuid":"2","type":"domain|ip","value":"Evil.example|203.0.113.8","to_ids":"1","Tag":[{"name":"tlp:amber"},{"name":"PAP:GREEN"},{"name":"c2"}]},
  {"uuid":"3","type":"domain","value":"quiet.example","to_ids":false},
  {"uuid":"4","type":"text","value":"words","to_ids":true},
  {"uuid":"5","type":"ip-src","value":"203.0.113.0/24","to_ids":true},
  {"uuid":"6","type":"ip-src","value":"nonsense","to_ids":true},
  {"uuid":"7","type":"domain","value":"gone.example","to_ids":true,"deleted":true}],
 "Object":[{"name":"file","Attribute":[
  {"uuid":"8","type":"filename|md5","value":"a|b.exe|00000000000000000000000000000000","to_ids":true}]}],
 "Tag":[{"name":"tlp:green"},{"name":"osint"}]})";
const Values want{"ipv4 203.0.113.7", "domain evil.example", "ipv4 203.0.113.8",
                  "cidr 203.0.113.0/24", "md5 00000000000000000000000000000000"};
}  // namespace

TEST_CASE("attributes and objects of an event come with its tags") {
  const auto out = import_text("{\"Event\":" + event + "}");
  INFO(out.why());
  CHECK(out.values() == want);
  REQUIRE(out.entries.size() == 5);
  CHECK(out.entries[0].tlp == mesh::Tlp::green);
  CHECK_FALSE(out.entries[0].pap);
  CHECK(out.entries[0].labels == Values{"osint"});
  CHECK(out.entries[1].tlp == mesh::Tlp::amber);
  CHECK(out.entries[1].pap == mesh::Pap::green);
  CHECK(out.entries[1].labels == Values{"c2", "osint"});
  CHECK(out.entries[1].where.object == "2");
  CHECK(out.rejects.size() == 4);
  CHECK(out.why().find("to_ids") != std::string::npos);
}

TEST_CASE("events come bare, wrapped, in lists and in responses") {
  const std::string wrapped = "{\"Event\":" + event + "}";
  for (const auto& text : {event, "[" + wrapped + "]", "{\"response\":[" + wrapped + "]}",
                           "{\"response\":" + wrapped + "}", "[" + event + "]"}) {
    INFO(text.substr(0, 40));
    CHECK(import_text(text, ImportFormat::misp).values() == want);
  }
  CHECK(import_text("[" + wrapped + "," + wrapped + "]").entries.size() == 10);
}

TEST_CASE("a classified event is refused attribute by attribute") {
  const auto out = import_text(
      R"({"Event":{"info":"VS-NfD","Attribute":[{"uuid":"1","type":"domain","value":"a.example","to_ids":true}]}})");
  CHECK(out.entries.empty());
  CHECK(out.rejects.size() == 1);
}
