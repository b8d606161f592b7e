// tocsin match: the events of files against indicators, without an agent.
#include <set>

#include "agents/cli/nouns.hpp"
#include "agents/cli/render.hpp"
#include "agents/home/home_store.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/sync/indicator_ledger.hpp"
#include "playbooks/detect/file_match.hpp"

namespace tocsin::agents::cli {
namespace {

// What is matched against: the listed value names a hit with --indicators, else the id does.
struct Known {
  explicit Known(Entropy& entropy) : list(entropy) {}
  playbooks::IndicatorList list;
  std::vector<std::string> ids;  ///< by ordinal; empty: values are shown
  std::uint64_t left_out = 0;    ///< indicators that cannot be looked up
};

Result<void> load_file(Call& call, Known& known) {
  const auto loaded = playbooks::load_list(call.disk(), call.path("indicators"), known.list);
  if (!loaded) return std::unexpected(loaded.error());
  known.left_out = loaded->rejected;
  if (loaded->rejected > 0)
    call.remark(fmt::format("{}: {} entries left out, the first: {}", call.text("indicators"),
                            loaded->rejected, loaded->first_reason));
  return {};
}

// Whoever came first, a retraction counts: they are read before the indicators.
Result<void> load_store(Call& call, Known& known) {
  auto from = open_home_store(call.world(), call.home_path());
  if (!from) {
    from.error().hint = "name a list with --indicators FILE, or start the agent";
    return std::unexpected(from.error());
  }
  const auto passphrase = call.passphrase_for(from->home.at.keys());
  if (!passphrase) return std::unexpected(passphrase.error());
  mesh::IndicatorLedger ledger;
  auto loaded = read_home_store(call.world(), *from, *passphrase, [&](const mesh::Delivered& batch) {
    for (const auto& record : batch.records)
      if (record.header.kind == mesh::RecordKind::retraction)
        if (const auto retraction = mesh::decode_retraction(record))
          (void)ledger.retract(*retraction, record.id(), batch.org, std::nullopt);
  });
  if (!loaded) return loaded;
  const auto now_s = call.now().ms / 1000;
  Result<void> added;
  loaded = read_home_store(call.world(), *from, *passphrase, [&](const mesh::Delivered& batch) {
    for (std::size_t i = 0; i < batch.records.size() && added; ++i) {
      const auto& record = batch.records[i];
      if (record.header.kind != mesh::RecordKind::indicator) continue;
      if (!mesh::may_match(record.header.marking)) continue;
      const auto key = mesh::indicator_key(record);
      if (key.type == mesh::IndicatorType::pattern) continue;
      const auto state = ledger.add(batch.first_ordinal + i, batch.org, key.expires_s, record);
      if (state != mesh::IndicatorState::active || std::int64_t(key.expires_s) <= now_s) continue;
      const auto entered = known.list.add(key.type, key.value);
      if (!entered) added = std::unexpected(entered.error());
      if (entered && *entered) known.ids.push_back(to_base32(record.id()));
    }
  });
  return loaded ? added : loaded;
}

// The agent's own, asked in one request; the answer comes in pieces.
mesh::Task<Result<void>> load_agent(Call& call, Known& known) {
  json::object args{{"text", ""}, {"limit", "10000000"}};
  auto answer_task = call.ask("ioc.search", std::move(args));
  auto answer = co_await answer_task;
  if (!answer && answer.error().code == Errc::unreachable) co_return load_store(call, known);
  if (!answer) co_return std::unexpected(answer.error());
  const auto* rows = answer->json.if_contains("indicators");
  if (!rows || !rows->is_array()) co_return fail(Errc::invalid, "the agent listed no indicators");
  for (const auto& each : rows->as_array()) {
    const auto& row = each.as_object();
    const auto *type = row.if_contains("type"), *value = row.if_contains("value"),
               *id = row.if_contains("id"), *state = row.if_contains("state");
    if (!type || !value || !id || !value->is_string()) continue;
    if (state && state->is_string() && state->as_string() != "active") continue;
    const auto known_type = mesh::indicator_type_from(std::string_view(type->as_string()));
    if (!known_type || *known_type == mesh::IndicatorType::pattern) {
      ++known.left_out;
      continue;
    }
    const auto added = known.list.add(*known_type, std::string_view(value->as_string()));
    if (!added) co_return std::unexpected(added.error());
    if (*added) known.ids.emplace_back(id->as_string());
  }
  if (known.left_out > 0)
    call.remark(fmt::format("{} STIX patterns are no values to look up and are left out",
                            known.left_out));
  co_return Result<void>();
}

// One line per event and listed value, printed in large pieces.
class Printer {
 public:
  Printer(Call& call, const Known& known) : call_(call), known_(known) {}
  ~Printer() { flush(); }

