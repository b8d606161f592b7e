#include "mesh/sync/flow.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t megabyte = 1024 * 1024;

/// A link between a server that sends all that it may and a reader, a millisecond at a time.
struct Link {
  explicit Link(std::size_t pool_bytes = 16 * megabyte) : pool(pool_bytes) {}
  CreditPool pool;
  FlowIn in{pool};
  FlowOut out;
  Instant now{};
  Duration one_way = 30ms;
  std::size_t bytes_per_ms = 12'500, read_per_ms = ~std::size_t(0), batch = 8 * 1024;
  std::uint64_t taken = 0;

  void run(Duration time) {
    for (const auto end = now + time; now < end; now = now + 1ms) {
      while (!flows.empty() && flows.front().first <= now) {
        REQUIRE(out.on_flow(flows.front().second));
        flows.pop_front();
      }
      for (room = std::min(room + bytes_per_ms, bytes_per_ms + batch);
           room >= batch && out.may(Share::indicators); room -= batch) {
        out.sent(Share::indicators, batch);
        under_way.push_back(now + one_way);
      }
      for (can = std::min(can + std::min(read_per_ms, bytes_per_ms), 2 * bytes_per_ms);
           can >= batch && !under_way.empty() && under_way.front() <= now; can -= batch) {
        under_way.pop_front();
        REQUIRE(in.arrived(Share::indicators, batch));
        in.on_rtt(2 * one_way, now);
        in.consumed(Share::indicators, batch, now, 0ms);
        taken += batch;
        if (const auto flow = in.due()) flows.push_back({now + one_way, *flow});
      }
    }
  }

 private:
  std::size_t room = 0, can = 0;
  std::deque<Instant> under_way;
  std::deque<std::pair<Instant, Flow>> flows;
};

}  // namespace

TEST_CASE("on a long fat link the credit grows until the link is used") {
  Link link;
  link.run(2s);
  link.taken = 0;
  link.run(4s);
  CHECK(double(link.taken) >= 0.95 * 4000 * 12'500);
  const auto held_by_link = std::size_t(60 * 12'500);
  CHECK(link.in.window(Share::indicators) >= held_by_link);
  CHECK(link.in.window(Share::indicators) <= 5 * held_by_link);
}

TEST_CASE("a small fixed window leaves a long link mostly unused") {
  Link link(0);
  link.run(2s);
  CHECK(link.in.window(Share::indicators) == CreditWindow::bytes_min);
  CHECK(double(link.taken) < 0.15 * 2000 * 12'500);
  CHECK(link.taken > 0);
}

TEST_CASE("the credit shrinks when the reader is slow, and grows again with it") {
  Link link;
  link.run(3s);
  const auto wide = link.in.window(Share::indicators);
  link.read_per_ms = 500;
  link.run(20s);
  const auto narrow = link.in.window(Share::indicators);
  CHECK(narrow <= wide / 8);
  link.read_per_ms = ~std::size_t(0);
  link.run(5s);
  CHECK(link.in.window(Share::indicators) >= wide / 2);
}

TEST_CASE("what lies long on its way to the disk is counted with the round trip") {
  CreditPool pool(16 * megabyte);
  CreditWindow quick(pool), slow(pool);
  for (int n = 1; n <= 20; ++n) {
    quick.consumed(quick.bytes(), Instant{n * 400ms}, 20ms);
    slow.consumed(slow.bytes(), Instant{n * 400ms}, 400ms);
  }
  CHECK(quick.bytes() == CreditWindow::bytes_min);
  CHECK(slow.bytes() > megabyte);
}

TEST_CASE("all connections together are granted no more than the pool beyond their least") {
  CreditPool pool(megabyte);
  {
    CreditWindow a(pool), b(pool);
    for (int n = 1; n <= 20; ++n)
      for (auto* window : {&a, &b}) window->consumed(window->bytes(), Instant{n * 100ms}, 100ms);
    CHECK(a.bytes() + b.bytes() == megabyte + 2 * CreditWindow::bytes_min);
    CHECK(pool.left() == 0);
  }
  CHECK(pool.left() == megabyte);
}

TEST_CASE("each share has credit of its own, and control logs count with urgent ones") {
  FlowOut out;
  out.sent(Share::indicators, CreditWindow::bytes_min);
  CHECK_FALSE(out.may(Share::indicators));
  CHECK(out.may(Share::cases));
  CHECK(out.may(Share::urgent));
  CHECK(share_of(LogClass::control) == Share::urgent);
  CHECK(share_of(LogClass::urgent) == Share::urgent);
  CHECK(share_of(LogClass::case_) == Share::cases);
  CHECK(share_of(LogClass::indicator) == Share::indicators);
}

TEST_CASE("a batch may be begun while any credit is left, and not after") {
  CreditPool pool(megabyte);
  FlowIn in(pool);
  REQUIRE(in.arrived(Share::cases, CreditWindow::bytes_min - 1));
  REQUIRE(in.arrived(Share::cases, batch_bytes_max));
  CHECK(in.arrived(Share::cases, 1).error().code == Errc::refused);
  CHECK(in.arrived(Share::urgent, 1));
}

TEST_CASE("credit is granted once a quarter of a window was taken in") {
  CreditPool pool(0);
  FlowIn in(pool);
  const auto quarter = CreditWindow::bytes_min / 4;
  in.consumed(Share::cases, quarter - 1, Instant{}, 0ms);
  CHECK_FALSE(in.due());
  in.consumed(Share::cases, 1, Instant{}, 0ms);
  const auto flow = in.due();
  REQUIRE(flow);
  CHECK(flow->cases == CreditWindow::bytes_min + quarter);
  CHECK(flow->indicators == CreditWindow::bytes_min);
  CHECK_FALSE(in.due());
}

TEST_CASE("credit is never taken back") {
  FlowOut out;
  const std::uint64_t least = CreditWindow::bytes_min;
  REQUIRE(out.on_flow({least + 5, least, least}));
  CHECK(out.on_flow({least + 4, least, least}).error().code == Errc::invalid);
}

TEST_CASE("the shortest time of late counts, not of ever") {
  Shortest shortest;
  CHECK(shortest.value() == 0ms);
  shortest.note(10ms, Instant{});
  shortest.note(50ms, Instant{1s});
  CHECK(shortest.value() == 10ms);
  shortest.note(40ms, Instant{Shortest::keep});
  CHECK(shortest.value() == 10ms);
  shortest.note(45ms, Instant{2 * Shortest::keep});
  CHECK(shortest.value() == 40ms);
}

TEST_CASE("the weight of batches is learnt from those of late") {
  CreditPool pool(0);
  FlowIn in(pool);
  CHECK_FALSE(in.mean_batch(Share::cases));
  REQUIRE(in.arrived(Share::cases, 800));
  CHECK(in.mean_batch(Share::cases) == 800u);
  REQUIRE(in.arrived(Share::cases, 1600));
  CHECK(in.mean_batch(Share::cases) == 900u);
}

TEST_CASE("more than one connection is for long links with large backlogs") {
  CHECK(lanes_wanted(1000 * megabyte, 1ms, 4) == 1);
  CHECK(lanes_wanted(megabyte, 100ms, 4) == 1);
  CHECK(lanes_wanted(4 * megabyte, 60ms, 4) == 2);
  CHECK(lanes_wanted(64 * megabyte, 60ms, 4) == 4);
  CHECK(lanes_wanted(64 * megabyte, 60ms, 1) == 1);
}
