#include "playbooks/detect/export.hpp"

#include <algorithm>
#include <map>
#include <set>

#include <boost/json.hpp>

#include "mesh/world/clock.hpp"
#include "playbooks/detect/stix_marking.hpp"

namespace tocsin::playbooks {
namespace {

using boost::json::array;
using boost::json::object;

constexpr mesh::Tlp tlps[] = {mesh::Tlp::clear, mesh::Tlp::green, mesh::Tlp::amber,
                              mesh::Tlp::amber_strict, mesh::Tlp::red};
constexpr mesh::Pap paps[] = {mesh::Pap::clear, mesh::Pap::green, mesh::Pap::amber,
                              mesh::Pap::red};

// A version 4 UUID made of a digest, so that equal things have equal ids.
std::string uuid_of(const Digest& digest) {
  auto b = digest.data;
  b[6] = std::uint8_t((b[6] & 0x0f) | 0x40);
  b[8] = std::uint8_t((b[8] & 0x3f) | 0x80);
  std::string out;
  for (std::size_t i = 0; i < 16; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += fmt::format("{:02x}", b[i]);
  }
  return out;
}
std::string uuid_of(std::string_view kind, std::string_view name) {
  return uuid_of(crypto::blake2b({bytes_of("tocsin.export"), bytes_of(kind), bytes_of(name)}));
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = char(c - 32);
  return out;
}

std::string pap_definition_id(mesh::Pap pap) {
  return "marking-definition--" + uuid_of("pap", mesh::name_of(pap));
}

// The published definition, word for word.
object tlp_definition(mesh::Tlp tlp) {
  const object colour{{"extension_type", "property-extension"},
                      {"tlp_2_0", std::string(mesh::name_of(tlp))}};
  return {{"type", "marking-definition"},
          {"spec_version", "2.1"},
          {"id", tlp_definition_id(tlp)},
          {"created", "2022-10-01T00:00:00.000Z"},
          {"name", "TLP:" + upper(mesh::name_of(tlp))},
          {"extensions", object{{tlp_extension_id, colour}}}};
}

object pap_definition(mesh::Pap pap) {
  const auto text = "PAP:" + upper(mesh::name_of(pap));
  return {{"type", "marking-definition"},
          {"spec_version", "2.1"},
          {"id", pap_definition_id(pap)},
          {"created", "2022-10-01T00:00:00.000Z"},
          {"definition_type", "statement"},
          {"name", text},
          {"definition", object{{"statement", text}}}};
}

object identity(const std::string& org, WallTime created) {
  const auto at = mesh::to_rfc3339(created);
  return {{"type", "identity"},
          {"spec_version", "2.1"},
          {"id", "identity--" + uuid_of("identity", org)},
          {"created", at},
          {"modified", at},
          {"name", org},
          {"identity_class", "organization"}};
}

object stix_indicator(const ExportEntry& entry) {
  const auto created = mesh::to_rfc3339(entry.created);
  object out{{"type", "indicator"},
             {"spec_version", "2.1"},
             {"id", "indicator--" + uuid_of(entry.id)},
             {"created_by_ref", "identity--" + uuid_of("identity", entry.org)},
             {"created", created},
             {"modified", created},
             {"name", entry.value.substr(0, 256)},
             {"pattern", stix_pattern(entry.type, entry.value)},
             {"pattern_type", "stix"},
             {"pattern_version", "2.1"},
             {"valid_from", created},
             {"confidence", entry.confidence},
             {"object_marking_refs", array{tlp_definition_id(entry.marking.tlp),
                                           pap_definition_id(entry.marking.pap)}}};
  // STIX wants valid_until later than valid_from.
  if (entry.expires > entry.created) out["valid_until"] = mesh::to_rfc3339(entry.expires);
  if (!entry.labels.empty()) out["labels"] = array(entry.labels.begin(), entry.labels.end());
  return out;
}

// The digest of what is written, so that equal lists make equal documents.
Digest digest_of(const std::vector<ExportEntry>& entries) {
  Digest out = crypto::blake2b(bytes_of("tocsin.export"));
  for (const auto& entry : entries) out = crypto::blake2b({out.view(), entry.id.view()});
  return out;
}

std::string export_stix(const std::vector<ExportEntry>& entries) {
  std::string out = "{\"type\":\"bundle\",\"id\":\"bundle--" + uuid_of(digest_of(entries)) + "\"";
  if (entries.empty()) return out + "}\n";
  out += ",\"objects\":[";
  const auto add = [&](const object& one) {
    if (out.back() != '[') out += ',';
    out += "\n" + boost::json::serialize(one);
  };
  std::set<mesh::Tlp> used_tlps;
  std::set<mesh::Pap> used_paps;
  std::map<std::string, WallTime> orgs;
  for (const auto& entry : entries) {
    used_tlps.insert(entry.marking.tlp);
    used_paps.insert(entry.marking.pap);
    const auto [at, fresh] = orgs.try_emplace(entry.org, entry.created);
    if (!fresh) at->second = std::min(at->second, entry.created);
  }
  for (const auto tlp : tlps)
    if (used_tlps.contains(tlp)) add(tlp_definition(tlp));
  for (const auto pap : paps)
    if (used_paps.contains(pap)) add(pap_definition(pap));
  for (const auto& [org, created] : orgs) add(identity(org, created));
  for (const auto& entry : entries) add(stix_indicator(entry));
  return out + "\n]}\n";
}

struct MispName {
  std::string_view type, category;
};
MispName misp_name(IndicatorType type) {
  switch (type) {
    case IndicatorType::ipv4:
    case IndicatorType::ipv6:
    case IndicatorType::cidr: return {"ip-dst", "Network activity"};
    case IndicatorType::domain: return {"domain", "Network activity"};
    case IndicatorType::url: return {"url", "Network activity"};
    case IndicatorType::sha256: return {"sha256", "Payload delivery"};
    case IndicatorType::sha1: return {"sha1", "Payload delivery"};
    case IndicatorType::md5: return {"md5", "Payload delivery"};
    case IndicatorType::email: return {"email-src", "Payload delivery"};
    case IndicatorType::pattern: return {"stix2-pattern", "Payload installation"};
  }
  return {"other", "Other"};
}

object misp_tag(std::string name) { return {{"name", std::move(name)}}; }

object misp_attribute(const ExportEntry& entry) {
  const auto name = misp_name(entry.type);
  array tags{misp_tag(fmt::format("tlp:{}", mesh::name_of(entry.marking.tlp))),
             misp_tag("PAP:" + upper(mesh::name_of(entry.marking.pap)))};
  for (const auto& label : entry.labels) tags.push_back(misp_tag(label));
  return {{"uuid", uuid_of(entry.id)},
          {"type", name.type},
          {"category", name.category},
          {"value", entry.value},
          {"to_ids", true},
          {"timestamp", std::to_string(entry.created.ms / 1000)},
          {"comment", fmt::format("from {}, valid until {}, confidence {}", entry.org,
                                  mesh::to_rfc3339(entry.expires), entry.confidence)},
          {"Tag", std::move(tags)}};
}

std::string export_misp(const std::vector<ExportEntry>& entries) {
  WallTime latest;
  for (const auto& entry : entries) latest = std::max(latest, entry.created);
  const object head{{"uuid", uuid_of(digest_of(entries))},
                    {"info", "Indicators exported from Tocsin"},
                    {"date", mesh::to_rfc3339(latest).substr(0, 10)},
                    {"timestamp", std::to_string(latest.ms / 1000)},
                    {"threat_level_id", "4"},
                    {"analysis", "2"},
                    {"distribution", "0"}};
  std::string out = "{\"Event\":" + boost::json::serialize(head);
  out.back() = ',';  // The attributes are written one by one, the brace comes behind them.
  out += "\"Attribute\":[";
  for (const auto& entry : entries) {
    if (out.back() != '[') out += ',';
    out += "\n" + boost::json::serialize(misp_attribute(entry));
  }
  return out + "\n]}}\n";
}

// Patterns may run over several lines, rows may not.
std::string on_one_line(std::string text) {
  std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\r'; }, ' ');
  return text;
}

std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"") == text.npos && !text.starts_with(' ') && !text.ends_with(' '))
    return on_one_line(text);
  std::string out = "\"";
  for (const char c : on_one_line(text)) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string export_csv(const std::vector<ExportEntry>& entries) {
  std::string out = "type,value,tlp,pap,confidence,expires,label\n";
  for (const auto& entry : entries) {
    std::string labels;
    for (const auto& label : entry.labels) labels += (labels.empty() ? "" : ";") + label;
    out += fmt::format("{},{},{},{},{},{},{}\n", mesh::name_of(entry.type), csv_field(entry.value),
                       mesh::name_of(entry.marking.tlp), mesh::name_of(entry.marking.pap),
                       entry.confidence, mesh::to_rfc3339(entry.expires), csv_field(labels));
  }
  return out;
}

