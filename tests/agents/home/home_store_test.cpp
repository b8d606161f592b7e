#include "agents/home/home_store.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;

TEST_CASE("a home gives back what its agent held, without the agent") {
  Federation federation;
  federation.start("delos");
  federation.call("delos", "ioc.add",
                  {{"type", "domain"}, {"value", "evil.example"}, {"tlp", "amber"}});
  federation.stop("delos");
  auto from = agents::open_home_store(federation.world(), federation.home("delos"));
  REQUIRE(from);
  std::vector<std::string> values;
  REQUIRE(agents::read_home_store(federation.world(), *from, {}, [&](const mesh::Delivered& batch) {
    for (const auto& record : batch.records)
      if (record.header.kind == mesh::RecordKind::indicator)
        values.emplace_back(mesh::indicator_key(record).value);
  }));
  CHECK(values == std::vector<std::string>{"evil.example"});
}

TEST_CASE("a home without a store says so") {
  Federation federation;
  const auto from = agents::open_home_store(federation.world(), federation.home("delos"));
  REQUIRE_FALSE(from);
  CHECK(from.error().code == Errc::not_found);
  const auto none = agents::open_home_store(federation.world(), federation.home("nobody"));
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::not_found);
}
