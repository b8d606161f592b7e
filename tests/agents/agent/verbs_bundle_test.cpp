#include "agents/agent/verbs.hpp"

#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using tests::Federation;
namespace json = boost::json;

namespace {

std::uint64_t number(const json::object& from, std::string_view key) {
  return from.at(key).to_number<std::uint64_t>();
}

/// Delos with one indicator, and a file of it for Bleu; no agent runs afterwards.
struct Sent : Federation {
  Sent() {
    start("delos");
    call("delos", "ioc.add", {{"type", "auto"}, {"value", "evil.example"}, {"tlp", "amber"}});
    report = call("delos", "bundle.export", {{"file", file}, {"to", "bleu"}});
    stop("delos");
  }
  std::string file = (home("delos") / "out.bundle").string();
  json::object report;
};

}  // namespace

TEST_CASE("a bundle takes an indicator to an agent that has no peer, once") {
  Sent federation;
  CHECK(number(federation.report, "records") >= 2);
  CHECK(federation.text(federation.report, "from").starts_with("delos/"));
  federation.start("bleu");
  const json::object args{{"file", federation.file}};
  const auto first = federation.call("bleu", "bundle.import", args);
  CHECK(number(first, "records") == number(federation.report, "records"));
  CHECK(number(first, "duplicates") == 0);
  CHECK(first.at("gaps").as_array().empty());
  const auto found = federation.call("bleu", "ioc.search", {{"text", "evil.example"}});
  REQUIRE(found.at("indicators").as_array().size() == 1);
  const auto second = federation.call("bleu", "bundle.import", args);
  CHECK(number(second, "records") == 0);
  CHECK(number(second, "duplicates") == number(first, "records"));
}

TEST_CASE("a trial import keeps nothing, and a trial export writes nothing") {
  Sent federation;
  federation.start("bleu");
  const auto trial = federation.call("bleu", "bundle.import",
                                     {{"file", federation.file}, {"dry_run", true}});
  CHECK(number(trial, "records") == number(federation.report, "records"));
  CHECK(federation.call("bleu", "ioc.search", {{"text", "evil.example"}})
            .at("indicators").as_array().empty());
  const auto other = federation.file + "2";
  federation.call("bleu", "bundle.export", {{"file", other}, {"to", "delos"}, {"dry_run", true}});
  CHECK_FALSE(federation.world().disk.exists(other));
}

TEST_CASE("a bundle for somebody else, of nothing, or for nobody is refused by its exit code") {
  Sent federation;
  federation.start("delos");
  const auto exit_of = [&](std::string verb, json::object args) {
    return federation.reply("delos", std::move(verb), std::move(args)).exit;
  };
  CHECK(exit_of("bundle.import", {{"file", federation.file}}) == 4);
  CHECK(exit_of("bundle.import", {{"file", federation.file + ".absent"}}) == 1);
  CHECK(exit_of("bundle.export", {{"file", federation.file}, {"to", "nobody"}}) == 4);
  CHECK(exit_of("bundle.export", {{"file", federation.file}, {"to", "delos"}}) == 2);
  CHECK(exit_of("bundle.export", {{"file", federation.file}}) == 2);
  CHECK(exit_of("bundle.export",
                {{"file", federation.file}, {"to", "bleu"}, {"since", "yesterday"}}) == 2);
  CHECK(exit_of("bundle.export", {{"file", federation.file}, {"to", "bleu"},
                                  {"since", "2099-01-01T00:00:00.000Z"}}) == 2);
  CHECK(exit_of("bundle.export",
                {{"file", federation.file}, {"to", "bleu"}, {"since", "24h"}}) == 0);
}
