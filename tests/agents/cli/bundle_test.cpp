#include "agents/cli/nouns.hpp"
#include "agents/cli/shell.hpp"
#include "tests/agents/agent/federation_fixture.hpp"

using namespace tocsin;
using agents::cli::Document;
using tests::Federation;
namespace json = boost::json;

namespace {

/// Keeps what the command says; stands where no terminal is.
class Paper final : public agents::cli::Terminal {
 public:
  explicit Paper(std::string home) : home_(std::move(home)) {}
  void out(std::string_view text) override { said += text; }
  void err(std::string_view) override {}
  bool out_is_terminal() const override { return false; }
  bool err_is_terminal() const override { return false; }
  bool in_is_terminal() const override { return false; }
  std::optional<std::string> ask(std::string_view) override { return std::nullopt; }
  std::optional<std::string> ask_secret(std::string_view) override { return std::nullopt; }
  mesh::Path resolve(const mesh::Path& path) const override { return path; }
  std::string environment(const std::string& name) const override {
    return name == "TOCSIN_HOME" ? home_ : std::string();
  }
  agents::cli::LocalTime local(WallTime, const std::string&) override { return {}; }
  std::string said;

 private:
  std::string home_;
};

struct Said {
  int exit = 0;
  json::object document;
};

Said say(Federation& federation, std::string org, std::vector<std::string> words) {
  Paper paper(federation.home(org).string());
  agents::cli::Shell shell{
      federation.world(), paper,
      [&](mesh::Task<Result<Document>> task) {
        return federation.machine().complete(std::move(task));
      },
      {}};
  words.push_back("--json");
  const int exit = agents::cli::run_line(shell, words);
  return {exit, json::parse(paper.said).as_object()};
}

}  // namespace

TEST_CASE("the command exports, inspects without an agent, and imports") {
  Federation federation;
  const auto file = (federation.home("delos") / "out.bundle").string();
  federation.start("delos");
  federation.call("delos", "ioc.add",
                  {{"type", "auto"}, {"value", "evil.example"}, {"tlp", "green"}});
  const auto sent = say(federation, "delos", {"bundle", "export", file, "--to", "bleu"});
  REQUIRE(sent.exit == 0);
  federation.stop("delos");

  const auto there = say(federation, "bleu", {"bundle", "inspect", file});
  REQUIRE(there.exit == 0);
  CHECK(there.document.at("opened").as_bool());
  CHECK(there.document.at("signature") == "verified");
  CHECK(there.document.at("to") == "bleu");
  CHECK(there.document.at("records") == sent.document.at("records"));
  CHECK(there.document.at("recipients").as_array().size() == 1);
  CHECK_FALSE(there.document.at("logs").as_array().empty());
  CHECK(there.document.at("gaps").as_array().empty());
  CHECK(there.document.at("forks") == 0);
  const auto here = say(federation, "delos", {"bundle", "inspect", file});
  CHECK(here.exit == 0);
  CHECK_FALSE(here.document.at("opened").as_bool());
  CHECK_FALSE(here.document.contains("logs"));

  CHECK(say(federation, "bleu", {"bundle", "import", file}).exit == 5);
  federation.start("bleu");
  const auto taken = say(federation, "bleu", {"bundle", "import", file});
  CHECK(taken.exit == 0);
  CHECK(taken.document.at("records") == sent.document.at("records"));
}

TEST_CASE("inspect shows no bundle whose head was forged or whose end is missing") {
  Federation federation;
  const auto file = (federation.home("delos") / "out.bundle").string();
  federation.start("delos");
  federation.call("delos", "bundle.export", {{"file", file}, {"to", "bleu"}});
  auto& disk = federation.world().disk;
  auto bytes = *disk.read(file, 1 << 20);
  REQUIRE(disk.write_atomic(file, ByteView(bytes).first(bytes.size() - 1), mesh::FileMode::shared));
  CHECK(say(federation, "delos", {"bundle", "inspect", file}).exit == 1);
  bytes[70] ^= 1;  // When it was made.
  REQUIRE(disk.write_atomic(file, bytes, mesh::FileMode::shared));
  CHECK(say(federation, "delos", {"bundle", "inspect", file}).exit == 4);
  CHECK(say(federation, "delos", {"bundle", "inspect", file + ".absent"}).exit == 1);
}
