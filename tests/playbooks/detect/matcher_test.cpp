#include "playbooks/detect/matcher.hpp"

#include "playbooks/detect/file_match.hpp"
#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
struct Bench {
  tests::SeededEntropy entropy{1};
  IndicatorList list{entropy};
  EventParser parser;
  Bench(std::initializer_list<const char*> values) {
    for (const auto* value : values) {
      const auto typed = guess_type(value);
      REQUIRE(typed);
      REQUIRE(list.add(typed->type, typed->value));
    }
  }
  // "field value -> listed" of each hit.
  std::vector<std::string> hits(std::string_view line) {
    Matcher matcher(list.index());
    const auto fields = parser.parse(line, EventFormat::auto_);
    REQUIRE(fields);
    std::vector<std::string> out;
    for (const auto& hit : matcher.match(*fields, list.confirm()))
      out.push_back(std::string((*fields)[hit.field].name) + " " + std::string(hit.observed) +
                    " -> " + std::string(list.value(hit.ordinal)));
    return out;
  }
};
using Hits = std::vector<std::string>;
}  // namespace

TEST_CASE("every kind of value is found in its field") {
  Bench bench{"203.0.113.7", "2001:db8::1", "198.51.100.0/24", "2001:db8:ff::/48", "evil.example",
              "http://bad.example/x", "m@mail.example",
              "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"};
  CHECK(bench.hits(R"({"destination":{"ip":"203.0.113.7"}})") ==
        Hits{"destination.ip 203.0.113.7 -> 203.0.113.7"});
  CHECK(bench.hits(R"({"source.ip":"2001:DB8:0::1"})") ==
        Hits{"source.ip 2001:DB8:0::1 -> 2001:db8::1"});
  CHECK(bench.hits(R"({"source.ip":"::ffff:203.0.113.7"})").size() == 1);
  CHECK(bench.hits(R"({"client.ip":"198.51.100.200:8080"})") ==
        Hits{"client.ip 198.51.100.200:8080 -> 198.51.100.0/24"});
  CHECK(bench.hits(R"({"client.ip":"2001:db8:ff:1::2"})").size() == 1);
  CHECK(bench.hits(R"({"dns":{"question":{"name":"A.B.Evil.Example."}}})") ==
        Hits{"dns.question.name A.B.Evil.Example. -> evil.example"});
  CHECK(bench.hits(R"({"url":{"full":"HTTP://bad.example:80/x"}})").size() == 1);
  CHECK(bench.hits(R"({"url":{"full":"https://www.evil.example/y"}})").size() == 1);
  CHECK(bench.hits(R"({"url":{"full":"https://203.0.113.7/y"}})").size() == 1);
  CHECK(bench.hits(R"({"email":{"to":{"address":["x@y.example","M@mail.example"]}}})").size() == 1);
  CHECK(bench.hits("{\"Hashes\":\"MD5=0,SHA256=" + std::string(64, 'A') + "\"}").size() == 1);
  CHECK(bench.hits("{\"my_field\":\"" + std::string(64, 'a') + "\"}").size() == 1);
}

TEST_CASE("near misses are no hits") {
  Bench bench{"203.0.113.7", "evil.example", "http://bad.example/x", "m@mail.example"};
  for (const auto* line :
       {R"({"destination.ip":"203.0.113.77"})", R"({"dns.question.name":"notevil.example"})",
        R"({"dns.question.name":"evil.example.good.example"})",
        R"({"url.full":"http://bad.example/x/y"})", R"({"url.full":"http://c.example/evil.example"})",
        R"({"email.to.address":"x@evil.example"})", R"({"user.name":"evil.example"})",
        R"({"process.command_line":"curl evil.example"})", R"({"my_field":"see evil.example"})",
        R"({"my_field":"evil.example"})", R"({"destination.ip":203})"}) {
    INFO(line);
    CHECK(bench.hits(line).empty());
  }
}

TEST_CASE("free text is searched for whole tokens") {
  Bench bench{"203.0.113.7", "evil.example", "http://bad.example/x", "m@mail.example",
              "2001:db8::1"};
  CHECK(bench.hits("<38>Oct 11 22:14:15 web1 sshd[1]: Failed password for root from 203.0.113.7 "
                   "port 22 ssh2") == Hits{"message 203.0.113.7 -> 203.0.113.7"});
  CHECK(bench.hits("client @0x7f 10.0.0.1#53: query: www.evil.example IN A +").size() == 1);
  CHECK(bench.hits("GET http://bad.example/x HTTP/1.1").size() == 1);
  CHECK(bench.hits("from=<m@mail.example>, relay=evil.example[203.0.113.7]:25").size() == 3);
  CHECK(bench.hits("CEF:0|a|b|1|2|n|5|src=203.0.113.7 dhost=evil.example dpt=1").size() == 2);
  CHECK(bench.hits("rhost:evil.example:443 [2001:db8::1]:443").size() == 2);
  CHECK(bench.hits(R"({"message":"ip\t203.0.113.7\n"})").size() == 1);
  CHECK(bench.hits("notevil.example evil.example.org evil[.]example 203.0.113.70 x@evil.example")
            .empty());
}

TEST_CASE("one line per event and listed value, the first field wins") {
  Bench bench{"203.0.113.7", "evil.example", "a.evil.example"};
  CHECK(bench.hits(R"({"source.ip":"203.0.113.7","destination.ip":"203.0.113.7"})") ==
        Hits{"source.ip 203.0.113.7 -> 203.0.113.7"});
  CHECK(bench.hits(R"({"dns.question.name":"a.evil.example","url.full":"http://evil.example/"})")
            .size() == 2);
}

TEST_CASE("hits of one event are bounded") {
  tests::SeededEntropy entropy(3);
  IndicatorIndex index(entropy);
  std::vector<EventField> fields;
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i < 1000; ++i) names.push_back("d" + std::to_string(i) + ".example");
  for (std::uint32_t i = 0; i < 1000; ++i) {
    REQUIRE(index.insert(i, IndicatorType::domain, names[i]));
    fields.push_back({"dns.question.name", names[i], ValueKind::domain, false});
  }
  Matcher matcher(index);
  const Confirm always = [](std::uint32_t, IndicatorType, std::string_view) { return true; };
  CHECK(matcher.match(fields, always).size() == Matcher::hits_max);
}
