#include "agents/agent/indicator_intake.hpp"

#include <set>

#include "crypto/base_encoding.hpp"
#include "playbooks/detect/canonical.hpp"
#include "playbooks/detect/import.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

/// What one person or one line of a file wants to share.
struct Wish {
  mesh::IndicatorType type{};
  std::string value;
  mesh::Marking marking;
  std::uint8_t confidence = 50;
  WallTime expires;
  std::vector<std::string> labels;
};

Result<TypedValue> typed(std::string_view type, std::string_view value) {
  if (value.empty()) return fail(Errc::invalid, "the value is empty");
  if (type.empty() || type == "auto") return guess_type(value);
  const auto named = mesh::indicator_type_from(type);
  if (!named) return std::unexpected(named.error());
  auto fine = canonical(*named, value);
  if (!fine) return std::unexpected(fine.error());
  return TypedValue{*named, std::move(*fine)};
}

/// A duration from now, or a time. Errors: invalid, usage (past, or too far ahead).
Result<WallTime> expiry_of(std::string_view text, WallTime now) {
  WallTime out = now + indicator_life;
  if (!text.empty()) {
    if (const auto life = mesh::parse_duration(text)) {
      out = now + *life;
    } else {
      const auto at = mesh::from_rfc3339(text);
      if (!at) return fail(Errc::usage, "--expires '{}': a duration such as 30d, or a time", text);
      out = *at;
    }
  }
  if (out <= now) return fail(Errc::invalid, "expires in the past ({})", mesh::to_rfc3339(out));
  if (out > now + indicator_life_max)
    return fail(Errc::invalid, "expires more than five years ahead ({})", mesh::to_rfc3339(out));
  return WallTime{out.ms / 1000 * 1000};
}

Result<std::vector<std::string>> labels_of(std::vector<std::string> labels) {
  if (labels.size() > 16) return fail(Errc::invalid, "{} labels, limit 16", labels.size());
  for (const auto& label : labels) {
    if (label.empty() || label.size() > 64)
      return fail(Errc::invalid, "label '{}': 1 to 64 bytes", label);
    if (const auto fine = mesh::refuse_classified(label); !fine)
      return std::unexpected(fine.error());
  }
  return labels;
}

struct Flags {
  std::optional<mesh::Tlp> tlp;
  std::optional<mesh::Pap> pap;
  std::vector<std::string> to;
  std::string expires;
};
Result<Flags> flags_of(const Request& request) {
  Flags out{.tlp = {}, .pap = {}, .to = request.texts("to"), .expires = request.text("expires")};
  if (request.has("tlp")) {
    const auto tlp = mesh::tlp_from(request.text("tlp"));
    if (!tlp) return std::unexpected(tlp.error());
    out.tlp = *tlp;
  }
  if (request.has("pap")) {
    const auto pap = mesh::pap_from(request.text("pap"));
    if (!pap) return std::unexpected(pap.error());
    out.pap = *pap;
  }
  return out;
}

mesh::Draft draft_of(Services& services, const Wish& wish, mesh::Audience audience,
                     mesh::LogClass log_class) {
  mesh::IndicatorBody body{.type = wish.type,
                           .confidence = wish.confidence,
                           .expires = wish.expires,
                           .value = wish.value,
                           .labels = {}};
  for (const auto& label : wish.labels) body.labels.emplace_back(label);
  return {mesh::RecordKind::indicator, wish.marking, std::move(audience), log_class,
          mesh::encode_indicator(
              services.header(mesh::RecordKind::indicator, wish.marking), body)};
}

/// The record for named persons. Errors: marking, invalid, too_large.
Result<mesh::Draft> sealed_draft(Services& services, const Request& request,
                                 const mesh::Audience& audience, mesh::Marking marking) {
  const auto* boxes = request.args.if_contains("sealed");
  if (!boxes || !boxes->is_array() || boxes->as_array().empty())
    return fail(Errc::marking, "TLP:RED goes to named analysts only, sealed by the command");
  if (boxes->as_array().size() > sealed_boxes_max)
    return fail(Errc::too_large, "more than {} recipients", sealed_boxes_max);
  mesh::FieldWriter record(services.header(mesh::RecordKind::sealed_note, marking));
  std::vector<std::pair<std::string, Bytes>> pairs;
  for (const auto& each : boxes->as_array()) {
    if (!each.is_object()) return fail(Errc::invalid, "sealed: {{to, box}} objects");
    Request box{.verb = request.verb, .args = each.as_object(), .who = {}};
    const std::string to = box.text("to");
    if (std::find(audience.persons.begin(), audience.persons.end(), to) ==
        audience.persons.end())
      return fail(Errc::marking, "'{}' is not among the recipients", to);
    auto bytes = from_base64(box.text("box"));
    if (!bytes || bytes->empty()) return fail(Errc::invalid, "sealed: a box is base64");
    pairs.emplace_back(to, std::move(*bytes));
  }
  for (const auto& [to, bytes] : pairs) record.text(1, to);
  for (const auto& [to, bytes] : pairs) record.bytes(2, bytes);
  return mesh::Draft{mesh::RecordKind::sealed_note, marking, audience, mesh::LogClass::urgent,
                     std::move(record).take()};
}

