#include "mesh/sync/fork_book.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/forked.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Rig : ForkedAgents {
  ForkBook::Added learn(ForkBook& book, std::uint64_t epoch, LogClass log_class = LogClass::case_) {
    LogKey log{author().agent, epoch, {}, log_class};
    author().forget(log);
    auto one = author().sign(log, {author().note("a")});
    author().forget(log);
    auto two = author().sign(log, {author().note("b")});
    const auto proof = proof_of(one, two);
    return book.add(*read_fork_proof(proof), proof);
  }
  Store& store() { return *other().store; }
  LogKey log(std::uint64_t epoch = 1) { return {author().agent, epoch, {}, LogClass::case_}; }
};

}  // namespace

TEST_CASE("a fork freezes its log from that place on, and no other epoch") {
  Rig rig;
  ForkBook book(rig.store());
  CHECK(book.digest().is_zero());
  CHECK(rig.learn(book, 7) == ForkBook::Added::fresh);
  CHECK(rig.learn(book, 7) == ForkBook::Added::known);
  CHECK(book.epoch_frozen(rig.author().agent, 7));
  CHECK(book.frozen(rig.log(7), 1, 0));
  CHECK(book.frozen(rig.log(7), 2, 0));
  CHECK(book.ambiguous(rig.log(7), 1));
  CHECK_FALSE(book.epoch_frozen(rig.author().agent, 8));
  CHECK_FALSE(book.frozen(rig.log(8), 1, 0));
  CHECK_FALSE(book.frozen({rig.other().agent, 7, {}, LogClass::case_}, 1, 0));
}

TEST_CASE("of the other logs of a forked epoch only what came after the proof is frozen") {
  Rig rig;
  ForkBook book(rig.store());
  for (int i = 0; i < 3; ++i)
    (void)rig.other().publish(rig.other().case_log(), {rig.other().note("mine")});
  REQUIRE(rig.store().ordinals() == 3);
  REQUIRE(rig.learn(book, 7) == ForkBook::Added::fresh);
  const LogKey control{rig.author().agent, 7, {}, LogClass::control};
  CHECK_FALSE(book.frozen(control, 1, 2));
  CHECK(book.frozen(control, 2, 3));
  CHECK_FALSE(book.ambiguous(control, 2));
}

TEST_CASE("proofs outlive a restart with all that they freeze") {
  Rig rig;
  Digest digest;
  {
    ForkBook book(rig.store());
    REQUIRE(rig.learn(book, 7) == ForkBook::Added::fresh);
    digest = book.digest();
  }
  const ForkBook again(rig.store());
  CHECK(again.size() == 1);
  CHECK(again.digest() == digest);
  CHECK(again.frozen(rig.log(7), 1, 0));
  CHECK(rig.check(again.proof(0)));
}

TEST_CASE("an author with too many forked epochs is frozen as a whole, and fills no more") {
  Rig rig;
  ForkBook book(rig.store());
  for (std::uint64_t epoch = 1; epoch <= ForkBook::author_epochs_max; ++epoch)
    REQUIRE(rig.learn(book, epoch) == ForkBook::Added::fresh);
  CHECK_FALSE(book.epoch_frozen(rig.author().agent, 99));
  CHECK(rig.learn(book, 50) == ForkBook::Added::fresh);
  CHECK(rig.learn(book, 51) == ForkBook::Added::capped);
  CHECK(book.size() == ForkBook::author_epochs_max + 1);
  CHECK(book.epoch_frozen(rig.author().agent, 99));
  CHECK(book.frozen(rig.log(99), 1, 0));
  CHECK(ForkBook(rig.store()).epoch_frozen(rig.author().agent, 99));
  CHECK_FALSE(book.epoch_frozen(rig.other().agent, 99));
}

TEST_CASE("a decision thaws, and lets nothing stand beyond the last batch that it names") {
  Rig rig;
  ForkBook book(rig.store());
  REQUIRE(rig.learn(book, 7) == ForkBook::Added::fresh);
  const auto seen = book.seen()[0];
  auto decision = rig.decision(rig.log(7), seen.first);
  decision.last = 4;
  CHECK(book.decide(decision));
  CHECK_FALSE(book.decide(decision));
  CHECK_FALSE(book.epoch_frozen(rig.author().agent, 7));
  CHECK_FALSE(book.frozen(rig.log(7), 4, 0));
  CHECK(book.was_frozen(rig.log(7), 4, 0, rig.log(7)));
  CHECK(book.beyond_decision(rig.log(7), 5));
  CHECK(book.frozen(rig.log(7), 5, 0));
  CHECK(book.seen()[0].settled);
  CHECK(book.seen()[0].kept == seen.first);
}

TEST_CASE("two decisions that contradict one another decide nothing, whichever came first") {
  Rig rig;
  for (const bool swapped : {false, true}) {
    ForkBook book(rig.store());
    (void)rig.learn(book, 7);
    const auto seen = book.seen()[0];
    const auto one = rig.decision(rig.log(7), seen.first);
    const auto two = rig.decision(rig.log(7), seen.second);
    CHECK(book.decide(swapped ? two : one));
    CHECK(book.decide(swapped ? one : two));
    CHECK(book.decision_on(rig.log(7)) == nullptr);
    CHECK(book.frozen(rig.log(7), 1, 0));
    CHECK_FALSE(book.decide(one));
    CHECK(book.epoch_frozen(rig.author().agent, 7));
  }
}

TEST_CASE("one settled log leaves the epoch frozen while another of it is not") {
  Rig rig;
  ForkBook book(rig.store());
  REQUIRE(rig.learn(book, 7) == ForkBook::Added::fresh);
  REQUIRE(rig.learn(book, 7, LogClass::urgent) == ForkBook::Added::fresh);
  REQUIRE(book.decide(rig.decision(rig.log(7), book.seen()[0].first)));
  CHECK(book.epoch_frozen(rig.author().agent, 7));
  CHECK(book.frozen({rig.author().agent, 7, {}, LogClass::urgent}, 1, 0));
}
