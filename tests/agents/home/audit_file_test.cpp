#include "agents/home/audit_file.hpp"

#include "tests/agents/home/audit_sample.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using Sample = tests::AuditSample;
namespace json = boost::json;

TEST_CASE("an export is read back and holds together") {
  Sample sample;
  sample.add({sample.note("one"), sample.note("two")});
  sample.add({sample.note("three")});
  const auto text = json::serialize(write_audit(sample.file));
  const auto read = read_audit(text);
  REQUIRE(read);
  CHECK(read->incident == "incident");
  const auto report = check_audit(*read);
  CHECK(report.audit.first_bad == "");
  CHECK(report.audit.ok);
  CHECK(report.audit.entries == 3);
  CHECK(report.audit.batches == 2);
  REQUIRE(report.lines.size() == 3);
  CHECK(report.lines[0].org == "bleu");
  CHECK(report.lines[0].kind == "note");
}

TEST_CASE("what is no export is refused by name") {
  Sample sample;
  sample.add({sample.note("one")});
  const auto good = write_audit(sample.file);
  CHECK(read_audit("[]").error().code == Errc::invalid);
  CHECK(read_audit("{\"tocsin\":\"psk\"}").error().code == Errc::invalid);
  auto bad = good;
  bad["version"] = 1;
  CHECK(read_audit(json::serialize(bad)).error().code == Errc::unsupported);
  for (const char* key : {"exported", "charter", "certificates", "entries"}) {
    bad = good;
    bad.erase(key);
    CHECK_FALSE(read_audit(json::serialize(bad)));
  }
  for (const char* key : {"prefix", "index", "salt", "proof", "record"}) {
    bad = good;
    bad["entries"].as_array()[0].as_object()[key] = nullptr;
    CHECK(read_audit(json::serialize(bad)).error().message.find("entry 1") != std::string::npos);
  }
}
