#include "agents/agent/charter_flow.hpp"

#include "agents/cli/log_ends.hpp"
#include "agents/home/amendment.hpp"
#include "crypto/base_encoding.hpp"
#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

namespace {

struct Three : Federation {
  Three() : Federation({"delos", "bleu", "bsi"}) {}

  agents::PublicHome opened(const std::string& org) {
    return agents::read_home(world().disk, home(org)).value();
  }
  /// Signed by Delos and Bleu.
  crypto::Charter amended(const agents::Amendment& wish) {
    auto out = agents::amended(*opened("delos").charter, wish, world().clock.wall()).value();
    for (const auto* org : {"delos", "bleu"})
      REQUIRE(agents::sign_agreement(out, root_keys(org).root, world().clock.wall()));
    return out;
  }
  void accept(const std::string& org, const crypto::Charter& charter) {
    REQUIRE(agents::accept_agreement(world().disk, opened(org), charter, world().clock.wall()));
  }
  std::int64_t version(const std::string& org) {
    return call(org, "agent.status").at("charter_version").to_number<std::int64_t>();
  }
};

}  // namespace

TEST_CASE("a version accepted at one agent is in HOME and in force at its partner") {
  Three all;
  all.start_all();
  CHECK(all.version("bleu") == 1);
  REQUIRE(all.eventually([&] { return all.call("delos", "agent.status").at("peers") == 2; }));
  all.accept("delos", all.amended({.removed = {"bsi"}}));
  all.call("delos", "home.reload");
  CHECK(all.version("delos") == 2);
  REQUIRE(all.eventually([&] { return all.version("bleu") == 2; }));
  CHECK(all.opened("bleu").charter->body.version == 2);
  CHECK(all.eventually([&] { return all.call("bleu", "agent.status").at("peers") == 1; }));
  CHECK(all.version("bsi") == 1);

  all.stop("bleu");
  all.start("bleu");
  CHECK(all.version("bleu") == 2);
}

TEST_CASE("an indicator that a removed member shared after its removal was drawn up is quarantined") {
  Three all;
  all.start_all();
  REQUIRE(all.eventually([&] { return all.call("delos", "agent.status").at("peers") == 2; }));
  const auto matching = [&] {
    return all.call("delos", "agent.status").at("indicators").to_number<std::int64_t>();
  };
  all.call("bsi", "ioc.add", {{"type", "domain"}, {"value", "early.example"}, {"tlp", "green"}});
  REQUIRE(all.eventually([&] { return matching() == 1; }));
  const auto ends =
      agents::cli::log_ends_from(all.call("delos", "agent.heads", {{"org", "bsi"}})).value();
  REQUIRE_FALSE(ends.empty());
  crypto::Departure departure{"bsi", {}};
  for (const auto& end : ends)
    departure.logs.push_back(*crypto::LastBatch::from(mesh::encode_last_good(end)));
  all.call("bsi", "ioc.add", {{"type", "domain"}, {"value", "late.example"}, {"tlp", "green"}});
  REQUIRE(all.eventually([&] { return matching() == 2; }));
  // Drawn up later, by its own time: that does not matter.
  all.machine().complete(mesh::sleep(all.machine().loop(), std::chrono::milliseconds(5)));
  all.accept("delos", all.amended({.removed = {"bsi"}, .departures = {departure}}));
  all.call("delos", "home.reload");
  CHECK(all.eventually([&] { return matching() == 1; }));
}

TEST_CASE("a reload that finds nothing newer changes nothing") {
  Three all;
  all.start("delos");
  all.call("delos", "home.reload");
  CHECK(all.version("delos") == 1);
}

TEST_CASE("a pair's secret is taken while the agent runs, and a bad one is refused") {
  Three all;
  all.start("delos");
  const std::string key = to_base64(Bytes(32, 7));
  CHECK(all.call("delos", "psk.take", {{"peer", "bleu"}, {"current", key}, {"next", key}})
            .at("peer") == "bleu");
  CHECK_FALSE(all.reply("delos", "psk.take", {{"peer", "bleu"}, {"current", "?"}}).ok);
  CHECK_FALSE(all.reply("delos", "psk.take", {{"peer", "B!"}, {"current", key}}).ok);
  CHECK_FALSE(all.reply("delos", "psk.take", {{"peer", "bleu"}}).ok);
}
