#include "agents/cli/call.hpp"

#include "agents/home/exit_code.hpp"
#include "tests/agents/agent/federation_fixture.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using namespace tocsin::agents::cli;
using tests::Desk;
namespace json = boost::json;

namespace {

mesh::Task<Result<agents::Answer>> in_pieces(agents::Request request) {
  for (int i = 0; i < 3; ++i) {
    json::object line;
    line["rows"] = json::array{2 * i, 2 * i + 1};
    auto task = request.lines->line(std::move(line));
    const auto sent = co_await std::move(task);
    if (!sent) co_return std::unexpected(sent.error());
  }
  co_return agents::Answer{json::object{{"rows", json::array{6}}, {"org", "delos"}}, 3};
}

}  // namespace

TEST_CASE("every error code has the exit code of the contract") {
  const std::pair<Errc, int> all[] = {
      {Errc::usage, 2},       {Errc::invalid, 1},     {Errc::not_found, 1},
      {Errc::io, 1},          {Errc::full, 1},        {Errc::too_large, 1},
      {Errc::duplicate, 1},   {Errc::fork, 4},        {Errc::unauthenticated, 4},
      {Errc::refused, 4},     {Errc::marking, 4},     {Errc::expired, 1},
      {Errc::unreachable, 5}, {Errc::timeout, 5},     {Errc::closed, 5},
      {Errc::unsupported, 1}, {Errc::corrupt, 1}};
  CHECK(std::size(all) == std::size_t(Errc::corrupt) + 1);
  for (const auto& [code, exit] : all) {
    INFO(name_of(code));
    CHECK(agents::exit_code_of(code) == exit);
    const auto back = error_of({.code = std::string(name_of(code)), .message = "m", .hint = "h"});
    CHECK(back.code == code);
    CHECK(back.message == "m");
    CHECK(back.hint == "h");
  }
  CHECK(error_of({.code = "from a later version"}).code == Errc::invalid);
}

TEST_CASE("the home is the flag's, else the variable's, else below HOME; so are the keys") {
  Desk desk;
  tests::RecordingTerminal terminal;
  terminal.variables["HOME"] = desk.file("me");
  const auto call = [&](std::string home) {
    return Call(desk.machine().world(), terminal, Line{.globals = {.home = std::move(home)}});
  };
  CHECK(call("").home_path() == desk.path("me/.tocsin"));
  CHECK(call("").keys_path() == desk.path("me/.config/tocsin/keys"));
  terminal.variables["TOCSIN_HOME"] = desk.file("there");
  terminal.variables["TOCSIN_KEYS"] = desk.file("keys");
  CHECK(call("").home_path() == desk.path("there"));
  CHECK(call("").keys_path() == desk.path("keys"));
  CHECK(call(desk.file("here")).home_path() == desk.path("here"));
}

TEST_CASE("an answer in pieces is one document, in the order in which it came") {
  Desk desk;
  const auto home = desk.path("delos");
  REQUIRE(desk.machine().world().disk.make_folders(home, mesh::FileMode::secret));
  agents::LocalApi api(desk.machine().world());
  api.on("peer.list", in_pieces);
  REQUIRE(api.listen(home / "agent.sock"));
  const auto said = desk.line("delos").run("peer list --json");
  CHECK(said.exit == 3);
  CHECK(said.document() ==
        json::object{{"rows", json::array{0, 1, 2, 3, 4, 5, 6}}, {"org", "delos"}});
  api.stop();
}

TEST_CASE("what an agent refuses keeps its code, hint and exit code") {
  Desk desk;
  tests::ServedAgent agent(desk.machine(), desk.path("delos"));
  agent.refuses("ioc.show", {Errc::marking, "not for you", "ask the author"});
  const auto error = desk.line("delos").error("ioc show abcd", 4);
  CHECK(error == json::object{
                     {"code", "marking"}, {"message", "not for you"}, {"hint", "ask the author"}});
}

TEST_CASE("an agent that does not say which id a prefix is, is not believed") {
  tests::Federation federation;
  tests::ServedAgent agent(federation.machine(), federation.home("delos"));
  agent.answers("resolve", {{"id", 7}});
  agent.answers("ioc.retract", {{"id", "x"}});
  tests::CommandLine line(federation.machine(), federation.home("delos"));
  CHECK(line.error("ioc retract abcd --why x", 1).at("code") == "invalid");
  CHECK(agent.asked["ioc.retract"].empty());
  CHECK(agent.asked["resolve"].at(0) == json::object{{"kind", "indicator"}, {"id", "abcd"}});
}

TEST_CASE("colour is for terminals without NO_COLOR and --json; remarks are never under --json") {
  Desk desk;
  tests::RecordingTerminal terminal;
  const auto call = [&](bool json) {
    return Call(desk.machine().world(), terminal, Line{.globals = {.json = json}});
  };
  CHECK_FALSE(call(false).colour());
  terminal.on_terminal = true;
  CHECK(call(false).colour());
  CHECK(call(false).progress());
  CHECK_FALSE(call(true).colour());
  CHECK_FALSE(call(true).progress());
  terminal.variables["NO_COLOR"] = "1";
  CHECK_FALSE(call(false).colour());
  CHECK_FALSE(call(false).progress());
  call(true).remark("quiet");
  CHECK(terminal.complained.empty());
  call(false).remark("heard");
  CHECK(terminal.complained == "heard\n");
}
