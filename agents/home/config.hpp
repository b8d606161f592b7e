// What an operator may set in agent.toml; a key that means nothing is an error with its line.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/time.hpp"
#include "mesh/world/disk.hpp"

namespace tocsin::agents {

using mesh::Path;

struct PeerSection {
  std::string org, address;
  std::string key;  ///< base64 of the agent's channel key; empty: each agent of `org`
};

struct GuardSection {
  std::vector<Path> lists;       ///< in the MISP warninglist format
  std::vector<std::string> own;  ///< CIDRs and domains
};

struct InputSection {
  std::string kind;    ///< syslog-tcp, syslog-udp, hec, bulk, ndjson-http, file
  std::string listen;  ///< host:port; empty for files
  Path path;           ///< files only
  std::string format = "auto";
  std::string token;  ///< hec only; empty accepts any
};

struct ActuatorSection {
  std::string name;
  std::string kind;  ///< edl, rpz, manual
  Path path;         ///< the file that is written; edl and rpz
  std::string zone;  ///< rpz only
};

struct Config {
  std::string org, listen, lang = "en", tz = "UTC";
  std::vector<std::string> advertise;  ///< what partners dial; empty: `listen`, if that says it
  bool gateway = false;  ///< of its site; without any, the agent with the smallest id is
  std::vector<PeerSection> peers;
  GuardSection guard;
  std::vector<InputSection> inputs;
  std::string http_listen;                   ///< empty: no HTTP
  Path store_path;                           ///< HOME/store unless set
  std::uint64_t store_size_max = 64ull << 30;
  std::uint64_t author_bytes_max = 16ull << 30;  ///< of each author of another organisation
  std::vector<ActuatorSection> actuators;
  Duration effect_ttl = std::chrono::hours(24);  ///< of a block that names none
  std::size_t connections_max = 1024;            ///< per listener
};

struct ConfigFault {
  std::size_t line = 0;
  std::string what, fix;
};

/// Every fault of the text, in order of lines; none means that read_config takes it.
std::vector<ConfigFault> check_config(std::string_view toml, const Path& home);
/// Relative paths are taken from `home`. Errors: invalid, naming line and key, also for a known
/// kind that this version does not offer.
Result<Config> read_config(std::string_view toml, const Path& home);
/// Reads `file`. Errors: those, and not_found, io.
Result<Config> load_config(mesh::Disk& disk, const Path& file, const Path& home);
/// What `init` writes: the agent's section, and the others as comments.
std::string first_config(std::string_view org, std::string_view listen,
                         const std::vector<std::string>& advertise = {});

inline constexpr std::size_t config_bytes_max = 1024 * 1024;

}  // namespace tocsin::agents
