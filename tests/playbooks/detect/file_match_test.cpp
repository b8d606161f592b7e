#include "playbooks/detect/file_match.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

TEST_CASE("a file of mixed lines gives its hits by line, and a bad line costs that line") {
  tests::SeededEntropy entropy(1);
  IndicatorList list(entropy);
  REQUIRE(*list.add(IndicatorType::domain, "evil.example"));
  REQUIRE_FALSE(*list.add(IndicatorType::domain, "evil.example"));
  REQUIRE(*list.add(IndicatorType::ipv4, "203.0.113.7"));
  FileMatcher matcher(list.index(), list.confirm());
  std::vector<std::string> hits;
  const auto totals = matcher.run(
      "{\"dns\":{\"question\":{\"name\":\"www.evil.example\"}}}\n"
      "{\"broken\":\n"
      "\r\n"
      "<13>Oct 11 22:14:15 web1 sshd: from 203.0.113.7\r\n"
      "{\"x\":1}",
      EventFormat::auto_, [&](const FileHit& hit) {
        hits.push_back(std::to_string(hit.line) + " " + std::string(hit.field) + " " +
                       std::string(hit.value) + " " + std::string(list.value(hit.ordinal)));
      });
  CHECK(hits == std::vector<std::string>{"1 dns.question.name www.evil.example evil.example",
                                         "4 message 203.0.113.7 203.0.113.7"});
  CHECK(totals.events == 3);
  CHECK(totals.hits == 2);
  CHECK(totals.rejected == 1);
  CHECK(totals.first_rejected == 2);
  CHECK(totals.first_reason.find("JSON") != std::string::npos);
}
