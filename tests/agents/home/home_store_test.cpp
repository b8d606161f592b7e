#include "agents/home/home_store.hpp"

#include "agents/cli/log_ends.hpp"
#include "mesh/store/memory_medium.hpp"
#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/mesh/store/store_rig.hpp"

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

TEST_CASE("a store tells where a member's logs end, as its agent does") {
  Federation federation;
  federation.start("delos");
  federation.start("bleu");
  federation.call("bleu", "ioc.add",
                  {{"type", "domain"}, {"value", "evil.example"}, {"tlp", "green"}});
  REQUIRE(federation.eventually(
      [&] { return federation.call("delos", "agent.status").at("indicators") == 1; }));
  federation.stop("bleu");
  const auto told = agents::cli::log_ends_from(
                        federation.call("delos", "agent.heads", {{"org", "bleu"}}))
                        .value();
  federation.stop("delos");
  auto from = agents::open_home_store(federation.world(), federation.home("delos"));
  REQUIRE(from);
  const auto read = agents::heads_in(*from, "bleu");
  REQUIRE(read);
  REQUIRE_FALSE(told.empty());
  REQUIRE(read->size() == told.size());
  for (std::size_t i = 0; i < told.size(); ++i) {
    CHECK((*read)[i].log == told[i].log);
    CHECK((*read)[i].sequence == told[i].sequence);
    CHECK((*read)[i].id == told[i].id);
  }
  CHECK(agents::heads_in(*from, "nobody")->empty());
}

TEST_CASE("a control batch that cannot be read is an error, or its agents would have no logs") {
  Federation federation;
  federation.start("delos");
  federation.stop("delos");
  auto from = agents::open_home_store(federation.world(), federation.home("delos"));
  REQUIRE(from);
  const auto put = [&](mesh::LogClass log_class) {
    const auto log = tests::made_log(1, log_class);
    const auto backing = mesh::make_memory_backing();
    backing->batches[{log, 1}] = {tests::made_batch(log, 1, 1, 100, 2), {}};
    backing->order[{}] = {log, 1};
    from->store = mesh::open_memory_store(federation.world(), backing);
    return agents::heads_in(*from, "bleu");
  };
  CHECK(put(mesh::LogClass::case_));
  const auto unreadable = put(mesh::LogClass::control);
  REQUIRE_FALSE(unreadable);
  CHECK(unreadable.error().code == Errc::corrupt);
}
