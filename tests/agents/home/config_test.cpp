#include "agents/home/config.hpp"

#include "tests/agents/home/homes.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::says;

namespace {

const std::string agent = "[agent]\norg = \"bleu\"\nlisten = \"127.0.0.1:7440\"\n";  // 3 lines

/// The error of the agent's section followed by `more`.
Error fault(const std::string& more) {
  const auto read = read_config(agent + more, "/home");
  if (read) FAIL("accepted: " << more);
  return read.error();
}
bool says_at(const std::string& more, std::size_t line, std::string_view part) {
  const auto error = fault(more);
  INFO(error.message);
  return error.code == Errc::invalid &&
         error.message.starts_with(fmt::format("line {}: ", line)) &&
         error.message.find(part) != std::string::npos && !error.hint.empty();
}

}  // namespace

TEST_CASE("a configuration with an organisation is complete, the rest has its defaults") {
  const auto config = read_config(agent, "/home");
  REQUIRE(config);
  CHECK(config->org == "bleu");
  CHECK(config->listen == "127.0.0.1:7440");
  CHECK(config->lang == "en");
  CHECK(config->store_path == Path("/home/store"));
  CHECK(config->effect_ttl == std::chrono::hours(24));
  CHECK(config->http_listen.empty());
  CHECK(config->advertise.empty());
  CHECK(config->author_bytes_max == 16ull << 30);
}

TEST_CASE("an agent may be dialled at up to eight addresses") {
  const std::vector<std::string> two{"192.0.2.1:7440", "agent.example:7440"};
  const auto config = read_config(first_config("bleu", "0.0.0.0:7440", two), "/home");
  REQUIRE(config);
  CHECK(config->advertise == two);
  CHECK(says_at("advertise = \"192.0.2.1:7440\"\n", 4, "list of texts"));
  CHECK(says_at("advertise = [\"192.0.2.1\"]\n", 4, "advertise"));
  CHECK(says_at("advertise = [\"\"]\n", 4, "empty"));
  CHECK(says_at("advertise = [\"a.example:1\", \"a.example:1\"]\n", 4, "twice"));
  CHECK(says_at("advertise = [\"a:1\", \"a:2\", \"a:3\", \"a:4\", \"a:5\", \"a:6\", \"a:7\", "
                "\"a:8\", \"a:9\"]\n", 4, "9 addresses, limit 8"));
}

TEST_CASE("every section is read, and relative paths begin at the home") {
  const auto config = read_config(agent + R"(
[[peer]]
org = "delos"
address = "192.0.2.7:7440"
key = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="
[guard]
lists = ["lists/dns.json", "/etc/lists/own.json"]
own = ["198.51.100.0/24"]
[[input]]
kind = "hec"
listen = "127.0.0.1:8088"
token = "secret"
[[input]]
kind = "file"
path = "events.json"
format = "json"
[http]
listen = "127.0.0.1:8440"
[store]
path = "elsewhere"
size_max = 1000000
author_bytes_max = 500000
[[actuator]]
name = "dns"
kind = "rpz"
path = "/var/rpz.zone"
[limits]
connections = 7
effect_ttl = "2h"
)",
                                  "/home");
  REQUIRE(config);
  REQUIRE(config->peers.size() == 1);
  CHECK(config->peers[0].address == "192.0.2.7:7440");
  CHECK(config->guard.lists ==
        std::vector<Path>{"/home/lists/dns.json", "/etc/lists/own.json"});
  REQUIRE(config->inputs.size() == 2);
  CHECK(config->inputs[0].token == "secret");
  CHECK(config->inputs[1].path == Path("/home/events.json"));
  CHECK(config->store_path == Path("/home/elsewhere"));
  CHECK(config->store_size_max == 1'000'000);
  CHECK(config->author_bytes_max == 500'000);
  CHECK(config->actuators.at(0).zone == "rpz.tocsin");
  CHECK(config->connections_max == 7);
  CHECK(config->effect_ttl == std::chrono::hours(2));
}

TEST_CASE("a key that means nothing is an error with its line and the keys that mean something") {
  CHECK(says_at("colour = \"red\"\n", 4, "unknown key `colour` in [agent]"));
  CHECK(fault("colour = \"red\"\n").hint.find("listen") != std::string::npos);
  CHECK(says_at("[nonsense]\n", 4, "unknown key `nonsense`"));
  CHECK(says_at("[limits]\nconections = 5\n", 5, "conections"));
}

TEST_CASE("a section of the wrong shape is an error with its line") {
  CHECK(says_at("[peer]\norg = \"delos\"\n", 4, "`peer` must be a list of sections"));
  CHECK(says_at("[[http]]\nlisten = \"127.0.0.1:1\"\n", 4, "`http` must be a section"));
  CHECK(says(read_config("agent = 3\n", "/home"), "line 1: `agent` must be a section"));
  CHECK(says(read_config("", "/home"), "line 1: [agent] is missing"));
  CHECK(says(read_config("[agent]\norg = \n", "/home"), "line 2: "));
}

