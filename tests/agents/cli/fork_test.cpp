#include "mesh/sync/fork_decision.hpp"

#include "crypto/base_encoding.hpp"
#include "tests/agents/cli/served_agent.hpp"

using namespace tocsin;
using tests::Desk;
using tests::text_of_key;
namespace json = boost::json;

namespace {

const Digest one = crypto::blake2b(bytes_of("one")), two = crypto::blake2b(bytes_of("two"));
const Digest end = crypto::blake2b(bytes_of("end"));
const mesh::LogKey log_key{{}, 7, {}, mesh::LogClass::case_};

json::object row(const std::string& org) {
  return {{"id", "abcdefgh"},
          {"org", org},
          {"agent", org + "-1"},
          {"log", mesh::short_name(log_key)},
          {"log_key", to_base32(mesh::encode_log_key(log_key))},
          {"sequence", 3},
          {"branches", json::array{to_base32(one), to_base32(two)}},
          {"held", to_base32(one)},
          {"last", 9},
          {"last_id", to_base32(end)},
          {"state", "open"},
          {"kept", nullptr}};
}

struct Rig {
  explicit Rig(const std::string& org = "delos") {
    desk.found("delos");
    desk.found("bleu");
    desk.agree({"delos", "bleu"});
    agent.emplace(desk.machine(), desk.path("delos"));
    agent->answers("fork.list", {{"forks", json::array{row(org)}}});
    agent->answers("fork.resolve", {{"record", "x"}});
  }
  std::string words(const Digest& keep, const std::string& root = "delos-root") {
    return "fork resolve abcd --keep " + to_base32(keep).substr(0, 9) + " --root-dir " +
           desk.file(root);
  }
  Desk desk;
  std::optional<tests::ServedAgent> agent;
};

}  // namespace

TEST_CASE("the root signs how far the branch counts that its agent holds") {
  Rig rig;
  auto line = rig.desk.line("delos");
  const auto dry = line.document(rig.words(one) + " --dry-run");
  CHECK(dry.at("dry_run") == true);
  CHECK(rig.agent->asked["fork.resolve"].empty());
  const auto done = line.document(rig.words(one));
  CHECK(text_of_key(done, "kept") == to_base32(one));
  CHECK(done.at("last") == 9);
  const auto record =
      from_base64(text_of_key(rig.agent->asked["fork.resolve"].at(0), "record")).value();
  const auto charter = agents::read_home(rig.desk.machine().world().disk, rig.desk.path("delos"))
                           .value()
                           .charter.value();
  const auto decision = mesh::check_fork_decision(*mesh::view_record(record), charter);
  REQUIRE(decision);
  CHECK(decision->log == log_key);
  CHECK(decision->sequence == 3);
  CHECK(decision->keep == one);
  CHECK(decision->last == 9);
  CHECK(decision->last_id == end);
}

TEST_CASE("of a branch that its agent does not hold only the first batch is let stand") {
  Rig rig;
  auto line = rig.desk.line("delos");
  CHECK(line.document(rig.words(two)).at("last") == 3);
}

TEST_CASE("no other root, other organisation's fork, unknown fork or branch is taken") {
  Rig rig;
  auto line = rig.desk.line("delos");
  CHECK(line.run(rig.words(one, "bleu-root")).exit == 4);
  CHECK(line.run(rig.words(end)).exit == 1);
  CHECK(line.run("fork resolve zzzz --keep " + to_base32(one) + " --root-dir " +
                 rig.desk.file("delos-root"))
            .exit == 1);
  CHECK(line.run("fork resolve abcd --root-dir " + rig.desk.file("delos-root")).exit == 2);
  Rig foreign("bleu");
  auto other = foreign.desk.line("delos");
  CHECK(other.run(foreign.words(one)).exit == 4);
  CHECK(rig.agent->asked["fork.resolve"].empty());
  CHECK(foreign.agent->asked["fork.resolve"].empty());
}

TEST_CASE("forks are listed, and doctor names the open ones") {
  Rig rig;
  auto line = rig.desk.line("delos");
  CHECK(line.document("fork list").at("forks").as_array().size() == 1);
  rig.agent->answers("peer.list", {{"peers", json::array{}}});
  rig.agent->answers("agent.status", {{"inputs", json::array{}}, {"signed_elsewhere", 2}});
  std::string fixes;
  const auto found = line.document("doctor");
  for (const auto& each : found.at("findings").as_array())
    fixes += text_of_key(each.as_object(), "fix") + "\n";
  CHECK(fixes.find("tocsin fork resolve abcdefgh") != std::string::npos);
  CHECK(fixes.find("its keys are copied") != std::string::npos);
}
