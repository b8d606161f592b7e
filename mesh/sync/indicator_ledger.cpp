#include "mesh/sync/indicator_ledger.hpp"

namespace tocsin::mesh {

std::string_view name_of(IndicatorState state) {
  switch (state) {
    case IndicatorState::none: return "none";
    case IndicatorState::active: return "active";
    case IndicatorState::retracted: return "retracted";
    case IndicatorState::expired: return "expired";
    case IndicatorState::quarantined: return "quarantined";
  }
  panic("unnamed indicator state", __FILE__, __LINE__);
}

IndicatorState IndicatorLedger::add(std::uint64_t ordinal, std::string_view org,
                                    std::uint32_t expires_s, const RecordView& record) {
  if (states_.size() <= ordinal) states_.resize(ordinal + 1);
  auto& state = states_[ordinal];
  if (state != 0) return IndicatorState(state);
  state = std::uint8_t(IndicatorState::active);
  if (!retractions_.empty()) {
    const auto found = retractions_.find(record.id());
    if (found != retractions_.end())
      for (const auto& reason : found->second)
        if (reason.org == org) state = std::uint8_t(IndicatorState::retracted);
  }
  if (IndicatorState(state) == IndicatorState::active) active_.add(expires_s);
  return IndicatorState(state);
}

IndicatorState IndicatorLedger::state(std::uint64_t ordinal, std::uint32_t expires_s,
                                      WallTime now) const {
  if (ordinal >= states_.size()) return IndicatorState::none;
  const auto state = IndicatorState(states_[ordinal]);
  if (state == IndicatorState::active && now.ms >= std::int64_t(expires_s) * 1000)
    return IndicatorState::expired;
  return state;
}

std::uint64_t IndicatorLedger::active(WallTime now) { return active_.active(now); }

IndicatorLedger::Taken IndicatorLedger::retract(const Retraction& retraction,
                                                const Digest& record, std::string_view org,
                                                const std::optional<Target>& target) {
  auto found = retractions_.find(retraction.target);
  if (found != retractions_.end())
    for (const auto& reason : found->second)
      if (reason.record == record) return Taken::duplicate;
  if (target && target->org != org) return Taken::foreign;
  if (found == retractions_.end()) {
    if (retractions_.size() >= retractions_max) return Taken::full;
    found = retractions_.try_emplace(retraction.target).first;
  }
  found->second.push_back({std::string(org), retraction.why, record});
  if (!target) return Taken::kept;
  return end(*target) ? Taken::retracted : Taken::kept;
}

bool IndicatorLedger::quarantine(std::uint64_t ordinal, std::uint32_t expires_s) {
  return end({ordinal, {}, expires_s}, IndicatorState::quarantined);
}

bool IndicatorLedger::end(const Target& target, IndicatorState as) {
  if (target.ordinal >= states_.size()) return false;
  auto& state = states_[target.ordinal];
  if (IndicatorState(state) != IndicatorState::active) return false;
  state = std::uint8_t(as);
  active_.remove(target.expires_s);
  return true;
}

void IndicatorLedger::forget(std::uint64_t ordinal, std::uint32_t expires_s) {
  if (ordinal >= states_.size()) return;
  auto& state = states_[ordinal];
  if (IndicatorState(state) == IndicatorState::active) active_.remove(expires_s);
  state = std::uint8_t(IndicatorState::none);
}

bool IndicatorLedger::settle(const Digest& id, const Target& target) {
  const auto found = retractions_.find(id);
  if (found == retractions_.end()) return false;
  const bool by_author =
      std::any_of(found->second.begin(), found->second.end(),
                  [&](const Reason& reason) { return reason.org == target.org; });
  return by_author && end(target);
}

std::vector<Digest> IndicatorLedger::targets() const {
  std::vector<Digest> out;
  for (const auto& [target, reasons] : retractions_) out.push_back(target);
  std::sort(out.begin(), out.end());
  return out;
}

const IndicatorLedger::Reason* IndicatorLedger::reason(const Digest& target) const {
  const auto found = retractions_.find(target);
  return found == retractions_.end() ? nullptr : &found->second.front();
}

bool IndicatorLedger::add_receipt(const Receipt& receipt, std::string_view org, WallTime at) {
  if (receipts_.size() >= receipted_max && !receipts_.contains(receipt.target)) return false;
  auto& entries = receipts_[receipt.target];
  if (entries.size() >= receipts_per_target_max) return false;
  const auto place = std::lower_bound(
      entries.begin(), entries.end(), org,
      [](const ReceiptEntry& entry, std::string_view name) { return entry.org < name; });
  if (place != entries.end() && place->org == org) return false;
  entries.insert(place, {std::string(org), at, receipt.held, receipt.undone});
  return true;
}

std::vector<IndicatorLedger::ReceiptEntry> IndicatorLedger::receipts(
    const Digest& target) const {
  const auto found = receipts_.find(target);
  return found == receipts_.end() ? std::vector<ReceiptEntry>{} : found->second;
}

bool IndicatorLedger::has_receipt(const Digest& target, std::string_view org) const {
  const auto found = receipts_.find(target);
  if (found == receipts_.end()) return false;
  return std::any_of(found->second.begin(), found->second.end(),
                     [&](const ReceiptEntry& entry) { return entry.org == org; });
}

std::vector<Digest> IndicatorLedger::unconfirmed(std::string_view org) const {
  std::vector<Digest> out;
  for (const auto& [target, reasons] : retractions_)
    if (!has_receipt(target, org)) out.push_back(target);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace tocsin::mesh
