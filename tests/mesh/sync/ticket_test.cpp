#include "mesh/sync/ticket.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

Published place(std::uint64_t sequence) { return {{}, {}, sequence}; }

struct Waiter {
  MemoryLoop loop;
  TicketBook book;
  std::shared_ptr<Ticket> ticket = std::make_shared<Ticket>(loop, 2);
  std::uint64_t number = book.open(ticket);
  int woken = 0;

  Waiter() { loop.spawn(wait(*ticket, woken)); }
  ~Waiter() { loop.destroy_tasks(); }
  static Task<void> wait(Ticket& ticket, int& woken) {
    for (;;) {
      co_await ticket.changed.wait();
      ++woken;
    }
  }
  std::uint64_t tag(std::size_t draft) const { return TicketBook::tag(number, draft); }
  int times_woken() {
    loop.settle();
    return woken;
  }
};

}  // namespace

TEST_CASE("a caller is woken when the last of its drafts has its place, in their order") {
  Waiter waiter;
  waiter.book.settle(waiter.tag(1), place(8));
  CHECK(waiter.ticket->open == 1);
  CHECK(waiter.times_woken() == 0);
  waiter.book.settle(waiter.tag(0), place(7));
  CHECK(waiter.times_woken() == 1);
  CHECK(waiter.ticket->places[0].sequence == 7);
  CHECK(waiter.ticket->places[1].sequence == 8);
  CHECK_FALSE(waiter.ticket->error);
}

TEST_CASE("an error wakes the caller of that ticket and no other") {
  Waiter waiter;
  const auto other = std::make_shared<Ticket>(waiter.loop, 1);
  waiter.book.open(other);
  waiter.book.fail(waiter.tag(0), Error{Errc::full, "no room"});
  CHECK(waiter.times_woken() == 1);
  REQUIRE(waiter.ticket->error);
  CHECK(waiter.ticket->error->code == Errc::full);
  CHECK_FALSE(other->error);
}

TEST_CASE("when the store fails, everybody who waits hears of it") {
  Waiter waiter;
  const auto other = std::make_shared<Ticket>(waiter.loop, 1);
  waiter.book.open(other);
  waiter.book.fail_all(Error{Errc::io, "the disk is gone"});
  CHECK(waiter.times_woken() == 1);
  REQUIRE(waiter.ticket->error);
  REQUIRE(other->error);
  CHECK(other->error->code == Errc::io);
}

TEST_CASE("those who wait for the epoch are woken without a result") {
  Waiter waiter;
  waiter.book.wake_all();
  CHECK(waiter.times_woken() == 1);
  CHECK_FALSE(waiter.ticket->error);
  CHECK(waiter.ticket->open == 2);
}

TEST_CASE("a ticket whose caller has gone takes nothing more, and no tag is zero") {
  Waiter waiter;
  CHECK(waiter.tag(0) != 0);
  waiter.book.close(waiter.number);
  waiter.book.settle(waiter.tag(0), place(7));
  waiter.book.fail(waiter.tag(1), Error{Errc::full, "no room"});
  waiter.book.fail_all(Error{Errc::io, "gone"});
  CHECK(waiter.times_woken() == 0);
  CHECK(waiter.ticket->open == 2);
  CHECK_FALSE(waiter.ticket->error);
}
