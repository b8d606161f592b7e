// A DNS response policy zone: resolvers that load it answer a blocked name, and nothing but that
// name, with NXDOMAIN.
#pragma once

#include "playbooks/act/ledger.hpp"

namespace tocsin::playbooks {

struct RpzOptions {
  mesh::Path path;                ///< of the zone file
  std::string zone = "rpz.tocsin";
  bool wildcard = false;          ///< also what lies below a blocked name
};

/// Policy NXDOMAIN (`CNAME .`). Names are exact unless `wildcard`; addresses and networks become
/// `rpz-ip` triggers. Source: draft-vixie-dnsop-dns-rpz-00, sections 3 and 4.
class Rpz final : public Actuator {
 public:
  /// The zone's serial grows with every change, across restarts too. Lifetime: `disk` outlives
  /// it. Errors: io, corrupt, invalid (zone name).
  static Result<std::unique_ptr<Rpz>> open(mesh::Disk& disk, RpzOptions options);

  std::string_view kind() const override { return "rpz"; }
  bool takes(mesh::IndicatorType type) const override;
  Breadth breadth(mesh::IndicatorType type) const override;
  Result<void> do_effect(const EffectOrder& effect) override;
  Presence probe(const EffectId& id) const override;
  Result<void> undo(const EffectId& id) override;
  std::string content() const override;

  std::uint32_t serial() const { return serial_; }

 private:
  Rpz(mesh::Disk& disk, RpzOptions options, Ledger ledger)
      : disk_(disk), options_(std::move(options)), ledger_(std::move(ledger)) {}
  Result<void> publish();

  mesh::Disk& disk_;
  RpzOptions options_;
  Ledger ledger_;
  std::uint32_t serial_ = 0;
};

/// The owner name of an address or network under `rpz-ip`: `24.0.2.0.192.rpz-ip`,
/// `128.1.zz.db8.2001.rpz-ip`. Errors: invalid.
Result<std::string> rpz_ip_owner(std::string_view prefix);

}  // namespace tocsin::playbooks
