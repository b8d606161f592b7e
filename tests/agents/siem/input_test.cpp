#include "agents/siem/input.hpp"

#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

TEST_CASE("names of kinds and formats go both ways") {
  for (const auto kind : {InputKind::syslog_tcp, InputKind::syslog_udp, InputKind::ndjson_http,
                          InputKind::bulk, InputKind::hec, InputKind::file})
    CHECK(input_kind_from(name_of(kind)).value() == kind);
  CHECK(input_kind_from("jetstream").error().code == Errc::unsupported);
  CHECK(input_kind_from("syslog").error().message.find("syslog-tcp") != std::string::npos);
  CHECK(event_format_from("cef").value() == EventFormat::cef);
  CHECK_FALSE(event_format_from("xml").has_value());
}

TEST_CASE("a setting that is missing or has no meaning is named") {
  MemoryWorld memory;
  RecordingSink sink;
  const auto message = [&](InputConfig config) {
    const auto input = start_input(memory.world, config, sink);
    return input ? std::string() : input.error().message;
  };
  CHECK(message({InputKind::file, "", "", {}, ""}) == "input file needs path");
  CHECK(message({InputKind::hec, "", "", {}, ""}) == "input hec needs listen");
  CHECK(message({InputKind::bulk, "h:1", "p", {}, ""}) == "input bulk takes no path");
  CHECK(message({InputKind::syslog_udp, "h:1", "", {}, "t"}) == "input syslog-udp takes no token");
  CHECK(message({InputKind::hec, "h:1", "", {}, "t"}).empty());
}
