#include "agents/agent/indicator_intake.hpp"
#include "agents/agent/people.hpp"
#include "agents/agent/verbs.hpp"
#include "agents/agent/documents.hpp"
#include "playbooks/detect/export.hpp"

namespace tocsin::agents {

using namespace playbooks;

namespace {

constexpr std::uint64_t search_limit_default = 1000;
constexpr std::uint64_t search_limit_max = 10'000'000;
constexpr std::size_t rows_per_line = 2000;

json::object entry_document(const Services& services, const IndicatorBook::Entry& entry) {
  std::uint64_t seen = 0;
  for (const auto& total : services.sightings.of(entry.id)) seen += total.count;
  json::array labels;
  for (const auto& label : entry.body.labels) labels.emplace_back(label);
  return {{"id", to_base32(entry.id)},
          {"type", mesh::name_of(entry.body.type)},
          {"value", entry.body.value},
          {"tlp", mesh::name_of(entry.header.marking.tlp)},
          {"pap", mesh::name_of(entry.header.marking.pap)},
          {"org", entry.found.org},
          {"confidence", entry.body.confidence},
          {"created", time_document(entry.header.created)},
          {"expires", time_document(entry.body.expires)},
          {"state", mesh::name_of(entry.state)},
          {"labels", std::move(labels)},
          {"sightings", seen}};
}

/// What a search text finds: the value itself, what begins with it, and names below it.
class Wanted {
 public:
  Wanted(std::string text, std::optional<mesh::IndicatorType> type)
      : text_(std::move(text)), below_("." + text_), type_(type) {}
  bool operator()(const mesh::IndicatorKey& key) const {
    if (type_ && key.type != *type_) return false;
    return key.value.starts_with(text_) ||
           (key.type == mesh::IndicatorType::domain && key.value.ends_with(below_));
  }