TEST_CASE("a value of the wrong kind or beyond its bounds is an error with its line") {
  CHECK(says_at("lang = \"it\"\n", 4, "lang"));
  CHECK(says_at("lang = 3\n", 4, "must be a text"));
  CHECK(says_at("[store]\nsize_max = 0\n", 5, "from 1 to"));
  CHECK(says_at("[store]\nsize_max = \"big\"\n", 5, "size_max"));
  CHECK(says_at("[store]\nauthor_bytes_max = 0\n", 5, "[store] author_bytes_max: must be a number"));
  CHECK(says_at("[store]\nauthor_bytes_max = \"16G\"\n", 5, "author_bytes_max"));
  CHECK(says_at("[limits]\nconnections = 100001\n", 5, "connections"));
  CHECK(says_at("[limits]\neffect_ttl = \"soon\"\n", 5, "effect_ttl"));
  CHECK(says_at("[guard]\nown = [1, 2]\n", 5, "list of texts"));
  CHECK(says_at("[http]\nlisten = \"8440\"\n", 5, "listen"));
  CHECK(says_at("[[peer]]\norg = \"delos\"\naddress = \"192.0.2.7:7440\"\nkey = \"AAAA\"\n", 7,
                "32 bytes"));
  CHECK(says_at("[[peer]]\norg = \"delos\"\n", 4, "address"));
  CHECK(says(read_config("[agent]\norg = \"Not A Name\"\n", "/home"), "line 2: [agent] org"));
}

TEST_CASE("an input or actuator lacks nothing that its kind needs, and has nothing beside it") {
  CHECK(says_at("[[input]]\nkind = \"file\"\n", 4, "path"));
  CHECK(says_at("[[input]]\nkind = \"bulk\"\n", 4, "listen"));
  CHECK(says_at("[[input]]\nkind = \"syslog-tcp\"\nlisten = \"127.0.0.1:1\"\ntoken = \"t\"\n", 7,
                "hec, bulk and ndjson-http only"));
  CHECK(says_at("[[actuator]]\nname = \"a\"\nkind = \"edl\"\n", 4, "path"));
  CHECK(says_at("[[actuator]]\nname = \"a\"\nkind = \"manual\"\n"
                "[[actuator]]\nname = \"a\"\nkind = \"manual\"\n", 8, "taken"));
}

TEST_CASE("a kind that comes later is told from one that never was") {
  CHECK(says_at("[[input]]\nkind = \"syslog-tls\"\n", 5, "not offered by this version"));
  CHECK(says_at("[[input]]\nkind = \"pigeon\"\n", 5, "means nothing"));
  CHECK(says_at("[[actuator]]\nname = \"a\"\nkind = \"nftables\"\n", 6, "not offered"));
  CHECK(says_at("[[output]]\nkind = \"webhook\"\n", 5, "not offered"));
}

TEST_CASE("a check finds every fault, in the order of the lines") {
  const auto faults =
      check_config(agent + "one = 1\n[limits]\nconnections = 0\ntwo = 2\n[three]\n", "/home");
  std::vector<std::size_t> lines;
  for (const auto& each : faults) lines.push_back(each.line);
  CHECK(lines == std::vector<std::size_t>{4, 6, 7, 8});
  CHECK(check_config(agent, "/home").empty());
}

TEST_CASE("a configuration over its limit is not read") {
  const std::string large = agent + std::string(config_bytes_max, '#');
  CHECK(says(read_config(large, "/home"), "limit"));
  CHECK(check_config(large, "/home").size() == 1);
}

TEST_CASE("a file's errors name the file") {
  tests::Homes homes;
  CHECK(code(load_config(homes.disk, "/none.toml", "/home")) == "not_found");
  homes.write("/bad.toml", agent + "colour = 1\n");
  CHECK(says(load_config(homes.disk, "/bad.toml", "/home"), "/bad.toml"));
  CHECK(says(load_config(homes.disk, "/bad.toml", "/home"), "line 4"));
}

TEST_CASE("what init writes is accepted, and so is each of its examples") {
  const auto first = first_config("bleu", "127.0.0.1:7440");
  REQUIRE(read_config(first, "/home"));
  std::string awake;
  std::size_t at = 0;
  for (std::size_t end; (end = first.find('\n', at)) != std::string::npos; at = end + 1) {
    auto line = first.substr(at, end - at);
    if (line.starts_with("# ")) line.erase(0, 2);
    awake += line + "\n";
  }
  const auto config = read_config(awake, "/home");
  if (!config) FAIL(config.error().message);
  CHECK(config->peers.size() == 1);
  CHECK(config->inputs.size() == 1);
  CHECK(config->actuators.size() == 1);
}
