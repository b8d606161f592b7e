// tocsin ioc import: the command reads and parses, the agent signs and keeps.
#include <algorithm>

#include "agents/cli/nouns.hpp"
#include "agents/home/fields.hpp"
#include "mesh/wire/marking.hpp"
#include "playbooks/detect/import.hpp"

namespace tocsin::agents::cli {
namespace {

using playbooks::ImportEntry;
using playbooks::ImportPlace;
using playbooks::ImportReject;

constexpr std::size_t chunk_entries_max = 1000;
constexpr std::size_t chunks_in_flight_max = 4;
constexpr std::size_t rejects_listed_max = 1'000'000;

void put_place(json::object& into, const ImportPlace& where) {
  if (where.line > 0) into["line"] = where.line;
  if (!where.object.empty()) into["object"] = where.object;
}

json::object entry_of(const ImportEntry& entry) {
  json::object out{{"type", mesh::name_of(entry.type)}, {"value", entry.value}};
  if (entry.tlp) out["tlp"] = mesh::name_of(*entry.tlp);
  if (entry.pap) out["pap"] = mesh::name_of(*entry.pap);
  if (entry.confidence) out["confidence"] = *entry.confidence;
  if (entry.expires) out["expires"] = mesh::to_rfc3339(*entry.expires);
  if (!entry.labels.empty()) {
    json::array labels;
    for (const auto& label : entry.labels) labels.emplace_back(label);
    out["labels"] = std::move(labels);
  }
  put_place(out, entry.where);
  return out;
}

// One import over all its files: what was read, what is on its way, what came back.
class Import {
 public:
  explicit Import(Call& call) : call_(call) {}

  mesh::Task<Result<Document>> run() {
    const auto format = playbooks::import_format_from(
        call_.has("format") ? call_.text("format") : "auto");
    if (!format) co_return std::unexpected(format.error());
    if (const auto fit = check_markings(); !fit) co_return std::unexpected(fit.error());
    const auto client = co_await call_.agent();
    if (!client) co_return std::unexpected(client.error());
    client_ = *client;

    for (const auto& name : call_.arguments().texts("files")) {
      file_ = name;
      const auto read = read_file(*format);
      if (!read) failed_.emplace_back(name, read.error());
      auto sent_task = send_all();
      const auto sent = co_await sent_task;
      if (!sent) co_return std::unexpected(sent.error());
    }
    if (call_.progress() && !failed_.empty()) call_.remark("");
    co_return result();
  }

 private:
  // Before any file is read: a flag that means nothing would refuse each entry of each of them.
  Result<void> check_markings() const {
    if (call_.has("tlp"))
      if (const auto tlp = mesh::tlp_from(call_.text("tlp")); !tlp)
        return std::unexpected(tlp.error());
    if (call_.has("pap"))
      if (const auto pap = mesh::pap_from(call_.text("pap")); !pap)
        return std::unexpected(pap.error());
    return {};
  }

  // Parses the whole file into chunks; a document that is JSON is in memory anyway.
  Result<void> read_file(playbooks::ImportFormat format) {
    const playbooks::ImportSink sink{
        .entry = [this](ImportEntry entry) { return take(std::move(entry)); },
        .reject = [this](ImportReject reject) { refuse(reject.where, std::move(reject.reason)); },
        .progress = [this](std::uint64_t done, std::uint64_t all) { show("read", done, all); }};
    return playbooks::import_file(call_.disk(), call_.terminal().resolve(file_), format, sink);
  }

  Result<void> take(ImportEntry entry) {
    if (chunks_.empty() || chunks_.back().size() == chunk_entries_max) chunks_.emplace_back();
    chunks_.back().push_back(std::move(entry));
    return {};
  }

  void refuse(const ImportPlace& where, std::string reason) {
    ++rejected_count_;
    if (rejected_.size() >= rejects_listed_max) return;
    json::object out{{"file", file_}};
    put_place(out, where);
    out["reason"] = std::move(reason);
    rejected_.push_back(std::move(out));
  }

