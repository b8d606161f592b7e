#include "playbooks/detect/event_syslog.hpp"

#include "tests/catch.hpp"

using namespace tocsin::playbooks;

TEST_CASE("an RFC 5424 line is taken apart") {
  const auto parts = split_syslog(
      "<34>1 2026-11-23T08:12:30.003Z web1 su 77 ID47 [a@1 ip=\"203.0.113.7\" q=\"x\\\"]y\"][b] "
      "\xef\xbb\xbf'su root' failed");
  CHECK(parts.priority == "34");
  CHECK(parts.hostname == "web1");
  CHECK(parts.appname == "su");
  CHECK(parts.procid == "77");
  CHECK(parts.msgid == "ID47");
  CHECK(parts.message == "'su root' failed");
  std::vector<EventField> fields;
  add_syslog_fields(parts, fields);
  REQUIRE(fields.size() == 7);
  CHECK(fields[5].name == "ip");
  CHECK(fields[5].value == "203.0.113.7");
  CHECK(fields[6].value == "x\\\"]y");
}

TEST_CASE("an RFC 5424 line may leave everything out") {
  const auto parts = split_syslog("<165>1 - - - - - -");
  CHECK(parts.hostname.empty());
  CHECK(parts.message.empty());
}

TEST_CASE("RFC 3164 lines are met in several forms") {
  const auto classic = split_syslog("<38>Oct 11 22:14:15 web1 sshd[4721]: Failed password");
  CHECK(classic.hostname == "web1");
  CHECK(classic.appname == "sshd");
  CHECK(classic.procid == "4721");
  CHECK(classic.message == "Failed password");
  const auto local = split_syslog("<13>Oct  1 22:14:15 tocsin: evil.example");
  CHECK(local.hostname.empty());
  CHECK(local.appname == "tocsin");
  CHECK(local.message == "evil.example");
  const auto iso = split_syslog("2026-11-23T08:12:30+01:00 web1 named[1]: query: evil.example");
  CHECK(iso.hostname == "web1");
  CHECK(iso.message == "query: evil.example");
}

TEST_CASE("what follows no format is the message") {
  for (const auto* line : {"plain text", "<x>y", "<99999>x", "<", "", "<34>", "<34>1 "}) {
    INFO(line);
    CHECK(split_syslog(line).hostname.empty());
  }
  CHECK(split_syslog("plain text").message == "plain text");
}
