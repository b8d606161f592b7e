#include "playbooks/detect/import_text.hpp"

#include <algorithm>

namespace tocsin::playbooks {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\r'; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c + 32);
  return out;
}

constexpr std::string_view header_remedy =
    "begin the file with `type,value[,tlp,pap,confidence,expires,label]`";

struct TypeName {
  std::string_view name;
  IndicatorType type;
};
constexpr TypeName other_names[] = {
    {"domain-name", IndicatorType::domain}, {"hostname", IndicatorType::domain},
    {"fqdn", IndicatorType::domain},        {"ip", IndicatorType::ipv4},
    {"ipv4-addr", IndicatorType::ipv4},     {"ipv6-addr", IndicatorType::ipv6},
    {"network", IndicatorType::cidr},       {"uri", IndicatorType::url},
    {"sha-256", IndicatorType::sha256},     {"sha-1", IndicatorType::sha1},
    {"email-addr", IndicatorType::email},   {"stix", IndicatorType::pattern},
};

Result<std::uint8_t> confidence_from(std::string_view text) {
  unsigned out = 0;
  for (const char c : text) {
    if (c < '0' || c > '9' || out > 100) return fail(Errc::invalid, "confidence: not 0 to 100");
    out = out * 10 + unsigned(c - '0');
  }
  if (out > 100) return fail(Errc::invalid, "confidence: {} is not 0 to 100", out);
  return std::uint8_t(out);
}

}  // namespace

Result<std::vector<std::string>> split_csv(std::string_view line) {
  std::vector<std::string> out;
  for (std::size_t at = 0;; ++at) {
    std::string field;
    if (at < line.size() && line[at] == '"') {
      bool closed = false;
      for (++at; at < line.size() && !closed; ++at) {
        if (line[at] != '"') field += line[at];
        else if (line.substr(at + 1, 1) == "\"") field += line[at++];
        else closed = true;
      }
      if (!closed) return fail(Errc::invalid, "a quote does not end on its line");
      if (at < line.size() && line[at] != ',')
        return fail(Errc::invalid, "text follows a closing quote");
    } else {
      const auto comma = std::min(line.find(',', at), line.size());
      field = trimmed(line.substr(at, comma - at));
      if (field.find('"') != field.npos)
        return fail(Errc::invalid, "a quote stands inside an unquoted field");
      at = comma;
    }
    out.push_back(std::move(field));
    if (at >= line.size()) return out;
  }
}

void add_label(std::vector<std::string>& labels, std::string_view label) {
  const auto text = trimmed(label);
  if (text.empty() || text.size() > import_label_bytes_max) return;
  if (labels.size() == import_labels_max || std::ranges::find(labels, text) != labels.end())
    return;
  labels.emplace_back(text);
}

Result<std::optional<IndicatorType>> import_type_from(std::string_view name) {
  const auto low = lowered(name);
  if (low == "auto" || low.empty()) return std::optional<IndicatorType>();
  for (const auto& other : other_names)
    if (other.name == low) {
      if (low == "ip") return std::optional<IndicatorType>();
      return std::optional(other.type);
    }
  const auto type = mesh::indicator_type_from(low);
  if (!type) return fail(Errc::invalid, "`{}` is no indicator type", shown(name));
  return std::optional(*type);
}

Result<WallTime> import_time_from(std::string_view text) {
  if (text.size() == 10) return mesh::from_rfc3339(std::string(text) + "T23:59:59Z");
  return mesh::from_rfc3339(text);
}

