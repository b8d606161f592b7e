#include "playbooks/detect/stix_marking.hpp"

#include <boost/json.hpp>

#include "playbooks/detect/import_json.hpp"

namespace tocsin::playbooks {
namespace {

using boost::json::object;
using mesh::Tlp;

struct Published {
  std::string_view uuid;
  Tlp tlp;
};
// Source: STIX 2.1, section 7.2.1.4, and the TLP 2.0 extension.
constexpr Published published[] = {
    {"94868c89-83c2-464b-929b-a1a8aa3c8487", Tlp::clear},
    {"bab4a63c-aed9-4cf5-a766-dfca5abac2bb", Tlp::green},
    {"55d920b0-5e8b-4f79-9ee9-91f868d9b421", Tlp::amber},
    {"939a9414-2ddd-4d32-a0cd-375ea402b003", Tlp::amber_strict},
    {"e828b379-4e03-4974-9ac4-e53a884c97c1", Tlp::red},
    {"613f2e26-407d-48c7-9eca-b8e91df99dc9", Tlp::clear},
    {"34098fce-860f-48ae-8e50-ebd3cc5e41da", Tlp::green},
    {"f88d31f6-486f-44da-b317-01333bde0b82", Tlp::amber},
    {"5e57c739-391a-4eb3-b6be-7d15ca92d5ed", Tlp::red},
};

const object* object_at(const object& in, std::string_view key) {
  const auto* value = in.if_contains(key);
  return value && value->is_object() ? &value->get_object() : nullptr;
}

Result<SourceMarking> tlp_marking(std::string_view text) {
  const auto tlp = mesh::tlp_from(text);
  if (!tlp) return std::unexpected(tlp.error());
  return SourceMarking{*tlp, {}};
}

Result<SourceMarking> read_definition(const object& from) {
  for (const auto text : {text_at(from, "name"), text_at(from, "definition_type")})
    if (const auto allowed = mesh::refuse_classified(text); !allowed)
      return std::unexpected(allowed.error());
  if (const object* extensions = object_at(from, "extensions"))
    if (const object* tlp = object_at(*extensions, tlp_extension_id))
      return tlp_marking(text_at(*tlp, "tlp_2_0"));
  const object* definition = object_at(from, "definition");
  const auto type = text_at(from, "definition_type");
  if (type == "tlp" || type == "TLP")
    return definition ? tlp_marking(text_at(*definition, "tlp"))
                      : fail(Errc::marking, "a TLP marking without its colour");
  std::string_view statement = definition ? text_at(*definition, "statement") : "";
  if (const auto allowed = mesh::refuse_classified(statement); !allowed)
    return std::unexpected(allowed.error());
  for (const auto text : {text_at(from, "name"), statement}) {
    if (text.starts_with("PAP:") || text.starts_with("pap:"))
      if (const auto pap = mesh::pap_from(text)) return SourceMarking{{}, *pap};
    if (text.starts_with("TLP:") || text.starts_with("tlp:"))
      if (const auto tlp = mesh::tlp_from(text)) return SourceMarking{*tlp, {}};
  }
  if (type == "statement") return SourceMarking{};
  return fail(Errc::marking, "a marking of the unknown kind `{}`", shown(type));
}

}  // namespace

void SourceMarking::narrow(const SourceMarking& other) {
  const mesh::Marking both =
      mesh::intersect({tlp.value_or(Tlp::clear), pap.value_or(mesh::Pap::clear)},
                      {other.tlp.value_or(Tlp::clear), other.pap.value_or(mesh::Pap::clear)});
  if (tlp || other.tlp) tlp = both.tlp;
  if (pap || other.pap) pap = both.pap;
}

std::string_view tlp_definition_id(Tlp tlp) {
  switch (tlp) {
    case Tlp::clear: return "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487";
    case Tlp::green: return "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb";
    case Tlp::amber: return "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421";
    case Tlp::amber_strict: return "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003";
    case Tlp::red: return "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1";
  }
  return {};
}

StixMarkings::StixMarkings() {
  for (const auto& one : published)
    definitions_.emplace("marking-definition--" + std::string(one.uuid),
                         SourceMarking{one.tlp, {}});
}

void StixMarkings::define(const object& from) {
  // A published definition means what it means, whatever a document says.
  if (definitions_.size() < definitions_max)
    definitions_.emplace(std::string(text_at(from, "id")), read_definition(from));
}

Result<SourceMarking> StixMarkings::of(const object& in) const {
  SourceMarking out;
  const auto apply = [&](std::string_view id) -> Result<void> {
    const auto at = definitions_.find(id);
    if (at == definitions_.end())
      return fail(Errc::marking, "its marking `{}` is not known", shown(id));
    if (!at->second) return std::unexpected(at->second.error());
    out.narrow(*at->second);
    return {};
  };
  if (const auto* refs = in.if_contains("object_marking_refs"); refs && refs->is_array())
    for (const auto& ref : refs->get_array()) {
      const auto done = apply(ref.is_string() ? std::string_view(ref.get_string()) : "");
      if (!done) return std::unexpected(done.error());
    }
  if (const auto* granular = in.if_contains("granular_markings");
      granular && granular->is_array())
    for (const auto& one : granular->get_array()) {
      const auto ref = one.is_object() ? text_at(one.get_object(), "marking_ref") : "";
      if (ref.empty()) continue;  // A language, not a restriction.
      const auto done = apply(ref);
      if (!done) return std::unexpected(done.error());
    }
  return out;
}

}  // namespace tocsin::playbooks
