#include "mesh/wire/record.hpp"

#include <array>

namespace tocsin::mesh {
namespace {

constexpr std::uint8_t record_version = 1;
constexpr std::array<std::string_view, 27> kind_names{
    "indicator", "sighting", "retraction", "dispute", "incident", "note", "playbook", "run_event",
    "approval", "effect", "impact", "repair", "aid", "transfer", "report", "receipt", "drill",
    "certificate", "revocation", "witness", "checkpoint", "scope_key", "sealed_note", "release",
    "trust", "forks", "scope_wrap"};
constexpr std::array<std::string_view, 10> type_names{"ipv4", "ipv6", "cidr", "domain", "url",
                                                      "sha256", "sha1", "md5", "email", "pattern"};

bool in(std::uint8_t value, std::uint8_t first, std::uint8_t last) {
  return value >= first && value <= last;
}

std::uint64_t load64(const std::uint8_t* from) {
  std::uint64_t out = 0;
  for (int i = 7; i >= 0; --i) out = (out << 8) | from[i];
  return out;
}

void write_header(ByteWriter& out, const RecordHeader& header) {
  TOCSIN_ASSERT(header.created.ms >= 0 && header.created.ms <= record_time_ms_max);
  out.u8(record_version);
  out.u8(std::uint8_t(header.kind));
  out.u8(std::uint8_t(header.marking.tlp));
  out.u8(std::uint8_t(header.marking.pap));
  out.u64(std::uint64_t(header.created.ms));
  out.u64(header.author);
}

// The parts of an indicator's body before the labels.
struct IndicatorFront {
  std::uint8_t type, confidence;
  std::uint32_t expires_s;
  ByteView value, rest;
};

Result<IndicatorFront> indicator_front(ByteView body) {
  ByteReader in_body(body);
  IndicatorFront out{};
  out.type = in_body.u8();
  out.confidence = in_body.u8();
  out.expires_s = in_body.u32();
  const auto value_bytes = in_body.u16();
  out.value = in_body.raw(value_bytes);
  if (!in_body.ok()) return fail(Errc::invalid, "indicator: cut short");
  if (!in(out.type, 1, 10)) return fail(Errc::invalid, "indicator: unknown type {}", out.type);
  if (out.confidence > 100)
    return fail(Errc::invalid, "indicator: confidence {} over 100", out.confidence);
  if (out.value.empty() || out.value.size() > indicator_value_bytes_max)
    return fail(Errc::invalid, "indicator: value of {} bytes, limit 1 to {}", out.value.size(),
                indicator_value_bytes_max);
  const auto breaks =
      out.type == std::uint8_t(IndicatorType::pattern) ? LineBreaks::allowed : LineBreaks::refused;
  if (!is_clean_text(out.value, breaks))
    return fail(Errc::invalid, "indicator: value is no UTF-8 text without control characters");
  out.rest = body.subspan(8 + out.value.size());
  return out;
}

// Hands each label to `each`; false when the bytes are not well-formed labels.
template <typename Each>
bool walk_labels(ByteView rest, Each each) {
  ByteReader in_rest(rest);
  const auto count = in_rest.u8();
  if (count > indicator_labels_max) return false;
  for (unsigned i = 0; i < count; ++i) {
    const auto label = in_rest.text8();
    if (!in_rest.ok() || label.empty() || label.size() > indicator_label_bytes_max) return false;
    if (!is_clean_text(bytes_of(label), LineBreaks::refused)) return false;
    each(label);
  }
  return in_rest.done();
}

Error bad_labels() {
  return Error{Errc::invalid, fmt::format("indicator: labels are not at most {} of 1 to {} bytes",
                                          indicator_labels_max, indicator_label_bytes_max)};
}

// Hands each field to `each`; the first thing wrong ends the walk.
template <typename Each>
Result<void> walk_fields(ByteView body, Each each) {
  std::size_t count = 0;
  std::uint8_t last = 0;
  while (!body.empty()) {
    if (body.size() < 5) return fail(Errc::invalid, "record: field cut short");
    const auto tag = body[0];
    const std::size_t bytes = body[1] | body[2] << 8 | body[3] << 16 | std::size_t(body[4]) << 24;
    if (bytes > body.size() - 5) return fail(Errc::invalid, "record: field {} cut short", tag);
    if (tag < last) return fail(Errc::invalid, "record: field {} behind field {}", tag, last);
    if (++count > FieldReader::fields_max)
      return fail(Errc::too_large, "record: over {} fields", FieldReader::fields_max);
    last = tag;
    each(tag, body.subspan(5, bytes));
    body = body.subspan(5 + bytes);
  }
  return {};
}

}  // namespace

namespace {
bool is_kind(std::uint8_t n) {
  return in(n, 1, kind_names.size()) && !kind_names[n - 1u].empty();
}
}  // namespace

std::string_view name_of(RecordKind kind) {
  const auto n = std::uint8_t(kind);
  return is_kind(n) ? kind_names[n - 1u] : "unknown";
}

std::string_view name_of(IndicatorType type) {
  const auto n = std::uint8_t(type);
  return in(n, 1, type_names.size()) ? type_names[n - 1u] : "unknown";
}

Result<IndicatorType> indicator_type_from(std::string_view name) {
  for (std::size_t i = 0; i < type_names.size(); ++i)
    if (type_names[i] == name) return IndicatorType(i + 1);
  return std::unexpected(
      Error{Errc::invalid, fmt::format("'{:.40}' is no indicator type", name),
            "use ipv4, ipv6, cidr, domain, url, sha256, sha1, md5, email or pattern"});
}

Result<RecordView> view_record(ByteView bytes) {
  if (bytes.size() < record_header_bytes)
    return fail(Errc::invalid, "record: {} bytes, at least {} belong", bytes.size(),
                record_header_bytes);
  if (bytes.size() > record_bytes_max)
    return fail(Errc::too_large, "record: {} bytes, limit {}", bytes.size(), record_bytes_max);
  if (bytes[0] != record_version)
    return fail(Errc::invalid, "record: version {}, known is {}", bytes[0], record_version);
  if (!is_kind(bytes[1]))
    return fail(Errc::invalid, "record: unknown kind {}", bytes[1]);
  if (!in(bytes[2], 1, 5)) return fail(Errc::invalid, "record: unknown TLP {}", bytes[2]);
  if (!in(bytes[3], 1, 4)) return fail(Errc::invalid, "record: unknown PAP {}", bytes[3]);
  const auto created = load64(bytes.data() + 4);
  if (created > std::uint64_t(record_time_ms_max))
    return fail(Errc::invalid, "record: creation time beyond the year 9999");

  RecordHeader header{RecordKind(bytes[1]), {Tlp(bytes[2]), Pap(bytes[3])},
                      {std::int64_t(created)}, load64(bytes.data() + 12)};
  return RecordView{header, bytes.subspan(record_header_bytes), bytes};
}

Result<void> check_record(const RecordView& record) {
  if (record.header.kind != RecordKind::indicator)
    return walk_fields(record.body, [](std::uint8_t, ByteView) {});
  const auto front = indicator_front(record.body);
  if (!front) return std::unexpected(front.error());
  if (!walk_labels(front->rest, [](std::string_view) {})) return std::unexpected(bad_labels());
  return {};
}

Bytes encode_indicator(const RecordHeader& header, const IndicatorBody& body) {
  const auto expires_s = body.expires.ms / 1000;
  TOCSIN_ASSERT(header.kind == RecordKind::indicator);
  TOCSIN_ASSERT(expires_s >= 0 && expires_s <= 0xffffffff);
  TOCSIN_ASSERT(body.value.size() <= indicator_value_bytes_max);
  TOCSIN_ASSERT(body.labels.size() <= indicator_labels_max);
  ByteWriter out;
  write_header(out, header);
  out.u8(std::uint8_t(body.type));
  out.u8(body.confidence);
  out.u32(std::uint32_t(expires_s));
  out.text16(body.value);
  out.u8(std::uint8_t(body.labels.size()));
  for (const auto& label : body.labels) out.text8(label);
  return std::move(out).take();
}

Result<IndicatorBody> view_indicator(const RecordView& record) {
  if (record.header.kind != RecordKind::indicator)
    return fail(Errc::invalid, "a {} record is no indicator", name_of(record.header.kind));
  const auto front = indicator_front(record.body);
  if (!front) return std::unexpected(front.error());
  IndicatorBody out{IndicatorType(front->type), front->confidence,
                    {std::int64_t(front->expires_s) * 1000}, text_of(front->value), {}};
  if (!walk_labels(front->rest, [&](std::string_view label) { out.labels.push_back(label); }))
    return std::unexpected(bad_labels());
  return out;
}

IndicatorKey indicator_key(const RecordView& record) {
  const auto* body = record.body.data();
  const std::uint32_t expires_s =
      body[2] | body[3] << 8 | body[4] << 16 | std::uint32_t(body[5]) << 24;
  const std::size_t value_bytes = body[6] | body[7] << 8;
  return {IndicatorType(body[0]), text_of(record.body.subspan(8, value_bytes)), expires_s};
}

FieldWriter::FieldWriter(const RecordHeader& header) { write_header(out_, header); }

FieldWriter& FieldWriter::bytes(std::uint8_t tag, ByteView value) {
  TOCSIN_ASSERT(tag >= last_);
  last_ = tag;
  out_.u8(tag);
  out_.blob32(value);
  return *this;
}

FieldWriter& FieldWriter::text(std::uint8_t tag, std::string_view value) {
  return bytes(tag, bytes_of(value));
}

FieldWriter& FieldWriter::number(std::uint8_t tag, std::uint64_t value) {
  ByteWriter eight;
  eight.u64(value);
  return bytes(tag, eight.bytes());
}

Bytes FieldWriter::take() && { return std::move(out_).take(); }

Result<FieldReader> FieldReader::make(const RecordView& record) {
  FieldReader out;
  const auto walked = walk_fields(record.body, [&](std::uint8_t tag, ByteView value) {
    out.fields_.emplace_back(tag, value);
  });
  if (!walked) return std::unexpected(walked.error());
  return out;
}

bool FieldReader::has(std::uint8_t tag) const {
  for (const auto& [field, value] : fields_)
    if (field == tag) return true;
  return false;
}

ByteView FieldReader::bytes(std::uint8_t tag) const {
  for (const auto& [field, value] : fields_)
    if (field == tag) return value;
  return {};
}

std::string_view FieldReader::text(std::uint8_t tag) const { return text_of(bytes(tag)); }

std::uint64_t FieldReader::number(std::uint8_t tag) const {
  const auto value = bytes(tag);
  return value.size() == 8 ? load64(value.data()) : 0;
}

std::vector<ByteView> FieldReader::all(std::uint8_t tag) const {
  std::vector<ByteView> out;
  for (const auto& [field, value] : fields_)
    if (field == tag) out.push_back(value);
  return out;
}

}  // namespace tocsin::mesh
