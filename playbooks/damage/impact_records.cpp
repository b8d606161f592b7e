#include "playbooks/damage/impact_records.hpp"

#include <algorithm>

namespace tocsin::playbooks {

namespace {

using mesh::RecordKind;

/// Field tags; docs/wire-format.md. Never renumber.
enum Tag : std::uint8_t {
  tag_incident = 1, tag_report = 2, tag_part = 3, tag_parts = 4, tag_orgs = 5, tag_assets = 6,
  tag_asset = 7, tag_state = 8, tag_who = 9, tag_evidence = 10,
};

constexpr std::uint8_t service_flag = 1;
constexpr std::size_t who_bytes_max = 66;

bool known(DamageState state) { return state <= DamageState::cleared; }
bool known(Impact impact) { return impact <= Impact::across_border; }

std::size_t encoded_size(const PublishedAsset& asset) {
  return 16 + 4 + 4 + 8 + 2 + asset.depends_on.size() * 17;
}

/// token[16] ‖ state ‖ impact ‖ criticality ‖ flags ‖ rto minutes[4] ‖ state ms[8] ‖ count[2] ‖
/// dependencies, each organisation (0: own, else its place in the list)[1] ‖ token[16]
void write_asset(ByteWriter& out, const PublishedAsset& asset,
                 const std::vector<std::string>& orgs) {
  out.fixed(asset.token);
  out.u8(std::uint8_t(asset.state));
  out.u8(std::uint8_t(asset.impact));
  out.u8(std::uint8_t(asset.criticality));
  out.u8(asset.service ? service_flag : 0);
  out.u32(asset.rto_minutes);
  out.u64(std::uint64_t(asset.state_at.ms));
  out.u16(std::uint16_t(asset.depends_on.size()));
  for (const auto& dependency : asset.depends_on) {
    const auto at = std::ranges::find(orgs, dependency.org);
    out.u8(dependency.org.empty() ? 0 : std::uint8_t(at - orgs.begin() + 1));
    out.fixed(dependency.token);
  }
}

Result<PublishedAsset> read_asset(ByteReader& in, const std::vector<std::string>& orgs) {
  PublishedAsset out;
  out.token = in.fixed<AssetToken>();
  out.state = DamageState(in.u8());
  out.impact = Impact(in.u8());
  out.criticality = Criticality(in.u8());
  const auto flags = in.u8();
  out.service = (flags & service_flag) != 0;
  out.rto_minutes = in.u32();
  out.state_at = {std::int64_t(in.u64())};
  const auto count = in.u16();
  if (!in.ok() || !known(out.state) || !known(out.impact) || name_of(out.criticality).empty() ||
      flags > service_flag || count > asset_dependencies_max)
    return fail(Errc::invalid, "impact: an asset that makes no sense");
  out.depends_on.reserve(count);
  for (std::size_t i = 0; i < count; ++i) {
    const auto org = in.u8();
    const auto token = in.fixed<AssetToken>();
    if (!in.ok() || org > orgs.size())
      return fail(Errc::invalid, "impact: a dependency that makes no sense");
    out.depends_on.push_back({org == 0 ? std::string() : orgs[org - 1], token});
  }
  return out;
}

std::vector<std::string> orgs_in(std::span<const PublishedAsset> assets) {
  std::vector<std::string> out;
  for (const auto& asset : assets)
    for (const auto& dependency : asset.depends_on)
      if (!dependency.org.empty() && std::ranges::find(out, dependency.org) == out.end())
        out.push_back(dependency.org);
  std::ranges::sort(out);
  return out;
}

}  // namespace

std::string_view name_of(DamageState state) {
  switch (state) {
    case DamageState::unknown: return "unknown";
    case DamageState::suspected: return "suspected";
    case DamageState::compromised: return "compromised";
    case DamageState::contained: return "contained";
    case DamageState::restoring: return "restoring";
    case DamageState::recovered: return "recovered";
    case DamageState::cleared: return "cleared";
  }
  return {};
}

Result<DamageState> damage_state_from(std::string_view name) {
  for (int i = 0; i <= int(DamageState::cleared); ++i)
    if (name_of(DamageState(i)) == name) return DamageState(i);
  return fail(Errc::invalid,
              "unknown state '{}': unknown, suspected, compromised, contained, restoring, "
              "recovered or cleared", name.substr(0, 32));
}

bool is_damaged(DamageState state) {
  switch (state) {
    case DamageState::suspected:
    case DamageState::compromised:
    case DamageState::contained:
    case DamageState::restoring: return true;
    case DamageState::unknown:
    case DamageState::recovered:
    case DamageState::cleared: return false;
  }
  return false;
}

std::string_view name_of(Impact impact) {
  switch (impact) {
    case Impact::none: return "none";
    case Impact::direct: return "direct";
    case Impact::dependent: return "dependent";
    case Impact::across_border: return "across_border";
  }
  return {};
}

AssetToken asset_token(const FederationId& federation, const IncidentId& incident,
                       std::string_view org, std::string_view id) {
  const std::uint8_t end = 0;
  const auto digest = crypto::blake2b({bytes_of("tocsin asset"), federation.view(),
                                       incident.view(), bytes_of(org), ByteView(&end, 1),
                                       bytes_of(id)});
  AssetToken out;
  std::copy_n(digest.data.begin(), AssetToken::size, out.data.begin());
  return out;
}

Result<std::vector<Bytes>> encode_impact(mesh::RecordHeader header, const IncidentId& incident,
                                         std::span<const PublishedAsset> assets) {
  std::vector<std::span<const PublishedAsset>> parts;
  std::size_t begin = 0, size = 0;
  for (std::size_t i = 0; i < assets.size(); ++i) {
    if (assets[i].depends_on.size() > asset_dependencies_max)
      return fail(Errc::too_large, "impact: {} dependencies of one asset",
                  assets[i].depends_on.size());
    const auto more = encoded_size(assets[i]);
    if (size > 0 && size + more > impact_part_bytes_max) {
      parts.push_back(assets.subspan(begin, i - begin));
      begin = i;
      size = 0;
    }
    size += more;
  }
  parts.push_back(assets.subspan(begin));
  if (parts.size() > impact_parts_max)
    return fail(Errc::too_large, "impact: {} parts, limit {}", parts.size(), impact_parts_max);

  header.kind = RecordKind::impact;
  std::vector<Bytes> bodies, names;
  ByteWriter all;
  all.u64(std::uint64_t(header.created.ms));
  all.u64(header.author);
  for (const auto& part : parts) {
    const auto orgs = orgs_in(part);
    if (orgs.size() > impact_orgs_max)
      return fail(Errc::too_large, "impact: {} organisations, limit {}", orgs.size(),
                  impact_orgs_max);
    ByteWriter name, body;
    for (const auto& org : orgs) name.text8(org.substr(0, 255));
    for (const auto& asset : part) write_asset(body, asset, orgs);
    names.push_back(std::move(name).take());
    bodies.push_back(std::move(body).take());
    all.blob32(bodies.back());
  }
  const auto report = crypto::blake2b(all.bytes());

  std::vector<Bytes> out;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    mesh::FieldWriter fields(header);
    fields.fixed(tag_incident, incident).fixed(tag_report, report);
    fields.number(tag_part, i).number(tag_parts, parts.size());
    fields.bytes(tag_orgs, names[i]).bytes(tag_assets, bodies[i]);
    out.push_back(std::move(fields).take());
  }
  return out;
}

