#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::text_of_key;
namespace json = boost::json;

namespace {

struct Delos {
  Delos() { federation.start("delos"); }
  tests::Federation federation;
  tests::CommandLine line{federation.machine(), federation.home("delos")};
  tests::ScratchFolder folder;
  std::string write(const std::string& name, std::string_view text) {
    const auto path = folder.path() / name;
    REQUIRE(federation.world().disk.write_atomic(path, bytes_of(text), mesh::FileMode::shared));
    return path.string();
  }
};

}  // namespace

TEST_CASE("bad entries are listed by their line, the rest goes in, and the exit is 3") {
  Delos delos;
  const auto file = delos.write(
      "feed.csv", "type,value\ndomain,good.example\nipv4,999.1.1.1\n\ndomain,good.example\n");
  const auto said = delos.line.run("ioc import " + file + " --tlp green --json");
  CHECK(said.exit == 3);
  const auto done = said.document();
  CHECK(done.at("imported") == 1);
  CHECK(done.at("duplicates") == 1);
  REQUIRE(done.at("rejected").as_array().size() == 1);
  CHECK(done.at("rejected").at(0).at("line") == 3);
  CHECK_FALSE(text_of_key(done.at("rejected").at(0).as_object(), "reason").empty());
  const auto again = delos.line.run("ioc import " + file + " --tlp green --json").document();
  CHECK(again.at("imported") == 0);
  CHECK(again.at("duplicates") == 2);
}

TEST_CASE("an import is tried without sharing") {
  Delos delos;
  const auto file = delos.write("list.txt", "evil.example\n192.0.2.7\n");
  const auto tried = delos.line.document("ioc import " + file + " --tlp green --dry-run");
  CHECK(tried.at("imported") == 2);
  CHECK(delos.line.document("ioc stats").at("indicators") == 0);
  CHECK(delos.line.document("ioc import " + file + " --tlp green").at("imported") == 2);
  CHECK(delos.line.document("ioc stats").at("indicators") == 2);
}

TEST_CASE("a file that cannot be read is named: exit 1 alone, a line of its own among others") {
  Delos delos;
  const auto good = delos.write("list.txt", "evil.example\n");
  const auto absent = (delos.folder.path() / "absent.csv").string();
  const auto error = delos.line.error("ioc import " + absent + " --tlp green", 1);
  CHECK(text_of_key(error, "message").find(absent) != std::string::npos);
  const auto partly =
      delos.line.run("ioc import " + absent + " " + good + " --tlp green --json");
  CHECK(partly.exit == 3);
  const auto done = partly.document();
  CHECK(done.at("imported") == 1);
  const auto& reject = done.at("rejected").at(0).as_object();
  CHECK(text_of_key(reject, "file") == absent);
  CHECK(delos.line.run("ioc import " + good + " --format song").exit != 0);
}

TEST_CASE("what may go to nobody exits 4") {
  Delos delos;
  const auto file = delos.write("list.txt", "evil.example\n");
  CHECK(delos.line.run("ioc import " + file).exit == 4);
  CHECK(delos.line.run("ioc import " + file + " --tlp green --to nowhere").exit == 4);
  CHECK(delos.line.document("ioc stats").at("indicators") == 0);
}

TEST_CASE("a large file goes over in pieces, with the flags on each and every answer counted") {
  tests::Desk desk;
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.answers("ioc.import_chunk",
                {{"imported", 700},
                 {"duplicates", 300},
                 {"rejected", json::array{json::object{{"line", 7}, {"reason", "no"}}}}});
  std::string text;
  for (int i = 0; i < 9500; ++i) text += fmt::format("h{}.example\n", i);
  desk.write("list.txt", text);
  auto line = desk.line("delos");
  const auto said = line.run("ioc import " + desk.file("list.txt") +
                             " --tlp green --pap amber --to bleu --expires 2d --json");
  CHECK(said.exit == 3);
  const auto done = said.document();
  CHECK(done.at("imported") == 7000);
  CHECK(done.at("duplicates") == 3000);
  CHECK(done.at("rejected").as_array().size() == 10);
  CHECK(text_of_key(done.at("rejected").at(0).as_object(), "file") == desk.file("list.txt"));
  const auto& chunks = agent.asked["ioc.import_chunk"];
  REQUIRE(chunks.size() == 10);
  std::size_t entries = 0;
  for (const auto& chunk : chunks) {
    CHECK(chunk.at("entries").as_array().size() <= 1000);
    entries += chunk.at("entries").as_array().size();
    CHECK(chunk.at("tlp") == "green");
    CHECK(chunk.at("pap") == "amber");
    CHECK(chunk.at("expires") == "2d");
    CHECK(chunk.at("to") == json::array{"bleu"});
  }
  CHECK(entries == 9500);
}

TEST_CASE("progress is shown on a terminal only, and neither with NO_COLOR nor with --json") {
  tests::Desk desk;
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.answers("ioc.import_chunk", {{"imported", 1}, {"duplicates", 0}});
  desk.write("list.txt", "evil.example\n");
  auto line = desk.line("delos");
  const auto words = "ioc import " + desk.file("list.txt") + " --tlp green";
  CHECK(line.run(words).err.empty());
  line.terminal.on_terminal = true;
  CHECK(line.run(words).complains("100%"));
  CHECK(line.run(words + " --json").err.empty());
  line.terminal.variables["NO_COLOR"] = "1";
  CHECK(line.run(words).err.empty());
}

TEST_CASE("a refusal half-way ends the import with the agent's own code") {
  tests::Desk desk;
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.refuses("ioc.import_chunk", {Errc::full, "the store is full", "make room"});
  desk.write("list.txt", "evil.example\n");
  const auto error = desk.line("delos").error("ioc import " + desk.file("list.txt"), 1);
  CHECK(error.at("code") == "full");
  CHECK(error.at("hint") == "make room");
}
