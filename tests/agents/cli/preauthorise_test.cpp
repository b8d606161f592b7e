#include "tests/agents/cli/joint_run.hpp"

using namespace tocsin;
using tests::JointRun;
using tests::text_of_key;
namespace json = boost::json;

TEST_CASE("terms that one operator signs are listed at the other, which joins them by their name") {
  JointRun joint;
  const auto terms = text_of_key(
      joint.delos.document(fmt::format("approval preauthorise {} --type domain --count 10 "
                                       "--confidence 60 --expires 12h --trigger indicator",
                                       joint.playbook)),
      "terms");
  const auto listed = [&](tests::CommandLine& line) {
    return line.document("approval standing").at("standing").as_array();
  };
  REQUIRE(joint.federation.eventually([&] { return listed(joint.bleu).size() == 1; }));
  const auto entry = listed(joint.bleu).at(0).as_object();
  CHECK(text_of_key(entry, "terms") == terms);
  CHECK(text_of_key(entry, "action_class") == "block");
  CHECK(text_of_key(entry, "trigger") == "indicator");
  CHECK(entry.at("types") == json::array{"domain"});
  CHECK(entry.at("count") == 10);
  CHECK(entry.at("confidence_min") == 60);
  CHECK(entry.at("have") == json::array{"delos/duty"});

  CHECK(joint.bleu.run("approval preauthorise --join zzzz").exit == 1);
  CHECK(text_of_key(joint.bleu.document("approval preauthorise --join " + terms.substr(0, 12)),
                    "terms") == terms);
  CHECK(joint.federation.eventually([&] {
    const auto now = listed(joint.delos);
    return now.size() == 1 && now.at(0).at("have").as_array().size() == 2;
  }));
}

TEST_CASE("terms without limits are not signed") {
  JointRun joint;
  const auto words = "approval preauthorise " + joint.playbook;
  for (const auto* rest :
       {"", " --type domain --count 0", " --type domain --count many", " --type song",
        " --type domain --confidence 101", " --type domain --expires soon",
        " --type domain --trigger always", " --type domain --join abcd"})
    CHECK(joint.delos.run(words + rest).exit == 2);
  CHECK(joint.delos.run("approval preauthorise --type domain").exit == 2);
  CHECK(joint.delos.run("approval preauthorise zzzz --type domain").exit == 1);
  CHECK(joint.delos.document("approval standing").at("standing").as_array().empty());
}
