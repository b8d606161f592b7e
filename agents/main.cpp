// Where everything meets: builds the World from the machine and hands it to the command, with
// the parts of the program that run the loop themselves.
#include <charconv>

#include "agents/agent/daemon.hpp"
#include "agents/bench/bench.hpp"
#include "agents/cli/real_terminal.hpp"
#include "agents/cli/shell.hpp"
#include "agents/drill/drill.hpp"
#include "mesh/world/real_world.hpp"

namespace {

using namespace tocsin;
using agents::cli::Call;
using agents::cli::Document;

/// The daemon, until it is told to stop or its store fails.
Result<Document> run_agent(mesh::RealWorld& machine, Call& call) {
  auto given = call.given_passphrase();
  if (!given) return std::unexpected(given.error());
  auto passphrase = call.passphrase_for(agents::Layout{call.home_path()}.keys());
  if (!passphrase) return std::unexpected(passphrase.error());
  Result<void> ended{};
  const auto stop = [&](Result<void> why) {
    ended = std::move(why);
    machine.stop();
  };
  auto daemon = agents::Daemon::start(
      machine.world(),
      {.home = call.home_path(), .config = call.path("config"),
       .passphrase = std::move(*passphrase), .mend = call.has("mend")},
      stop);
  if (!daemon) return std::unexpected(daemon.error());
  machine.world().processes.on_stop([&] { machine.stop(); });
  call.remark("agent is ready");
  machine.run();
  if (!ended) return std::unexpected(ended.error());
  return Document{};
}

Result<std::uint64_t> whole_number(Call& call, std::string_view flag) {
  const auto text = call.text(flag);
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size())
    return fail(Errc::usage, "--{} '{}': a whole number", flag, text);
  return number;
}

std::vector<agents::Path> libraries(mesh::World& world, Call& call) {
  const auto given = call.has("library") ? call.path("library").string()
                                         : call.terminal().environment("TOCSIN_LIBRARY");
  return agents::drill::library_folders(world.disk, world.processes.own_program(), given);
}

Result<Document> run_bench(mesh::RealWorld& machine, Call& call) {
  agents::bench::BenchOptions options;
  if (call.has("what")) options.what = call.text("what");
  if (call.has("count")) {
    const auto count = whole_number(call, "count");
    if (!count) return std::unexpected(count.error());
    options.count = *count;
  }
  if (call.has("seed")) {
    const auto seed = whole_number(call, "seed");
    if (!seed) return std::unexpected(seed.error());
    options.seed = *seed;
  }
  auto& world = machine.world();
  options.program = world.processes.own_program();
  for (const auto& folder : libraries(world, call))
    if (options.library.empty() && world.disk.exists(folder / "block-standing.json"))
      options.library = folder;
  auto report = agents::bench::run_bench(machine, options);
  if (!report) return std::unexpected(report.error());
  Document document;
  document.json = std::move(report->document);
  document.text = std::move(report->text);
  return document;
}

/// The daemon of `agent run`, for a simulated machine.
Result<agents::drill::RunningAgent> make_agent(mesh::World& world,
                                               agents::drill::AgentOptions options) {
  auto daemon = agents::Daemon::start(
      world, {std::move(options.home), {}, {}, std::move(options.open_store)},
      std::move(options.stop));
  if (!daemon) return std::unexpected(daemon.error());
  return agents::drill::RunningAgent(std::move(*daemon));
}

Result<Document> run_drill(mesh::RealWorld& machine, Call& call) {
  auto& world = machine.world();
  const auto scenario =
      agents::drill::find_scenario(world.disk, call.text("scenario"), libraries(world, call));
  if (!scenario) return std::unexpected(scenario.error());
  agents::drill::DrillOptions options{.scenario = *scenario, .colour = call.colour()};
  if (call.has("simulate")) options.simulate = make_agent;
  if (call.has("seed")) {
    const auto seed = whole_number(call, "seed");
    if (!seed) return std::unexpected(seed.error());
    options.seed = *seed;
  }
  if (call.has("keep")) options.keep = call.path("keep");
  if (call.has("report")) options.report = call.path("report");
  if (!call.globals().json)
    options.tell = [&call](std::string_view line) { call.print_line({}, line); };
  world.log.write(mesh::Level::debug, "drill begins");
  auto outcome = machine.complete(agents::drill::run_drill(world, std::move(options)));
  if (!outcome) return std::unexpected(outcome.error());
  Document document;
  document.json = std::move(outcome->document);
  document.text = std::move(outcome->summary);
  document.exit = outcome->passed ? 0 : 1;
  return document;
}

Result<Document> list_drills(mesh::RealWorld& machine, Call& call) {
  Document document;
  document.json =
      agents::drill::list_scenarios(machine.world().disk, libraries(machine.world(), call));
  return document;
}

Result<Document> check_drill(mesh::RealWorld& machine, Call& call) {
  auto checked = agents::drill::check_scenario(machine.world().disk, call.path("file"));
  if (!checked) return std::unexpected(checked.error());
  Document document;
  document.exit = checked->at("faults").as_array().empty() ? 0 : 1;
  document.json = std::move(*checked);
  return document;
}

}  // namespace

int main(int count, char** words) {
  mesh::RealWorld machine;
  agents::cli::RealTerminal terminal;
  agents::cli::Shell shell{
      .world = machine.world(),
      .terminal = terminal,
      .complete = [&machine](mesh::Task<Result<Document>> task) {
        return machine.complete(std::move(task));
      },
      .hooks = {}};
  const std::pair<const char*, Result<Document> (*)(mesh::RealWorld&, Call&)> hooks[] = {
      {"agent run", run_agent},
      {"bench", run_bench},
      {"drill run", run_drill},
      {"drill list", list_drills},
      {"drill check", check_drill}};
  for (const auto& [name, perform] : hooks)
    shell.hooks[name] = [&machine, perform = perform](Call& call) {
      return perform(machine, call);
    };
  return agents::cli::run_line(shell, {words + 1, words + count});
}
