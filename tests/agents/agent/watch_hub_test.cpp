#include "agents/agent/watch_hub.hpp"

#include "mesh/world/real_world.hpp"
#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {

/// Takes lines until it has enough, then leaves as a command would.
class Collector : public LineSink {
 public:
  explicit Collector(std::size_t enough) : enough_(enough) {}
  mesh::Task<Result<void>> line(json::object line) override {
    if (seen.size() == enough_) co_return fail(Errc::closed, "enough");
    if (!line.empty()) seen.push_back(std::move(line));
    if (seen.size() == enough_) co_return fail(Errc::closed, "enough");
    co_return Result<void>{};
  }
  std::vector<json::object> seen;

 private:
  std::size_t enough_;
};

mesh::Task<> watch(WatchHub& hub, LineSink& lines) {
  auto streaming = hub.stream({}, lines);
  (void)co_await std::move(streaming);
}

}  // namespace

TEST_CASE("a watcher resumes after its cursor and sees only the kinds it asked for") {
  mesh::RealWorld machine;
  WatchHub hub(machine.world());
  for (int i = 0; i < 6; ++i)
    hub.add(i % 2 == 0 ? "indicator" : "sighting", "delos", {{"n", i}});

  Collector first(3);
  CHECK_FALSE(machine.complete(hub.stream({.kinds = {"indicator"}, .after = {}, .since = "1h"},
                                          first)));
  REQUIRE(first.seen.size() == 3);
  CHECK(first.seen[1].at("n").as_int64() == 2);

  Collector second(2);
  const std::string cursor(first.seen[1].at("cursor").as_string());
  CHECK_FALSE(machine.complete(hub.stream({.kinds = {}, .after = cursor, .since = {}}, second)));
  REQUIRE(second.seen.size() == 2);
  CHECK(second.seen[0].at("n").as_int64() == 3);
}

TEST_CASE("a watcher that was away too long is told what it missed") {
  mesh::RealWorld machine;
  WatchHub hub(machine.world());
  Collector one(1);
  hub.add("note", "bleu", {});
  CHECK_FALSE(machine.complete(hub.stream({.kinds = {}, .after = {}, .since = "1h"}, one)));
  for (std::size_t i = 0; i < WatchHub::lines_max + 10; ++i) hub.add("note", "bleu", {});
  Collector late(1);
  const std::string cursor(one.seen[0].at("cursor").as_string());
  CHECK_FALSE(machine.complete(hub.stream({.kinds = {}, .after = cursor, .since = {}}, late)));
  CHECK(late.seen[0].at("kind").as_string() == "gap");
  CHECK(late.seen[0].at("missed").to_number<std::uint64_t>() == 10);
}

TEST_CASE("a cursor that is none is refused") {
  mesh::RealWorld machine;
  WatchHub hub(machine.world());
  Collector none(1);
  const auto done = machine.complete(hub.stream({.kinds = {}, .after = "nonsense", .since = {}}, none));
  REQUIRE_FALSE(done);
  CHECK(done.error().code == Errc::invalid);
}

// Only a build with the address sanitizer sees what a forgotten place would do.
TEST_CASE("a watcher that is torn down while it waits is forgotten") {
  tests::MemoryWorld memory;
  WatchHub hub(memory.world);
  Collector gone(10), there(10);
  memory.loop.spawn(watch(hub, gone));
  memory.loop.settle();
  memory.loop.destroy_tasks();
  memory.loop.spawn(watch(hub, there));
  memory.loop.settle();
  hub.add("note", "bleu", {});
  memory.loop.settle();
  CHECK(gone.seen.empty());
  CHECK(there.seen.size() == 1);
  memory.loop.destroy_tasks();
}
