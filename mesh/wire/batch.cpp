#include "mesh/wire/batch.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::uint8_t batch_version = 1;
constexpr std::size_t short_name_bytes = 10;

bool is_log_class(std::uint8_t value) { return value >= 1 && value <= 4; }

Bytes encode_header(const BatchHeader& header) {
  ByteWriter out;
  out.u8(batch_version);
  out.u8(std::uint8_t(header.log.log_class));
  out.u16(header.record_count);
  out.u32(header.payload_length);
  out.fixed(header.log.agent);
  out.u64(header.log.epoch);
  out.fixed(header.log.scope);
  out.u64(header.sequence);
  out.u64(std::uint64_t(header.time.ms));
  out.u32(0);  // flags
  out.fixed(header.previous);
  out.fixed(header.root);
  out.fixed(header.payload_digest);
  return std::move(out).take();
}

// The leaves' root, for the secret at the front of a payload in clear.
Digest root_of(ByteView secret, std::span<const RecordView> records) {
  std::vector<crypto::Salt> salts(records.size());
  crypto::salts_of(secret, salts);
  std::vector<Digest> leaves(records.size());
  for (std::size_t i = 0; i < records.size(); ++i)
    leaves[i] = crypto::leaf_digest(salts[i], records[i].bytes);
  return crypto::merkle_root(leaves);
}

Result<std::vector<RecordView>> split_records(ByteView in, std::size_t count) {
  std::vector<RecordView> out;
  out.reserve(count);
  ByteReader reader(in);
  for (std::size_t i = 0; i < count; ++i) {
    const auto bytes = reader.blob32();
    if (!reader.ok()) return fail(Errc::invalid, "batch: record {} of {} cut short", i + 1, count);
    const auto record = view_record(bytes);
    if (!record) return std::unexpected(record.error());
    out.push_back(*record);
  }
  if (!reader.done()) return fail(Errc::invalid, "batch: {} bytes too many", reader.left());
  return out;
}

Result<Bytes> payload_in_clear(const Batch& batch, const crypto::SecretKey* scope_key) {
  const auto payload = batch.payload();
  if (!batch.sealed()) return Bytes(payload.begin(), payload.end());
  if (scope_key == nullptr)
    return fail(Errc::unauthenticated, "no key for the scope of {}", short_name(batch.header.log));
  if (const auto carried = check_sealed(batch); !carried) return std::unexpected(carried.error());
  return crypto::open(*scope_key, batch.header_bytes().first(batch_ad_bytes), payload);
}

// The payload in clear: secret, then the records.
Result<Bytes> write_payload(const BatchDraft& draft, Entropy& entropy,
                            std::vector<RecordView>& records) {
  std::size_t bytes = batch_secret_bytes;
  for (const auto& record : draft.records) {
    const auto view = view_record(record);
    if (!view) return std::unexpected(view.error());
    if (const auto fits = check_in_log(*view, draft.log); !fits)
      return std::unexpected(fits.error());
    records.push_back(*view);
    bytes += 4 + record.size();
  }
  const auto sealing = draft.log.scope.is_zero() ? 0 : crypto::sealed_overhead;
  if (batch_prefix_bytes + sealing + bytes > batch_bytes_max)
    return fail(Errc::too_large, "batch: records of {} bytes, limit {}", bytes, batch_bytes_max);

  Bytes out(batch_secret_bytes);
  out.reserve(bytes);
  entropy.fill(out);
  for (const auto& record : draft.records) {
    const auto n = record.size();
    for (int shift = 0; shift < 32; shift += 8) out.push_back(std::uint8_t(n >> shift));
    out.insert(out.end(), record.begin(), record.end());
  }
  return out;
}

}  // namespace

std::string_view name_of(LogClass log_class) {
  switch (log_class) {
    case LogClass::urgent: return "urgent";
    case LogClass::indicator: return "indicator";
    case LogClass::case_: return "case";
    case LogClass::control: return "control";
  }
  return "unknown";
}

Bytes encode_log_key(const LogKey& key) {
  Bytes out;
  out.reserve(log_key_bytes);
  out.insert(out.end(), key.agent.data.begin(), key.agent.data.end());
  for (int shift = 56; shift >= 0; shift -= 8) out.push_back(std::uint8_t(key.epoch >> shift));
  out.insert(out.end(), key.scope.data.begin(), key.scope.data.end());
  out.push_back(std::uint8_t(key.log_class));
  return out;
}

