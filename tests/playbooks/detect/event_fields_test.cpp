#include "playbooks/detect/event.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("known fields say what their value is") {
  CHECK(kind_of_field("destination.ip") == ValueKind::address);
  CHECK(kind_of_field("dns.resolved_ip") == ValueKind::address);
  CHECK(kind_of_field("dns.question.name") == ValueKind::domain);
  CHECK(kind_of_field("url.full") == ValueKind::url);
  CHECK(kind_of_field("url.domain") == ValueKind::host);
  CHECK(kind_of_field("process.hash.sha256") == ValueKind::hash);
  CHECK(kind_of_field("email.attachments.file.hash.md5") == ValueKind::hash);
  CHECK(kind_of_field("process.hash.ssdeep") == ValueKind::none);
  CHECK(kind_of_field("email.from.address") == ValueKind::email);
  CHECK(kind_of_field("message") == ValueKind::text);
  CHECK(kind_of_field("event") == ValueKind::text);
  CHECK(kind_of_field("error.message") == ValueKind::text);
  CHECK(kind_of_field("log") == ValueKind::text);
  CHECK(kind_of_field("winlog.event_data.DestinationIp") == ValueKind::address);
  CHECK(kind_of_field("Hashes") == ValueKind::hashes);
  CHECK(kind_of_field("sourceIPAddress") == ValueKind::host);
}

TEST_CASE("free text and names of people are not looked into, unknown fields as a whole") {
  CHECK(kind_of_field("process.command_line") == ValueKind::none);
  CHECK(kind_of_field("email.subject") == ValueKind::none);
  CHECK(kind_of_field("user.name") == ValueKind::none);
  CHECK(kind_of_field("acme.thing") == ValueKind::whole);
  CHECK(kind_of_field("") == ValueKind::whole);
}

TEST_CASE("formats of events have names") {
  CHECK(*event_format_from("json") == EventFormat::json);
  CHECK(*event_format_from("syslog") == EventFormat::syslog);
  CHECK(event_format_from("xml").error().code == tocsin::Errc::usage);
}
