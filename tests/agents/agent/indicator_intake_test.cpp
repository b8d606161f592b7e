#include "agents/agent/indicator_intake.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

TEST_CASE("an indicator is refused where its marking or value does not permit it") {
  Federation federation;
  federation.start("delos");
  const std::tuple<json::object, std::string, int> cases[] = {
      {{{"type", "ipv4"}, {"value", "203.0.113.7"}}, "marking", 4},
      {{{"type", "ipv4"}, {"value", "203.0.113.7"}, {"tlp", "amber+strict"}}, "marking", 4},
      {{{"type", "ipv4"}, {"value", "203.0.113.7"}, {"tlp", "red"}, {"to", {"bleu"}}},
       "marking", 4},
      {{{"type", "ipv4"}, {"value", "203.0.113.7"}, {"tlp", "amber"}, {"to", {"nobody"}}},
       "marking", 4},
      {{{"type", "ipv4"}, {"value", "300.1.1.1"}, {"tlp", "green"}}, "invalid", 1},
      {{{"type", "sha256"}, {"value", "abc"}, {"tlp", "green"}}, "invalid", 1},
      {{{"type", "domain"}, {"value", ""}, {"tlp", "green"}}, "invalid", 1},
      {{{"type", "domain"}, {"value", "a.example"}, {"tlp", "green"}, {"confidence", 101}},
       "usage", 2},
      {{{"type", "domain"}, {"value", "a.example"}, {"tlp", "VS-NfD"}}, "marking", 4}};
  for (const auto& [args, code, exit] : cases) {
    const auto reply = federation.reply("delos", "ioc.add", args);
    INFO(json::serialize(args) << " " << reply.message);
    CHECK_FALSE(reply.ok);
    CHECK(reply.code == code);
    CHECK(reply.exit == exit);
  }
  CHECK(federation.call("delos", "agent.status").at("records").to_number<std::uint64_t>() <= 1);
}

TEST_CASE("the good part of a chunk goes in, duplicates are counted and the rest is listed") {
  Federation federation;
  federation.start("delos");
  json::array entries;
  entries.push_back({{"type", "domain"}, {"value", "one.example"}, {"line", 2}});
  entries.push_back({{"type", "domain"}, {"value", "ONE.example."}, {"line", 3}});
  entries.push_back({{"type", "ipv4"}, {"value", "not an address"}, {"line", 4}});
  entries.push_back({{"type", "auto"}, {"value", "198.51.100.9"}, {"tlp", "red"}, {"line", 5}});
  entries.push_back(7);
  const json::object args{{"entries", entries}, {"tlp", "green"}};
  const auto reply = federation.reply("delos", "ioc.import_chunk", args);
  REQUIRE(reply.ok);
  CHECK(reply.exit == 3);
  CHECK(reply.result.at("imported").to_number<std::uint64_t>() == 1);
  CHECK(reply.result.at("duplicates").to_number<std::uint64_t>() == 1);
  const auto& rejected = reply.result.at("rejected").as_array();
  REQUIRE(rejected.size() == 3);
  CHECK(rejected[0].at("line").to_number<int>() == 4);
  CHECK(rejected[1].at("line").to_number<int>() == 5);
  CHECK(federation.call("delos", "ioc.import_chunk", args).at("imported").to_number<std::uint64_t>() == 0);
}

TEST_CASE("a flag narrows what a source says and never widens it") {
  Federation federation;
  federation.start("delos");
  const auto tlp_after = [&](std::string value, json::value source, std::string flag) {
    json::array entries;
    entries.push_back({{"type", "domain"}, {"value", value}, {"tlp", std::move(source)}});
    federation.call("delos", "ioc.import_chunk",
                    {{"entries", entries}, {"tlp", std::move(flag)}, {"to", {"bleu"}}});
    const auto found = federation.call("delos", "ioc.search", {{"text", value}});
    return Federation::text(found.at("indicators").at(0).as_object(), "tlp");
  };
  CHECK(tlp_after("a.example", "amber", "green") == "amber");
  CHECK(tlp_after("b.example", "green", "amber") == "amber");
  CHECK(tlp_after("c.example", nullptr, "green") == "green");
}

TEST_CASE("a chunk that no marking permits is an error, and nothing goes in") {
  Federation federation;
  federation.start("delos");
  json::array entries;
  entries.push_back({{"type", "domain"}, {"value", "one.example"}});
  const auto reply = federation.reply("delos", "ioc.import_chunk", {{"entries", entries}});
  CHECK_FALSE(reply.ok);
  CHECK(reply.exit == 4);
}
