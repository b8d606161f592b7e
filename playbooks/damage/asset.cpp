#include "playbooks/damage/asset.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <unordered_set>

#include <boost/json.hpp>

#include "mesh/wire/record.hpp"
#include "playbooks/damage/csv.hpp"

namespace tocsin::playbooks {

namespace {

namespace json = boost::json;

constexpr std::size_t json_depth_max = 32;
constexpr auto rto_max = std::chrono::minutes(60 * 24 * 3650);
const char* const columns[] = {"id",      "name",        "kind", "owner",
                               "country", "criticality", "rto",  "depends_on"};

/// The fields of an asset as texts, before they are checked.
using Fields = std::map<std::string, std::string>;

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

bool is_asset_id(std::string_view text, bool foreign) {
  if (text.empty() || text.size() > asset_id_bytes_max) return false;
  if (foreign) {
    const auto colon = text.find(':');
    if (colon != std::string_view::npos)
      return colon > 0 && is_asset_id(text.substr(0, colon), false) &&
             is_asset_id(text.substr(colon + 1), false);
  }
  return std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '.' || c == '_' || c == '-';
  });
}

Result<void> read_dependencies(std::string_view text, Asset& out) {
  constexpr std::string_view separators = "; \t\n";
  while (!text.empty()) {
    const auto end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) {
      const auto id = text.substr(0, end);
      if (!is_asset_id(id, true))
        return fail(Errc::invalid, "depends_on: '{}' is no asset id", id.substr(0, 64));
      if (id == out.id) return fail(Errc::invalid, "it depends on itself");
      out.depends_on.emplace_back(id);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  std::ranges::sort(out.depends_on);
  const auto [first, last] = std::ranges::unique(out.depends_on);
  out.depends_on.erase(first, last);
  if (out.depends_on.size() > asset_dependencies_max)
    return fail(Errc::too_large, "{} dependencies, limit {}", out.depends_on.size(),
                asset_dependencies_max);
  return {};
}

Result<Asset> asset_from(const Fields& fields) {
  const auto text = [&](const char* name) {
    const auto at = fields.find(name);
    return at == fields.end() ? std::string() : std::string(trimmed(at->second));
  };
  Asset out;
  out.id = text("id");
  if (!is_asset_id(out.id, false))
    return fail(Errc::invalid, "id '{}': 1 to {} of A-Z a-z 0-9 . _ -", out.id.substr(0, 64),
                asset_id_bytes_max);
  out.name = text("name");
  out.kind = text("kind");
  out.owner = text("owner");
  out.country = text("country");
  for (const auto* value : {&out.name, &out.kind, &out.owner, &out.country}) {
    if (value->size() > asset_text_bytes_max)
      return fail(Errc::too_large, "a text of {} bytes, limit {}", value->size(),
                  asset_text_bytes_max);
    if (!mesh::is_clean_text(bytes_of(*value), mesh::LineBreaks::refused))
      return fail(Errc::invalid, "a text is not clean UTF-8");
  }
  if (const auto criticality = text("criticality"); !criticality.empty()) {
    const auto read = criticality_from(criticality);
    if (!read) return std::unexpected(read.error());
    out.criticality = *read;
  }
  if (const auto rto = text("rto"); !rto.empty()) {
    const auto read = recovery_time_from(rto);
    if (!read) return std::unexpected(read.error());
    out.rto = *read;
  }
  const auto dependencies = read_dependencies(text("depends_on"), out);
  if (!dependencies) return std::unexpected(dependencies.error());
  return out;
}

/// Keeps what is good, says what is not, and which references lead nowhere.
class Collector {
 public:
  void add(std::size_t place, const Fields& fields) {
    auto asset = asset_from(fields);
    if (!asset) return reject(place, asset.error().message);
    if (!ids_.insert(asset->id).second) return reject(place, "duplicate id '" + asset->id + "'");
    out_.assets.push_back(std::move(*asset));
    places_.push_back(place);
  }
  void reject(std::size_t place, std::string reason) {
    out_.rejected.push_back({place, std::move(reason)});
  }
  bool full() const { return out_.assets.size() >= assets_max; }
  AssetImport finish() && {
    for (std::size_t i = 0; i < out_.assets.size(); ++i)
      for (const auto& id : out_.assets[i].depends_on)
        if (!ids_.contains(id) && id.find(':') == std::string::npos)
          out_.unresolved.push_back({places_[i], fmt::format("'{}' depends on '{}', which is not "
                                                             "here", out_.assets[i].id, id)});
    return std::move(out_);
  }

 private:
  AssetImport out_;
  std::vector<std::size_t> places_;
  std::unordered_set<std::string> ids_;
};

Result<void> check_document(std::string_view text) {
  if (text.size() > asset_document_bytes_max)
    return fail(Errc::too_large, "assets: {} bytes, limit {}", text.size(),
                asset_document_bytes_max);
  return {};
}

/// A member as the text that its CSV column would hold.
Result<std::string> text_of_member(const json::value& value) {
  if (value.is_null()) return std::string();
  if (const auto* text = value.if_string()) return std::string(*text);
  if (value.is_number()) return json::serialize(value);
  const auto* list = value.if_array();
  if (list == nullptr) return fail(Errc::invalid, "neither text, number nor list");
  std::string out;
  for (const auto& one : *list) {
    if (!one.is_string()) return fail(Errc::invalid, "a list of something else than texts");
    out += std::string(one.get_string()) + ";";
  }
  return out;
}

void add_object(Collector& collector, std::size_t place, const json::value& value) {
  const auto* object = value.if_object();
  if (object == nullptr) return collector.reject(place, "not an object");
  Fields fields;
  for (const auto& [key, member] : *object) {
    const std::string name = lowered(key);
    if (std::ranges::find(columns, name) == std::end(columns))
      return collector.reject(place, "unknown member '" + name.substr(0, 64) + "'");
    auto text = text_of_member(member);
    if (!text) return collector.reject(place, name + ": " + text.error().message);
    fields[name] = std::move(*text);
  }
  collector.add(place, fields);
}

}  // namespace

