#include "mesh/sync/bundle.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::string_view magic = "TOCSINB1";
constexpr std::size_t wrap_bytes = crypto::wrap_overhead + crypto::SecretKey::size;
constexpr std::size_t length_bytes = 4;

Bytes wrap_context(const FederationId& federation, const BundleId& id, const AgentId& agent) {
  ByteWriter out;
  out.fixed(federation);
  out.fixed(id);
  out.fixed(agent);
  return std::move(out).take();
}

// Ties a segment to its place in this very bundle.
Bytes segment_context(const Digest& head, std::uint32_t index) {
  ByteWriter out;
  out.fixed(head);
  out.u32(index);
  return std::move(out).take();
}

Bytes encode_header(const BundleHeader& header) {
  ByteWriter out;
  out.fixed(header.federation);
  out.fixed(header.id);
  out.u64(std::uint64_t(header.created.ms));
  out.u64(std::uint64_t(header.since.ms));
  out.u32(header.segments);
  out.u64(header.batches);
  out.u64(header.records);
  out.text8(header.to);
  out.text16(text_of(header.certificate));
  out.u16(std::uint16_t(header.recipients.size()));
  for (const auto& recipient : header.recipients) {
    out.fixed(recipient.agent);
    out.raw(recipient.wrap);
  }
  return std::move(out).take();
}

Result<BundleHeader> decode_header(ByteView bytes) {
  ByteReader in(bytes);
  BundleHeader out;
  out.federation = in.fixed<FederationId>();
  out.id = in.fixed<BundleId>();
  const auto created = in.u64(), since = in.u64();
  out.segments = in.u32();
  out.batches = in.u64();
  out.records = in.u64();
  out.to = std::string(in.text8());
  const auto certificate = bytes_of(in.text16());
  out.certificate.assign(certificate.begin(), certificate.end());
  const auto recipients = in.u16();
  if (recipients < 1 || recipients > bundle_recipients_max)
    return fail(Errc::invalid, "bundle: {} recipients, 1 to {} belong", recipients,
                bundle_recipients_max);
  for (std::size_t i = 0; i < recipients && in.ok(); ++i) {
    const auto agent = in.fixed<AgentId>();
    const auto wrap = in.raw(wrap_bytes);
    if (i > 0 && in.ok() && !(out.recipients.back().agent < agent))
      return fail(Errc::invalid, "bundle: its recipients are not in order");
    out.recipients.push_back({agent, {wrap.begin(), wrap.end()}});
  }
  if (!in.done()) return fail(Errc::invalid, "bundle: its header does not fit its length");
  if (created > std::uint64_t(record_time_ms_max) || since > created)
    return fail(Errc::invalid, "bundle: times that cannot be");
  if (!crypto::is_name(out.to)) return fail(Errc::invalid, "bundle: no organisation's name");
  if (out.certificate.size() > crypto::certificate_bytes_max)
    return fail(Errc::invalid, "bundle: a certificate of {} bytes", out.certificate.size());
  if (out.segments > bundle_segments_max)
    return fail(Errc::too_large, "bundle: {} segments, limit {}", out.segments,
                bundle_segments_max);
  out.created = {std::int64_t(created)};
  out.since = {std::int64_t(since)};
  return out;
}

}  // namespace

bool SegmentPacker::add(SegmentKind kind, std::size_t item_bytes) {
  const bool fits = segments_ > 0 && kind == kind_ && items_ < bundle_segment_items_max &&
                    bytes_ + length_bytes + item_bytes <= bundle_segment_bytes_max;
  if (!fits) {
    kind_ = kind;
    bytes_ = 1;
    items_ = 0;
    ++segments_;
  }
  bytes_ += length_bytes + item_bytes;
  ++items_;
  return !fits;
}

