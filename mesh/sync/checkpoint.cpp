#include "mesh/sync/checkpoint.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

constexpr std::string_view base_prefix = "base/";
enum Tag : std::uint8_t { log_tag = 1, base_tag, last_tag, live_tag, root_tag, where_tag };
constexpr std::size_t where_bytes = log_key_bytes + 16;

Result<PullRange> read_where(ByteView bytes) {
  if (bytes.size() != where_bytes)
    return fail(Errc::invalid, "checkpoint: a range of {} bytes, {} belong", bytes.size(),
                where_bytes);
  const auto log = decode_log_key(bytes.first(log_key_bytes));
  if (!log) return std::unexpected(log.error());
  ByteReader in(bytes.subspan(log_key_bytes));
  const auto first = in.u64(), last = in.u64();
  if (first == 0 || first > last || last > batch_sequence_max)
    return fail(Errc::invalid, "checkpoint: batches {} to {}", first, last);
  return PullRange{*log, {first, last}};
}

}  // namespace

bool same_family(const LogKey& a, const LogKey& b) {
  return a.agent == b.agent && a.scope == b.scope && a.log_class == b.log_class;
}

Digest root_of_ids(const std::set<Digest>& ids) {
  if (ids.empty()) return {};
  std::vector<Digest> leaves;
  leaves.reserve(ids.size());
  for (const auto& id : ids) leaves.push_back(crypto::leaf_digest(crypto::Salt{}, id.view()));
  return crypto::merkle_root(leaves);
}

Result<Bytes> encode_checkpoint(const RecordHeader& header, const Checkpoint& checkpoint) {
  if (checkpoint.where.size() > checkpoint_ranges_max)
    return fail(Errc::too_large, "checkpoint: {} ranges, limit {}", checkpoint.where.size(),
                checkpoint_ranges_max);
  FieldWriter out(header);
  out.bytes(log_tag, encode_log_key(checkpoint.log))
      .number(base_tag, checkpoint.base)
      .fixed(last_tag, checkpoint.last)
      .number(live_tag, checkpoint.live)
      .fixed(root_tag, checkpoint.root);
  for (const auto& range : checkpoint.where) {
    ByteWriter where;
    where.raw(encode_log_key(range.key));
    where.u64(range.range.first);
    where.u64(range.range.last);
    out.bytes(where_tag, where.bytes());
  }
  return std::move(out).take();
}

Result<Checkpoint> decode_checkpoint(const RecordView& record, const LogKey& in) {
  if (record.header.kind != RecordKind::checkpoint)
    return fail(Errc::invalid, "a record of kind {} where a checkpoint belongs",
                name_of(record.header.kind));
  const auto fields = FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto log = decode_log_key(fields->bytes(log_tag));
  if (!log) return within("checkpoint", log.error());
  if (!same_family(*log, in))
    return fail(Errc::refused, "checkpoint: it is about a log of another author, scope or class");
  Checkpoint out{*log, fields->number(base_tag), fields->fixed<Digest>(last_tag),
                 fields->number(live_tag), fields->fixed<Digest>(root_tag), {}};
  if (out.base == 0 || out.base > batch_sequence_max || out.last.is_zero())
    return fail(Errc::invalid, "checkpoint: a base at {}", out.base);
  for (const auto bytes : fields->all(where_tag)) {
    const auto range = read_where(bytes);
    if (!range) return std::unexpected(range.error());
    if (!same_family(range->key, in) ||
        (range->key == out.log && range->range.first <= out.base))
      return fail(Errc::refused, "checkpoint: what is live is not above its base");
    if (out.where.size() == checkpoint_ranges_max)
      return fail(Errc::too_large, "checkpoint: more than {} ranges", checkpoint_ranges_max);
    out.where.push_back(*range);
  }
  return out;
}

Bytes base_key(const LogKey& log) {
  ByteWriter out;
  out.raw(bytes_of(base_prefix));
  out.raw(encode_log_key(log));
  return std::move(out).take();
}

Bytes encode_base(const LogBase& base) {
  ByteWriter out;
  out.u64(base.base);
  out.fixed(base.last);
  return std::move(out).take();
}

Result<std::map<LogKey, LogBase>> read_bases(Store& store) {
  const auto kept = store.facts(bytes_of(base_prefix));
  if (!kept) return std::unexpected(kept.error());
  std::map<LogKey, LogBase> out;
  for (const auto& [key, value] : *kept) {
    const auto log = decode_log_key(ByteView(key).subspan(base_prefix.size()));
    ByteReader in(value);
    LogBase base;
    base.base = in.u64();
    base.last = in.fixed<Digest>();
    if (!log || !in.done()) return fail(Errc::corrupt, "store: the base of a log cannot be read");
    out[*log] = base;
  }
  return out;
}

std::string_view name_of(CheckpointVerdict verdict) {
  switch (verdict) {
    case CheckpointVerdict::accepted: return "accepted";
    case CheckpointVerdict::waiting: return "waiting";
    case CheckpointVerdict::other_chain: return "other chain";
    case CheckpointVerdict::wrong_root: return "wrong root";
    case CheckpointVerdict::omission: return "omission";
  }
  panic("unnamed verdict on a checkpoint", __FILE__, __LINE__);
}

// One that hides what somebody holds live is not believed, whatever else it says.
CheckpointVerdict judge_checkpoint(const Checkpoint& checkpoint, const CheckpointView& view) {
  if (view.at_base && *view.at_base != checkpoint.last) return CheckpointVerdict::other_chain;
  if (view.after_base && *view.after_base != checkpoint.last)
    return CheckpointVerdict::other_chain;
  const bool complete = view.all_here && view.all_readable;
  if (complete && (view.declared.size() != checkpoint.live ||
                   root_of_ids(view.declared) != checkpoint.root))
    return CheckpointVerdict::wrong_root;
  const auto covers = [&](const std::set<Digest>& ids) {
    return std::includes(view.declared.begin(), view.declared.end(), ids.begin(), ids.end());
  };
  if (!covers(view.live))
    return view.all_here ? CheckpointVerdict::omission : CheckpointVerdict::waiting;
  return covers(view.unsure) ? CheckpointVerdict::accepted : CheckpointVerdict::waiting;
}

}  // namespace tocsin::mesh