std::string_view name_of(Criticality criticality) {
  switch (criticality) {
    case Criticality::low: return "low";
    case Criticality::medium: return "medium";
    case Criticality::high: return "high";
    case Criticality::critical: return "critical";
  }
  return {};
}

Result<Criticality> criticality_from(std::string_view text) {
  const auto name = lowered(text);
  if (name == "5") return Criticality::critical;
  for (const auto one : {Criticality::low, Criticality::medium, Criticality::high,
                         Criticality::critical})
    if (name == name_of(one) || name == std::to_string(int(one))) return one;
  return fail(Errc::invalid, "criticality '{}': low, medium, high, critical, or 1 to 5",
              text.substr(0, 32));
}

Result<std::chrono::minutes> recovery_time_from(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  const std::string_view unit(end, std::size_t(text.data() + text.size() - end));
  const auto minutes = unit.empty() || unit == "m" || unit == "min" ? 1
                       : unit == "h"                                ? 60
                       : unit == "d"                                ? 24 * 60
                                                                    : 0;
  if (error != std::errc() || minutes == 0 || count < 0 || count > rto_max.count() / minutes)
    return fail(Errc::invalid, "rto '{}': a number with m, h or d (minutes without)",
                text.substr(0, 32));
  return std::chrono::minutes(count * minutes);
}

std::string name_of(std::chrono::minutes recovery_time) {
  const auto count = recovery_time.count();
  if (count > 0 && count % (24 * 60) == 0) return std::to_string(count / (24 * 60)) + "d";
  if (count > 0 && count % 60 == 0) return std::to_string(count / 60) + "h";
  return std::to_string(count) + "m";
}

Result<AssetImport> read_assets_csv(std::string_view text) {
  if (auto ok = check_document(text); !ok) return std::unexpected(ok.error());
  if (text.starts_with("\xef\xbb\xbf")) text.remove_prefix(3);  // some spreadsheets write it
  const auto rows = read_csv(text);
  if (!rows) return within("assets", rows.error());
  if (rows->empty()) return fail(Errc::invalid, "assets: the document is empty");

  std::vector<std::string> header;
  for (const auto& cell : rows->front().cells) {
    const auto name = lowered(trimmed(cell));
    if (std::ranges::find(columns, name) == std::end(columns))
      return fail(Errc::invalid, "assets: line {}: unknown column '{}'", rows->front().line,
                  name.substr(0, 64));
    if (std::ranges::find(header, name) != header.end())
      return fail(Errc::invalid, "assets: line {}: column '{}' twice", rows->front().line, name);
    header.push_back(name);
  }
  if (std::ranges::find(header, "id") == header.end())
    return fail(Errc::invalid, "assets: line {}: no column 'id'", rows->front().line);

  Collector collector;
  for (std::size_t i = 1; i < rows->size(); ++i) {
    const auto& row = (*rows)[i];
    if (collector.full())
      return fail(Errc::too_large, "assets: more than {}", assets_max);
    if (!row.fault.empty() || row.cells.size() != header.size()) {
      collector.reject(row.line, !row.fault.empty()
                                     ? row.fault
                                     : fmt::format("{} cells where the header has {}",
                                                   row.cells.size(), header.size()));
      continue;
    }
    Fields fields;
    for (std::size_t c = 0; c < header.size(); ++c) fields[header[c]] = row.cells[c];
    collector.add(row.line, fields);
  }
  return std::move(collector).finish();
}

Result<AssetImport> read_assets_json(std::string_view text) {
  if (auto ok = check_document(text); !ok) return std::unexpected(ok.error());
  json::parse_options options;
  options.max_depth = json_depth_max;
  json::error_code error;
  const auto document = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
  if (error) return fail(Errc::invalid, "assets: not JSON: {}", error.message());
  const auto* list = document.if_array();
  if (const auto* object = document.if_object())
    if (const auto* member = object->if_contains("assets")) list = member->if_array();
  if (list == nullptr)
    return fail(Errc::invalid, "assets: neither an array nor an object with \"assets\"");
  if (list->size() > assets_max) return fail(Errc::too_large, "assets: more than {}", assets_max);
  Collector collector;
  for (std::size_t i = 0; i < list->size(); ++i) add_object(collector, i + 1, (*list)[i]);
  return std::move(collector).finish();
}

Result<AssetImport> read_assets(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool is_json = first != std::string_view::npos && (text[first] == '[' || text[first] == '{');
  return is_json ? read_assets_json(text) : read_assets_csv(text);
}

std::string write_assets_json(std::span<const Asset> assets) {
  std::string out = "[";
  for (const auto& asset : assets) {
    json::object object{{"id", asset.id},
                        {"name", asset.name},
                        {"kind", asset.kind},
                        {"owner", asset.owner},
                        {"country", asset.country},
                        {"criticality", name_of(asset.criticality)}};
    if (asset.rto) object["rto"] = name_of(*asset.rto);
    json::array dependencies;
    for (const auto& id : asset.depends_on) dependencies.emplace_back(id);
    object["depends_on"] = std::move(dependencies);
    out += (out.size() > 1 ? ",\n" : "\n") + json::serialize(object);
  }
  return out + "\n]\n";
}

}  // namespace tocsin::playbooks
