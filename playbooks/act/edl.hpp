// The external dynamic list: one value a line, in a file and over HTTP, which every firewall can
// poll.
#pragma once

#include "playbooks/act/ledger.hpp"

namespace tocsin::playbooks {

class Edl final : public Actuator {
 public:
  /// Reads the ledger beside `path` (`path` + ".effects") and writes the list anew, so that a
  /// crash between the two leaves no difference. Lifetime: `disk` outlives it. Errors: io,
  /// corrupt.
  static Result<std::unique_ptr<Edl>> open(mesh::Disk& disk, mesh::Path path);

  std::string_view kind() const override { return "edl"; }
  bool takes(mesh::IndicatorType type) const override;
  Breadth breadth(mesh::IndicatorType) const override { return Breadth::broad; }
  Result<void> do_effect(const EffectOrder& effect) override;
  Presence probe(const EffectId& id) const override;
  Result<void> undo(const EffectId& id) override;
  std::string content() const override;

  /// With their markings, for the exit that serves the list.
  const std::map<EffectId, EffectOrder>& effects() const { return ledger_.effects(); }

 private:
  Edl(mesh::Disk& disk, mesh::Path path, Ledger ledger)
      : disk_(disk), path_(std::move(path)), ledger_(std::move(ledger)) {}
  Result<void> publish() const;

  mesh::Disk& disk_;
  mesh::Path path_;
  Ledger ledger_;
};

}  // namespace tocsin::playbooks