  mesh::Task<Result<void>> send_all() {
    std::size_t next = 0, answered = 0;
    while (answered < chunks_.size()) {
      while (next < chunks_.size() && next - answered < chunks_in_flight_max) {
        auto args = arguments(std::move(chunks_[next]));
        auto sent_task = client_->send("ioc.import_chunk", std::move(args));
        const auto sent = co_await sent_task;
        if (!sent) co_return sent;
        ++next;
      }
      auto reply_task = client_->receive();
      auto reply = co_await reply_task;
      if (!reply) co_return std::unexpected(reply.error());
      if (!reply->ok) co_return std::unexpected(error_of(*reply));
      if (reply->more) continue;
      count(reply->result);
      show("shared", ++answered, chunks_.size());
    }
    chunks_.clear();
    co_return Result<void>();
  }

  json::object arguments(std::vector<ImportEntry> chunk) const {
    json::array entries;
    entries.reserve(chunk.size());
    for (const auto& entry : chunk) entries.push_back(entry_of(entry));
    json::object args{{"entries", std::move(entries)}};
    for (const auto* key : {"tlp", "pap", "expires"})
      if (call_.has(key)) args[key] = call_.text(key);
    if (call_.has("dry_run")) args["dry_run"] = true;
    json::array to;
    for (const auto& each : call_.arguments().texts("to")) to.emplace_back(each);
    if (!to.empty()) args["to"] = std::move(to);
    return args;
  }

  void count(json::object& answer) {
    imported_ += number_in(answer, "imported");
    duplicates_ += number_in(answer, "duplicates");
    auto* rejected = answer.if_contains("rejected");
    if (!rejected || !rejected->is_array()) return;
    for (auto& each : rejected->as_array()) {
      ++rejected_count_;
      if (!each.is_object() || rejected_.size() >= rejects_listed_max) continue;
      json::object out{{"file", file_}};
      for (auto& field : each.as_object()) out[field.key()] = std::move(field.value());
      rejected_.push_back(std::move(out));
    }
  }

  void show(std::string_view what, std::uint64_t done, std::uint64_t all) {
    if (!call_.progress() || all == 0) return;
    const auto percent = done * 100 / all;
    if (percent == shown_) return;
    shown_ = percent;
    constexpr std::size_t width = 40;
    const auto filled = std::size_t(percent) * width / 100;
    call_.terminal().err(fmt::format("\r{} {} [{}{}] {:3}%{}", file_, what,
                                     std::string(filled, '#'), std::string(width - filled, ' '),
                                     percent, percent == 100 ? "\n" : ""));
  }

  // Nothing came in at all: the file's error is the command's. Else it is partly done.
  Result<Document> result() {
    if (!failed_.empty() && imported_ == 0 && duplicates_ == 0 && rejected_.empty())
      return std::unexpected(failed_.front().second);
    for (const auto& [file, error] : failed_)
      rejected_.push_back(json::object{{"file", file}, {"reason", error.message}});
    Document out;
    out.exit = rejected_.empty() ? 0 : 3;
    out.json = {{"imported", imported_}, {"duplicates", duplicates_}};
    if (rejected_count_ > rejects_listed_max) out.json["rejected_in_all"] = rejected_count_;
    out.json["rejected"] = std::move(rejected_);
    return out;
  }

  Call& call_;
  LocalClient* client_ = nullptr;
  std::string file_;
  std::vector<std::vector<ImportEntry>> chunks_;
  json::array rejected_;
  std::vector<std::pair<std::string, Error>> failed_;  ///< files, and why they were not read
  std::uint64_t rejected_count_ = 0, shown_ = 101;
  std::int64_t imported_ = 0, duplicates_ = 0;
};

mesh::Task<Result<Document>> import_files(Call& call) {
  Import import(call);
  auto done = co_await import.run();
  co_return done;
}

}  // namespace

void add_ioc_import(Commands& out) {
  out.push_back(
      {.noun = "ioc", .verb = "import", .about = "share the indicators of files",
       .example = "tocsin ioc import feed.csv bundle.json --tlp green --expires 14d",
       .positionals = {{"FILE", "files", true}},
       .flags = {{"format", "auto|stix|misp|csv|list", "of the files"},
                 {"tlp", "TLP", "where the source says nothing; narrows otherwise"},
                 {"pap", "PAP", "where the source says nothing; narrows otherwise"},
                 {"to", "ORG", "who may see them", true},
                 {"expires", "DURATION", "their life where the source says none"},
                 {"dry-run", "", "check, share nothing"}},
       .run = import_files});
}

}  // namespace tocsin::agents::cli
