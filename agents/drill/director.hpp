// Plays injects: as a SIEM forwarder, an analyst with keys of their own, or the hand that pulls
// the cable.
#pragma once

#include "agents/drill/stage.hpp"

namespace tocsin::agents::drill {

class Director {
 public:
  /// Lifetime: `stage` outlives the director and its tasks.
  explicit Director(Stage& stage) : stage_(stage) {}

  /// Plays one inject and tells the timeline. False when it could not be played.
  mesh::Task<bool> play(const Inject& inject);

  /// How long an approval waits for its step to ask for it.
  static constexpr Duration step_wait_max = std::chrono::seconds(2);

 private:
  using Done = mesh::Task<Result<std::string>>;
  struct SignedApproval {
    std::string run, owner, by;  ///< `by`: the organisation that has signed
    json::object args;
  };
  Done perform(const Inject& inject);
  Done send_events(const Inject& inject);
  Done add_indicator(const Inject& inject);
  Done retract_indicator(const Inject& inject);
  Done import_playbook(const Inject& inject);
  Done run_playbook(const Inject& inject);
  Done approve(const Inject& inject);
  Done replay(const Inject& inject);
  Done preauthorise(const Inject& inject);
  Done set_links(const Inject& inject, bool down);
  Done kill(const Inject& inject);
  Done restart(const Inject& inject);
  Done release(const Inject& inject);
  Done import_assets(const Inject& inject);
  Done assess(const Inject& inject);
  mesh::Task<Result<std::string>> incident_at(std::string org, std::string indicator);
  mesh::Task<Result<json::object>> ask(std::string org, std::string verb, json::object args);
  Result<json::object> approval_of(const json::object& waiting, const std::string& org) const;
  json::object signed_args(const std::string& org, crypto::Label label, ByteView body) const;
  Result<std::string> read_file(const std::string& name) const;

  Stage& stage_;
  std::vector<SignedApproval> signed_;
};

/// What the timeline calls an inject that has no text of its own.
std::string describe(const Inject& inject);

}  // namespace tocsin::agents::drill