 private:
  std::string text_, below_;
  std::optional<mesh::IndicatorType> type_;
};

mesh::Task<Result<Answer>> search(Services& services, Request request) {
  std::optional<mesh::IndicatorType> type;
  if (request.has("type") && request.text("type") != "auto") {
    const auto named = mesh::indicator_type_from(request.text("type"));
    if (!named) co_return std::unexpected(named.error());
    type = *named;
  }
  const auto limit = request.number("limit", search_limit_default, search_limit_max);
  if (!limit) co_return std::unexpected(limit.error());

  std::string text = request.text("text");
  const auto guessed = guess_type(text);
  json::array rows;
  std::uint64_t count = 0;
  // A whole address, hash, URL or mail address has nothing below it: the tables know it.
  const bool exact = guessed && guessed->type != mesh::IndicatorType::domain &&
                     guessed->type != mesh::IndicatorType::pattern;
  if (exact) {
    for (const auto ordinal : services.indicators.with_value(guessed->type, guessed->value)) {
      const auto entry = services.indicators.entry_at(ordinal);
      if (entry && ++count <= *limit) rows.push_back(entry_document(services, *entry));
    }
  }
  if (rows.empty()) {
    const IndicatorBook::KeyFilter wanted = Wanted(guessed ? guessed->value : text, type);
    Result<void> sent{};
    const std::function<bool(const IndicatorBook::Entry&)> each =
        [&](const IndicatorBook::Entry& entry) {
          rows.push_back(entry_document(services, entry));
          return ++count < *limit;
        };
    if (*limit > 0) co_await services.indicators.scan(wanted, each);
  }
  while (rows.size() > rows_per_line) {
    json::array part(rows.end() - rows_per_line, rows.end());
    rows.resize(rows.size() - rows_per_line);
    json::object line{{"indicators", std::move(part)}};
    const auto sent = co_await request.lines->line(std::move(line));
    if (!sent) co_return std::unexpected(sent.error());
  }
  co_return Answer{json::object{{"indicators", std::move(rows)}}};
}

json::array receipts_document(const Services& services, const Digest& id) {
  json::array out;
  for (const auto& receipt : services.indicators.ledger().receipts(id))
    out.push_back({{"org", receipt.org},
                   {"at", time_document(receipt.at)},
                   {"held", receipt.held},
                   {"undone", texts_document(receipt.undone)}});
  return out;
}

/// A note for named persons: the boxes that their own keys open.
Result<Answer> show_sealed(const Services& services, const Digest& id) {
  const auto found = services.node->find(id);
  if (!found || !*found) return fail(Errc::not_found, "no indicator {}", to_base32(id));
  const auto view = mesh::view_record((*found)->record);
  if (!view || view->header.kind != mesh::RecordKind::sealed_note)
    return fail(Errc::not_found, "{} is no indicator", to_base32(id));
  const auto sealed = sealed_boxes(*view);
  if (!sealed) return std::unexpected(sealed.error());
  json::array boxes;
  for (const auto& box : *sealed)
    boxes.push_back({{"to", box.to}, {"box", to_base64(box.bytes)}});
  return Answer{json::object{{"id", to_base32(id)},
                             {"tlp", "red"},
                             {"org", (*found)->org},
                             {"created", time_document(view->header.created)},
                             {"sealed", std::move(boxes)}}};
}

Result<Answer> show(const Services& services, const Request& request) {
  const auto id = services.indicators.find(request.text("id"));
  if (!id) return std::unexpected(id.error());
  const auto entry = services.indicators.entry(*id);
  if (!entry) return show_sealed(services, *id);
  auto out = entry_document(services, *entry);
  json::array sightings, disputes;
  for (const auto& total : services.sightings.of(*id))
    sightings.push_back({{"org", total.org},
                         {"count", total.count},
                         {"first_seen", time_document(total.first_seen)},
                         {"last_seen", time_document(total.last_seen)}});
  for (const auto& [org, dispute] : services.indicators.disputes_of(*id))
    disputes.push_back({{"org", org}, {"why", dispute.why}});
  out["seen_by"] = std::move(sightings);
  out["disputes"] = std::move(disputes);
  out["receipts"] = receipts_document(services, *id);
  out["agent"] = entry->found.agent;
  out["log"] = mesh::short_name(entry->found.log);
  out["seq"] = entry->found.sequence;
  out["via"] = entry->found.via;
  out["received"] = time_document(entry->found.received);
  out["audience"] = texts_document(entry->found.audience.orgs);
  out["signature"] = "verified";
  if (const auto* reason = services.indicators.ledger().reason(*id))
    out["retracted"] = json::object{{"org", reason->org}, {"why", reason->why}};
  return Answer{std::move(out)};
}

Result<Answer> statistics(const Services& services) {
  json::object types;
  for (int type = 1; type <= int(mesh::IndicatorType::pattern); ++type) {
    const auto named = mesh::IndicatorType(type);
    if (named != mesh::IndicatorType::pattern)
      types[mesh::name_of(named)] = services.indicators.index().size(named);
  }
  return Answer{json::object{
      {"indicators", services.indicators.active()},
      {"records", services.store.ordinals()},
      {"matching", services.indicators.index().size()},
      {"index_bytes", services.indicators.index().bytes()},
      {"retracted", services.indicators.ledger().targets().size()},
      {"types", std::move(types)}}};
}

mesh::Task<Result<Answer>> retract(Services& services, Request request) {
  const auto id = services.indicators.find(request.text("id"));
  if (!id) co_return std::unexpected(id.error());
  const auto found = services.node->find(*id);
  if (!found || !*found) co_return fail(Errc::not_found, "no indicator {}", to_base32(*id));
  if ((*found)->org != services.org())
    co_return fail(Errc::refused, "{} is {}'s indicator: only its author retracts; dispute it "
                   "with tocsin sighting dispute", to_base32(*id), (*found)->org);
  const std::string why = request.text("why");
  const auto order = checked_order(services, request, {{"id", to_base32(*id)}, {"why", why}});
  if (!order) co_return std::unexpected(order.error());
  const auto view = mesh::view_record((*found)->record);
  if (!view) co_return std::unexpected(view.error());
  const auto marking = view->header.marking;
  auto record = mesh::encode_retraction(
      services.header(mesh::RecordKind::retraction, marking),
      {*id, why, request.text("analyst"), order->body, order->signature});
  if (!record) co_return std::unexpected(record.error());
  if (request.flag("dry_run"))
    co_return Answer{json::object{
        {"id", to_base32(*id)}, {"receipts", json::array{}}, {"dry_run", true}}};
  std::vector<mesh::Draft> drafts;
  drafts.push_back({mesh::RecordKind::retraction, marking, (*found)->audience,
                    mesh::LogClass::urgent, std::move(*record)});
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  // Partners that are up confirm within moments: show who did.
  co_await mesh::sleep(services.world.loop, std::chrono::milliseconds(200));
  co_return Answer{
      json::object{{"id", to_base32(*id)}, {"receipts", receipts_document(services, *id)}}};
}

mesh::Task<Result<Answer>> dispute(Services& services, Request request) {
  const auto id = services.indicators.find(request.text("id"));
  if (!id) co_return std::unexpected(id.error());
  const auto entry = services.indicators.entry(*id);
  if (!entry) co_return fail(Errc::not_found, "no indicator {}", to_base32(*id));
  const auto marking = entry->header.marking;
  auto record = mesh::encode_dispute(services.header(mesh::RecordKind::dispute, marking),
                                     {*id, request.text("why")});
  if (!record) co_return std::unexpected(record.error());
  std::vector<mesh::Draft> drafts;
  drafts.push_back({mesh::RecordKind::dispute, marking, entry->found.audience,
                    mesh::LogClass::case_, std::move(*record)});
  const auto published = co_await services.node->publish(std::move(drafts));
  if (!published) co_return std::unexpected(published.error());
  co_return Answer{json::object{{"id", to_base32(*id)}}};
}

/// Markings that `--tlp-max` admits; sets, not ranks. RED never.
Result<std::vector<mesh::Tlp>> admitted(const Request& request) {
  using mesh::Tlp;
  if (!request.has("tlp_max")) return std::vector{Tlp::clear};
  const auto most = mesh::tlp_from(request.text("tlp_max"));
  if (!most) return std::unexpected(most.error());
  switch (*most) {
    case Tlp::clear: return std::vector{Tlp::clear};
    case Tlp::green: return std::vector{Tlp::clear, Tlp::green};
    case Tlp::amber: return std::vector{Tlp::clear, Tlp::green, Tlp::amber};
    case Tlp::amber_strict:
      return std::vector{Tlp::clear, Tlp::green, Tlp::amber, Tlp::amber_strict};
    case Tlp::red: return fail(Errc::marking, "TLP:RED is for named persons: it is never exported");
  }
  panic("unnamed TLP", __FILE__, __LINE__);
}

mesh::Task<Result<Answer>> export_all(Services& services, Request request) {
  const auto format = import_format_from(request.text("format"));
  if (!format) co_return std::unexpected(format.error());
  const auto admit = admitted(request);
  if (!admit) co_return std::unexpected(admit.error());
  std::vector<ExportEntry> entries;
  const IndicatorBook::KeyFilter wanted = [](const mesh::IndicatorKey&) { return true; };
  const std::function<bool(const IndicatorBook::Entry&)> each =
      [&](const IndicatorBook::Entry& entry) {
        const auto& marking = entry.header.marking;
        if (entry.state != mesh::IndicatorState::active) return true;
        if (std::find(admit->begin(), admit->end(), marking.tlp) == admit->end()) return true;
        // What is named for this organisation may leave to its own tools.
        const bool open = marking.tlp == mesh::Tlp::clear;
        const mesh::Recipient to{open ? std::string_view() : services.org()};
        if (mesh::check_exit(mesh::Exit::export_, marking, entry.found.audience, to,
                             services.charter) != mesh::Refusal::none)
          return true;
        ExportEntry out{entry.id, entry.body.type, std::string(entry.body.value), marking,
                        entry.body.confidence, entry.header.created, entry.body.expires,
                        entry.found.org, {}};
        for (const auto label : entry.body.labels) out.labels.emplace_back(label);
        entries.push_back(std::move(out));
        return true;
      };
  co_await services.indicators.scan(wanted, each);
  auto document = export_indicators(entries, *format);
  if (!document) co_return std::unexpected(document.error());
  json::object out{{"format", name_of(*format)}, {"indicators", entries.size()}};
  if (*format == ImportFormat::stix || *format == ImportFormat::misp)
    out["document"] = json::parse(*document);
  else
    out["text"] = *document;
  co_return Answer{std::move(out)};
}

}  // namespace

void add_indicator_verbs(LocalApi& api, Services& services) {
  Services* all = &services;
  api.on("ioc.add", [all](Request r) { return add_indicator(*all, std::move(r)); });
  api.on("ioc.import_chunk", [all](Request r) { return import_chunk(*all, std::move(r)); });
  api.on("ioc.search", [all](Request r) { return search(*all, std::move(r)); });
  api.on("ioc.show", at_once([all](const Request& r) { return show(*all, r); }));
  api.on("ioc.stats", at_once([all](const Request&) { return statistics(*all); }));
  api.on("ioc.retract", [all](Request r) { return retract(*all, std::move(r)); });
  api.on("ioc.export", [all](Request r) { return export_all(*all, std::move(r)); });
  api.on("sighting.dispute", [all](Request r) { return dispute(*all, std::move(r)); });
}

}  // namespace tocsin::agents
