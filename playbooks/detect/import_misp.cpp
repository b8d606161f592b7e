#include <algorithm>

#include <boost/json.hpp>

#include "playbooks/detect/import_json.hpp"
#include "playbooks/detect/import_text.hpp"
#include "playbooks/detect/stix_marking.hpp"

namespace tocsin::playbooks {
namespace {

using boost::json::object;

// Which part of an attribute's value counts, and as what; `address` is an address or a network.
enum class Part : std::uint8_t { all, first, last, both };
enum class As : std::uint8_t { domain, url, sha256, sha1, md5, email, pattern, address };
struct MispType {
  std::string_view name;
  Part part;
  As as;
};
// Source: MISP core format, attribute types.
constexpr MispType misp_types[] = {
    {"domain", Part::all, As::domain},          {"hostname", Part::all, As::domain},
    {"hostname|port", Part::first, As::domain}, {"domain|ip", Part::both, As::domain},
    {"ip-src", Part::all, As::address},         {"ip-dst", Part::all, As::address},
    {"ip-src|port", Part::first, As::address},  {"ip-dst|port", Part::first, As::address},
    {"url", Part::all, As::url},                {"md5", Part::all, As::md5},
    {"sha1", Part::all, As::sha1},              {"sha256", Part::all, As::sha256},
    {"filename|md5", Part::last, As::md5},      {"filename|sha1", Part::last, As::sha1},
    {"filename|sha256", Part::last, As::sha256}, {"malware-sample", Part::last, As::md5},
    {"email", Part::all, As::email},            {"email-src", Part::all, As::email},
    {"email-dst", Part::all, As::email},        {"email-reply-to", Part::all, As::email},
    {"stix2-pattern", Part::all, As::pattern},
};

Result<TypedValue> typed(As as, std::string_view text) {
  if (as == As::address) {
    auto value = guess_type(text);
    if (value && value->type != IndicatorType::ipv4 && value->type != IndicatorType::ipv6 &&
        value->type != IndicatorType::cidr)
      return fail(Errc::invalid, "`{}` is no address", shown(text));
    return value;
  }
  static constexpr IndicatorType types[] = {IndicatorType::domain, IndicatorType::url,
                                            IndicatorType::sha256, IndicatorType::sha1,
                                            IndicatorType::md5,    IndicatorType::email,
                                            IndicatorType::pattern};
  const auto type = types[std::size_t(as)];
  auto value = canonical(type, text);
  if (!value) return std::unexpected(value.error());
  return TypedValue{type, *std::move(value)};
}

// A flag that older exports write as a string.
bool flag(const object& in, std::string_view key, bool otherwise) {
  const auto* value = in.if_contains(key);
  if (!value) return otherwise;
  if (value->is_bool()) return value->get_bool();
  if (value->is_string()) return value->get_string() == "1" || value->get_string() == "true";
  return value->is_int64() ? value->get_int64() != 0 : otherwise;
}

struct Tags {
  SourceMarking marking;
  std::vector<std::string> labels;
};

bool has_prefix(std::string_view text, std::string_view lower_prefix) {
  return text.size() > lower_prefix.size() &&
         std::ranges::equal(text.substr(0, lower_prefix.size()), lower_prefix, {},
                            [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
}

Result<Tags> read_tags(const object& in) {
  Tags out;
  const auto* list = in.if_contains("Tag");
  if (!list || !list->is_array()) return out;
  for (const auto& one : list->get_array()) {
    if (!one.is_object()) continue;
    const auto name = text_at(one.get_object(), "name");
    if (const auto allowed = mesh::refuse_classified(name); !allowed)
      return std::unexpected(allowed.error());
    if (has_prefix(name, "tlp:")) {
      const auto tlp = mesh::tlp_from(name);
      if (!tlp) return std::unexpected(tlp.error());
      out.marking.narrow({*tlp, {}});
    } else if (has_prefix(name, "pap:")) {
      const auto pap = mesh::pap_from(name);
      if (!pap) return std::unexpected(pap.error());
      out.marking.narrow({{}, *pap});
    } else {
      add_label(out.labels, name);
    }
  }
  return out;
}

struct MispImport {
  const ImportSink& sink;
  Result<Tags> event = Tags{};

  void reject(std::string_view id, std::string reason) const {
    if (sink.reject) sink.reject({{0, std::string(id)}, std::move(reason)});
  }
  Result<void> begin(const object& facts);
  Result<void> attribute(const object& from);
  Result<void> misp_object(const object& from);
  Result<ImportEntry> common_part(const object& from) const;
  Result<void> values(const MispType& type, std::string_view text, const ImportEntry& common);
  Result<void> add(const Result<TypedValue>& value, const ImportEntry& common);
};

Result<void> MispImport::begin(const object& facts) {
  event = read_tags(facts);
  if (const auto allowed = mesh::refuse_classified(text_at(facts, "info")); !allowed)
    event = std::unexpected(allowed.error());
  return {};
}

Result<ImportEntry> MispImport::common_part(const object& from) const {
  if (!event) return std::unexpected(event.error());
  if (flag(from, "deleted", false)) return fail(Errc::invalid, "deleted at its source");
  if (!flag(from, "to_ids", false))
    return fail(Errc::invalid, "not meant for detection (to_ids is false)");
  if (const auto allowed = mesh::refuse_classified(text_at(from, "comment")); !allowed)
    return std::unexpected(allowed.error());
  auto tags = read_tags(from);
  if (!tags) return std::unexpected(tags.error());
  tags->marking.narrow(event->marking);
  ImportEntry out;
  out.tlp = tags->marking.tlp;
  out.pap = tags->marking.pap;
  for (const auto& label : tags->labels) add_label(out.labels, label);
  for (const auto& label : event->labels) add_label(out.labels, label);
  out.where.object = std::string(text_at(from, "uuid"));
  return out;
}

Result<void> MispImport::add(const Result<TypedValue>& value, const ImportEntry& common) {
  if (!value) {
    reject(common.where.object, value.error().message);
    return {};
  }
  ImportEntry entry = common;
  entry.type = value->type;
  entry.value = value->value;
  return sink.entry(std::move(entry));
}

Result<void> MispImport::values(const MispType& type, std::string_view text,
                                const ImportEntry& common) {
  const auto first = text.substr(0, text.find('|'));
  const auto last = text.substr(text.rfind('|') + 1);
  switch (type.part) {
    case Part::all: return add(typed(type.as, text), common);
    case Part::first: return add(typed(type.as, first), common);
    case Part::last: return add(typed(type.as, last), common);
    case Part::both: {
      const auto done = add(typed(type.as, first), common);
      return done ? add(typed(As::address, last), common) : done;
    }
  }
  return {};
}

Result<void> MispImport::attribute(const object& from) {
  const auto id = text_at(from, "uuid");
  const auto common = common_part(from);
  if (!common) {
    reject(id, common.error().message);
    return {};
  }
  const auto name = text_at(from, "type");
  const auto type = std::ranges::find(misp_types, name, &MispType::name);
  if (type == std::end(misp_types)) {
    reject(id, fmt::format("attribute type `{}` is not matched here", shown(name)));
    return {};
  }
  return values(*type, text_at(from, "value"), *common);
}

Result<void> MispImport::misp_object(const object& from) {
  const auto* attributes = from.if_contains("Attribute");
  if (!attributes || !attributes->is_array() || flag(from, "deleted", false)) return {};
  for (const auto& one : attributes->get_array())
    if (one.is_object())
      if (const auto done = attribute(one.get_object()); !done) return done;
  return {};
}

}  // namespace

Result<void> import_misp(const JsonText& text, const ImportSink& sink) {
  MispImport import{sink};
  MispVisitor visitor;
  visitor.event = [&](const object& facts) { return import.begin(facts); };
  visitor.attribute = [&](const object& one) { return import.attribute(one); };
  visitor.object = [&](const object& one) { return import.misp_object(one); };
  return each_misp_object(text, visitor);
}

}  // namespace tocsin::playbooks