Result<LogKey> decode_log_key(ByteView bytes) {
  if (bytes.size() != log_key_bytes)
    return fail(Errc::invalid, "log key: {} bytes, {} belong", bytes.size(), log_key_bytes);
  if (!is_log_class(bytes.back()))
    return fail(Errc::invalid, "log key: unknown class {}", bytes.back());
  ByteReader in(bytes);
  LogKey out;
  out.agent = in.fixed<AgentId>();
  for (int i = 0; i < 8; ++i) out.epoch = out.epoch << 8 | in.u8();
  out.scope = in.fixed<ScopeId>();
  out.log_class = LogClass(in.u8());
  return out;
}

std::string short_name(const LogKey& key) {
  const auto digest = crypto::blake2b(encode_log_key(key));
  return to_base32(digest.view().first(short_name_bytes));
}

Result<BatchHeader> parse_batch_header(ByteView bytes) {
  if (bytes.size() != batch_header_bytes)
    return fail(Errc::invalid, "batch header: {} bytes, {} belong", bytes.size(),
                batch_header_bytes);
  ByteReader in(bytes);
  const auto version = in.u8();
  const auto log_class = in.u8();
  BatchHeader out;
  out.record_count = in.u16();
  out.payload_length = in.u32();
  out.log.agent = in.fixed<AgentId>();
  out.log.epoch = in.u64();
  out.log.scope = in.fixed<ScopeId>();
  out.sequence = in.u64();
  const auto ms = in.u64();
  const auto flags = in.u32();
  out.previous = in.fixed<Digest>();
  out.root = in.fixed<Digest>();
  out.payload_digest = in.fixed<Digest>();

  if (version != batch_version)
    return fail(Errc::invalid, "batch: version {}, known is {}", version, batch_version);
  if (!is_log_class(log_class)) return fail(Errc::invalid, "batch: unknown class {}", log_class);
  if (out.record_count < 1 || out.record_count > batch_records_max)
    return fail(Errc::invalid, "batch: {} records, 1 to {} belong", out.record_count,
                batch_records_max);
  if (flags != 0) return fail(Errc::invalid, "batch: unknown flags {:#x}", flags);
  if (ms > std::uint64_t(record_time_ms_max))
    return fail(Errc::invalid, "batch: time beyond the year 9999");
  if (out.sequence > batch_sequence_max)
    return fail(Errc::invalid, "batch: sequence {}, limit {}", out.sequence, batch_sequence_max);
  if (out.sequence == 0 || (out.sequence == 1) != out.previous.is_zero())
    return fail(Errc::invalid, "batch: sequence {} does not fit its previous id", out.sequence);
  if (out.log.scope.is_zero() != out.payload_digest.is_zero())
    return fail(Errc::invalid, "batch: scope and payload digest do not fit");
  out.log.log_class = LogClass(log_class);
  out.time = {std::int64_t(ms)};
  return out;
}

Result<Batch> parse_batch(Bytes encoded) {
  if (encoded.size() > batch_bytes_max)
    return fail(Errc::too_large, "batch: {} bytes, limit {}", encoded.size(), batch_bytes_max);
  if (encoded.size() < batch_prefix_bytes)
    return fail(Errc::invalid, "batch: {} bytes, at least {} belong", encoded.size(),
                batch_prefix_bytes);
  const auto header = parse_batch_header(ByteView(encoded).first(batch_header_bytes));
  if (!header) return std::unexpected(header.error());
  if (header->payload_length != encoded.size() - batch_prefix_bytes)
    return fail(Errc::invalid, "batch: payload of {} bytes where the header says {}",
                encoded.size() - batch_prefix_bytes, header->payload_length);

  Batch out{*header, {}, std::move(encoded), {}};
  std::copy_n(out.encoded.begin() + batch_header_bytes, SignatureBytes::size,
              out.signature.data.begin());
  out.id = crypto::blake2b(out.header_bytes());
  return out;
}

Result<void> verify_signature(const Batch& batch, const crypto::CertificateBody& author,
                              const FederationId& federation) {
  const auto& header = batch.header;
  if (author.kind != crypto::CertificateKind::agent || author.id() != header.log.agent)
    return fail(Errc::unauthenticated, "batch {} of {}: the certificate is another's",
                header.sequence, short_name(header.log));
  if (!crypto::verify(crypto::Label::batch, federation, batch.header_bytes(), author.signing,
                      batch.signature))
    return fail(Errc::unauthenticated, "batch {} of {}: the signature does not fit",
                header.sequence, short_name(header.log));
  if (header.time < author.not_before || header.time >= author.not_after)
    return fail(Errc::expired, "batch {} of {}: signed outside its certificate of {}",
                header.sequence, short_name(header.log), author.name);
  return {};
}

