#include "agents/cli/call.hpp"

#include <array>

namespace tocsin::agents::cli {
namespace {

constexpr std::size_t passphrase_bytes_max = 1024;

void join_arrays(json::object& into, json::object line) {
  for (auto& [key, value] : line) {
    auto& there = into[key];
    if (there.is_array() && value.is_array())
      for (auto& each : value.as_array()) there.as_array().push_back(std::move(each));
    else if (there.is_null())
      there = std::move(value);
  }
}

// What came first stays first: the arrays of the lines, then those of the last answer.
json::object joined(json::object lines, json::object last) {
  for (auto& [key, value] : last) {
    auto* before = lines.if_contains(key);
    if (!before || !before->is_array() || !value.is_array()) continue;
    for (auto& each : value.as_array()) before->as_array().push_back(std::move(each));
    value = std::move(*before);
  }
  return last;
}

}  // namespace

Call::Call(mesh::World& world, Terminal& terminal, Line line)
    : world_(world),
      terminal_(terminal),
      line_(std::move(line)),
      lang_(line_.globals.lang.empty() ? "en" : line_.globals.lang),
      tz_(line_.globals.tz.empty() ? "UTC" : line_.globals.tz) {}

Path Call::home_path() const {
  auto text = line_.globals.home;
  if (text.empty()) text = terminal_.environment("TOCSIN_HOME");
  if (!text.empty()) return terminal_.resolve(text);
  return terminal_.resolve(Path(terminal_.environment("HOME")) / ".tocsin");
}

Path Call::keys_path() const {
  const auto named = terminal_.environment("TOCSIN_KEYS");
  if (!named.empty()) return terminal_.resolve(named);
  return terminal_.resolve(Path(terminal_.environment("HOME")) / ".config/tocsin/keys");
}

Path Call::path(std::string_view key) const {
  const auto text = line_.arguments.text(key);
  return text.empty() ? Path() : terminal_.resolve(text);
}

Result<PublicHome> Call::home() {
  auto home = read_home(disk(), home_path());
  if (home) speak_as(home->config);
  return home;
}

void Call::speak_as(const Config& config) {
  if (line_.globals.lang.empty()) lang_ = config.lang;
  if (line_.globals.tz.empty()) tz_ = config.tz;
}

Result<Passphrase> Call::given_passphrase() {
  auto file = line_.globals.passphrase_file;
  if (file.empty()) file = terminal_.environment("TOCSIN_PASSPHRASE_FILE");
  if (file.empty()) return Passphrase();
  auto text = read_text(disk(), terminal_.resolve(file), passphrase_bytes_max);
  if (!text) return std::unexpected(text.error());
  while (text->ends_with('\n') || text->ends_with('\r')) text->pop_back();
  if (text->empty())
    return std::unexpected(Error{Errc::invalid, fmt::format("{}: the passphrase is empty", file),
                                 "write it there in one line"});
  return Passphrase(std::move(*text));
}

Result<Passphrase> Call::passphrase_for(const Path& key_file) {
  const auto bytes = disk().read(key_file, key_file_bytes_max);
  if (!bytes) return within(key_file.string(), bytes.error());
  const auto unprotected = crypto::is_unprotected(*bytes);
  if (!unprotected) return within(key_file.string(), unprotected.error());
  if (*unprotected) return Passphrase();
  if (asked_) return *asked_;

  auto given = given_passphrase();
  if (!given) return given;
  if (!*given && terminal_.in_is_terminal())
    *given = terminal_.ask_secret(fmt::format("passphrase of {}: ", key_file.string()));
  if (!*given)
    return std::unexpected(Error{Errc::unauthenticated, key_file.string() + " has a passphrase",
                                 "name its file with --passphrase-file or TOCSIN_PASSPHRASE_FILE"});
  asked_ = *given;
  return given;
}

Result<Person> Call::person(const PublicHome& home) {
  const auto keys = keys_path();
  auto name = text("as");
  if (name.empty()) {
    const auto names = persons_in(disk(), home, keys);
    if (names.size() == 1) name = names.front();
  }
  Passphrase passphrase;
  const auto file = keys / (name + ".key");
  if (!name.empty() && crypto::is_name(name) && disk().exists(file)) {
    auto found = passphrase_for(file);
    if (!found) return std::unexpected(found.error());
    passphrase = std::move(*found);
  }
  return open_person(disk(), home, keys, name, passphrase);
}

Result<RootKeys> Call::root() {
  const auto folder = path("root_dir");
  Passphrase passphrase;
  if (disk().exists(RootLayout{folder}.root())) {
    auto found = passphrase_for(RootLayout{folder}.root());
    if (!found) return std::unexpected(found.error());
    passphrase = std::move(*found);
  }
  return read_root(disk(), folder, passphrase);
}

Result<crypto::SigningKey> Call::recovery() {
  const auto folder = path("recovery_dir");
  Passphrase passphrase;
  if (disk().exists(RootLayout{folder}.recovery())) {
    auto found = passphrase_for(RootLayout{folder}.recovery());
    if (!found) return std::unexpected(found.error());
    passphrase = std::move(*found);
  }
  return read_recovery(disk(), folder, passphrase);
}

mesh::Task<Result<LocalClient*>> Call::agent() {
  if (client_) co_return client_.get();
  auto connecting = LocalClient::connect(world_.network, Layout{home_path()}.socket());
  auto connected = co_await connecting;
  if (!connected) co_return std::unexpected(connected.error());
  client_ = std::move(*connected);
  co_return client_.get();
}

mesh::Task<Result<Document>> Call::ask(std::string verb, json::object args) {
  // What is signed counts for whoever holds it: in a dry run it does not leave this process.
  if (has("dry_run") && args.contains("signature")) {
    args.erase("order");
    args.erase("signature");
    args["dry_run"] = true;
    co_return Document{std::move(args), 0, {}, false};
  }
  auto client_task = agent();
  const auto client = co_await client_task;
  if (!client) co_return std::unexpected(client.error());
  auto sent_task = (*client)->send(std::move(verb), std::move(args));
  const auto sent = co_await sent_task;
  if (!sent) co_return std::unexpected(sent.error());

  json::object lines;
  for (;;) {
    auto reply_task = (*client)->receive();
    auto reply = co_await reply_task;
    if (!reply) co_return std::unexpected(reply.error());
    if (reply->more) {
      join_arrays(lines, std::move(reply->result));
      continue;
    }
    if (!reply->ok) co_return std::unexpected(error_of(*reply));
    co_return Document{joined(std::move(lines), std::move(reply->result)), reply->exit, {}, false};
  }
}

mesh::Task<Result<std::string>> Call::resolve(std::string kind, std::string id) {
  json::object args{{"kind", kind}, {"id", id}};
  auto found_task = ask("resolve", std::move(args));
  const auto found = co_await found_task;
  if (!found) co_return std::unexpected(found.error());
  const auto* complete = found->json.if_contains("id");
  if (!complete || !complete->is_string())
    co_return fail(Errc::invalid, "the agent did not say which {} {} is", kind, id);
  co_return std::string(complete->as_string());
}

void Call::print_line(const json::object& line, std::string_view text) {
  if (globals().json || text.empty()) terminal_.out(json::serialize(line) + "\n");
  else terminal_.out(std::string(text) + "\n");
}

void Call::remark(std::string_view text) {
  if (!globals().json) terminal_.err(std::string(text) + "\n");
}

bool Call::colour() const {
  return !globals().json && terminal_.out_is_terminal() &&
         terminal_.environment("NO_COLOR").empty();
}

bool Call::progress() const {
  return !globals().json && terminal_.err_is_terminal() &&
         terminal_.environment("NO_COLOR").empty();
}

Error error_of(const Reply& reply) {
  constexpr std::array all{
      Errc::usage,   Errc::invalid,     Errc::not_found,       Errc::io,      Errc::full,
      Errc::too_large, Errc::duplicate, Errc::fork,            Errc::unauthenticated,
      Errc::refused, Errc::marking,     Errc::expired,         Errc::unreachable,
      Errc::timeout, Errc::closed,      Errc::unsupported,     Errc::corrupt};
  Error error{Errc::invalid, reply.message, reply.hint};
  for (const auto code : all)
    if (name_of(code) == reply.code) error.code = code;
  return error;
}

}  // namespace tocsin::agents::cli
