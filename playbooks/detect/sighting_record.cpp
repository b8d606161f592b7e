#include "playbooks/detect/sighting_record.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::uint8_t tag(SightingTag which) { return std::uint8_t(which); }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

Digest value_key(mesh::IndicatorType type, std::string_view canonical_value) {
  const std::uint8_t number = std::uint8_t(type);
  return crypto::blake2b({bytes_of("tocsin.value"), ByteView(&number, 1), bytes_of(canonical_value)});
}

bool is_technique(std::string_view text) {
  if (text.size() != 5 && text.size() != 9) return false;
  if (text[0] != 'T') return false;
  for (std::size_t at = 1; at < text.size(); ++at)
    if (at == 5 ? text[at] != '.' : !is_digit(text[at])) return false;
  return true;
}

std::string technique_of(const std::vector<std::string_view>& labels) {
  for (const auto label : labels)
    if (is_technique(label)) return std::string(label);
  return {};
}

Bytes encode_sighting(const mesh::RecordHeader& header, const Sighting& sighting) {
  mesh::FieldWriter out(header);
  out.fixed(tag(SightingTag::indicator), sighting.indicator)
      .number(tag(SightingTag::type), std::uint64_t(sighting.type))
      .fixed(tag(SightingTag::value_key), sighting.value_key)
      .number(tag(SightingTag::count), sighting.count)
      .number(tag(SightingTag::first_seen), std::uint64_t(sighting.first_seen.ms))
      .number(tag(SightingTag::last_seen), std::uint64_t(sighting.last_seen.ms));
  if (!sighting.technique.empty()) out.text(tag(SightingTag::technique), sighting.technique);
  if (!sighting.source.empty()) out.text(tag(SightingTag::source), sighting.source);
  return std::move(out).take();
}

Result<Sighting> view_sighting(const mesh::RecordView& record) {
  if (record.header.kind != mesh::RecordKind::sighting)
    return fail(Errc::invalid, "sighting: the record is of another kind");
  const auto fields = mesh::FieldReader::make(record);
  if (!fields) return within("sighting", fields.error());
  Sighting out;
  out.indicator = fields->fixed<Digest>(tag(SightingTag::indicator));
  out.value_key = fields->fixed<Digest>(tag(SightingTag::value_key));
  const auto type = fields->number(tag(SightingTag::type));
  const auto first = fields->number(tag(SightingTag::first_seen));
  const auto last = fields->number(tag(SightingTag::last_seen));
  out.count = fields->number(tag(SightingTag::count));
  out.technique = fields->text(tag(SightingTag::technique));
  out.source = fields->text(tag(SightingTag::source));
  if (out.indicator.is_zero() || out.value_key.is_zero())
    return fail(Errc::invalid, "sighting: it names no indicator");
  if (type < 1 || type > std::uint64_t(mesh::IndicatorType::pattern))
    return fail(Errc::invalid, "sighting: {} is no indicator type", type);
  if (out.count == 0 || out.count > sighting_count_max)
    return fail(Errc::invalid, "sighting: a count of {}", out.count);
  if (first > last || last > sighting_ms_max)
    return fail(Errc::invalid, "sighting: its times do not fit");
  if (!out.technique.empty() && !is_technique(out.technique))
    return fail(Errc::invalid, "sighting: `{}` is no technique", shown(out.technique));
  if (out.source.size() > sighting_source_bytes_max)
    return fail(Errc::invalid, "sighting: its source is longer than {} bytes",
                sighting_source_bytes_max);
  out.type = mesh::IndicatorType(type);
  out.first_seen.ms = std::int64_t(first);
  out.last_seen.ms = std::int64_t(last);
  return out;
}

}  // namespace tocsin::playbooks
