// tocsin audit: chains, signatures and proofs, and what a partner holds beside them.
#include "agents/cli/nouns.hpp"
#include "agents/home/audit_file.hpp"
#include "agents/home/home_store.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents::cli {
namespace {

Document verdict(const mesh::Audit& audit) {
  Document out;
  out.exit = audit.ok ? 0 : 1;
  out.json = {{"entries", audit.entries},
              {"witnessed", audit.witnessed},
              {"dropped", audit.dropped},
              {"ok", audit.ok},
              {"first_bad", audit.first_bad.empty() ? json::value(nullptr)
                                                    : json::value(audit.first_bad)}};
  return out;
}

Result<Document> verify_home(Call& call, const Path& folder) {
  const auto from = open_home_store(call.world(), folder);
  if (!from) return std::unexpected(from.error());
  const auto audit = mesh::verify_archive(*from->store, *from->home.charter);
  if (!audit) return std::unexpected(audit.error());
  return verdict(*audit);
}

// Only the charter inside says who is who: its federation's id is what the auditor compares.
Result<Document> verify_file(Call& call, const Path& path) {
  const auto text = read_text(call.disk(), path, audit_file_bytes_max);
  if (!text) return std::unexpected(text.error());
  const auto file = read_audit(*text);
  if (!file) return within(path.string(), file.error());
  const auto report = check_audit(*file);
  auto out = verdict(report.audit);
  json::array orgs, lines;
  for (const auto& member : file->charter.body.members) orgs.emplace_back(member.org);
  for (const auto& line : report.lines)
    lines.push_back(json::object{{"at", mesh::to_rfc3339(line.at)},
                                 {"org", line.org},
                                 {"kind", line.kind},
                                 {"witnesses", line.witnesses},
                                 {"record", to_base32(line.record)}});
  out.json["federation"] = to_base32(file->charter.federation);
  out.json["charter"] = file->charter.body.name;
  out.json["orgs"] = std::move(orgs);
  out.json["incident"] = file->incident;
  out.json["persons"] = report.persons;
  out.json["timeline"] = std::move(lines);
  out.text = fmt::format("{}: {} entries, {} of them witnessed by other organisations, {} "
                         "signatures of persons, federation {}\n",
                         report.audit.ok ? "all is well" : report.audit.first_bad,
                         report.audit.entries, report.audit.witnessed, report.persons,
                         to_base32(file->charter.federation));
  return out;
}

// The partner's word beside our own: what differs is shown in one document with what was checked.
mesh::Task<Result<Document>> verify_with(Call& call, Document own) {
  json::object args{{"with", call.text("with")}};
  auto answer_task = call.ask("audit.compare", std::move(args));
  auto answer = co_await answer_task;
  if (!answer) co_return answer;
  own.exit = std::max(own.exit, answer->exit);
  own.json["comparison"] = std::move(answer->json);
  co_return own;
}

mesh::Task<Result<Document>> verify(Call& call) {
  const auto path = call.path("file");
  if (call.has("with") && !path.empty())
    co_return fail(Errc::usage, "audit verify: --with compares running agents; leave out {}",
                   call.text("file"));
  if (!path.empty()) {
    const bool home = call.disk().exists(Layout{path}.identity());
    co_return home ? verify_home(call, path) : verify_file(call, path);
  }
  auto answer_task = call.ask("audit.verify", {});
  auto answer = co_await answer_task;
  if (answer && call.has("with")) {
    auto compared_task = verify_with(call, std::move(*answer));
    co_return co_await compared_task;
  }
  if (answer || call.has("with") || answer.error().code != Errc::unreachable) co_return answer;
  co_return verify_home(call, call.home_path());
}

mesh::Task<Result<Document>> export_incident(Call& call) {
  const auto path = call.path("file");
  json::object args{{"id", call.text("id")}};
  auto answer_task = call.ask("audit.export", std::move(args));
  auto answer = co_await answer_task;
  if (!answer) co_return answer;
  const auto* document = answer->json.if_contains("document");
  if (!document || !document->is_object())
    co_return fail(Errc::invalid, "the agent gave no document");
  const auto text = json::serialize(*document) + "\n";
  const auto written = call.disk().write_atomic(path, bytes_of(text), mesh::FileMode::secret);
  if (!written) co_return std::unexpected(written.error());
  answer->json.erase("document");
  answer->json["file"] = path.string();
  answer->text = fmt::format("{} holds what an auditor needs: `tocsin audit verify FILE`\n",
                             path.string());
  co_return answer;
}

}  // namespace

void add_audit(Commands& out) {
  out.push_back({.noun = "audit", .verb = "verify", .about = "check chains, signatures and proofs",
                 .example = "tocsin audit verify incident.audit",
                 .positionals = {{"FILE", "file", false, true}},
                 .flags = {{"with", "ORG", "compare by content what a partner's agent holds"}},
                 .run = verify});
  out.push_back({.noun = "audit", .verb = "export", .about = "one incident, for an auditor",
                 .example = "tocsin audit export m4kxq incident.audit",
                 .positionals = {{"INC", "id"}, {"FILE", "file"}},
                 .run = export_incident});
}

}  // namespace tocsin::agents::cli
