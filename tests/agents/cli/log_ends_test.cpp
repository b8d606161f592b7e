#include "agents/cli/log_ends.hpp"

#include "crypto/base_encoding.hpp"
#include "mesh/store/store.hpp"
#include "tests/agents/cli/command_line.hpp"

using namespace tocsin;
using tests::Desk;
namespace json = boost::json;

namespace {

json::object answer(std::string_view log, std::string_view id, json::value sequence) {
  return {{"logs", json::array{json::object{{"log", log}, {"id", id}, {"sequence", sequence}}}}};
}

}  // namespace

TEST_CASE("the ends of logs are read from an agent's answer, and a faulty answer is refused") {
  const mesh::LogKey log{AgentId{{1}}, 5, {}, mesh::LogClass::case_};
  const auto key = to_base32(mesh::encode_log_key(log));
  const auto id = to_base32(Digest{{7}});
  const auto read = agents::cli::log_ends_from(answer(key, id, 9));
  REQUIRE(read);
  REQUIRE(read->size() == 1);
  CHECK(read->front().log == log);
  CHECK(read->front().sequence == 9);
  CHECK(read->front().id == Digest{{7}});
  CHECK_FALSE(agents::cli::log_ends_from(answer("x", id, 9)));
  CHECK_FALSE(agents::cli::log_ends_from(answer(key, "x", 9)));
  CHECK_FALSE(agents::cli::log_ends_from(answer(key, id, "9")));
  CHECK_FALSE(agents::cli::log_ends_from({}));
}

TEST_CASE("who removes a member without an agent or a store must say that nothing of it counts") {
  Desk desk;
  for (const auto* org : {"delos", "bleu", "acme"}) desk.found(org);
  desk.agree({"delos", "bleu", "acme"});
  auto line = desk.line("delos");
  const auto words = "charter amend --remove acme --out " + desk.file("second");
  CHECK(line.error(words, 4).at("hint").as_string().find("--keep-nothing") != std::string::npos);
  CHECK_FALSE(desk.exists("second"));
  CHECK(line.document(words + " --keep-nothing").at("removed") ==
        json::array{json::object{{"org", "acme"}, {"logs", 0}}});
}

TEST_CASE("who holds no log of a member it removes must say that nothing of it counts") {
  Desk desk;
  for (const auto* org : {"delos", "bleu", "acme"}) desk.found(org);
  desk.agree({"delos", "bleu", "acme"});
  REQUIRE(mesh::open_lmdb_store(desk.machine().world(), {desk.path("delos") / "store"}));
  auto line = desk.line("delos");
  const auto words = "charter amend --remove acme --out " + desk.file("second");
  const auto refused = line.error(words, 4);
  CHECK(tests::text_of_key(refused, "message").find("no log of acme") != std::string::npos);
  CHECK(tests::text_of_key(refused, "hint").find("--keep-nothing") != std::string::npos);
  CHECK_FALSE(desk.exists("second"));
  desk.must("delos", words + " --keep-nothing");
  CHECK(desk.exists("second"));
}
