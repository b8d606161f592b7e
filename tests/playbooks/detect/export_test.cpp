#include "playbooks/detect/export.hpp"

#include <boost/json.hpp>

#include "tests/catch.hpp"
#include "tests/playbooks/detect/imported.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::vector<ExportEntry> sample() {
  std::vector<ExportEntry> out;
  for (const auto* value :
       {"203.0.113.7", "2001:db8::1", "203.0.113.0/24", "2001:db8::/32", "evil.example",
        "http://evil.example/a,b'c?\"d\"", "m@evil.example", "[file:name = 'a\\\\b.exe']",
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    const auto typed = guess_type(value);
    REQUIRE(typed);
    ExportEntry entry;
    entry.id.data.fill(std::uint8_t(out.size() + 1));
    entry.type = typed->type;
    entry.value = typed->value;
    entry.marking = {out.size() % 2 ? mesh::Tlp::green : mesh::Tlp::amber, mesh::Pap::green};
    entry.created.ms = 1'790'000'000'000;
    entry.expires.ms = 1'800'000'000'000;
    entry.org = "delos";
    entry.confidence = 70;
    entry.labels = {"c2"};
    out.push_back(std::move(entry));
  }
  return out;
}
}  // namespace

TEST_CASE("what is exported comes back by import, markings included") {
  for (const auto format :
       {ImportFormat::stix, ImportFormat::misp, ImportFormat::csv, ImportFormat::list}) {
    const auto entries = sample();
    const auto document = export_indicators(entries, format);
    REQUIRE(document);
    CHECK(*document == *export_indicators(entries, format));
    const auto back = tests::import_text(*document);
    INFO(name_of(format) << "\n" << back.why() << *document);
    CHECK(back.rejects.empty());
    REQUIRE(back.entries.size() == entries.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      CHECK(back.entries[i].type == entries[i].type);
      CHECK(back.entries[i].value == entries[i].value);
      if (format == ImportFormat::list) continue;
      CHECK(back.entries[i].tlp == entries[i].marking.tlp);
      CHECK(back.entries[i].pap == entries[i].marking.pap);
      CHECK(back.entries[i].labels == entries[i].labels);
      if (format == ImportFormat::misp) continue;
      CHECK(back.entries[i].confidence == 70);
      CHECK(back.entries[i].expires == entries[i].expires);
    }
  }
}

TEST_CASE("a STIX export holds the published TLP definitions and well-formed ids") {
  const auto document = boost::json::parse(*export_indicators(sample(), ImportFormat::stix));
  std::size_t tlps = 0, indicators = 0;
  for (const auto& value : document.at("objects").as_array()) {
    const auto& object = value.as_object();
    const std::string id(object.at("id").as_string());
    const auto uuid = id.substr(id.find("--") + 2);
    CHECK(uuid.size() == 36);
    CHECK(object.at("spec_version").as_string() == "2.1");
    tlps += object.contains("extensions");
    indicators += object.at("type").as_string() == "indicator";
  }
  CHECK(tlps == 2);
  CHECK(indicators == 9);
}

TEST_CASE("an export of nothing is a document, and it needs a format") {
  CHECK(boost::json::parse(*export_indicators({}, ImportFormat::stix)).is_object());
  CHECK(boost::json::parse(*export_indicators({}, ImportFormat::misp)).is_object());
  CHECK(*export_indicators({}, ImportFormat::list) == "");
  CHECK(export_indicators({}, ImportFormat::auto_).error().code == Errc::usage);
}
