#include "playbooks/runs/command.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

constexpr Duration day = std::chrono::hours(24);

}  // namespace

TEST_CASE("any change of a command gives another digest") {
  Step step{"s", StepType::action};
  step.commands.push_back({CommandType::block, {}, "edl", "__v__:value"});
  RunStart start;
  start.run.data.fill(1);
  AgentId agent;
  const auto digest = [&](const Step& of, const RunStart& in, std::string value) {
    const auto command = resolve(of, {{"__v__", std::move(value)}}, day);
    REQUIRE(command);
    return command_digest(in, of, agent, *command);
  };
  const auto first = digest(step, start, "192.0.2.7");
  CHECK(first == digest(step, start, "192.0.2.7"));
  CHECK(first != digest(step, start, "192.0.2.8"));
  auto other = step;
  other.commands[0].ttl = std::chrono::hours(25);
  CHECK(first != digest(other, start, "192.0.2.7"));
  other = step;
  other.commands[0].actuator = "rpz";
  CHECK(first != digest(other, start, "192.0.2.7"));
  auto version = start;
  version.playbook.data.fill(1);
  CHECK(first != digest(step, version, "192.0.2.7"));
  auto run = start;
  run.run.data.fill(2);
  CHECK(first != digest(step, run, "192.0.2.7"));
  CHECK(effect_id(start.run, "s", 0, *block_target("192.0.2.7")) !=
        effect_id(start.run, "s", 1, *block_target("192.0.2.7")));
}

TEST_CASE("a command without value or with an unsafe one does not resolve") {
  Step step{"s", StepType::action};
  step.commands.push_back({CommandType::block, {}, "edl", "__v__:value"});
  CHECK_FALSE(resolve(step, {}, day));
  CHECK(resolve(step, {{"__v__", "$(rm -rf)"}}, day).error().code == Errc::refused);
  CHECK(resolve(step, {{"__v__", "a.example"}}, day)->text == "block a.example at edl for 24h");
}

TEST_CASE("a block that names no time to live gets the one of its executor, others keep theirs") {
  Step step{"s", StepType::action};
  step.commands.push_back({CommandType::block, {}, "edl", "192.0.2.7"});
  step.commands.push_back({CommandType::block, {}, "edl", "192.0.2.8"});
  step.commands[1].ttl = std::chrono::minutes(90);
  const auto command = resolve(step, {}, std::chrono::hours(2));
  REQUIRE(command);
  CHECK(command->blocks[0].ttl == std::chrono::hours(2));
  CHECK(command->blocks[1].ttl == std::chrono::minutes(90));
  CHECK(command->text == "block 192.0.2.7 at edl for 2h\nblock 192.0.2.8 at edl for 90m");
  CHECK(command_digest({}, step, {}, *command) !=
        command_digest({}, step, {}, *resolve(step, {}, day)));
}

}  // namespace tocsin::playbooks
