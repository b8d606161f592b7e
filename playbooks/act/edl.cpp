#include "playbooks/act/edl.hpp"

namespace tocsin::playbooks {

Result<std::unique_ptr<Edl>> Edl::open(mesh::Disk& disk, mesh::Path path) {
  auto beside = path;
  beside += ".effects";
  auto ledger = Ledger::open(disk, std::move(beside));
  if (!ledger) return std::unexpected(ledger.error());
  auto out = std::unique_ptr<Edl>(new Edl(disk, std::move(path), std::move(*ledger)));
  if (const auto written = out->publish(); !written) return std::unexpected(written.error());
  return out;
}

bool Edl::takes(mesh::IndicatorType type) const {
  using mesh::IndicatorType;
  return type == IndicatorType::ipv4 || type == IndicatorType::ipv6 ||
         type == IndicatorType::cidr || type == IndicatorType::domain ||
         type == IndicatorType::url;
}

Result<void> Edl::do_effect(const EffectOrder& effect) {
  if (!takes(effect.target.type))
    return fail(Errc::unsupported, "an EDL takes no {}", mesh::name_of(effect.target.type));
  if (const auto added = ledger_.add(effect); !added) return added;
  return publish();
}

Presence Edl::probe(const EffectId& id) const {
  return ledger_.has(id) ? Presence::present : Presence::absent;
}

Result<void> Edl::undo(const EffectId& id) {
  if (const auto removed = ledger_.remove(id); !removed) return removed;
  return publish();
}

std::string Edl::content() const {
  std::string out;
  for (const auto& target : ledger_.targets()) out += target.value + '\n';
  return out;
}

Result<void> Edl::publish() const {
  return disk_.write_atomic(path_, bytes_of(content()), mesh::FileMode::shared);
}

}  // namespace tocsin::playbooks
