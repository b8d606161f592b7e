#include "mesh/sync/witness.hpp"

#include <algorithm>
#include <array>

namespace tocsin::mesh {
namespace {

enum Tag : std::uint8_t { head_tag = 1 };
constexpr std::size_t head_bytes = log_key_bytes + 8 + Digest::size;

}  // namespace

bool is_decision(RecordKind kind) {
  constexpr std::array decisions{RecordKind::approval, RecordKind::effect, RecordKind::run_event,
                                 RecordKind::release, RecordKind::retraction};
  return std::find(decisions.begin(), decisions.end(), kind) != decisions.end();
}

bool holds_decisions(const LogKey& log) {
  return log.log_class == LogClass::case_ || log.log_class == LogClass::urgent;
}

Bytes encode_witness(const RecordHeader& header, const std::vector<Witnessed>& heads) {
  TOCSIN_ASSERT(heads.size() <= witness_logs_max);
  FieldWriter out(header);
  for (const auto& head : heads) {
    ByteWriter entry;
    entry.raw(encode_log_key(head.log));
    entry.u64(head.sequence);
    entry.fixed(head.id);
    out.bytes(head_tag, entry.bytes());
  }
  return std::move(out).take();
}

Result<std::vector<Witnessed>> view_witness(const RecordView& record) {
  if (record.header.kind != RecordKind::witness) return fail(Errc::invalid, "this is no witness");
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto entries = fields->all(head_tag);
  if (entries.size() > witness_logs_max)
    return fail(Errc::too_large, "witness: {} logs, limit {}", entries.size(), witness_logs_max);
  std::vector<Witnessed> out;
  for (const auto entry : entries) {
    if (entry.size() != head_bytes)
      return fail(Errc::invalid, "witness: a head of {} bytes", entry.size());
    ByteReader in(entry);
    const auto log = decode_log_key(in.raw(log_key_bytes));
    if (!log) return within("witness", log.error());
    Witnessed head{*log, in.u64(), {}};
    head.id = in.fixed<Digest>();
    if (head.sequence == 0 || head.id.is_zero())
      return fail(Errc::invalid, "witness: a log without a batch");
    out.push_back(head);
  }
  return out;
}

}  // namespace tocsin::mesh
