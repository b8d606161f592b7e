#include "agents/siem/file_input.hpp"

#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

using Texts = std::vector<std::string>;

namespace {

struct Remembered final : FilePositions {
  std::optional<FilePosition> kept;
  std::optional<FilePosition> load(std::string_view) override { return kept; }
  void save(std::string_view, const FilePosition& position) override { kept = position; }
};

}  // namespace

TEST_CASE("a followed file gives its lines once, also across restarts") {
  MemoryWorld memory;
  RecordingSink sink;
  Remembered positions;
  InputConfig config;
  config.kind = InputKind::file;
  config.path = "log";
  memory.disk.append("log", "one\n");
  auto input = start_input(memory.world, config, sink, &positions);
  REQUIRE(input.has_value());
  memory.loop.advance(1s);
  memory.disk.append("log", "two\n");
  memory.loop.advance(1s);
  CHECK(sink.events == Texts{"one", "two"});
  CHECK((*input)->status().listen == "log");

  input->reset();
  memory.loop.advance(1s);
  CHECK(memory.loop.tasks() == 0);
  memory.disk.append("log", "three\n");
  input = start_input(memory.world, config, sink, &positions);
  memory.loop.advance(1s);
  CHECK(sink.events == Texts{"one", "two", "three"});
}

TEST_CASE("the position moves only when the sink has the lines") {
  MemoryWorld memory;
  RecordingSink sink;
  Remembered positions;
  sink.failing = Error{Errc::full, "busy", {}};
  InputConfig config;
  config.kind = InputKind::file;
  config.path = "log";
  memory.disk.append("log", "one\n");
  auto input = start_input(memory.world, config, sink, &positions);
  memory.loop.advance(2s);
  CHECK_FALSE(positions.kept.has_value());
  sink.failing.reset();
  memory.loop.advance(1s);
  CHECK(positions.kept->offset == 4);
  CHECK(sink.events == Texts{"one"});
}