Result<BundleWriter> BundleWriter::begin(BundleHeader header,
                                         const std::vector<BundleReaderKey>& recipients,
                                         const crypto::SigningKey& key, Entropy& entropy) {
  if (recipients.empty())
    return fail(Errc::usage, "bundle: {} has no agent that could open it", header.to);
  if (recipients.size() > bundle_recipients_max || header.segments > bundle_segments_max)
    return fail(Errc::too_large, "bundle: {} recipients and {} segments, limits {} and {}",
                recipients.size(), header.segments, bundle_recipients_max, bundle_segments_max);
  BundleWriter out;
  out.id_ = header.id = entropy.make<BundleId>();
  out.key_ = entropy.make<crypto::SecretKey>();
  out.announced_ = header.segments;
  header.recipients.clear();
  for (const auto& recipient : recipients)
    header.recipients.push_back(
        {recipient.agent,
         crypto::wrap(recipient.sealing,
                      wrap_context(header.federation, header.id, recipient.agent),
                      out.key_.view(), entropy)});
  const auto body = encode_header(header);
  ByteWriter head;
  head.raw(bytes_of(magic));
  head.u32(std::uint32_t(body.size()));
  head.raw(body);
  const auto signature = key.sign(crypto::Label::bundle, header.federation, head.bytes());
  head.fixed(signature);
  out.head_ = std::move(head).take();
  out.head_digest_ = crypto::blake2b(out.head_);
  return out;
}

Result<Bytes> BundleWriter::add(SegmentKind kind, ByteView item, Entropy& entropy) {
  if (item.empty() || 1 + length_bytes + item.size() > bundle_segment_bytes_max)
    return fail(Errc::too_large, "bundle: an item of {} bytes", item.size());
  Bytes out;
  if (packer_.add(kind, item.size())) {
    if (packer_.segments() > announced_)
      return fail(Errc::corrupt, "bundle: more than the {} segments that were announced",
                  announced_);
    if (!plain_.empty()) out = seal_segment(entropy);
    plain_.assign(1, std::uint8_t(kind));
  }
  for (int shift = 0; shift < 32; shift += 8)
    plain_.push_back(std::uint8_t(item.size() >> shift));
  plain_.insert(plain_.end(), item.begin(), item.end());
  return out;
}

Result<Bytes> BundleWriter::finish(Entropy& entropy) {
  Bytes out;
  if (!plain_.empty()) out = seal_segment(entropy);
  if (written_ != announced_)
    return fail(Errc::corrupt, "bundle: {} segments where {} were announced", written_,
                announced_);
  return out;
}

Bytes BundleWriter::seal_segment(Entropy& entropy) {
  const auto sealed =
      crypto::seal(key_, segment_context(head_digest_, written_++), plain_, entropy);
  plain_.clear();
  ByteWriter out;
  out.blob32(sealed);
  return std::move(out).take();
}

void BundleReader::expect(Part part, std::size_t bytes) {
  part_ = part;
  needs_ = bytes;
}

Result<void> BundleReader::take(ByteView bytes) {
  TOCSIN_ASSERT(bytes.size() == needs_);
  segment_.reset();
  switch (part_) {
    case Part::prefix: {
      if (text_of(bytes.first(magic.size())) != magic)
        return fail(Errc::invalid, "this is no bundle, or one of another version");
      ByteReader in(bytes.subspan(magic.size()));
      const auto length = in.u32();
      if (length > bundle_header_bytes_max)
        return fail(Errc::too_large, "bundle: a header of {} bytes, limit {}", length,
                    bundle_header_bytes_max);
      head_.assign(bytes.begin(), bytes.end());
      expect(Part::head, length + SignatureBytes::size);
      return {};
    }
    case Part::head: return take_head(bytes);
    case Part::length: {
      ByteReader in(bytes);
      const auto length = in.u32();
      if (length <= crypto::sealed_overhead ||
          length > bundle_segment_bytes_max + crypto::sealed_overhead)
        return fail(Errc::invalid, "bundle: segment {} of {} bytes", read_ + 1, length);
      expect(Part::segment, length);
      return {};
    }
    case Part::segment: return take_segment(bytes);
    case Part::end: return {};
  }
  return fail(Errc::invalid, "bundle: unknown part");
}

Result<void> BundleReader::take_head(ByteView bytes) {
  auto header = decode_header(bytes.first(bytes.size() - SignatureBytes::size));
  if (!header) return std::unexpected(header.error());
  header_ = std::move(*header);
  head_.insert(head_.end(), bytes.begin(), bytes.end());
  head_digest_ = crypto::blake2b(head_);
  if (header_->segments == 0 && (header_->batches != 0 || header_->records != 0))
    return fail(Errc::invalid, "bundle: batches without a segment");
  expect(header_->segments == 0 ? Part::end : Part::length,
         header_->segments == 0 ? 0 : length_bytes);
  return {};
}

