#include "playbooks/detect/file_match.hpp"

#include <fstream>
#include <set>

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/world/scratch_folder.hpp"
#include "tests/seeded_entropy.hpp"
#include "tests/shared_data.hpp"

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

namespace {
// `line,type,value` of each row of a truth file.
std::set<std::string> truth_of(const std::filesystem::path& path) {
  std::set<std::string> out;
  std::ifstream in(path);
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::size_t at = 0;
    for (int commas = 0; commas < 3; ++commas) at = line.find(',', at) + 1;
    out.insert(line.substr(0, at - 1));
  }
  return out;
}
}  // namespace

TEST_CASE("hits equal the truth of the load generator, neither more nor less") {
  TOCSIN_NEEDS_DATA("indicators");
  const auto bench = tests::shared_data().parent_path() / "bench";
  if (!std::filesystem::exists(bench / "make_events.py") ||
      std::system("python3 --version > /dev/null 2>&1") != 0) {
    WARN("skipped: the load generator or python3 is not here");
    return;
  }
  tests::ScratchFolder scratch;
  const std::string to = scratch.path().string();
  const std::string make_list = "python3 " + (bench / "make_indicators.py").string() +
                                " --count 20000 --seed 11 --cidr 400 --real-dir " +
                                (tests::shared_data() / "indicators").string() + " --out " + to +
                                "/list.csv 2> /dev/null";
  const std::string make_events = "python3 " + (bench / "make_events.py").string() +
                                  " --events 20000 --seed 11 --hit-rate 0.05 --indicators " + to +
                                  "/list.csv --out " + to + "/events --truth " + to +
                                  "/truth.csv 2> /dev/null";
  REQUIRE(std::system(make_list.c_str()) == 0);
  REQUIRE(std::system(make_events.c_str()) == 0);

  mesh::RealWorld world;
  IndicatorList list(world.world().entropy);
  const auto loaded = load_list(world.world().disk, scratch.path() / "list.csv", list);
  REQUIRE(loaded);
  CHECK(loaded->added == 20000);
  CHECK(loaded->rejected == 0);
  FileMatcher matcher(list.index(), list.confirm());
  std::set<std::string> hits;
  const auto totals = matcher.run(
      world.world().disk, scratch.path() / "events", EventFormat::auto_, [&](const FileHit& hit) {
        hits.insert(std::to_string(hit.line) + "," + std::string(mesh::name_of(hit.type)) + "," +
                    std::string(list.value(hit.ordinal)));
      });
  REQUIRE(totals);
  CHECK(totals->events == 20000);
  CHECK(totals->rejected == 0);
  const auto truth = truth_of(scratch.path() / "truth.csv");
  CHECK(truth.size() > 1000);
  CHECK(hits == truth);
  CHECK(totals->hits == truth.size());
}

TEST_CASE("published Windows, cloud and syslog lines are all read") {
  TOCSIN_NEEDS_DATA("logs/otrf");
  mesh::RealWorld world;
  IndicatorList list(world.world().entropy);
  for (const auto* value : {"1.2.3.4", "239.255.255.250", "192.168.2.0/24"}) {
    const auto typed = guess_type(value);
    REQUIRE(*list.add(typed->type, typed->value));
  }
  FileMatcher matcher(list.index(), list.confirm());
  std::set<std::uint32_t> found;
  for (const auto& file :
       std::filesystem::directory_iterator(tests::shared_data() / "logs" / "otrf")) {
    const auto totals = matcher.run(world.world().disk, file.path(), EventFormat::auto_,
                                    [&](const FileHit& hit) { found.insert(hit.ordinal); });
    INFO(file.path());
    REQUIRE(totals);
    CHECK(totals->events > 10);
    CHECK(totals->rejected == 0);
  }
  CHECK(found == std::set<std::uint32_t>{0, 1, 2});
}