Result<ImpactPart> decode_impact(const mesh::RecordView& record) {
  if (record.header.kind != RecordKind::impact) return fail(Errc::invalid, "not an impact record");
  const auto fields = mesh::FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto incident = IncidentId::from(fields->bytes(tag_incident));
  const auto report = Digest::from(fields->bytes(tag_report));
  if (!incident || !report) return fail(Errc::invalid, "impact: no incident or report");
  const auto part = fields->number(tag_part), parts = fields->number(tag_parts);
  if (parts == 0 || parts > impact_parts_max || part >= parts)
    return fail(Errc::invalid, "impact: part {} of {}", part, parts);
  ImpactPart out{*incident, *report, std::uint32_t(part), std::uint32_t(parts), {}};

  std::vector<std::string> orgs;
  ByteReader names(fields->bytes(tag_orgs));
  while (names.left() > 0 && names.ok()) orgs.emplace_back(names.text8());
  if (!names.ok() || orgs.size() > impact_orgs_max)
    return fail(Errc::invalid, "impact: its organisations cannot be read");
  ByteReader in(fields->bytes(tag_assets));
  while (in.left() > 0) {
    auto asset = read_asset(in, orgs);
    if (!asset) return std::unexpected(asset.error());
    out.assets.push_back(std::move(*asset));
  }
  return out;
}

namespace {

Result<void> check(const RepairEntry& entry) {
  if (!known(entry.state)) return fail(Errc::invalid, "repair: unknown state");
  if (entry.evidence.size() > repair_evidence_bytes_max || entry.who.size() > who_bytes_max)
    return fail(Errc::too_large, "repair: evidence of {} bytes, limit {}", entry.evidence.size(),
                repair_evidence_bytes_max);
  for (const auto* text : {&entry.evidence, &entry.who})
    if (!mesh::is_clean_text(bytes_of(*text), mesh::LineBreaks::allowed))
      return fail(Errc::invalid, "repair: a text is not clean UTF-8");
  return {};
}

}  // namespace

Result<Bytes> encode_repair(mesh::RecordHeader header, const RepairEntry& entry) {
  if (auto ok = check(entry); !ok) return std::unexpected(ok.error());
  header.kind = RecordKind::repair;
  mesh::FieldWriter out(header);
  out.fixed(tag_incident, entry.incident)
      .fixed(tag_asset, entry.asset)
      .number(tag_state, std::uint64_t(entry.state))
      .text(tag_who, entry.who)
      .text(tag_evidence, entry.evidence);
  return std::move(out).take();
}

Result<RepairEntry> decode_repair(const mesh::RecordView& record) {
  if (record.header.kind != RecordKind::repair) return fail(Errc::invalid, "not a repair record");
  const auto fields = mesh::FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto incident = IncidentId::from(fields->bytes(tag_incident));
  const auto asset = AssetToken::from(fields->bytes(tag_asset));
  const auto state = fields->number(tag_state);
  if (!incident || !asset || state > std::uint64_t(DamageState::cleared))
    return fail(Errc::invalid, "repair: no incident, asset or state");
  RepairEntry out{*incident, *asset, DamageState(state), std::string(fields->text(tag_evidence)),
                  std::string(fields->text(tag_who))};
  if (auto ok = check(out); !ok) return std::unexpected(ok.error());
  return out;
}

}  // namespace tocsin::playbooks
