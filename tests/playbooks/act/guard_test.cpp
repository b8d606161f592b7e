#include "playbooks/act/guard.hpp"

#include <chrono>
#include <fstream>

#include "tests/shared_data.hpp"
#include "tests/source_root.hpp"

namespace tocsin::playbooks {

using mesh::IndicatorType;

TEST_CASE("own and partners' networks are never blocked, in either direction") {
  Guard guard;
  REQUIRE(guard.add_networks("delos", true, {"198.51.100.0/24", "delos.example"}));
  CHECK_FALSE(guard.add_networks("bleu", false, {"203.0.113.0/24", "not a network"}));
  CHECK(guard.check(IndicatorType::ipv4, "198.51.100.9").list == "own networks");
  CHECK(guard.check(IndicatorType::cidr, "203.0.0.0/16").list == "networks of bleu");
  CHECK_FALSE(guard.check(IndicatorType::domain, "api.delos.example").allowed);
  CHECK_FALSE(guard.check(IndicatorType::domain, "api.delos.example", Breadth::exact_name).allowed);
  CHECK_FALSE(guard.check(IndicatorType::url, "https://delos.example/x").allowed);
  CHECK(guard.check(IndicatorType::domain, "notdelos.example").allowed);
  CHECK(guard.check(IndicatorType::ipv4, "192.0.2.1").allowed);
  CHECK(guard.check(IndicatorType::cidr, "32.0.0.0/3").list == "width");
}

TEST_CASE("below a shared name only the exact name may be blocked") {
  Guard guard;
  REQUIRE(guard.add_list("cloud", R"({"type":"hostname","list":["cloud.example"]})"));
  const auto broad = guard.check(IndicatorType::domain, "c2.cloud.example");
  CHECK_FALSE(broad.allowed);
  CHECK(broad.list == "cloud");
  CHECK(broad.suggestion == "block exactly c2.cloud.example at the rpz actuator");
  CHECK(guard.check(IndicatorType::domain, "c2.cloud.example", Breadth::exact_name).allowed);
  CHECK_FALSE(guard.check(IndicatorType::domain, "cloud.example", Breadth::exact_name).allowed);
}

TEST_CASE("of the shared addresses exactly 1,447 lie in Azure and none of them passes") {
  TOCSIN_NEEDS_DATA("misp/warninglists");
  TOCSIN_NEEDS_DATA("indicators/ipv4.txt");
  Guard guard;
  const auto lists = tests::shared_data() / "misp" / "warninglists";
  REQUIRE(guard.add_list("microsoft-azure",
                         tests::read_text(lists / "microsoft-azure" / "list.json")));
  std::ifstream in(tests::shared_data() / "indicators" / "ipv4.txt");
  std::size_t all = 0, refused = 0;
  for (std::string line; std::getline(in, line); ++all)
    refused += !guard.check(IndicatorType::ipv4, line).allowed;
  CHECK(all == 100'000);
  CHECK(refused == 1'447);
}

TEST_CASE("every warninglist of the shared data loads or is refused by its type") {
  TOCSIN_NEEDS_DATA("misp/warninglists");
  Guard guard;
  std::size_t loaded = 0, refused = 0;
  const auto root = tests::shared_data() / "misp" / "warninglists";
  for (const auto& folder : std::filesystem::directory_iterator(root)) {
    const auto added = guard.add_list(folder.path().filename().string(),
                                      tests::read_text(folder.path() / "list.json"));
    loaded += added.has_value();
    if (!added) CHECK(added.error().code == Errc::unsupported);
    refused += !added;
  }
  CHECK(loaded == 132);
  CHECK(refused == 2);
}

}  // namespace tocsin::playbooks
