#include "agents/drill/drill.hpp"

#include "tests/agents/drill/exercise.hpp"
#include "tests/mesh/world/scratch_folder.hpp"

using namespace tocsin;
using namespace tocsin::tests;
using agents::Path;

namespace {

constexpr std::string_view story = R"(
[[event]]
at = 1
title = "Shared"
[[event.inject]]
kind = "ioc-add"
org = "delos"
name = "c2"
type = "domain"
value = "c2.example"
tlp = "amber"
[[event.expect]]
kind = "indicator"
text = "Bleu gets it"
within = 1
measures = "share"
of = "delos"
org = "bleu"
indicator = "c2"
)";

/// A folder with one scenario and the list that it names.
struct Library {
  Library() {
    real.log().set_level(mesh::Level::error);
    auto& disk = real.world().disk;
    const auto lists = folder.path() / "warninglists" / "cloud-exercise";
    const auto list = read_text(source_root() / "playbooks" / "library" / "warninglists" /
                                "cloud-exercise" / "list.json");
    REQUIRE(disk.make_folders(lists, mesh::FileMode::shared));
    REQUIRE(disk.write_atomic(lists / "list.json", bytes_of(list), mesh::FileMode::shared));
    write("small.toml", std::string(two_operators) + std::string(story));
  }
  void write(const std::string& name, const std::string& text) {
    REQUIRE(real.world().disk.write_atomic(folder.path() / name, bytes_of(text),
                                           mesh::FileMode::shared));
  }
  Result<drill::DrillOutcome> run(drill::DrillOptions options) {
    options.scenario = folder.path() / "small.toml";
    options.simulate = make_agent;
    return real.complete(drill::run_drill(real.world(), std::move(options)));
  }
  mesh::RealWorld real;
  ScratchFolder folder;
};

}  // namespace

TEST_CASE("a simulated drill gives the same document for the same seed, byte for byte") {
  Library library;
  const auto once = library.run({.scenario = {}, .seed = 7});
  REQUIRE(once);
  CHECK(once->passed);
  CHECK(once->document.at("simulated") == true);
  const auto again = library.run({.scenario = {}, .seed = 7});
  REQUIRE(again);
  CHECK(boost::json::serialize(again->document) == boost::json::serialize(once->document));
  const auto other = library.run({.scenario = {}, .seed = 8});
  REQUIRE(other);
  CHECK(other->document.at("trace") != once->document.at("trace"));
}

TEST_CASE("what is kept of a drill is its report, homes and logs, and changes nothing of it") {
  Library library;
  const auto plain = library.run({.scenario = {}, .seed = 7});
  REQUIRE(plain);
  const Path keep = library.folder.path() / "kept";
  const auto kept = library.run({.scenario = {}, .seed = 7, .keep = keep});
  REQUIRE(kept);
  CHECK(kept->document.at("trace") == plain->document.at("trace"));
  CHECK(read_text(keep / "report.html").find("EXERCISE") != std::string::npos);
  CHECK(read_text(keep / "report.json").find("\"trace\"") != std::string::npos);
  CHECK(std::filesystem::exists(keep / "bleu" / "home" / "charter.json"));
  const auto twice = library.run({.scenario = {}, .seed = 7, .keep = keep});
  REQUIRE_FALSE(twice);
  CHECK(twice.error().code == Errc::refused);
}

TEST_CASE("a scenario with a fault is not played but told with its line") {
  Library library;
  library.write("small.toml", std::string(two_operators) + "[[event]]\nat = \"soon\"\n");
  const auto run = library.run({.scenario = {}, .seed = 7});
  REQUIRE_FALSE(run);
  CHECK(run.error().code == Errc::invalid);
  CHECK(run.error().message.find("line ") != std::string::npos);
  const auto checked =
      drill::check_scenario(library.real.world().disk, library.folder.path() / "small.toml");
  REQUIRE(checked);
  CHECK_FALSE(checked->at("faults").as_array().empty());
}

TEST_CASE("scenarios are listed and found by name in the folders given") {
  Library library;
  auto& disk = library.real.world().disk;
  const auto folders = drill::library_folders(disk, "/nowhere/tocsin", library.folder.path());
  REQUIRE(folders == std::vector<Path>{library.folder.path()});
  const auto listed = drill::list_scenarios(disk, folders);
  REQUIRE(listed.at("scenarios").as_array().size() == 1);
  CHECK(listed.at("scenarios").at(0).at("name") == "small");
  const auto file = library.folder.path() / "small.toml";
  for (const auto* wanted : {"small", "small.toml", ""})
    CHECK(drill::find_scenario(disk, wanted, folders) == file);
  CHECK(drill::find_scenario(disk, "absent", folders).error().code == Errc::not_found);
}
