#include "agents/home/config.hpp"

#include <algorithm>
#include <array>
#include <set>

#include <toml++/toml.h>
#include <fmt/format.h>

#include "agents/home/dialled.hpp"
#include "crypto/base_encoding.hpp"
#include "crypto/bytes.hpp"
#include "crypto/identity.hpp"
#include "mesh/world/clock.hpp"
#include "mesh/world/network.hpp"

namespace tocsin::agents {
namespace {

constexpr Duration effect_ttl_max = std::chrono::hours(24 * 30);  // as in a playbook

std::size_t line_of(const toml::node& node) { return node.source().begin.line; }

// One table of the file. Every key that is asked for is known; what is left over is a fault.
class Section {
 public:
  Section(std::string name, const toml::table& table, std::vector<ConfigFault>& faults)
      : name_(std::move(name)), table_(table), faults_(faults) {}
  Section(const Section&) = delete;

  ~Section() {
    for (const auto& [key, value] : table_)
      if (std::find(known_.begin(), known_.end(), key.str()) == known_.end())
        fault(line_of(value), fmt::format("unknown key `{}` in {}", key.str(), name_),
              known_.empty() ? "remove it" : fmt::format("known: {}", fmt::join(known_, ", ")));
  }

  void fault(std::size_t line, std::string what, std::string fix) {
    faults_.push_back({line, std::move(what), std::move(fix)});
  }
  std::size_t line(std::string_view key) const {
    const auto* node = table_.get(key);
    return node ? line_of(*node) : line_of(table_);
  }
  void wrong(std::string_view key, std::string_view why) {
    fault(line(key), fmt::format("{} {}: {}", name_, key, why), "correct it");
  }

  bool has(std::string_view key) const { return table_.get(key) != nullptr; }

  std::string text(std::string_view key, std::string otherwise = {}) {
    known_.emplace_back(key);
    const auto* node = table_.get(key);
    if (!node) return otherwise;
    const auto value = node->value<std::string>();
    if (!node->is_string() || !value) return wrong(key, "must be a text in quotes"), otherwise;
    return *value;
  }
  std::string needed(std::string_view key) {
    auto value = text(key);
    if (value.empty()) wrong(key, "must be there");
    return value;
  }
  std::uint64_t number(std::string_view key, std::uint64_t otherwise, std::uint64_t max) {
    known_.emplace_back(key);
    const auto* node = table_.get(key);
    if (!node) return otherwise;
    const auto value = node->value<std::int64_t>();
    if (!node->is_integer() || *value < 1 || std::uint64_t(*value) > max)
      return wrong(key, fmt::format("must be a number from 1 to {}", max)), otherwise;
    return std::uint64_t(*value);
  }
  bool truth(std::string_view key) {
    known_.emplace_back(key);
    const auto* node = table_.get(key);
    if (node && !node->is_boolean()) wrong(key, "must be true or false");
    return node && node->value_or(false);
  }
  std::vector<std::string> texts(std::string_view key) {
    known_.emplace_back(key);
    const auto* node = table_.get(key);
    if (!node) return {};
    std::vector<std::string> out;
    if (const auto* list = node->as_array())
      for (const auto& each : *list)
        if (each.is_string()) out.push_back(*each.value<std::string>());
    if (!node->is_array() || out.size() != node->as_array()->size())
      wrong(key, "must be a list of texts");
    return out;
  }

  void address(std::string_view key, const std::string& text) {
    if (text.empty()) return;
    const auto parsed = mesh::parse_address(text);
    if (!parsed) wrong(key, parsed.error().message);
  }
  Path path(std::string_view key, const Path& home, Path otherwise = {}) {
    const auto value = text(key);
    return value.empty() ? otherwise : home / value;
  }
  // True when `value` is offered; a fault tells "not yet" from "no such thing".
  bool one_of(std::string_view key, const std::string& value,
              std::initializer_list<std::string_view> offered,
              std::initializer_list<std::string_view> later = {}) {
    if (std::find(offered.begin(), offered.end(), value) != offered.end()) return true;
    const bool known = std::find(later.begin(), later.end(), value) != later.end();
    fault(line(key),
          fmt::format("{} {} = \"{}\" {}", name_, key, value,
                      known ? "is not offered by this version" : "means nothing"),
          fmt::format("offered: {}", fmt::join(offered, ", ")));
    return false;
  }

 private:
  std::string name_;
  const toml::table& table_;
  std::vector<ConfigFault>& faults_;
  std::vector<std::string> known_;
};

class Reader {
 public:
  Reader(const toml::table& root, const Path& home, std::vector<ConfigFault>& faults)
      : root_(root), home_(home), faults_(faults) {}

  Config read() {
    agent();
    each("peer", [this](Section& section) { peer(section); });
    guard();
    each("input", [this](Section& section) { input(section); });
    each("output", [this](Section& section) { output(section); });
    http();
    store();
    each("actuator", [this](Section& section) { actuator(section); });
    limits();
    strangers();
    return std::move(config_);
  }

