#include "agents/drill/foundation.hpp"

#include "agents/home/agreement.hpp"
#include "agents/home/secrets.hpp"
#include "playbooks/act/warninglist.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr Duration charter_life = std::chrono::hours(24);

Path root_of(const FoundedSite& site) { return site.machine->folder() / "root"; }
Path keys_of(const FoundedSite& site) { return site.machine->folder() / "keys"; }

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

// The guard names a list by the folder it lies in, so that one is kept.
Result<std::vector<Path>> copy_lists(mesh::Disk& from, const Scenario& scenario,
                                     const FoundedSite& site) {
  std::vector<Path> out;
  auto& disk = site.machine->disk();
  for (const auto& list : site.org->lists) {
    const Path source = scenario.folder / list;
    const auto text = from.read(source, playbooks::warninglist_bytes_max);
    if (!text) return std::unexpected(text.error());
    const auto folder = site.machine->folder() / "lists" / std::to_string(out.size()) /
                        source.parent_path().filename();
    const auto target = folder / source.filename();
    auto done = disk.make_folders(folder, mesh::FileMode::shared);
    if (done) done = disk.write_atomic(target, *text, mesh::FileMode::shared);
    if (!done) return std::unexpected(done.error());
    out.push_back(target);
  }
  return out;
}

Result<FoundedSite> found_site(Machines& machines, const Scenario& scenario,
                               const Organisation& org) {
  const auto machine = machines.add(org.id);
  if (!machine) return std::unexpected(machine.error());
  FoundedSite site{&org, *machine, (*machine)->folder() / "home", {}};
  auto& disk = site.machine->disk();
  const auto listen = site.machine->mesh_address().text;
  if (const auto made = disk.make_folders(site.machine->folder(), mesh::FileMode::secret); !made)
    return std::unexpected(made.error());
  const auto founded = found_organisation(disk, site.machine->entropy(),
                                          {.home = site.home,
                                           .root_folder = root_of(site),
                                           .org = org.id,
                                           .name = org.name,
                                           .country = org.country,
                                           .role = org.role,
                                           .listen = listen,
                                           .addresses = {},
                                           .passphrase = {}});
  if (!founded) return std::unexpected(founded.error());
  const auto lists = copy_lists(machines.world().disk, scenario, site);
  if (!lists) return std::unexpected(lists.error());
  const auto config = site_config(org, *lists, listen);
  const auto written = disk.write_atomic(Layout{site.home}.config(), bytes_of(config),
                                         mesh::FileMode::shared);
  if (!written) return std::unexpected(written.error());
  return site;
}

// The card of one member, as its root signs it, and that root.
Result<std::pair<crypto::Card, RootKeys>> member(const FoundedSite& site) {
  auto& disk = site.machine->disk();
  const auto home = read_home(disk, site.home);
  if (!home) return std::unexpected(home.error());
  auto root = read_root(disk, root_of(site), {});
  if (!root) return std::unexpected(root.error());
  const auto text = current_card(disk, *home, &root->root);
  if (!text) return std::unexpected(text.error());
  auto card = crypto::read_card(*text);
  if (!card) return std::unexpected(card.error());
  return std::pair(std::move(*card), std::move(*root));
}

// One charter that all sign.
Result<crypto::Charter> agree(const Foundation& all, const Scenario& scenario, WallTime now) {
  crypto::CharterBody body{.name = scenario.title,
                           .exercise = true,
                           .created = now,
                           .expires = now + charter_life};
  std::vector<RootKeys> roots;
  for (const auto& site : all.sites) {
    auto one = member(site);
    if (!one) return within(site.org->id, one.error());
    body.members.push_back(std::move(one->first));
    roots.push_back(std::move(one->second));
  }
  auto charter = crypto::make_charter(std::move(body));
  if (!charter) return within("charter", charter.error());
  for (const auto& root : roots)
    if (const auto done = sign_agreement(*charter, root.root, now); !done)
      return within("charter", done.error());
  return charter;
}

// The charter in the home, and one person who may sign.
Result<void> settle(FoundedSite& site, const crypto::Charter& charter, WallTime now) {
  using crypto::AnalystRole;
  auto& disk = site.machine->disk();
  auto home = read_home(disk, site.home);
  if (!home) return std::unexpected(home.error());
  if (const auto done = accept_agreement(disk, *home, charter, now); !done) return done;
  home = read_home(disk, site.home);
  if (!home) return std::unexpected(home.error());
  const auto made = make_person(disk, site.machine->entropy(), *home,
                                {.name = site.org->analyst,
                                 .roles = std::uint8_t(std::uint8_t(AnalystRole::analyst) |
                                                       std::uint8_t(AnalystRole::approver)),
                                 .keys = keys_of(site),
                                 .root_folder = root_of(site),
                                 .passphrase = {}},
                                now);
  if (!made) return std::unexpected(made.error());
  auto person = open_person(disk, *home, keys_of(site), site.org->analyst, {});
  if (!person) return std::unexpected(person.error());
  site.person = std::move(*person);
  return {};
}

Result<void> exchange_secrets(const Foundation& all, Entropy& entropy) {
  for (const auto& one : all.sites)
    for (const auto& other : all.sites) {
      if (one.org->id >= other.org->id) continue;
      const auto secret = entropy.make<crypto::SecretKey>();
      for (const auto& [at, peer] : {std::pair(&one, &other), std::pair(&other, &one)}) {
        const auto done = install_secret(at->machine->disk(), Layout{at->home},
                                         {peer->org->id, secret, {}}, {}, entropy);
        if (!done) return within(at->org->id, done.error());
      }
    }
  return {};
}

}  // namespace

std::string site_config(const Organisation& org, const std::vector<Path>& lists,
                        std::string_view listen) {
  std::vector<std::string> files;
  for (const auto& list : lists) files.push_back(list.string());
  std::string out = fmt::format("[agent]\norg = {}\nlisten = {}\n\n[guard]\nlists = {}\nown = {}\n\n",
                                toml_text(org.id), toml_text(listen), toml_list(files),
                                toml_list(org.own));
  for (const auto* kind : {"syslog-tcp", "ndjson-http", "bulk", "hec"})
    out += fmt::format("[[input]]\nkind = \"{}\"\nlisten = \"127.0.0.1:0\"\n\n", kind);
  out += "[http]\nlisten = \"127.0.0.1:0\"\n\n";
  out += "[[actuator]]\nname = \"edl\"\nkind = \"edl\"\npath = \"edl.txt\"\n\n";
  out += "[[actuator]]\nname = \"rpz\"\nkind = \"rpz\"\npath = \"rpz.zone\"\n";
  return out;
}

Result<Foundation> lay_foundation(Machines& machines, const Scenario& scenario) {
  Foundation out;
  for (const auto& org : scenario.orgs) {
    auto site = found_site(machines, scenario, org);
    if (!site) return within(org.id, site.error());
    out.sites.push_back(std::move(*site));
  }
  const auto now = machines.world().clock.wall();
  const auto charter = agree(out, scenario, now);
  if (!charter) return std::unexpected(charter.error());
  out.id = charter->federation;
  for (auto& site : out.sites)
    if (const auto done = settle(site, *charter, now); !done)
      return within(site.org->id, done.error());
  if (const auto done = exchange_secrets(out, machines.world().entropy); !done)
    return std::unexpected(done.error());
  return out;
}

}  // namespace tocsin::agents::drill
