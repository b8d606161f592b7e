#include "playbooks/runs/parse_step.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

std::pair<std::optional<Step>, std::vector<Problem>> read(std::string_view json) {
  std::vector<Problem> problems;
  JsonReader reader(problems);
  auto step = read_step(reader, "s1", boost::json::parse({json.data(), json.size()}),
                        {{"a", "delos"}});
  return {std::move(step), std::move(problems)};
}

}  // namespace

TEST_CASE("step types that are not offered are refused by name, never skipped") {
  for (const auto* type : {"while-condition", "switch-condition", "playbook-action", "loop"}) {
    const auto [step, problems] = read(fmt::format(R"({{"type":"{}"}})", type));
    CHECK_FALSE(step);
    REQUIRE(problems.size() == 1);
    CHECK(problems[0].text == fmt::format("step s1: step type {} is not offered here", type));
  }
}

TEST_CASE("a blocking action is read with its actuator, target, class and time to live") {
  const auto [step, problems] = read(R"({"type":"action","agent":"a","on_completion":"e",
      "timeout":5000,"step_extensions":{
        "extension-definition--7f0c5a52-1d0e-4b7c-9b63-2f8f6d4c1a90":{
          "x_tocsin_unreachable":"local"}},
      "commands":[{"type":"x-tocsin-action","action":"block","actuator":"edl",
                   "target":"__v__:value","ttl":"2h"}]})");
  for (const auto& problem : problems) UNSCOPED_INFO(problem.path + " " + problem.text);
  REQUIRE(problems.empty());
  REQUIRE(step);
  CHECK(step->org == "delos");
  CHECK(step->unreachable == Unreachable::local);
  CHECK(step->timeout == std::chrono::seconds(5));
  CHECK(step->commands[0].ttl == std::chrono::hours(2));
  CHECK(step->commands[0].action_class == "block");
}

TEST_CASE("faults of an action are all named") {
  const auto [step, problems] = read(R"({"type":"action","agent":"b","on_sucess":"e","timeout":-1,
      "commands":[{"type":"x-tocsin-action","action":"allow","actuator":"A b","target":"no way",
                   "ttl":"90d","clas":"x"},{"type":"manual","command":"x"},{"type":"bash"}]})");
  REQUIRE(step);
  CHECK(problems.size() == 10);
}

TEST_CASE("unsafe and mistyped defaults of variables are refused") {
  std::vector<Problem> problems;
  JsonReader reader(problems);
  const auto read_one = [&](std::string_view json) {
    return read_variable(reader, "/v/", "__x__", boost::json::parse({json.data(), json.size()}));
  };
  CHECK(read_one(R"({"type":"ipv4-addr","value":"192.0.2.1"})")->value == "192.0.2.1");
  CHECK(problems.empty());
  CHECK_FALSE(read_one(R"x({"type":"ipv4-addr","value":"$(rm -rf)"})x")->value);
  CHECK_FALSE(read_one(R"({"type":"dictionary"})"));
  CHECK(problems.size() == 2);
}

}  // namespace tocsin::playbooks
