#include "agents/drill/federation.hpp"

#include <algorithm>

#include "agents/home/agreement.hpp"
#include "agents/home/secrets.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr Duration charter_life = std::chrono::hours(24);
constexpr Duration poll_every = std::chrono::milliseconds(20);
constexpr std::size_t log_tail_bytes = 600;

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::string toml_list(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const auto& text : texts) out += (out.size() > 1 ? ", " : "") + toml_text(text);
  return out + "]";
}

}  // namespace

struct Federation::Site {
  const Organisation* org = nullptr;
  Path home, root, keys, log;
  std::string listen;
  std::optional<PublicHome> open;
  std::optional<Person> person;
  std::unique_ptr<mesh::Child> child;
  std::map<std::string, std::string, std::less<>> inputs;
  std::string http;
};

Federation::Federation(mesh::World& world) : world_(world) {}
Federation::~Federation() = default;

std::string site_config(const Organisation& org, const Path& folder, std::string_view listen) {
  std::vector<std::string> lists;
  for (const auto& list : org.lists) lists.push_back((folder / list).string());
  std::string out = fmt::format("[agent]\norg = {}\nlisten = {}\n\n[guard]\nlists = {}\nown = {}\n\n",
                                toml_text(org.id), toml_text(listen), toml_list(lists),
                                toml_list(org.own));
  for (const auto* kind : {"syslog-tcp", "ndjson-http", "bulk", "hec"})
    out += fmt::format("[[input]]\nkind = \"{}\"\nlisten = \"127.0.0.1:0\"\n\n", kind);
  out += "[http]\nlisten = \"127.0.0.1:0\"\n\n";
  out += "[[actuator]]\nname = \"edl\"\nkind = \"edl\"\npath = \"edl.txt\"\n\n";
  out += "[[actuator]]\nname = \"rpz\"\nkind = \"rpz\"\npath = \"rpz.zone\"\n";
  return out;
}

Result<std::unique_ptr<Federation>> Federation::found(mesh::World& world,
                                                      const Scenario& scenario, Path folder) {
  auto out = std::unique_ptr<Federation>(new Federation(world));
  if (const auto done = out->found_sites(scenario, folder); !done)
    return std::unexpected(done.error());
  if (const auto done = out->agree(scenario); !done) return std::unexpected(done.error());
  if (const auto done = out->exchange_secrets(); !done) return std::unexpected(done.error());
  return out;
}

Result<void> Federation::found_sites(const Scenario& scenario, const Path& folder) {
  // Ports that are free now, since partners must know them before the agents run. They are held
  // until all are chosen, so that none is given twice.
  std::vector<std::unique_ptr<mesh::Listener>> ports;
  for (const auto& org : scenario.orgs) {
    auto site = std::make_unique<Site>();
    site->org = &org;
    site->home = folder / org.id / "home";
    site->root = folder / org.id / "root";
    site->keys = folder / org.id / "keys";
    site->log = folder / org.id / "agent.log";
    auto port = world_.network.listen(mesh::Address("127.0.0.1:0"));
    if (!port) return within(org.id, port.error());
    site->listen = (*port)->address().text;
    ports.push_back(std::move(*port));
    const auto founded = found_organisation(world_.disk, world_.entropy,
                                            {.home = site->home,
                                             .root_folder = site->root,
                                             .org = org.id,
                                             .name = org.name,
                                             .country = org.country,
                                             .role = org.role,
                                             .listen = site->listen,
                                             .address = {},
                                             .passphrase = {}});
    if (!founded) return within(org.id, founded.error());
    const auto config = site_config(org, scenario.folder, site->listen);
    const auto written = world_.disk.write_atomic(Layout{site->home}.config(), bytes_of(config),
                                                  mesh::FileMode::shared);
    if (!written) return within(org.id, written.error());
    sites_.push_back(std::move(site));
  }
  return {};
}

// Cards, one charter that all sign and accept, and one person per organisation.
Result<void> Federation::agree(const Scenario& scenario) {
  auto& disk = world_.disk;
  const auto now = world_.clock.wall();
  crypto::CharterBody body{.name = scenario.title,
                           .exercise = true,
                           .created = now,
                           .expires = now + charter_life};
  std::vector<RootKeys> roots;
  for (const auto& site : sites_) {
    const auto home = read_home(disk, site->home);
    if (!home) return within(site->org->id, home.error());
    auto root = read_root(disk, site->root, {});
    if (!root) return within(site->org->id, root.error());
    const auto text = current_card(disk, *home, &root->root);
    if (!text) return within(site->org->id, text.error());
    auto card = crypto::read_card(*text);
    if (!card) return within(site->org->id, card.error());
    body.members.push_back(std::move(*card));
    roots.push_back(std::move(*root));
  }
  auto charter = crypto::make_charter(std::move(body));
  if (!charter) return within("charter", charter.error());
  id_ = charter->federation;
  for (const auto& root : roots)
    if (const auto done = sign_agreement(*charter, root.root, now); !done)
      return within("charter", done.error());

  for (const auto& site : sites_) {
    const auto& name = site->org->id;
    auto home = read_home(disk, site->home);
    if (!home) return within(name, home.error());
    if (const auto done = accept_agreement(disk, *home, *charter, now); !done)
      return within(name, done.error());
    home = read_home(disk, site->home);
    if (!home) return within(name, home.error());
    using crypto::AnalystRole;
    const auto made = make_person(
        disk, world_.entropy, *home,
        {.name = site->org->analyst,
         .roles = std::uint8_t(std::uint8_t(AnalystRole::analyst) |
                               std::uint8_t(AnalystRole::approver)),
         .keys = site->keys,
         .root_folder = site->root,
         .passphrase = {}},
        now);
    if (!made) return within(name, made.error());
    auto person = open_person(disk, *home, site->keys, site->org->analyst, {});
    if (!person) return within(name, person.error());
    site->person = std::move(*person);
    site->open = std::move(*home);
  }
  return {};
}