 private:
  const toml::table* table(std::string_view name) {
    const auto* node = root_.get(name);
    if (!node) return nullptr;
    if (!node->is_table())
      faults_.push_back({line_of(*node), fmt::format("`{}` must be a section", name),
                         fmt::format("write [{}]", name)});
    return node->as_table();
  }

  template <typename Take>
  void each(std::string_view name, Take take) {
    const auto* node = root_.get(name);
    if (!node) return;
    if (!node->is_array_of_tables()) {
      faults_.push_back({line_of(*node), fmt::format("`{}` must be a list of sections", name),
                         fmt::format("write [[{}]]", name)});
      return;
    }
    for (const auto& entry : *node->as_array()) {
      Section section(fmt::format("[[{}]]", name), *entry.as_table(), faults_);
      take(section);
    }
  }

  void agent() {
    const auto* at = table("agent");
    if (!at) {
      faults_.push_back({1, "[agent] is missing", "write [agent] with org and listen"});
      return;
    }
    Section section("[agent]", *at, faults_);
    config_.org = section.needed("org");
    if (!config_.org.empty() && !crypto::is_name(config_.org))
      section.wrong("org", "is no organisation's id");
    config_.listen = section.text("listen");
    section.address("listen", config_.listen);
    advertise(section);
    config_.lang = section.text("lang", "en");
    section.one_of("lang", config_.lang, {"en", "de", "fr"});
    config_.tz = section.text("tz", "UTC");
    config_.gateway = section.truth("gateway");
  }

  void advertise(Section& section) {
    config_.advertise = section.texts("advertise");
    if (config_.advertise.size() > crypto::card_addresses_max)
      return section.wrong("advertise", fmt::format("has {} addresses, limit {}",
                                                    config_.advertise.size(),
                                                    crypto::card_addresses_max));
    std::set<std::string_view> seen;
    for (const auto& address : config_.advertise) {
      if (const auto good = check_dialled(address); !address.empty() && !good)
        section.wrong("advertise", good.error().message);
      if (address.empty() || !seen.insert(address).second)
        section.wrong("advertise", fmt::format("'{}' is empty or there twice", address));
    }
  }

  void peer(Section& section) {
    PeerSection peer;
    peer.org = section.needed("org");
    peer.address = section.needed("address");
    if (const auto good = check_dialled(peer.address); !peer.address.empty() && !good)
      section.wrong("address", good.error().message);
    peer.key = section.text("key");
    const auto key = from_base64(peer.key);
    if (!peer.key.empty() && (!key || key->size() != PublicKey::size))
      section.wrong("key", "must be 32 bytes in base64");
    config_.peers.push_back(std::move(peer));
  }

  void guard() {
    const auto* at = table("guard");
    if (!at) return;
    Section section("[guard]", *at, faults_);
    for (const auto& list : section.texts("lists")) config_.guard.lists.push_back(home_ / list);
    config_.guard.own = section.texts("own");
  }

  void input(Section& section) {
    InputSection input;
    input.kind = section.needed("kind");
    const bool known = input.kind.empty() ||
        section.one_of("kind", input.kind,
                       {"syslog-tcp", "syslog-udp", "hec", "bulk", "ndjson-http", "file"},
                       {"syslog-tls", "jetstream"});
    input.listen = section.text("listen");
    section.address("listen", input.listen);
    input.path = section.path("path", home_);
    section.text("url");
    input.token = section.text("token");
    input.format = section.text("format", "auto");
    section.one_of("format", input.format, {"auto", "json", "syslog"}, {"cef"});
    if (!known) return;
    if (input.kind == "file" && input.path.empty()) section.wrong("path", "must be there");
    if (input.kind != "file" && input.listen.empty()) section.wrong("listen", "must be there");
    if (section.has("url")) section.wrong("url", "has no meaning for this kind");
    const bool http = input.kind == "hec" || input.kind == "bulk" || input.kind == "ndjson-http";
    if (section.has("token") && !http)
      section.wrong("token", "has a meaning for hec, bulk and ndjson-http only");
    config_.inputs.push_back(std::move(input));
  }

  void output(Section& section) {
    section.one_of("kind", section.needed("kind"), {}, {"syslog", "bulk", "hec", "webhook"});
    section.text("url");
    section.text("format");
  }

  void http() {
    const auto* at = table("http");
    if (!at) return;
    Section section("[http]", *at, faults_);
    config_.http_listen = section.needed("listen");
    section.address("listen", config_.http_listen);
  }

  void store() {
    const auto* at = table("store");
    if (!at) return;
    Section section("[store]", *at, faults_);
    config_.store_path = section.path("path", home_, home_ / "store");
    config_.store_size_max = section.number("size_max", config_.store_size_max, 1ull << 40);
    config_.author_bytes_max =
        section.number("author_bytes_max", config_.author_bytes_max, 1ull << 40);
  }