  void begin(std::string file) {
    file_ = std::move(file);
    line_ = 0;
  }
  void hit(const playbooks::FileHit& hit) {
    if (hit.line != line_) {
      line_ = hit.line;
      seen_.clear();
    }
    if (!seen_.insert(hit.ordinal).second) return;
    ++hits_;
    const std::string_view indicator = known_.ids.empty()
                                           ? known_.list.value(hit.ordinal)
                                           : std::string_view(known_.ids[hit.ordinal]);
    if (call_.globals().json) {
      out_ += json::serialize(json::object{{"file", file_},
                                           {"line", hit.line},
                                           {"field", hit.field},
                                           {"value", hit.value},
                                           {"indicator", indicator}});
    } else {
      out_ += fmt::format("{}:{}: {} {} = {}", file_, hit.line, harmless(hit.field),
                          harmless(hit.value), harmless(indicator));
    }
    out_ += "\n";
    if (out_.size() > 1 << 16) flush();
  }
  void flush() {
    call_.terminal().out(out_);
    out_.clear();
  }
  std::uint64_t hits() const { return hits_; }

 private:
  Call& call_;
  const Known& known_;
  std::string file_, out_;
  std::set<std::uint32_t> seen_;
  std::uint64_t line_ = 0, hits_ = 0;
};

json::array messages_of(const std::vector<Error>& errors) {
  json::array out;
  for (const auto& error : errors) out.emplace_back(error.message);
  return out;
}

double seconds(Duration d) { return std::chrono::duration<double>(d).count(); }

Result<Document> match_files(Call& call, const Known& known) {
  const auto format =
      playbooks::event_format_from(call.has("format") ? call.text("format") : "auto");
  if (!format) return std::unexpected(format.error());
  const auto began = call.world().clock.now();
  Printer printer(call, known);
  std::uint64_t events = 0, rejected = 0;
  std::vector<Error> failed;
  const auto files = call.arguments().texts("files");
  for (const auto& file : files) {
    printer.begin(file);
    playbooks::FileMatcher matcher(known.list.index(), known.list.confirm());
    const auto totals = matcher.run(call.disk(), call.terminal().resolve(file), *format,
                                    [&printer](const playbooks::FileHit& hit) { printer.hit(hit); });
    if (!totals) {  // The other files are matched all the same.
      failed.push_back(totals.error());
      call.remark(totals.error().message);
      continue;
    }
    events += totals->events;
    rejected += totals->rejected;
    if (totals->rejected > 0)
      call.remark(fmt::format("{}: {} lines are no events, the first is line {}: {}", file,
                              totals->rejected, totals->first_rejected, totals->first_reason));
  }
  printer.flush();
  if (failed.size() == files.size()) return std::unexpected(failed.front());
  const auto took = seconds(call.world().clock.now() - began);
  json::object totals{{"events", events},
                      {"hits", printer.hits()},
                      {"rejected", rejected},
                      {"seconds", took}};
  if (known.left_out > 0) totals["left_out"] = known.left_out;
  if (!failed.empty()) totals["failed"] = messages_of(failed);
  call.print_line(totals, fmt::format("{} events, {} hits, {:.3f} s", events, printer.hits(), took));
  const bool partly = rejected > 0 || !failed.empty();
  return Document{.json = {}, .exit = partly ? 3 : 0, .text = {}, .printed = true};
}

mesh::Task<Result<Document>> match(Call& call) {
  Known known(call.world().entropy);
  Result<void> loaded;
  if (call.has("indicators")) loaded = load_file(call, known);
  else loaded = co_await load_agent(call, known);
  if (!loaded) co_return std::unexpected(loaded.error());
  co_return match_files(call, known);
}

}  // namespace

void add_match(Commands& out) {
  out.push_back({.noun = "match", .verb = "", .about = "match the events of files offline",
                 .example = "tocsin match events.ndjson --indicators feed.csv --json",
                 .positionals = {{"FILE", "files", true}},
                 .flags = {{"format", "auto|json|syslog", "of the events"},
                           {"indicators", "FILE", "a list, in place of the agent's indicators"}},
                 .run = match});
}

}  // namespace tocsin::agents::cli
