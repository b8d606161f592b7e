#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Federation;
using tests::text_of_key;
namespace json = boost::json;

namespace {

struct Delos {
  Delos() { federation.start("delos"); }
  Federation federation;
  tests::CommandLine line{federation.machine(), federation.home("delos")};
  std::string add(const std::string& words) {
    return text_of_key(line.document("ioc add " + words), "id");
  }
  json::array found(const std::string& words) {
    return line.document("ioc search " + words).at("indicators").as_array();
  }
};

}  // namespace

TEST_CASE("an indicator is signed, kept and found by value and prefix") {
  Delos delos;
  const auto added = delos.line.document("ioc add domain Evil.Example. --tlp green --label c2");
  for (const auto* key : {"id", "value", "log", "seq"}) CHECK(added.contains(key));
  CHECK(text_of_key(added, "value") == "evil.example");
  for (const auto* text : {"evil.example", "evil"}) {
    INFO(text);
    REQUIRE(delos.found(text).size() == 1);
  }
  const auto shown = delos.found("evil.example").at(0).as_object();
  for (const auto* key : {"id", "type", "value", "tlp", "org", "confidence", "created", "expires",
                          "state", "sightings"})
    CHECK(shown.contains(key));
  CHECK(text_of_key(shown, "state") == "active");
  CHECK(delos.found("other.example").empty());
  CHECK(delos.line.run("ioc search other.example").out == "no indicator found\n");
  CHECK(delos.found("evil --type ipv4").empty());
}

TEST_CASE("what may go to nobody exits 4, what means nothing exits 1 or 2, and nothing is kept") {
  Delos delos;
  const std::pair<std::string_view, int> cases[] = {
      {"ioc add ipv4 192.0.2.7", 4},
      {"ioc add ipv4 192.0.2.7 --tlp amber+strict", 4},
      {"ioc add ipv4 192.0.2.7 --tlp red", 4},
      {"ioc add ipv4 192.0.2.7 --tlp red --to bleu", 4},
      {"ioc add ipv4 192.0.2.7 --tlp red --to bleu/nobody", 4},
      {"ioc add ipv4 192.0.2.7 --tlp green --to nowhere", 4},
      {"ioc add ipv4 999.1.1.1 --tlp green", 1},
      {"ioc add song la --tlp green", 1},
      {"ioc add ipv4 --tlp green", 2},
      {"ioc add ipv4 192.0.2.7 --tlp green --confidence 101", 2}};
  for (const auto& [words, exit] : cases) {
    const auto said = delos.line.run(words);
    INFO(words << ": " << said.err);
    CHECK(said.exit == exit);
  }
  CHECK(delos.line.document("ioc stats").at("indicators") == 0);
}

TEST_CASE("an indicator is tried without being shared") {
  Delos delos;
  const auto tried = delos.line.document("ioc add auto evil.example --tlp green --dry-run");
  CHECK(tried.at("id").is_null());
  CHECK(text_of_key(tried, "value") == "evil.example");
  CHECK(delos.found("evil").empty());
}

TEST_CASE("one is shown by a unique prefix of its id, and not by one that fits none") {
  Delos delos;
  const auto id = delos.add("ipv4 192.0.2.7 --tlp green");
  const auto shown = delos.line.document("ioc show " + id.substr(0, 12));
  CHECK(text_of_key(shown, "id") == id);
  CHECK(text_of_key(shown, "value") == "192.0.2.7");
  CHECK(delos.line.error("ioc show zzzz", 1).at("code") == "not_found");
}

TEST_CASE("a retraction is a person's, needs a reason, and is tried without effect") {
  Delos delos;
  const auto id = delos.add("ipv4 192.0.2.7 --tlp green");
  const auto words = "ioc retract " + id.substr(0, 12);
  CHECK(delos.line.run(words).exit == 2);
  CHECK(delos.line.run(words + " --why honeypot --as nobody").exit == 4);
  CHECK(delos.line.document(words + " --why honeypot --dry-run").at("dry_run") == true);
  CHECK(text_of_key(delos.line.document("ioc show " + id), "state") == "active");
  CHECK(text_of_key(delos.line.document(words + " --why honeypot"), "id") == id);
  CHECK(delos.federation.eventually([&] {
    return text_of_key(delos.line.document("ioc show " + id), "state") == "retracted";
  }));
}

TEST_CASE("an export is the document itself, and holds no more than its marking admits") {
  Delos delos;
  delos.add("ipv4 192.0.2.7 --tlp clear");
  delos.add("ipv4 192.0.2.8 --tlp green");
  const auto stix = delos.line.document("ioc export --format stix");
  CHECK(text_of_key(stix, "type") == "bundle");
  const auto text = json::serialize(stix);
  CHECK(text.find("192.0.2.7") != std::string::npos);
  CHECK(text.find("192.0.2.8") == std::string::npos);
  CHECK(delos.line.run("ioc export --format list --tlp-max green").says("192.0.2.8"));
  CHECK(delos.line.run("ioc export --format list --tlp-max red").exit == 4);
  CHECK(delos.line.run("ioc export").exit == 2);
}
