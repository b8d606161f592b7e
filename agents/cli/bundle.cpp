// tocsin bundle: what would go over the mesh, on a stick.
#include <algorithm>

#include "agents/cli/nouns.hpp"
#include "crypto/base_encoding.hpp"
#include "mesh/sync/bundle_file.hpp"
#include "mesh/wire/frame.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr Duration bundle_wait_max = std::chrono::hours(24);

// A large file takes the agent longer than other commands do.
mesh::Task<Result<Document>> ask_long(Call& call) {
  auto args = call.arguments().to_json(call.command());
  args["file"] = call.path("file").string();
  auto client_task = call.agent();
  const auto client = co_await client_task;
  if (!client) co_return std::unexpected(client.error());
  auto sent_task = (*client)->send(call.command().local_verb(), std::move(args));
  const auto sent = co_await sent_task;
  if (!sent) co_return std::unexpected(sent.error());
  auto reply_task = (*client)->receive(bundle_wait_max);
  auto reply = co_await reply_task;
  if (!reply) co_return std::unexpected(reply.error());
  if (!reply->ok) co_return std::unexpected(error_of(*reply));
  co_return Document{std::move(reply->result), reply->exit};
}

/// What the segments of an opened bundle hold of one log.
struct LogContent {
  std::uint64_t batches = 0, records = 0;
  std::vector<mesh::SequenceRange> ranges;  ///< in the order of the file, which ascends
};

// Who an agent is, as far as this home's charter says.
std::string agent_name(const std::optional<crypto::Charter>& charter, const AgentId& id) {
  if (charter) {
    for (const auto& member : charter->body.members)
      for (const auto& agent : member.agents)
        if (crypto::agent_id_of(agent.signing) == id) return member.org + "/" + agent.name;
    for (const auto& encoded : charter->certificates)
      if (const auto body = crypto::peek_certificate(encoded); body && body->id() == id)
        return body->org + "/" + body->name;
  }
  return to_base32(id);
}

json::object log_document(const std::optional<crypto::Charter>& charter, const mesh::LogKey& log,
                          const LogContent& content) {
  json::array ranges;
  for (const auto& range : content.ranges)
    ranges.push_back({{"first", range.first}, {"last", range.last}});
  return {{"log", mesh::short_name(log)},
          {"agent", agent_name(charter, log.agent)},
          {"class", mesh::name_of(log.log_class)},
          {"sealed", !log.scope.is_zero()},
          {"batches", content.batches},
          {"records", content.records},
          {"ranges", std::move(ranges)}};
}

/// Reads one bundle from its head to its end.
class Inspection {
 public:
  Inspection(Call& call, mesh::BundleFile file) : call_(call), file_(std::move(file)) {
    if (auto home = call.home()) home_ = std::move(*home);
  }

  Result<Document> run() {
    const auto& header = file_.header();
    json::object out{{"file", call_.text("file")},
                     {"bytes", file_.bytes()},
                     {"bundle", to_base32(header.id)},
                     {"federation", to_base32(header.federation)},
                     {"created", mesh::to_rfc3339(header.created)},
                     {"to", header.to},
                     {"segments", header.segments},
                     {"batches", header.batches},
                     {"records", header.records}};
    if (header.since.ms > 0) out["since"] = mesh::to_rfc3339(header.since);
    const auto made = sender(out);
    if (!made) return std::unexpected(made.error());
    json::array recipients;
    for (const auto& recipient : header.recipients)
      recipients.emplace_back(agent_name(charter(), recipient.agent));
    out["recipients"] = std::move(recipients);

    const auto opened = unlock();
    if (!opened) return std::unexpected(opened.error());
    out["opened"] = *opened;
    if (const auto read = read_all(); !read) return std::unexpected(read.error());
    if (*opened) contents(out);
    return Document{std::move(out)};
  }

 private:
  const std::optional<crypto::Charter>& charter() const { return home_ ? home_->charter : none_; }

  // A bundle of a federation that this home is not in shows what it says of itself.
  Result<void> sender(json::object& out) const {
    const auto named = crypto::peek_certificate(file_.header().certificate);
    if (!named) return within("bundle", named.error());
    out["from"] = named->org + "/" + named->name;
    const bool known = charter() && charter()->federation == file_.header().federation;
    if (known)
      if (const auto author = file_.author(*charter()); !author)
        return std::unexpected(author.error());
    out["signature"] = known ? "verified" : "unchecked";
    return {};
  }

