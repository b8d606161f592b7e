// Watches whether what a scenario expects comes true in time, by asking the agents as analysts
// would.
#pragma once

#include "agents/drill/stage.hpp"

namespace tocsin::agents::drill {

/// What became of one expectation.
struct Verdict {
  const StoryEvent* event = nullptr;
  const Expectation* expectation = nullptr;
  bool met = false;
  double at_s = 0;    ///< of the drill's clock: when it was met, or given up
  double took_s = 0;  ///< since the inject that it answers to began
  std::string detail; ///< what was seen last
};

/// What agents showed before an event, for expectations about what it changes.
struct Before {
  std::map<std::string, std::vector<std::string>> incidents;  ///< ids by organisation
};

class Observer {
 public:
  /// Lifetime: `stage` outlives the observer and its tasks.
  explicit Observer(Stage& stage) : stage_(stage) {}

  mesh::Task<Before> look(const StoryEvent& event);
  /// To be called when the inject that the expectation answers to begins. Completes when the
  /// expectation is met or its time is over. One that says that something does not happen is met
  /// when its time is over. Lifetime: all outlive the task.
  mesh::Task<Verdict> watch(const StoryEvent& event, const Expectation& expectation,
                            const Before& before);

  /// Between two looks when no agent tells of a change, and after one that was told.
  static constexpr Duration poll_every = std::chrono::milliseconds(20);
  static constexpr Duration settle = std::chrono::milliseconds(1);

 private:
  struct Finding {
    bool holds = false;
    std::string detail;
  };
  using Callers = std::map<std::string, Caller>;
  using Found = mesh::Task<Result<Finding>>;
  struct Question {
    const Expectation& expectation;
    const Before& before;
    Callers& callers;
    const Fields& fields() const { return expectation.fields; }
    std::string org() const { return fields().text("org"); }
  };
  Found check(Question q);
  Found sighting(Question q);
  Found indicator(Question q);
  Found via(Question q);
  Found same_incident(Question q);
  Found no_incident(Question q);
  Found only_incident(Question q);
  Found step(Question q);
  Found approved(Question q);
  Found effects(Question q);
  Found no_block(Question q);
  Found replays(Question q);
  Found state_equal(Question q);
  Found kept(Question q);
  Found receipts(Question q);
  Found link(Question q);
  Found damage(Question q);
  mesh::Task<Result<json::object>> ask(Callers& callers, std::string org, std::string verb,
                                       json::object args);
  mesh::Task<Result<bool>> enforced(std::string org, std::string value);
  Caller& caller(Callers& callers, const std::string& org);

  Stage& stage_;
};

/// True for kinds that must hold all the time instead of coming true.
bool is_absence(ExpectationKind kind);

}  // namespace tocsin::agents::drill
