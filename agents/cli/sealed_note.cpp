#include "agents/cli/sealed_note.hpp"

#include "agents/home/fields.hpp"
#include "crypto/base_encoding.hpp"
#include "playbooks/detect/canonical.hpp"

namespace tocsin::agents::cli {
namespace {

Result<std::string> plain_note(const Call& call) {
  auto typed = playbooks::TypedValue();
  if (call.text("type") == "auto") {
    auto guessed = playbooks::guess_type(call.text("value"));
    if (!guessed) return std::unexpected(guessed.error());
    typed = std::move(*guessed);
  } else {
    const auto type = mesh::indicator_type_from(call.text("type"));
    if (!type) return std::unexpected(type.error());
    auto value = playbooks::canonical(*type, call.text("value"));
    if (!value) return std::unexpected(value.error());
    typed = {*type, std::move(*value)};
  }
  json::array labels;
  for (const auto& label : call.arguments().texts("label")) labels.emplace_back(label);
  return json::serialize(json::object{{"type", mesh::name_of(typed.type)},
                                      {"value", typed.value},
                                      {"confidence", call.text("confidence")},
                                      {"labels", std::move(labels)}});
}

Result<crypto::CertificateBody> reader_of(const json::array& analysts, const PublicHome& home,
                                          const std::string& to) {
  const auto slash = to.find('/');
  if (slash == std::string::npos)
    return std::unexpected(Error{Errc::marking, fmt::format("{}: RED goes to persons only", to),
                                 "write --to ORG/ANALYST"});
  const auto org = to.substr(0, slash), name = to.substr(slash + 1);
  const auto* member = home.charter->member(org);
  for (const auto& each : analysts) {
    if (!member || !each.is_object()) continue;
    const auto& analyst = each.as_object();
    if (text_in(analyst, "name") != name || text_in(analyst, "state") == "revoked") continue;
    const auto encoded = from_base64(text_in(analyst, "certificate"));
    if (!encoded) continue;
    // The agent hands the certificate over; the member's root vouches for it.
    const auto checked = crypto::read_member_certificate(*home.charter, *encoded);
    if (checked && checked->body.org == org && checked->body.name == name &&
        checked->body.kind == crypto::CertificateKind::analyst)
      return checked->body;
  }
  return std::unexpected(Error{Errc::marking, fmt::format("{}: no such person is known", to),
                               "see `tocsin analyst list`"});
}

}  // namespace

mesh::Task<Result<json::object>> seal_note(Call& call) {
  const auto home = call.home();
  if (!home) co_return std::unexpected(home.error());
  const auto agreed = home->agreed();
  if (!agreed) co_return std::unexpected(agreed.error());
  const auto to = call.arguments().texts("to");
  if (to.empty())
    co_return std::unexpected(Error{Errc::marking, "RED needs the persons who may read it",
                                    "write --to ORG/ANALYST"});
  const auto plain = plain_note(call);
  if (!plain) co_return std::unexpected(plain.error());

  auto listed_task = call.ask("analyst.list", {});
  auto listed = co_await listed_task;
  if (!listed) co_return std::unexpected(listed.error());
  const auto* analysts = listed->json.if_contains("analysts");
  if (!analysts || !analysts->is_array())
    co_return fail(Errc::invalid, "the agent did not list the persons it knows");

  json::array sealed, names;
  for (const auto& each : to) {
    const auto reader = reader_of(analysts->as_array(), *home, each);
    if (!reader) co_return std::unexpected(reader.error());
    const auto box = seal_for_person(*reader, (*agreed)->federation, *plain, call.world().entropy);
    sealed.push_back(json::object{{"to", each}, {"box", to_base64(box)}});
    names.emplace_back(each);
  }
  json::object args{{"tlp", "red"}, {"to", std::move(names)}, {"sealed", std::move(sealed)}};
  for (const auto* key : {"pap", "expires"})
    if (call.has(key)) args[key] = call.text(key);
  co_return args;
}

Result<void> open_note(Call& call, json::object& shown) {
  const auto* sealed = shown.if_contains("sealed");
  if (!sealed || !sealed->is_array() || sealed->as_array().empty()) return {};
  const auto home = call.home();
  if (!home) return std::unexpected(home.error());
  const auto person = call.person(*home);
  if (!person) return std::unexpected(person.error());

  const auto me = home->org + "/" + person->name();
  for (const auto& each : sealed->as_array()) {
    if (!each.is_object() || text_in(each.as_object(), "to") != me) continue;
    const auto box = from_base64(text_in(each.as_object(), "box"));
    if (!box) return within("sealed note", box.error());
    const auto plain = open_for_person(*person, home->charter->federation, *box);
    if (!plain) return within("sealed note", plain.error());
    boost::system::error_code bad;
    const auto value = json::parse(*plain, bad);
    if (bad || !value.is_object()) return fail(Errc::invalid, "sealed note: not readable");
    for (const auto& field : value.as_object()) shown[field.key()] = field.value();
    shown.erase("sealed");
    return {};
  }
  return std::unexpected(Error{Errc::refused, fmt::format("this note is not for {}", me),
                               "only the persons named by its author can read it"});
}

}  // namespace tocsin::agents::cli
