#include <map>

#include <boost/json.hpp>

#include "playbooks/detect/import_json.hpp"
#include "playbooks/detect/import_text.hpp"
#include "playbooks/detect/stix_marking.hpp"
#include "playbooks/detect/stix_pattern.hpp"

namespace tocsin::playbooks {
namespace {

using boost::json::object;

bool is_true(const object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  return value && value->is_bool() && value->get_bool();
}

void add_labels(const object& from, std::string_view key, std::vector<std::string>& labels) {
  const auto* list = from.if_contains(key);
  if (!list || !list->is_array()) return;
  for (const auto& one : list->get_array())
    if (one.is_string()) add_label(labels, {one.get_string().data(), one.get_string().size()});
}

// ATT&CK techniques that the indicator refers to.
void add_techniques(const object& from, std::vector<std::string>& labels) {
  const auto* list = from.if_contains("external_references");
  if (!list || !list->is_array()) return;
  for (const auto& one : list->get_array())
    if (one.is_object() && text_at(one.get_object(), "source_name").starts_with("mitre"))
      add_label(labels, text_at(one.get_object(), "external_id"));
}

// What all values of one indicator have in common.
Result<ImportEntry> common_part(const object& from, const StixMarkings& markings) {
  ImportEntry out;
  out.where.object = std::string(text_at(from, "id"));
  const auto type = text_at(from, "pattern_type");
  if (!type.empty() && type != "stix")
    return fail(Errc::unsupported, "its pattern is `{}`, not STIX", shown(type));
  if (is_true(from, "revoked")) return fail(Errc::invalid, "revoked at its source");
  const auto marking = markings.of(from);
  if (!marking) return std::unexpected(marking.error());
  out.tlp = marking->tlp;
  out.pap = marking->pap;
  if (const auto* confidence = from.if_contains("confidence")) {
    const auto* number = confidence->if_int64();
    if (!number || *number < 0 || *number > 100)
      return fail(Errc::invalid, "confidence is not 0 to 100");
    out.confidence = std::uint8_t(*number);
  }
  if (const auto until = text_at(from, "valid_until"); !until.empty()) {
    const auto expires = import_time_from(until);
    if (!expires) return within("valid_until", expires.error());
    out.expires = *expires;
  }
  add_techniques(from, out.labels);
  add_labels(from, "labels", out.labels);
  add_labels(from, "indicator_types", out.labels);
  return out;
}

struct StixImport {
  const ImportSink& sink;
  StixMarkings markings;

  void reject(std::string_view id, std::string reason) const {
    if (sink.reject) sink.reject({{0, std::string(id)}, std::move(reason)});
  }
  Result<void> pattern(const ImportEntry& common, std::string_view text) const {
    auto kept = canonical(IndicatorType::pattern, text);
    if (!kept) {
      reject(common.where.object, kept.error().message);
      return {};
    }
    ImportEntry entry = common;
    entry.type = IndicatorType::pattern;
    entry.value = *std::move(kept);
    return sink.entry(std::move(entry));
  }
  Result<void> indicator(const object& from) const;
};

Result<void> StixImport::indicator(const object& from) const {
  const auto id = text_at(from, "id");
  const auto common = common_part(from, markings);
  if (!common) {
    reject(id, common.error().message);
    return {};
  }
  const auto text = text_at(from, "pattern");
  const auto equalities = stix_equalities(text);
  std::vector<Result<TypedValue>> values;
  for (const auto& equality : equalities.value_or(std::vector<StixEquality>{})) {
    auto value = value_of(equality);
    if (!value) return pattern(*common, text);  // One path that tables do not know.
    values.push_back(*std::move(value));
  }
  if (values.empty()) return pattern(*common, text);
  for (auto& value : values) {
    if (!value) {
      reject(id, value.error().message);
      continue;
    }
    ImportEntry entry = *common;
    entry.type = value->type;
    entry.value = std::move(value->value);
    if (const auto done = sink.entry(std::move(entry)); !done) return done;
  }
  return {};
}

}  // namespace

// Twice over the document: a marking may be defined behind the objects that it marks.
Result<void> import_stix(const JsonText& text, const ImportSink& sink) {
  StixImport import{sink, {}};
  const auto defined = each_stix_object(text, [&](const object& one) -> Result<void> {
    if (text_at(one, "type") == "marking-definition") import.markings.define(one);
    return {};
  });
  if (!defined) return defined;
  return each_stix_object(text, [&](const object& one) -> Result<void> {
    return text_at(one, "type") == "indicator" ? import.indicator(one) : Result<void>();
  });
}

}  // namespace tocsin::playbooks
