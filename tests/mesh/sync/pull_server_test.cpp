#include "mesh/sync/pull_server.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1;
constexpr std::uint64_t least = CreditWindow::bytes_min;

/// delos answers bleu.
struct Rig : Holders {
  Rig() : Holders({{"bleu"}, {"delos"}, {"sncf"}}) {}
  LogKey log(LogClass log_class) { return {holders[delos]->agent, 1, {}, log_class}; }
  void write(LogClass log_class, int batches, std::size_t bytes) {
    auto& author = *holders[delos];
    for (int i = 0; i < batches; ++i)
      author.publish(log(log_class), {author.note(std::string(bytes, char('a' + i)))});
  }
  void pull(std::uint64_t id, LogClass log_class, std::uint64_t last) {
    REQUIRE(server.on_pull({id, {{log(log_class), {1, last}}}}));
  }
  /// What comes until there is nothing more: one letter for the class of a batch, or the id.
  std::string answers() {
    std::string out;
    auto& author = *holders[delos];
    const PeerName peer{holders[bleu]->agent, "bleu"};
    for (int guard = 0; guard < 1000; ++guard) {
      const auto next =
          server.next_answer({author.catalogue, *author.store, federation.charter}, peer, refused);
      REQUIRE(next);
      if (!*next) return out;
      const auto message = decode(**next).value();
      if (const auto* end = std::get_if<PullEnd>(&message)) {
        out += std::to_string(end->id);
        missing.insert(missing.end(), end->missing.begin(), end->missing.end());
      } else {
        const auto batch = parse_batch(std::get<BatchMessage>(message).encoded).value();
        out += "?uick"[std::size_t(batch.header.log.log_class)];
      }
    }
    FAIL("it never ends");
    return out;
  }

  PullServer server;
  PullServer::Refused refused;
  std::vector<PullRange> missing;
};

}  // namespace

TEST_CASE("answers stop where the credit ends, and go on with more") {
  Rig rig;
  rig.write(LogClass::case_, 4, 40 * 1024);
  rig.pull(1, LogClass::case_, 4);
  CHECK(rig.answers() == "cc");
  CHECK(rig.server.answering());
  REQUIRE(rig.server.on_flow({least, least + 20 * 1024, least}));
  CHECK(rig.answers() == "c");
  REQUIRE(rig.server.on_flow({least, 10 * least, least}));
  CHECK(rig.answers() == "c1");
  CHECK_FALSE(rig.server.answering());
}

TEST_CASE("a long indicator log starves neither cases nor alarms") {
  Rig rig;
  rig.write(LogClass::indicator, 6, 40 * 1024);
  rig.write(LogClass::case_, 2, 100);
  rig.write(LogClass::urgent, 2, 100);
  rig.pull(1, LogClass::indicator, 6);
  CHECK(rig.answers() == "ii");
  rig.pull(2, LogClass::case_, 2);
  rig.pull(3, LogClass::urgent, 2);
  CHECK(rig.answers() == "uu3cc2");
}

TEST_CASE("alarms go first, cases and indicators take turns") {
  Rig rig;
  for (const auto log_class : {LogClass::indicator, LogClass::case_, LogClass::urgent})
    rig.write(log_class, 2, 100);
  rig.pull(1, LogClass::indicator, 2);
  rig.pull(2, LogClass::case_, 2);
  rig.pull(3, LogClass::urgent, 2);
  CHECK(rig.answers() == "uu3cici21");
}

TEST_CASE("what is not held, or not for this peer, is named as missing at the end") {
  Rig rig;
  auto& author = *rig.holders[delos];
  const auto [sealed, announced] = author.open_scope({false, {"delos", "sncf"}, {}});
  author.publish(sealed, {author.note("not for bleu", Tlp::amber_strict)});
  rig.write(LogClass::case_, 1, 100);
  REQUIRE(rig.server.on_pull({7, {{rig.log(LogClass::case_), {1, 3}}, {sealed, {1, 1}}}}));
  CHECK(rig.answers() == "c7");
  CHECK(rig.missing ==
        std::vector<PullRange>{{rig.log(LogClass::case_), {2, 3}}, {sealed, {1, 1}}});
  CHECK(rig.refused.at("pull_not_in_audience") == 1);
}

TEST_CASE("no more pulls wait than may, of all shares together") {
  Rig rig;
  for (std::size_t i = 0; i < PullServer::serving_max; ++i)
    rig.pull(i, i % 2 == 0 ? LogClass::case_ : LogClass::urgent, 1);
  CHECK(rig.server.on_pull({99, {}}).error().code == Errc::refused);
}