  void actuator(Section& section) {
    ActuatorSection actuator;
    actuator.name = section.needed("name");
    if (!actuator.name.empty() && !crypto::is_name(actuator.name))
      section.wrong("name", "must be 1 to 32 of a-z, 0-9, '-' and '.'");
    actuator.kind = section.needed("kind");
    const bool known = section.one_of("kind", actuator.kind, {"edl", "rpz", "manual"},
                                      {"nftables", "openc2", "exec"});
    actuator.path = section.path("path", home_);
    actuator.zone = section.text("zone", actuator.kind == "rpz" ? "rpz.tocsin" : "");
    if (!known) return;
    if (actuator.kind != "manual" && actuator.path.empty())
      section.wrong("path", "must be there");
    for (const auto& other : config_.actuators)
      if (other.name == actuator.name) section.wrong("name", "is taken by another actuator");
    config_.actuators.push_back(std::move(actuator));
  }

  void limits() {
    const auto* at = table("limits");
    if (!at) return;
    Section section("[limits]", *at, faults_);
    config_.connections_max = section.number("connections", config_.connections_max, 100'000);
    const auto ttl = section.text("effect_ttl");
    if (ttl.empty()) return;
    const auto parsed = mesh::parse_duration(ttl);
    if (!parsed) return section.wrong("effect_ttl", parsed.error().message);
    if (*parsed <= Duration(0) || *parsed > effect_ttl_max)
      return section.wrong("effect_ttl", "must be more than nothing and at most 30d");
    config_.effect_ttl = *parsed;
  }

  void strangers() {
    constexpr std::array<std::string_view, 9> known{
        "agent", "peer", "guard", "input", "output", "http", "store", "actuator", "limits"};
    for (const auto& [key, value] : root_)
      if (std::find(known.begin(), known.end(), key.str()) == known.end())
        faults_.push_back({line_of(value), fmt::format("unknown key `{}`", key.str()),
                           fmt::format("known sections: {}", fmt::join(known, ", "))});
  }

  const toml::table& root_;
  const Path& home_;
  std::vector<ConfigFault>& faults_;
  Config config_;
};

std::pair<Config, std::vector<ConfigFault>> examine(std::string_view toml, const Path& home) {
  std::vector<ConfigFault> faults;
  if (toml.size() > config_bytes_max)
    return {{}, {{1, fmt::format("{} bytes, limit {}", toml.size(), config_bytes_max), "shorten it"}}};
  try {
    const auto root = toml::parse(toml);
    auto config = Reader(root, home, faults).read();
    if (config.store_path.empty()) config.store_path = home / "store";
    std::stable_sort(faults.begin(), faults.end(),
                     [](const auto& a, const auto& b) { return a.line < b.line; });
    return {std::move(config), std::move(faults)};
  } catch (const toml::parse_error& error) {
    const bool coded = error.description().find("utf-8") != std::string_view::npos;
    return {{}, {{error.source().begin.line, std::string(error.description()),
                  coded ? "save the file as UTF-8 text" : "correct the TOML"}}};
  }
}

}  // namespace

std::vector<ConfigFault> check_config(std::string_view toml, const Path& home) {
  return examine(toml, home).second;
}

Result<Config> read_config(std::string_view toml, const Path& home) {
  auto [config, faults] = examine(toml, home);
  if (faults.empty()) return std::move(config);
  const auto& first = faults.front();
  return std::unexpected(
      Error{Errc::invalid, fmt::format("line {}: {}", first.line, first.what), first.fix});
}

Result<Config> load_config(mesh::Disk& disk, const Path& file, const Path& home) {
  const auto bytes = disk.read(file, config_bytes_max);
  if (!bytes) return within(file.string(), bytes.error());
  auto config = read_config(text_of(*bytes), home);
  if (!config) return within(file.string(), config.error());
  return config;
}

std::string first_config(std::string_view org, std::string_view listen,
                         const std::vector<std::string>& advertise) {
  const auto shown = advertise.empty()
                         ? std::string("# advertise = [\"192.0.2.1:7440\", \"[2001:db8::1]:7440\"]"
                                       "  # what partners dial, up to 8, if not as `listen`\n")
                         : fmt::format("advertise = [\"{}\"]\n", fmt::join(advertise, "\", \""));
  return fmt::format(
      R"([agent]
org = "{}"
listen = "{}"
{}# lang = "en"            # en, de, fr
# tz = "Europe/Berlin"
# gateway = true        # of several agents of a site: the one that partners send to

# [[peer]]               # where a partner's agent listens, if not as its card says
# org = "partner"
# address = "192.0.2.1:7440"

# [guard]                # what is never blocked
# lists = ["warninglists/public-dns.json"]
# own = ["198.51.100.0/24", "example.org"]

# [[input]]              # events of the SIEM: syslog-tcp, syslog-udp, hec, bulk, ndjson-http, file
# kind = "syslog-tcp"
# listen = "127.0.0.1:5514"

# [http]                 # block lists
# listen = "127.0.0.1:8440"

# [store]
# size_max = 68719476736 # bytes
# author_bytes_max = 17179869184  # of each author of another organisation

# [[actuator]]           # edl, rpz, manual
# name = "edl"
# kind = "edl"
# path = "edl.txt"

# [limits]
# connections = 1024     # per listener
# effect_ttl = "24h"     # of a block that names none
)",
      org, listen, shown);
}

}  // namespace tocsin::agents
