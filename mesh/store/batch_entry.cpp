#include "mesh/store/batch_entry.hpp"

#include "mesh/store/checksum.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t checksum_bytes = 8;

void store_big(std::uint64_t value, std::uint8_t* out) {
  for (int i = 7; i >= 0; --i, value >>= 8) out[i] = std::uint8_t(value);
}

std::uint64_t load_big(const std::uint8_t* from) {
  std::uint64_t out = 0;
  for (int i = 0; i < 8; ++i) out = out << 8 | from[i];
  return out;
}

void store_little(std::uint64_t value, std::size_t bytes, std::uint8_t* out) {
  for (std::size_t i = 0; i < bytes; ++i) out[i] = std::uint8_t(value >> (8 * i));
}

}  // namespace

BatchKey batch_key(const LogKey& log, std::uint64_t sequence) {
  BatchKey out;
  const auto key = encode_log_key(log);
  std::copy(key.begin(), key.end(), out.begin());
  store_big(sequence, out.data() + log_key_bytes);
  return out;
}

Result<std::pair<LogKey, std::uint64_t>> read_batch_key(ByteView key) {
  if (key.size() != batch_key_bytes) return fail(Errc::corrupt, "store: a key of {} bytes", key.size());
  const auto log = decode_log_key(key.first(log_key_bytes));
  if (!log) return fail(Errc::corrupt, "store: {}", log.error().message);
  return std::pair{*log, load_big(key.data() + log_key_bytes)};
}

PlaceKey place_key(Place place) {
  PlaceKey out;
  store_big(place.first_ordinal, out.data());
  store_big(place.arrival, out.data() + 8);
  return out;
}

Result<Place> read_place_key(ByteView key) {
  if (key.size() != place_key_bytes)
    return fail(Errc::corrupt, "store: a place of {} bytes", key.size());
  return Place{load_big(key.data()), load_big(key.data() + 8)};
}

Bytes order_value(const PlacedBatch& placed) {
  const auto key = batch_key(placed.batch.log, placed.batch.sequence);
  Bytes out(key.begin(), key.end());
  out.push_back(std::uint8_t(placed.batch.readable));
  out.push_back(std::uint8_t(placed.batch.readable >> 8));
  return out;
}

Result<PlacedBatch> read_order_entry(ByteView key, ByteView value) {
  const auto place = read_place_key(key);
  if (!place) return std::unexpected(place.error());
  if (value.size() != batch_key_bytes + 2)
    return fail(Errc::corrupt, "store: an entry of {} bytes in the order", value.size());
  const auto name = read_batch_key(value.first(batch_key_bytes));
  if (!name) return std::unexpected(name.error());
  const auto* readable = value.data() + batch_key_bytes;
  return PlacedBatch{{name->first, name->second, place->first_ordinal,
                      std::uint16_t(readable[0] | readable[1] << 8), nullptr},
                     *place};
}

void write_batch_value(const PlacedBatch& placed, MutableByteView out) {
  const auto& encoded = *placed.batch.encoded;
  TOCSIN_ASSERT(out.size() == batch_front_bytes + encoded.size());
  store_little(placed.place.first_ordinal, 8, out.data() + 8);
  store_little(placed.place.arrival, 8, out.data() + 16);
  store_little(placed.batch.readable, 8, out.data() + 24);
  std::copy(encoded.begin(), encoded.end(), out.begin() + batch_front_bytes);
  store_little(checksum(out.subspan(checksum_bytes)), 8, out.data());
}

Result<PlacedBatch> read_batch_value(const LogKey& log, std::uint64_t sequence, ByteView value) {
  const auto rotten = [&](std::string_view why) {
    return fail(Errc::corrupt, "store: batch {} of {}: {}", sequence, short_name(log), why);
  };
  if (value.size() < batch_front_bytes + batch_prefix_bytes) return rotten("cut short");
  ByteReader in(value);
  if (in.u64() != checksum(value.subspan(checksum_bytes)))
    return rotten("the bytes do not match their checksum");
  PlacedBatch out;
  out.place.first_ordinal = in.u64();
  out.place.arrival = in.u64();
  const auto readable = in.u64();
  const auto encoded = value.subspan(batch_front_bytes);
  const auto header = parse_batch_header(encoded.first(batch_header_bytes));
  if (!header || header->log != log || header->sequence != sequence)
    return rotten("another batch stands in its place");
  out.batch = {log, sequence, out.place.first_ordinal, std::uint16_t(readable),
               std::make_shared<const Bytes>(encoded.begin(), encoded.end())};
  return out;
}

}  // namespace tocsin::mesh
