#include "agents/agent/audit_export.hpp"

#include "agents/home/audit_file.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

TEST_CASE("one incident is exported with proofs, and nothing of another one") {
  Federation federation;
  federation.start("delos");
  const auto first = federation.call("delos", "incident.open", {{"title", "the first"}});
  const auto second = federation.call("delos", "incident.open", {{"title", "the second"}});
  federation.call("delos", "incident.note", {{"id", first.at("id")}, {"text", "a note"}});
  const auto exported = federation.call("delos", "audit.export", {{"id", first.at("id")}});
  CHECK(exported.at("entries").to_number<int>() == 2);

  const auto text = json::serialize(exported.at("document"));
  const auto file = agents::read_audit(text);
  REQUIRE(file);
  const auto report = agents::check_audit(*file);
  CHECK(report.audit.first_bad == "");
  REQUIRE(report.lines.size() == 2);
  CHECK(report.lines[0].kind == "incident");
  CHECK(report.lines[1].kind == "note");
  CHECK(file->incident == Federation::text(first, "id"));
  CHECK(text.find(Federation::text(second, "id")) == std::string::npos);
  CHECK(federation.reply("delos", "audit.export", {{"id", "zzzz"}}).exit == 1);
}