Result<void> LineImport::take(std::string_view line, bool too_long) {
  ++line_;
  const auto refuse = [&](std::string reason) -> Result<void> {
    if (sink_.reject) sink_.reject({{line_, {}}, std::move(reason)});
    return {};
  };
  if (line_ == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  if (too_long) return refuse(fmt::format("longer than {} bytes", import_line_bytes_max));
  const auto text = trimmed(line);
  if (text.empty() || text.starts_with('#')) return {};
  if (format_ == ImportFormat::csv && columns_.empty()) return header(text);
  const auto classified = mesh::refuse_classified(text);
  if (!classified) return refuse(classified.error().message);
  auto entry = format_ == ImportFormat::csv ? csv_entry(text) : list_entry(text);
  if (!entry) return refuse(entry.error().message);
  entry->where.line = line_;
  return sink_.entry(*std::move(entry));
}

Result<void> LineImport::header(std::string_view line) {
  static constexpr std::string_view names[] = {"type", "value",      "tlp",    "pap",
                                               "confidence", "expires", "label"};
  const auto fields = split_csv(line);
  if (!fields)
    return within(fmt::format("line {}", line_), hinted(fields.error(), header_remedy));
  for (const auto& field : *fields) {
    const auto low = lowered(field == "labels" ? "label" : field);
    const auto at = std::ranges::find(names, low);
    columns_.push_back(at == std::end(names) ? Column::other : Column(at - std::begin(names)));
  }
  for (const auto need : {Column::type, Column::value})
    if (std::ranges::count(columns_, need) != 1) {
      columns_.clear();
      return std::unexpected(
          Error{Errc::invalid,
                fmt::format("line {}: no CSV header with `type` and `value`", line_),
                std::string(header_remedy)});
    }
  return {};
}

Result<void> LineImport::column(Column column, std::string_view text,
                                ImportEntry& entry) const {
  if (text.empty()) return {};
  switch (column) {
    case Column::tlp: {
      const auto tlp = mesh::tlp_from(text);
      if (!tlp) return std::unexpected(tlp.error());
      entry.tlp = *tlp;
      return {};
    }
    case Column::pap: {
      const auto pap = mesh::pap_from(text);
      if (!pap) return std::unexpected(pap.error());
      entry.pap = *pap;
      return {};
    }
    case Column::confidence: {
      const auto confidence = confidence_from(text);
      if (!confidence) return std::unexpected(confidence.error());
      entry.confidence = *confidence;
      return {};
    }
    case Column::expires: {
      const auto expires = import_time_from(text);
      if (!expires) return within("expires", expires.error());
      entry.expires = *expires;
      return {};
    }
    case Column::label:
      while (!text.empty()) {
        const auto one = text.substr(0, text.find_first_of(";|"));
        add_label(entry.labels, one);
        text.remove_prefix(std::min(one.size() + 1, text.size()));
      }
      return {};
    case Column::type:
    case Column::value:
    case Column::other: return {};
  }
  return {};
}

Result<ImportEntry> LineImport::csv_entry(std::string_view line) const {
  const auto fields = split_csv(line);
  if (!fields) return std::unexpected(fields.error());
  if (fields->size() > columns_.size())
    return fail(Errc::invalid, "{} fields where the header has {}", fields->size(),
                columns_.size());
  ImportEntry out;
  std::string_view type_name, value;
  for (std::size_t i = 0; i < fields->size(); ++i) {
    if (columns_[i] == Column::type) type_name = (*fields)[i];
    if (columns_[i] == Column::value) value = (*fields)[i];
    const auto done = column(columns_[i], (*fields)[i], out);
    if (!done) return std::unexpected(done.error());
  }
  const auto type = import_type_from(type_name);
  if (!type) return std::unexpected(type.error());
  if (!*type) {
    auto guessed = guess_type(value);
    if (!guessed) return std::unexpected(guessed.error());
    out.type = guessed->type;
    out.value = std::move(guessed->value);
    return out;
  }
  auto canonical_value = canonical(**type, value);
  if (!canonical_value) return std::unexpected(canonical_value.error());
  out.type = **type;
  out.value = *std::move(canonical_value);
  return out;
}

Result<ImportEntry> LineImport::list_entry(std::string_view line) const {
  // A comment may follow behind a blank; a `#` inside a URL is its fragment.
  const auto comment = std::min(line.find(" #"), line.find("\t#"));
  auto guessed = guess_type(line.substr(0, comment));
  if (!guessed) return std::unexpected(guessed.error());
  ImportEntry out;
  out.type = guessed->type;
  out.value = std::move(guessed->value);
  return out;
}

}  // namespace tocsin::playbooks