  // True where this home's agent is a recipient; no passphrase is asked for in vain.
  Result<bool> unlock() {
    if (!home_) return false;
    const auto own = crypto::agent_id_of(home_->signing);
    const auto& recipients = file_.header().recipients;
    if (std::none_of(recipients.begin(), recipients.end(),
                     [&](const auto& recipient) { return recipient.agent == own; }))
      return false;
    const auto passphrase = call_.passphrase_for(home_->at.keys());
    if (!passphrase) return false;
    const auto keys = read_agent_keys(call_.disk(), home_->at, *passphrase);
    if (!keys) return std::unexpected(keys.error());
    if (auto done = file_.unlock(own, keys->sealing); !done) return std::unexpected(done.error());
    return true;
  }

  Result<void> read_all() {
    for (;;) {
      const auto more = file_.next();
      if (!more) return within(call_.text("file"), more.error());
      if (!*more) return {};
      const auto* segment = file_.segment();
      if (segment && segment->kind == mesh::SegmentKind::fork_proofs)
        forks_ += segment->items.size();
      if (!segment || segment->kind != mesh::SegmentKind::batches) continue;
      for (const auto item : segment->items) {
        const auto header = mesh::parse_batch_header(item.first(mesh::batch_header_bytes));
        if (!header) return std::unexpected(header.error());
        note(*header);
      }
    }
  }

  void note(const mesh::BatchHeader& header) {
    auto& content = logs_[header.log];
    ++content.batches;
    content.records += header.record_count;
    auto& ranges = content.ranges;
    if (!ranges.empty() && ranges.back().last + 1 == header.sequence)
      ranges.back().last = header.sequence;
    else if (ranges.size() < mesh::head_ranges_max)
      ranges.push_back({header.sequence, header.sequence});
  }

  void contents(json::object& out) const {
    json::array logs, gaps;
    for (const auto& [log, content] : logs_) {
      logs.push_back(log_document(charter(), log, content));
      std::uint64_t next = 1;
      for (const auto& range : content.ranges) {
        if (range.first > next)
          gaps.push_back({{"log", mesh::short_name(log)}, {"first", next},
                          {"last", range.first - 1}});
        next = range.last + 1;
      }
    }
    out["forks"] = forks_;
    out["logs"] = std::move(logs);
    out["gaps"] = std::move(gaps);
  }

  Call& call_;
  mesh::BundleFile file_;
  std::optional<PublicHome> home_;
  const std::optional<crypto::Charter> none_;
  std::map<mesh::LogKey, LogContent> logs_;
  std::uint64_t forks_ = 0;  ///< proofs
};

mesh::Task<Result<Document>> inspect(Call& call) {
  auto file = mesh::BundleFile::open(call.disk(), call.path("file"));
  if (!file) co_return std::unexpected(file.error());
  co_return Inspection(call, std::move(*file)).run();
}

}  // namespace

void add_bundle(Commands& out) {
  out.push_back({.noun = "bundle", .verb = "export",
                 .about = "write what a partner may have into a file sealed to it",
                 .example = "tocsin bundle export /media/stick/bleu.tocsin --to bleu --since 24h",
                 .positionals = {{"FILE", "file"}},
                 .flags = {{"to", "ORG", "whose agents can open it", false, true},
                           {"since", "DURATION|TIME", "only what was signed since then"},
                           {"carry-for", "ORG", "sealed batches that it shall carry for others",
                            true},
                           {"dry-run", "", "count, write nothing"}},
                 .run = ask_long});
  out.push_back({.noun = "bundle", .verb = "import",
                 .about = "take in a bundle; may be repeated",
                 .example = "tocsin bundle import /media/stick/bleu.tocsin",
                 .positionals = {{"FILE", "file"}},
                 .flags = {{"dry-run", "", "verify and count, keep nothing"}},
                 .run = ask_long});
  out.push_back({.noun = "bundle", .verb = "inspect",
                 .about = "what a bundle says of itself, and holds; needs no agent",
                 .example = "tocsin bundle inspect /media/stick/bleu.tocsin",
                 .positionals = {{"FILE", "file"}},
                 .run = inspect});
}

}  // namespace tocsin::agents::cli