Answer placed(const mesh::Published& at, std::string_view value) {
  return {json::object{{"id", to_base32(at.id)},
                       {"value", value},
                       {"log", mesh::short_name(at.log)},
                       {"seq", at.sequence}}};
}

/// Each analyst that a RED value names must be known. Errors: marking.
Result<void> persons_known(Services& services, const mesh::Audience& audience) {
  for (const auto& person : audience.persons) {
    const auto slash = person.find('/');
    const auto org = person.substr(0, slash), name = person.substr(slash + 1);
    const auto known = services.node->analyst(org, name);
    if (!known || services.node->is_revoked(known->body.id()))
      return fail(Errc::marking, "no analyst '{}' is known", person);
  }
  return {};
}

struct Sorted {
  std::vector<mesh::Draft> drafts;
  std::uint64_t duplicates = 0;
  std::size_t forbidden = 0;
  json::array rejected;
  std::optional<Error> first_forbidden;
};

/// Puts the entries of a chunk into drafts, duplicates and rejects.
class ChunkSorter {
 public:
  ChunkSorter(Services& services, Flags flags) : services_(services), flags_(std::move(flags)) {}

  void take(const json::value& entry) {
    if (!entry.is_object()) return reject({}, {Errc::invalid, "an entry is an object"});
    Request fields{.verb = "ioc.import_chunk", .args = entry.as_object(), .who = {}};
    auto wish = wish_of(fields);
    if (!wish) return reject(fields.args, wish.error());
    const auto* audience = audience_of(wish->marking);
    if (!audience) return reject(fields.args, *audience_error_);
    if (!seen_.insert({int(wish->type), wish->value}).second || held(*wish)) {
      ++out_.duplicates;
      return;
    }
    out_.drafts.push_back(draft_of(services_, *wish, *audience, mesh::LogClass::indicator));
  }
  Sorted& result() { return out_; }

 private:
  Result<Wish> wish_of(const Request& fields) {
    auto value = typed(fields.text("type"), fields.text("value"));
    if (!value) return std::unexpected(value.error());
    Wish wish{.type = value->type, .value = std::move(value->value), .marking = {},
              .confidence = 50, .expires = {}, .labels = {}};
    auto marking = marking_of(fields);
    if (!marking) return std::unexpected(marking.error());
    wish.marking = *marking;
    const auto confidence = fields.number("confidence", 50, 100);
    if (!confidence) return std::unexpected(confidence.error());
    wish.confidence = std::uint8_t(*confidence);
    const std::string own = fields.text("expires");
    const auto expires = expiry_of(own.empty() ? flags_.expires : own, services_.now());
    if (!expires) return std::unexpected(expires.error());
    wish.expires = *expires;
    auto labels = labels_of(fields.texts("labels"));
    if (!labels) return std::unexpected(labels.error());
    wish.labels = std::move(*labels);
    return wish;
  }

  /// The source's marking; a flag fills what it leaves unsaid, and narrows the rest.
  Result<mesh::Marking> marking_of(const Request& fields) {
    mesh::Marking out;
    const bool says_tlp = fields.has("tlp"), says_pap = fields.has("pap");
    if (says_tlp) {
      const auto tlp = mesh::tlp_from(fields.text("tlp"));
      if (!tlp) return std::unexpected(tlp.error());
      out.tlp = *tlp;
    }
    if (says_pap) {
      const auto pap = mesh::pap_from(fields.text("pap"));
      if (!pap) return std::unexpected(pap.error());
      out.pap = *pap;
    }
    if (flags_.tlp)
      out.tlp = says_tlp ? mesh::intersect(out, {*flags_.tlp, out.pap}).tlp : *flags_.tlp;
    if (flags_.pap)
      out.pap = says_pap ? mesh::intersect(out, {out.tlp, *flags_.pap}).pap : *flags_.pap;
    if (out.tlp == mesh::Tlp::red)
      return fail(Errc::marking,
                  "TLP:RED goes to named persons: add it with tocsin ioc add --tlp red --to");
    return out;
  }

  const mesh::Audience* audience_of(mesh::Marking marking) {
    const int key = int(marking.tlp);
    if (const auto known = audiences_.find(key); known != audiences_.end())
      return &known->second;
    auto made = mesh::audience_of(marking, flags_.to, services_.org(), services_.charter);
    if (!made) {
      audience_error_ = made.error();
      return nullptr;
    }
    return &audiences_.emplace(key, std::move(*made)).first->second;
  }

