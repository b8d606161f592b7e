#include "agents/drill/runner.hpp"

#include <algorithm>

#include "agents/drill/director.hpp"
#include "agents/drill/stimulus.hpp"

namespace tocsin::agents::drill {
namespace {

Duration seconds(double s) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(s));
}

class Runner {
 public:
  explicit Runner(Stage& stage)
      : stage_(stage), director_(stage), observer_(stage), done_(stage.world.loop) {
    played_.verdicts.resize(stage.scenario.expectations());
  }

  mesh::Task<Result<Played>> run() {
    const auto stopped = std::make_shared<bool>(false);
    stopped_ = stopped;
    stage_.world.processes.on_stop([stopped] { *stopped = true; });
    stage_.timeline.begin();
    std::size_t slot = 0;
    for (const auto& event : stage_.scenario.events) {
      ++open_;
      tasks_.spawn(play_event(event, slot));
      slot += event.expectations.size();
    }
    while (open_ > 0 && !*stopped_) co_await done_.wait(look_up_every);
    tasks_.clear();
    if (*stopped_) co_return fail(Errc::closed, "the drill was stopped");
    played_.seconds = stage_.timeline.seconds();
    co_return std::move(played_);
  }

 private:
  static constexpr Duration look_up_every = std::chrono::milliseconds(200);

  // Waits until the story is `at` seconds old.
  mesh::Task<> wait_until(double at) {
    const auto left = at - stage_.timeline.seconds();
    if (left > 0) co_await mesh::sleep(stage_.world.loop, seconds(left));
  }

  mesh::Task<> play_event(const StoryEvent& event, std::size_t slot) {
    co_await wait_until(event.at);
    const auto before = co_await observer_.look(event);
    befores_.push_back(std::make_unique<Before>(before));
    const Before& seen = *befores_.back();
    for (std::size_t i = 0; i < event.injects.size(); ++i) {
      const auto& inject = event.injects[i];
      co_await wait_until(event.at + inject.after);
      watch_from(event, i, seen, slot);
      const bool played = co_await director_.play(inject);
      if (!played) ++played_.injects_failed;
    }
    if (event.injects.empty()) watch_from(event, 0, seen, slot);
    end_one();
  }

  // The expectations that answer to the inject that begins now; `slot` is of the event's first.
  void watch_from(const StoryEvent& event, std::size_t inject, const Before& before,
                  std::size_t slot) {
    for (std::size_t i = 0; i < event.expectations.size(); ++i) {
      const auto& expectation = event.expectations[i];
      if (!event.injects.empty() && stimulus_of(event, expectation) != inject) continue;
      ++open_;
      tasks_.spawn(watch(event, expectation, before, slot + i));
    }
  }

  mesh::Task<> watch(const StoryEvent& event, const Expectation& expectation,
                     const Before& before, std::size_t slot) {
    auto verdict = co_await observer_.watch(event, expectation, before);
    const auto orgs = expectation.fields.has("org") ? expectation.fields.text("org")
                                                    : std::string();
    stage_.timeline.add(orgs, verdict.met ? Happening::met : Happening::missed,
                        fmt::format("{} ({:.3f} s; {})", expectation.text, verdict.took_s,
                                    verdict.detail));
    played_.verdicts[slot] = std::move(verdict);
    end_one();
  }

  void end_one() {
    --open_;
    done_.set();
  }

  Stage& stage_;
  Director director_;
  Observer observer_;
  mesh::Event done_;
  Played played_;
  std::shared_ptr<bool> stopped_;
  std::size_t open_ = 0;
  std::vector<std::unique_ptr<Before>> befores_;
  mesh::TaskSet tasks_;  // Last: its tasks use all the others.
};

}  // namespace

bool Played::passed() const {
  return injects_failed == 0 &&
         std::all_of(verdicts.begin(), verdicts.end(), [](const auto& one) { return one.met; });
}

mesh::Task<Result<Played>> play(Machines& machines, const Scenario& scenario,
                                Timeline& timeline) {
  auto federation = Federation::found(machines, scenario);
  if (!federation) co_return std::unexpected(federation.error());
  const auto started = co_await (*federation)->start_all();
  Result<Played> out = fail(Errc::closed, "not played");
  if (started) {
    Pulse pulse(machines, **federation);
    Stage stage{machines.world(), scenario, **federation, timeline, pulse};
    Runner runner(stage);
    out = co_await runner.run();
  } else {
    out = std::unexpected(started.error());
  }
  co_await (*federation)->stop_all();
  co_return out;
}

}  // namespace tocsin::agents::drill
