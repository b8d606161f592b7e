#include "mesh/wire/packed_batch.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::uint8_t batch_version = 1;
constexpr std::size_t author_at = 12, author_bytes = 8;  // in a record
constexpr std::size_t value_length_at = 6;               // in an indicator's body

/// Where an indicator ends that begins with `body` (behind its header); nothing where it is cut short.
std::optional<std::size_t> body_bytes(ByteView body) {
  ByteReader in(body);
  in.raw(value_length_at);
  in.text16();
  const auto labels = in.u8();
  for (unsigned i = 0; i < labels && in.ok(); ++i) in.text8();
  if (!in.ok()) return std::nullopt;
  return body.size() - in.left();
}

// The record tells its own length, and its author is the batch's.
bool packs(ByteView record, ByteView agent) {
  if (record.size() < record_header_bytes || record[1] != std::uint8_t(RecordKind::indicator))
    return false;
  if (!std::ranges::equal(record.subspan(author_at, author_bytes), agent.first(author_bytes)))
    return false;
  return body_bytes(record.subspan(record_header_bytes)) == record.size() - record_header_bytes;
}

void put(Bytes& out, ByteView bytes) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void put_length(std::size_t length, std::uint8_t* out) {
  for (int i = 0; i < 4; ++i) out[i] = std::uint8_t(length >> (8 * i));
}

}  // namespace

// The header by its offsets: version 0, class 1, count 2, payload length 4, agent 8, epoch 24,
// scope 32, sequence 48, time 56, flags 64, previous 68, root 100, payload digest 132.
std::optional<Bytes> pack_batch(ByteView encoded) {
  if (encoded.size() < batch_prefix_bytes + batch_secret_bytes) return std::nullopt;
  const auto header = parse_batch_header(encoded.first(batch_header_bytes));
  if (!header || !header->log.scope.is_zero()) return std::nullopt;
  if (header->payload_length != encoded.size() - batch_prefix_bytes) return std::nullopt;
  const auto agent = encoded.subspan(8, 16);
  Bytes out;
  out.reserve(encoded.size());
  put(out, encoded.subspan(1, 3));
  put(out, encoded.subspan(8, 24));
  put(out, encoded.subspan(48, 16));
  put(out, encoded.subspan(68, 64));
  put(out, encoded.subspan(batch_header_bytes, 64 + batch_secret_bytes));
  ByteReader in(encoded.subspan(batch_prefix_bytes + batch_secret_bytes));
  for (unsigned i = 0; i < header->record_count; ++i) {
    const auto record = in.blob32();
    if (!in.ok() || !packs(record, agent)) return std::nullopt;
    put(out, record.first(author_at));
    put(out, record.subspan(record_header_bytes));
  }
  if (!in.done()) return std::nullopt;
  return out;
}

Result<Bytes> unpack_batch(ByteView packed) {
  if (packed.size() < packed_front_bytes)
    return fail(Errc::invalid, "packed batch: {} bytes, at least {} belong", packed.size(),
                packed_front_bytes);
  const std::size_t count = packed[1] | packed[2] << 8;
  if (count < 1 || count > batch_records_max)
    return fail(Errc::invalid, "packed batch: {} records, 1 to {} belong", count,
                batch_records_max);
  const auto agent = packed.subspan(3, 16);
  Bytes out;
  out.reserve(packed.size() + count * (4 + author_bytes) + 64);
  out.push_back(batch_version);
  put(out, packed.first(3));
  out.resize(8);  // Here goes the payload's length.
  put(out, packed.subspan(3, 24));
  out.resize(48);
  put(out, packed.subspan(27, 16));
  out.resize(68);
  put(out, packed.subspan(43, 64));
  out.resize(batch_header_bytes);
  put(out, packed.subspan(107, 64 + batch_secret_bytes));

  auto left = packed.subspan(packed_front_bytes);
  for (std::size_t i = 0; i < count; ++i) {
    const auto body = left.size() < author_at ? std::nullopt : body_bytes(left.subspan(author_at));
    if (!body) return fail(Errc::invalid, "packed batch: record {} cut short", i + 1);
    std::uint8_t length[4];
    put_length(record_header_bytes + *body, length);
    put(out, length);
    put(out, left.first(author_at));
    put(out, agent.first(author_bytes));
    put(out, left.subspan(author_at, *body));
    left = left.subspan(author_at + *body);
  }
  if (!left.empty()) return fail(Errc::invalid, "packed batch: {} bytes too many", left.size());
  if (out.size() > batch_bytes_max)
    return fail(Errc::too_large, "packed batch: {} bytes, limit {}", out.size(), batch_bytes_max);
  put_length(out.size() - batch_prefix_bytes, out.data() + 4);
  return out;
}

}  // namespace tocsin::mesh
