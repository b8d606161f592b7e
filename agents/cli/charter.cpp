// tocsin charter: the agreement that makes a federation.
#include "agents/cli/charter_document.hpp"
#include "agents/cli/nouns.hpp"
#include "agents/home/agreement.hpp"

namespace tocsin::agents::cli {
namespace {

constexpr Duration charter_life = std::chrono::hours(24 * 366);

Result<crypto::Charter> read_file(Call& call) {
  const auto text = read_text(call.disk(), call.path("file"));
  if (!text) return std::unexpected(text.error());
  auto charter = crypto::read_charter(*text);
  if (!charter)
    return within(call.text("file"),
                  hinted(charter.error(), "`tocsin charter new` writes such files"));
  return charter;
}

Result<void> write_file(Call& call, const Path& file, const crypto::Charter& charter) {
  return call.disk().write_atomic(file, bytes_of(crypto::write_charter(charter)),
                                  mesh::FileMode::shared);
}

Result<crypto::Member> member_from(Call& call, const std::string& file) {
  const auto text = read_text(call.disk(), call.terminal().resolve(file));
  if (!text) return std::unexpected(text.error());
  auto card = crypto::read_card(*text);
  if (!card)
    return within(file, hinted(card.error(), "`tocsin org card --out FILE` writes such files"));
  return crypto::Member{card->org,  card->name,     card->country, card->role,
                        card->root, card->recovery, card->agents,  card->own_networks};
}

mesh::Task<Result<Document>> make(Call& call) {
  crypto::CharterBody body{.name = call.text("name"),
                           .exercise = call.has("exercise"),
                           .created = call.now(),
                           .expires = call.now() + charter_life};
  if (call.has("expires")) {
    const auto life = mesh::parse_duration(call.text("expires"));
    if (!life) co_return std::unexpected(Error{Errc::usage, life.error().message, "365d"});
    body.expires = body.created + *life;
  }
  for (const auto& file : call.arguments().texts("cards")) {
    auto member = member_from(call, file);
    if (!member) co_return std::unexpected(member.error());
    body.members.push_back(std::move(*member));
  }
  const auto charter = crypto::make_charter(std::move(body));
  if (!charter) co_return std::unexpected(charter.error());
  const auto written = write_file(call, call.path("out"), *charter);
  if (!written) co_return std::unexpected(written.error());
  Document out{charter_document(*charter, call.now()), 0, {}, false};
  out.text = fmt::format("the charter {} is in {}. Each member signs it: tocsin charter sign {}\n",
                         charter->body.name, call.text("out"), call.text("out"));
  co_return out;
}

mesh::Task<Result<Document>> sign(Call& call) {
  auto charter = read_file(call);
  if (!charter) co_return std::unexpected(charter.error());
  const auto root = call.root();
  if (!root) co_return std::unexpected(root.error());
  std::optional<crypto::SigningKey> recovery;
  if (call.has("recovery_dir")) {
    auto read = call.recovery();
    if (!read) co_return std::unexpected(read.error());
    recovery = std::move(*read);
  }
  const auto changed =
      sign_agreement(*charter, root->root, call.now(), recovery ? &*recovery : nullptr);
  if (!changed) co_return std::unexpected(changed.error());
  if (*changed) {
    const auto written = write_file(call, call.path("file"), *charter);
    if (!written) co_return std::unexpected(written.error());
  }
  Document out{charter_document(*charter, call.now()), 0, {}, false};
  out.text = change_lines(*charter);  // Not to be signed blindly.
  out.text += fmt::format("{} of {} members have signed {}\n", charter->signatures.size(),
                          charter->body.members.size(), call.text("file"));
  co_return out;
}

mesh::Task<Result<Document>> accept(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto charter = read_file(call);
  if (!charter) co_return std::unexpected(charter.error());
  auto install_task = install_charter(call, *home, *charter);
  const auto done = co_await install_task;
  if (!done) co_return std::unexpected(done.error());
  Document out{charter_document(*charter, call.now()), 0, {}, false};
  out.text = fmt::format("{} lives by the charter {}{}\n", home->agent, charter->body.name,
                         charter->body.exercise ? " (EXERCISE)" : "");
  co_return out;
}

mesh::Task<Result<Document>> show(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto charter = home->agreed();
  if (!charter) co_return std::unexpected(charter.error());
  co_return Document{charter_document(**charter, call.now()), 0, {}, false};
}

}  // namespace

mesh::Task<Result<void>> install_charter(Call& call, const PublicHome& home,
                                         const crypto::Charter& charter) {
  const bool same = home.charter && home.charter->body_text == charter.body_text;
  const auto fits =
      same ? Result<void>() : check_acceptable(home, charter, call.now());
  if (!fits) co_return fits;
  if (call.disk().exists(home.at.socket())) {
    json::object args{{"charter", crypto::write_charter(charter)}};
    auto told_task = call.ask("charter.accept", std::move(args));
    const auto told = co_await told_task;
    if (told) co_return Result<void>();
    if (told.error().code != Errc::unreachable) co_return std::unexpected(told.error());
  }
  co_return same ? keep_certificates(call.disk(), home, charter)
                 : accept_agreement(call.disk(), home, charter, call.now());
}

void add_charter(Commands& out) {
  out.push_back({.noun = "charter", .verb = "new", .about = "draw up an agreement, unsigned",
                 .example = "tocsin charter new --name rhine --out rhine.charter delos.card bleu.card",
                 .positionals = {{"CARD", "cards", true}},
                 .flags = {{"name", "NAME", "of the federation", false, true},
                           {"out", "FILE", "where it goes", false, true},
                           {"expires", "DURATION", "366d unless said otherwise"},
                           {"exercise", "", "for exercises: never acts in production"}},
                 .run = make});
  out.push_back({.noun = "charter", .verb = "sign", .about = "sign it with this organisation's root",
                 .example = "tocsin charter sign rhine.charter --root-dir /media/usb/root",
                 .positionals = {{"FILE", "file"}},
                 .flags = {{"root-dir", "DIR", "where the root is", false, true},
                           {"recovery-dir", "DIR", "where this organisation's root changes"}},
                 .run = sign});
  out.push_back({.noun = "charter", .verb = "accept", .about = "live by it, once all have signed",
                 .example = "tocsin charter accept rhine.charter",
                 .positionals = {{"FILE", "file"}}, .run = accept});
  out.push_back({.noun = "charter", .verb = "show", .about = "the agreement in force",
                 .example = "tocsin charter show", .run = show});
}

}  // namespace tocsin::agents::cli