Result<void> check_in_log(const RecordView& record, const LogKey& log) {
  if (record.header.author != log.agent.prefix())
    return fail(Errc::unauthenticated, "record of another author in {}", short_name(log));
  const auto tlp = record.header.marking.tlp;
  if (log.scope.is_zero() && tlp != Tlp::clear && tlp != Tlp::green)
    return fail(Errc::marking, "TLP:{} in the scope of all members", name_of(tlp));
  return check_record(record);
}

Result<void> check_sealed(const Batch& batch) {
  if (crypto::blake2b(batch.payload()) != batch.header.payload_digest)
    return fail(Errc::unauthenticated, "batch {} of {}: the payload does not fit its digest",
                batch.header.sequence, short_name(batch.header.log));
  return {};
}

Result<OpenedBatch> open_batch(const Batch& batch, const crypto::SecretKey* scope_key) {
  auto payload = payload_in_clear(batch, scope_key);
  if (!payload) return std::unexpected(payload.error());
  if (payload->size() < batch_secret_bytes) return fail(Errc::invalid, "batch: no secret");

  auto records =
      split_records(ByteView(*payload).subspan(batch_secret_bytes), batch.header.record_count);
  if (!records) return std::unexpected(records.error());
  if (root_of(ByteView(*payload).first(batch_secret_bytes), *records) != batch.header.root)
    return fail(Errc::unauthenticated, "batch {} of {}: the records do not fit the signed root",
                batch.header.sequence, short_name(batch.header.log));
  for (const auto& record : *records)
    if (const auto fits = check_in_log(record, batch.header.log); !fits)
      return std::unexpected(fits.error());
  return OpenedBatch{std::move(*payload), std::move(*records)};
}

Result<OpenedBatch> open_kept(const Batch& batch, const crypto::SecretKey* scope_key) {
  OpenedBatch out;
  auto clear = batch.payload();
  if (batch.sealed()) {
    if (scope_key == nullptr)
      return fail(Errc::unauthenticated, "no key for the scope of {}",
                  short_name(batch.header.log));
    auto opened =
        crypto::open(*scope_key, batch.header_bytes().first(batch_ad_bytes), batch.payload());
    if (!opened) return std::unexpected(opened.error());
    out.payload = std::move(*opened);
    clear = out.payload;
  }
  if (clear.size() < batch_secret_bytes) return fail(Errc::invalid, "batch: no secret");
  auto records = split_records(clear.subspan(batch_secret_bytes), batch.header.record_count);
  if (!records) return std::unexpected(records.error());
  for (const auto& record : *records)
    if (const auto fits = check_in_log(record, batch.header.log); !fits)
      return std::unexpected(fits.error());
  out.records = std::move(*records);
  return out;
}

Result<Batch> sign_batch(const BatchDraft& draft, const crypto::SigningKey& key,
                         const FederationId& federation, const crypto::SecretKey* scope_key,
                         Entropy& entropy) {
  if (draft.records.empty()) return fail(Errc::usage, "a batch holds at least one record");
  if (draft.records.size() > batch_records_max)
    return fail(Errc::too_large, "batch: {} records, limit {}", draft.records.size(),
                batch_records_max);
  const bool sealed = !draft.log.scope.is_zero();
  if (sealed && scope_key == nullptr) return fail(Errc::usage, "a named scope needs its key");

  std::vector<RecordView> records;
  auto payload = write_payload(draft, entropy, records);
  if (!payload) return std::unexpected(payload.error());

  BatchHeader header{draft.log, std::uint16_t(records.size()), 0, draft.sequence, draft.time,
                     draft.previous, {}, {}};
  header.payload_length = std::uint32_t(payload->size() + (sealed ? crypto::sealed_overhead : 0));
  header.root = root_of(ByteView(*payload).first(batch_secret_bytes), records);
  if (sealed) {
    const auto encoded = encode_header(header);
    *payload = crypto::seal(*scope_key, ByteView(encoded).first(batch_ad_bytes), *payload, entropy);
    header.payload_digest = crypto::blake2b(*payload);
  }
  auto encoded = encode_header(header);
  const auto signature = key.sign(crypto::Label::batch, federation, encoded);
  encoded.reserve(batch_prefix_bytes + payload->size());
  encoded.insert(encoded.end(), signature.data.begin(), signature.data.end());
  encoded.insert(encoded.end(), payload->begin(), payload->end());
  return parse_batch(std::move(encoded));
}

}  // namespace tocsin::mesh
