#include "mesh/sync/retention.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

// Tags of the field that names the indicator; docs/wire-format.md.
constexpr std::uint8_t sighting_indicator = 1, retraction_target = 1, dispute_target = 1,
                       receipt_target = 2;

RecordLife follows(const RecordView& record, std::uint8_t tag) {
  const auto fields = FieldReader::make(record);
  if (!fields) return {};
  const auto target = fields->fixed<Digest>(tag);
  if (target.is_zero()) return {};
  return {Life::follows, 0, target};
}

std::optional<WallTime> end_of(const RecordView& record, const KnownLives& known) {
  const auto life = life_of(record);
  switch (life.life) {
    case Life::stays: break;
    case Life::expires: {
      const WallTime expires{std::int64_t(life.expires_s) * 1000};
      const auto retracted = known.retracted_at(record);
      return retracted ? std::min(expires, *retracted) : expires;
    }
    case Life::follows: {
      const auto expires_s = known.expiry_of(life.target);
      if (expires_s) return WallTime{std::int64_t(*expires_s) * 1000} + retained_after;
      break;
    }
  }
  return std::nullopt;
}

}  // namespace

RecordLife life_of(const RecordView& record) {
  switch (record.header.kind) {
    case RecordKind::indicator:
      return {Life::expires, indicator_key(record).expires_s, {}};
    case RecordKind::sighting: return follows(record, sighting_indicator);
    case RecordKind::retraction: return follows(record, retraction_target);
    case RecordKind::dispute: return follows(record, dispute_target);
    case RecordKind::receipt: return follows(record, receipt_target);
    case RecordKind::incident:
    case RecordKind::note:
    case RecordKind::playbook:
    case RecordKind::run_event:
    case RecordKind::approval:
    case RecordKind::effect:
    case RecordKind::impact:
    case RecordKind::repair:
    case RecordKind::aid:
    case RecordKind::transfer:
    case RecordKind::report:
    case RecordKind::drill:
    case RecordKind::certificate:
    case RecordKind::revocation:
    case RecordKind::witness:
    case RecordKind::checkpoint:
    case RecordKind::scope_key:
    case RecordKind::sealed_note:
    case RecordKind::release:
    case RecordKind::scope_wrap:
    case RecordKind::trust:
    case RecordKind::forks: return {};
  }
  return {};
}

std::optional<WallTime> end_of(std::span<const RecordView> records, const KnownLives& known) {
  WallTime out;
  for (const auto& record : records) {
    const auto end = end_of(record, known);
    if (!end && !known.moved(record)) return std::nullopt;
    if (!end || (*end > out && known.moved(record))) continue;
    out = std::max(out, *end);
  }
  return out;
}

}  // namespace tocsin::mesh