std::string export_list(const std::vector<ExportEntry>& entries) {
  std::string out;
  for (const auto& entry : entries) out += on_one_line(entry.value) + "\n";
  return out;
}

std::string quoted(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out + "'";
}

}  // namespace

std::string stix_pattern(IndicatorType type, std::string_view value) {
  std::string_view path;
  switch (type) {
    case IndicatorType::ipv4: path = "ipv4-addr:value"; break;
    case IndicatorType::ipv6: path = "ipv6-addr:value"; break;
    case IndicatorType::cidr:
      path = value.find(':') == value.npos ? "ipv4-addr:value" : "ipv6-addr:value";
      break;
    case IndicatorType::domain: path = "domain-name:value"; break;
    case IndicatorType::url: path = "url:value"; break;
    case IndicatorType::sha256: path = "file:hashes.'SHA-256'"; break;
    case IndicatorType::sha1: path = "file:hashes.'SHA-1'"; break;
    case IndicatorType::md5: path = "file:hashes.MD5"; break;
    case IndicatorType::email: path = "email-addr:value"; break;
    case IndicatorType::pattern: return std::string(value);
  }
  return fmt::format("[{} = {}]", path, quoted(value));
}

Result<std::string> export_indicators(const std::vector<ExportEntry>& entries,
                                      ImportFormat format) {
  switch (format) {
    case ImportFormat::stix: return export_stix(entries);
    case ImportFormat::misp: return export_misp(entries);
    case ImportFormat::csv: return export_csv(entries);
    case ImportFormat::list: return export_list(entries);
    case ImportFormat::auto_: break;
  }
  return fail(Errc::usage, "an export needs a format: stix, misp, csv, list");
}

}  // namespace tocsin::playbooks
