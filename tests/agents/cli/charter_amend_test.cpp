#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
namespace json = boost::json;

namespace {

struct Three : Desk {
  Three() {
    for (const auto* org : {"delos", "bleu", "acme"}) found(org);
    agree({"delos", "bleu", "acme"});
  }
  std::string amend(const std::string& flags) {
    return "charter amend --out " + file("second") + " " + flags;
  }
  void sign(const std::string& org) {
    must(org, fmt::format("charter sign {} --root-dir {}", file("second"), file(org + "-root")));
  }
  tests::Said accept(const std::string& org, const std::string& name = "second") {
    return line(org).run("charter accept " + file(name));
  }
};

}  // namespace

TEST_CASE("two of three members draw up, sign and accept a version without the third") {
  Three desk;
  const auto drawn = desk.line("delos").document(desk.amend("--remove acme --keep-nothing"));
  CHECK(drawn.at("version") == 2);
  CHECK(drawn.at("former") == json::array{"acme"});
  CHECK(drawn.at("missing").is_string());
  const auto said = desk.line("delos").run(fmt::format("charter sign {} --root-dir {}",
                                                       desk.file("second"), desk.file("delos-root")));
  CHECK(said.out.find("removes acme, and nothing that it signed counts") != std::string::npos);
  CHECK(desk.accept("delos").exit == 4);
  desk.sign("bleu");
  CHECK(desk.accept("delos").exit == 0);
  CHECK(desk.accept("bleu").exit == 0);
  CHECK(desk.accept("acme").exit == 4);
  CHECK(desk.line("delos").document("charter show").at("version") == 2);
  // Attack 20: the first version does not come back.
  CHECK(desk.accept("delos", "charter").exit == 4);
}

TEST_CASE("an amendment that says nothing, or of nobody, is refused and writes no file") {
  Three desk;
  auto line = desk.line("delos");
  CHECK(line.run(desk.amend("")).exit == 4);
  CHECK(line.run(desk.amend("--remove nobody")).exit == 2);
  CHECK(line.run(desk.amend("--policy block")).exit == 2);
  CHECK(line.run(desk.amend("--amend-members two")).exit == 2);
  CHECK(line.run(desk.amend("--expires soon")).exit == 2);
  CHECK(line.run(desk.amend("--add " + desk.file("absent.card"))).exit == 1);
  CHECK_FALSE(desk.exists("second"));
}

TEST_CASE("our lost root is replaced with the recovery key and a partner's signature") {
  Three desk;
  auto line = desk.line("delos");
  const auto words = desk.amend("--replace-root delos --root-dir " + desk.file("new-root"));
  CHECK(line.run(words).exit == 2);
  CHECK(line.run(words + " --recovery-dir " + desk.file("bleu-root")).exit == 4);
  CHECK(desk.line("bleu").run(words + " --recovery-dir " + desk.file("bleu-root")).exit == 2);
  const auto drawn = line.document(words + " --recovery-dir " + desk.file("delos-root"));
  CHECK(drawn.at("signatures") == json::array{"delos"});
  CHECK(desk.accept("delos").exit == 4);
  desk.sign("bleu");
  for (const auto* org : {"delos", "bleu", "acme"}) CHECK(desk.accept(org).exit == 0);
  // The old root signs nothing any more; the new one does.
  CHECK(line.run("analyst new late --role analyst --root-dir " + desk.file("delos-root")).exit == 4);
  desk.must("delos", "analyst new late --role analyst --root-dir " + desk.file("new-root"));
}