  /// True when this organisation shares the same value under the same marking already.
  bool held(const Wish& wish) {
    for (const auto ordinal : services_.indicators.with_value(wish.type, wish.value)) {
      const auto entry = services_.indicators.entry_at(ordinal);
      if (entry && entry->found.org == services_.org() && entry->header.marking == wish.marking)
        return true;
    }
    return false;
  }

  void reject(const json::object& fields, const Error& error) {
    json::object row;
    for (const char* place : {"line", "object", "file"})
      if (const auto* found = fields.if_contains(place)) row[place] = *found;
    row["reason"] = error.message;
    row["code"] = name_of(error.code);
    if (error.code == Errc::marking) {
      ++out_.forbidden;
      if (!out_.first_forbidden) out_.first_forbidden = error;
    }
    out_.rejected.push_back(std::move(row));
  }

  Services& services_;
  Flags flags_;
  std::map<int, mesh::Audience> audiences_;
  std::optional<Error> audience_error_;
  std::set<std::pair<int, std::string>> seen_;
  Sorted out_;
};

}  // namespace

mesh::Task<Result<Answer>> add_indicator(Services& services, Request request) {
  const auto flags = flags_of(request);
  if (!flags) co_return std::unexpected(flags.error());
  const mesh::Marking marking{flags->tlp.value_or(mesh::Tlp::amber_strict),
                              flags->pap.value_or(mesh::Pap::amber)};
  const auto audience =
      mesh::audience_of(marking, flags->to, services.org(), services.charter);
  if (!audience) co_return std::unexpected(audience.error());

  std::vector<mesh::Draft> drafts;
  std::string value;
  if (marking.tlp == mesh::Tlp::red) {
    if (const auto known = persons_known(services, *audience); !known)
      co_return std::unexpected(known.error());
    auto draft = sealed_draft(services, request, *audience, marking);
    if (!draft) co_return std::unexpected(draft.error());
    drafts.push_back(std::move(*draft));
  } else {
    auto wanted = typed(request.text("type"), request.text("value"));
    if (!wanted) co_return std::unexpected(wanted.error());
    const auto expires = expiry_of(flags->expires, services.now());
    if (!expires) co_return std::unexpected(expires.error());
    const auto confidence = request.number("confidence", 50, 100);
    if (!confidence) co_return std::unexpected(confidence.error());
    auto labels = labels_of(request.texts("label"));
    if (!labels) co_return std::unexpected(labels.error());
    value = wanted->value;
    const Wish wish{wanted->type, wanted->value, marking, std::uint8_t(*confidence), *expires,
                    std::move(*labels)};
    drafts.push_back(draft_of(services, wish, *audience, mesh::LogClass::urgent));
  }
  if (request.flag("dry_run"))
    co_return Answer{json::object{{"id", nullptr}, {"value", value}, {"dry_run", true},
                                  {"audience", json::array(audience->orgs.begin(),
                                                           audience->orgs.end())}}};
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return placed(published->front(), value);
}

mesh::Task<Result<Answer>> import_chunk(Services& services, Request request) {
  auto flags = flags_of(request);
  if (!flags) co_return std::unexpected(flags.error());
  const auto* entries = request.args.if_contains("entries");
  if (!entries || !entries->is_array())
    co_return fail(Errc::usage, "entries: an array");
  if (entries->as_array().size() > chunk_entries_max)
    co_return fail(Errc::too_large, "{} entries, limit {}", entries->as_array().size(),
                   chunk_entries_max);
  ChunkSorter sorter(services, std::move(*flags));
  for (const auto& entry : entries->as_array()) sorter.take(entry);
  auto& sorted = sorter.result();
  if (sorted.first_forbidden && sorted.forbidden == entries->as_array().size())
    co_return std::unexpected(*sorted.first_forbidden);
  const std::size_t imported = sorted.drafts.size();
  if (imported > 0 && !request.flag("dry_run")) {
    const auto published = co_await services.node->publish(std::move(sorted.drafts));
    if (!published) co_return std::unexpected(published.error());
  }
  const int exit = sorted.rejected.empty() ? 0 : 3;
  co_return Answer{json::object{{"imported", imported},
                                {"duplicates", sorted.duplicates},
                                {"rejected", std::move(sorted.rejected)}},
                   exit};
}

Result<std::vector<SealedBox>> sealed_boxes(const mesh::RecordView& record) {
  const auto fields = mesh::FieldReader::make(record);
  if (!fields) return std::unexpected(fields.error());
  const auto names = fields->all(1), boxes = fields->all(2);
  if (names.size() != boxes.size() || names.size() > sealed_boxes_max)
    return fail(Errc::invalid, "sealed note: {} recipients, {} boxes", names.size(),
                boxes.size());
  std::vector<SealedBox> out;
  for (std::size_t i = 0; i < names.size(); ++i)
    out.push_back({std::string(text_of(names[i])), Bytes(boxes[i].begin(), boxes[i].end())});
  return out;
}

}  // namespace tocsin::agents
