#include "agents/siem/intake.hpp"

#include "tests/agents/siem/recording_sink.hpp"
#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using namespace tocsin::tests;

namespace {

mesh::Task<void> run(std::shared_ptr<Intake> intake, std::span<const RawEvent> events,
                     Delivery& out) {
  auto delivering = deliver(intake, events);
  out = co_await delivering;
}

struct Fixture {
  MemoryWorld memory;
  RecordingSink sink;
  std::shared_ptr<Intake> intake = std::make_shared<Intake>(Intake{memory.world, sink, {}});
  std::vector<std::string> texts;

  Delivery deliver_all_of() {
    std::vector<RawEvent> events;
    for (const auto& text : texts) events.push_back(intake->event(text));
    Delivery out;
    memory.loop.spawn(run(intake, events, out));
    memory.loop.settle();
    return out;
  }
};

}  // namespace

TEST_CASE("events reach the sink in portions, and rejections keep their place") {
  Fixture fixture;
  fixture.intake->config.event_bytes_max = 50;
  for (int i = 0; i < 2500; ++i) fixture.texts.push_back("event " + std::to_string(i));
  fixture.texts[3] = std::string(51, 'x');
  fixture.texts[2000] = "bad one";
  fixture.sink.refuse = "bad";
  const auto delivery = fixture.deliver_all_of();
  CHECK(delivery.taken == 2500);
  CHECK_FALSE(delivery.failed.has_value());
  REQUIRE(delivery.rejected.size() == 2);
  CHECK(delivery.rejected[0].index == 3);
  CHECK(delivery.rejected[1].index == 2000);
  CHECK(fixture.sink.portion_max == events_per_take_max);
  CHECK(fixture.intake->status.events == 2498);
  CHECK(fixture.intake->status.rejected == 2);
}

TEST_CASE("a sink that fails in the middle leaves the rest untaken") {
  Fixture fixture;
  fixture.texts.assign(1500, "event");
  fixture.sink.failing = Error{Errc::full, "busy", {}};
  fixture.sink.taken_before_failing = 1000;
  const auto delivery = fixture.deliver_all_of();
  CHECK(delivery.taken == 1024);
  CHECK(delivery.failed->code == Errc::full);
  CHECK(fixture.intake->status.events == 1024);
}

TEST_CASE("reasons are counted within a bound") {
  Fixture fixture;
  for (int i = 0; i < 1000; ++i) fixture.intake->reject("reason " + std::to_string(i));
  CHECK(fixture.intake->status.reasons.size() <= 65);
  CHECK(fixture.intake->status.rejected == 1000);
}