Result<void> BundleReader::verify(const crypto::CertificateBody& author) const {
  TOCSIN_ASSERT(header_.has_value());
  if (author.kind != crypto::CertificateKind::agent)
    return fail(Errc::unauthenticated, "bundle: {} is no agent", author.name);
  if (header_->created < author.not_before || header_->created >= author.not_after)
    return fail(Errc::expired, "bundle: made outside the certificate of {}/{}", author.org,
                author.name);
  const auto signed_part = ByteView(head_).first(head_.size() - SignatureBytes::size);
  const auto signature = SignatureBytes::from(ByteView(head_).last(SignatureBytes::size));
  if (!crypto::verify(crypto::Label::bundle, header_->federation, signed_part, author.signing,
                      *signature))
    return fail(Errc::unauthenticated, "bundle: the signature of {}/{} does not fit: the file was "
                "altered", author.org, author.name);
  return {};
}

Result<void> BundleReader::unlock(const AgentId& agent, const crypto::ExchangeKey& sealing) {
  TOCSIN_ASSERT(header_.has_value());
  for (const auto& recipient : header_->recipients) {
    if (recipient.agent != agent) continue;
    const auto key = crypto::unwrap(
        sealing, wrap_context(header_->federation, header_->id, agent), recipient.wrap);
    if (!key) return within("bundle", key.error());
    const auto secret = crypto::SecretKey::from(*key);
    if (!secret) return within("bundle", secret.error());
    key_ = *secret;
    return {};
  }
  return fail(Errc::refused, "the bundle is sealed to agents of {}, and this agent is none of them",
              header_->to);
}

Result<void> BundleReader::take_segment(ByteView bytes) {
  const auto index = read_++;
  if (key_) {
    auto plain = crypto::open(*key_, segment_context(head_digest_, index), bytes);
    if (!plain) return within(fmt::format("bundle: segment {}", index + 1), plain.error());
    plain_ = std::move(*plain);
    if (auto done = split(plain_); !done) return done;
  }
  if (read_ < header_->segments) {
    expect(Part::length, length_bytes);
    return {};
  }
  expect(Part::end, 0);
  if (key_ && (batches_ != header_->batches || records_ != header_->records))
    return fail(Errc::invalid, "bundle: {} batches and {} records where its header says {} and {}",
                batches_, records_, header_->batches, header_->records);
  return {};
}

Result<void> BundleReader::split(ByteView plain) {
  ByteReader in(plain);
  const auto kind = in.u8();
  Segment out;
  out.kind = SegmentKind(kind);
  if (out.kind != SegmentKind::certificates && out.kind != SegmentKind::batches &&
      out.kind != SegmentKind::fork_proofs)
    return fail(Errc::invalid, "bundle: segment {} of unknown kind {}", read_, kind);
  while (in.ok() && in.left() > 0) {
    const auto item = in.blob32();
    if (!in.ok() || item.empty() || out.items.size() == bundle_segment_items_max) break;
    if (out.kind == SegmentKind::batches)
      if (auto counted = count_batch(item); !counted) return counted;
    if (out.kind == SegmentKind::fork_proofs && item.size() != bundle_proof_bytes)
      return fail(Errc::invalid, "bundle: segment {}: a proof of {} bytes", read_, item.size());
    out.items.push_back(item);
  }
  if (!in.done() || out.items.empty())
    return fail(Errc::invalid, "bundle: segment {} cannot be split", read_);
  segment_ = std::move(out);
  return {};
}

Result<void> BundleReader::count_batch(ByteView item) {
  if (item.size() < batch_prefix_bytes || item.size() > batch_bytes_max)
    return fail(Errc::invalid, "bundle: segment {}: a batch of {} bytes", read_, item.size());
  const auto header = parse_batch_header(item.first(batch_header_bytes));
  if (!header) return within(fmt::format("bundle: segment {}", read_), header.error());
  ++batches_;
  records_ += header->record_count;
  return {};
}

}  // namespace tocsin::mesh
