// Performs what the run engine asks for: publishes, does, undoes and probes, and feeds the
// outcomes back until nothing is left to do.
#pragma once

#include <deque>

#include "agents/agent/services.hpp"

namespace tocsin::agents {

class RunDriver {
 public:
  explicit RunDriver(Services& services) : services_(services) {}
  ~RunDriver();

  /// Performs in order; records are published without waiting.
  void perform(playbooks::Actions actions);
  /// The same, and completes when the records of `actions` are durable. Errors: of publish.
  mesh::Task<Result<void>> perform_and_wait(playbooks::Actions actions);

  /// The effect that `id` (base32, unique prefix) names. Errors: not_found, usage (ambiguous).
  Result<playbooks::EffectId> find_effect(std::string_view id) const;

  /// While the store is replayed nothing is performed: resume() finds out what is open.
  void hold() { holding_ = true; }
  void resume();

 private:
  using Drafts = std::vector<mesh::Draft>;
  /// Performs all but the publishing, which it returns.
  Drafts carry_out(playbooks::Actions actions);
  playbooks::Actions take(const playbooks::DoEffect& action);
  playbooks::Actions take(const playbooks::UndoEffect& action);
  playbooks::Actions take(const playbooks::ProbeEffect& action);
  void take(const playbooks::WakeAt& action);
  void take(const playbooks::Notify& action);
  playbooks::Actuator* actuator(std::string_view name);

  Services& services_;
  bool holding_ = false;
  std::optional<WallTime> wake_at_;
  mesh::TimerId timer_ = 0;
};

}  // namespace tocsin::agents