Result<void> Federation::exchange_secrets() {
  for (const auto& one : sites_)
    for (const auto& other : sites_) {
      if (one->org->id >= other->org->id) continue;
      const auto secret = world_.entropy.make<crypto::SecretKey>();
      for (const auto& [at, peer] : {std::pair(one.get(), other.get()), std::pair(other.get(), one.get())}) {
        const auto done = install_secret(world_.disk, Layout{at->home},
                                         {peer->org->id, secret, {}}, {}, world_.entropy);
        if (!done) return within(at->org->id, done.error());
      }
    }
  return {};
}

mesh::Task<Result<void>> Federation::start(const std::string& org) {
  Site& at = site(org);
  auto child = world_.processes.start(
      {.argv = {world_.processes.own_program().string(), "agent", "run", "--home",
                at.home.string()},
       .environment = {},
       .out = at.log});
  if (!child) co_return within(org, child.error());
  at.child = std::move(*child);
  auto ready = co_await wait_ready(at);
  co_return ready;
}

mesh::Task<Result<void>> Federation::start_all() {
  for (const auto& each : sites_) {
    const auto started = co_await start(each->org->id);
    if (!started) co_return started;
  }
  for (const auto& each : sites_) {
    const auto linked = co_await wait_linked(*each);
    if (!linked) co_return linked;
  }
  co_return Result<void>{};
}

mesh::Task<Result<void>> Federation::wait_ready(Site& at) {
  const auto until = world_.clock.now() + ready_max;
  while (world_.clock.now() < until && at.child->running()) {
    Caller asker = caller(at.org->id);
    const auto status = co_await asker.ask("agent.status", json::object{});
    if (status) {
      at.inputs.clear();
      for (const auto* input : objects_in(*status, "inputs"))
        at.inputs[text_in(*input, "kind")] = text_in(*input, "listen");
      at.http = text_in(*status, "http");
      co_return Result<void>{};
    }
    co_await mesh::sleep(world_.loop, poll_every);
  }
  std::string tail;
  if (const auto log = world_.disk.read(at.log, 16 << 20)) {
    tail = text_of(*log);
    if (tail.size() > log_tail_bytes) tail.erase(0, tail.size() - log_tail_bytes);
  }
  co_return fail(Errc::timeout, "{}: its agent {}: {}", at.org->id,
                 at.child->running() ? "did not get ready in time" : "ended", tail);
}

// Linked, and with the certificates of everyone's analysts: from there on a drill is fair.
mesh::Task<Result<void>> Federation::wait_linked(Site& at) {
  const auto until = world_.clock.now() + linked_max;
  std::int64_t peers = 0;
  Caller asker = caller(at.org->id);
  while (world_.clock.now() < until) {
    const auto status = co_await asker.ask("agent.status", json::object{});
    if (status) peers = number_in(*status, "peers");
    const auto analysts = co_await asker.ask("analyst.list", json::object{});
    if (peers + 1 >= std::int64_t(sites_.size()) && analysts &&
        objects_in(*analysts, "analysts").size() >= sites_.size())
      co_return Result<void>{};
    co_await mesh::sleep(world_.loop, poll_every);
  }
  co_return fail(Errc::timeout, "{}: linked to {} of {} partners; its log is {}", at.org->id, peers,
                 sites_.size() - 1, at.log.string());
}

mesh::Task<Result<void>> Federation::kill(const std::string& org) {
  Site& at = site(org);
  if (!at.child || !at.child->running())
    co_return fail(Errc::not_found, "{}: its agent does not run", org);
  at.child->kill();
  const auto ended = co_await at.child->wait(stop_max);
  if (!ended) co_return within(org, ended.error());
  co_return Result<void>{};
}

mesh::Task<> Federation::stop_all() {
  for (const auto& each : sites_)
    if (each->child) each->child->terminate();
  for (const auto& each : sites_) {
    if (!each->child) continue;
    const auto ended = co_await each->child->wait(stop_max);
    if (!ended) each->child->kill();
    each->child.reset();
  }
}

Federation::Site& Federation::site(std::string_view org) const {
  for (const auto& each : sites_)
    if (each->org->id == org) return *each;
  panic("the scenario was checked: it names no other organisation", __FILE__, __LINE__);
}

bool Federation::running(std::string_view org) {
  auto& at = site(org);
  return at.child && at.child->running();
}
Path Federation::home(std::string_view org) const { return site(org).home; }
const Person& Federation::person(std::string_view org) const { return *site(org).person; }
std::string Federation::http(std::string_view org) const { return site(org).http; }

Caller Federation::caller(std::string_view org) const {
  return Caller(world_.network, Layout{site(org).home}.socket());
}

Result<mesh::Address> Federation::input(std::string_view org, std::string_view kind) const {
  const auto& inputs = site(org).inputs;
  const auto found = inputs.find(kind);
  if (found == inputs.end() || found->second.empty())
    return fail(Errc::not_found, "{}: no input of kind {}", org, kind);
  return mesh::Address(found->second);
}

Result<void> remove_folder(mesh::Disk& disk, const Path& folder) {
  // What cannot be listed is a file.
  if (const auto names = disk.list(folder))
    for (const auto& name : *names)
      if (const auto done = remove_folder(disk, folder / name); !done) return done;
  return disk.remove(folder);
}

}  // namespace tocsin::agents::drill
