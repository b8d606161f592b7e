#include "tests/catch.hpp"
#include "tests/mesh/sync/exchange_of.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// bleu asks delos, which shows heads of logs that nobody wrote.
struct Asker : Holders {
  Asker() : Holders({{"bleu"}, {"delos"}}) {}
  LogHead head(LogClass log_class, std::uint64_t contiguous) {
    return {{holders[delos]->agent, 1, {}, log_class}, contiguous, 0, {}, {}};
  }
  std::vector<mesh::Outgoing> show(Exchange& exchange, std::vector<LogHead> heads) {
    return hear_heads(exchange, std::move(heads));
  }

  ExchangeParts parts;
  std::unique_ptr<Exchange> another() {
    return parts.make(*holders[bleu], *holders[delos], federation.charter);
  }
  std::unique_ptr<Exchange> first = another();
  Exchange& exchange = *first;
};

std::vector<Pull> pulls_in(const std::vector<mesh::Outgoing>& messages,
                           std::optional<Purpose> lane = {}) {
  std::vector<Pull> out;
  for (const auto& outgoing : messages)
    if (const auto* pull = std::get_if<Pull>(&outgoing.message))
      if (!lane || outgoing.purpose == *lane) out.push_back(*pull);
  return out;
}

std::uint64_t batches_of(const Pull& pull) {
  std::uint64_t out = 0;
  for (const auto& range : pull.ranges) out += range.range.last - range.range.first + 1;
  return out;
}

}  // namespace

TEST_CASE("a long indicator log does not keep a case log from being asked for") {
  Asker asker;
  asker.exchange.on_bulk();
  const auto first = pulls_in(asker.show(asker.exchange, {asker.head(LogClass::indicator, 9999)}));
  CHECK(first.size() == Exchange::pulls_open_max);
  const auto then = pulls_in(asker.show(
      asker.exchange, {asker.head(LogClass::case_, 3), asker.head(LogClass::indicator, 9999)}));
  REQUIRE(then.size() == 1);
  CHECK(then[0].ranges.at(0).key.log_class == LogClass::case_);
}

TEST_CASE("a backlog is spread over all lanes, and no batch is asked for twice") {
  Asker asker;
  for (const auto lane : {Purpose::bulk, Purpose::bulk_2, Purpose::bulk_3})
    asker.exchange.on_bulk(lane);
  const auto messages = asker.show(asker.exchange, {asker.head(LogClass::indicator, 99'999)});
  std::set<std::uint64_t> firsts;
  std::uint64_t batches = 0;
  for (const auto lane : {Purpose::bulk, Purpose::bulk_2, Purpose::bulk_3}) {
    CHECK(pulls_in(messages, lane).size() == Exchange::pulls_open_max);
    for (const auto& pull : pulls_in(messages, lane)) {
      firsts.insert(pull.ranges.at(0).range.first);
      batches += batches_of(pull);
    }
  }
  CHECK(firsts.size() == 3 * Exchange::pulls_open_max);
  CHECK(batches == 3 * Exchange::pulls_open_max * Exchange::pull_batches_first);
  CHECK(asker.exchange.lanes() == 3);
}

TEST_CASE("what a lost lane was asked for is asked of another") {
  Asker asker;
  asker.exchange.on_bulk(Purpose::bulk);
  asker.exchange.on_bulk(Purpose::bulk_2);
  const auto heads = std::vector{asker.head(LogClass::indicator, 9999)};
  const auto before = pulls_in(asker.show(asker.exchange, heads), Purpose::bulk_2);
  asker.exchange.on_bulk_lost(Purpose::bulk_2);
  CHECK_FALSE(asker.parts.pulls.taken(heads[0].key, before.at(0).ranges.at(0).range));
  const auto again = pulls_in(asker.exchange.on_bulk(Purpose::bulk_3));
  REQUIRE_FALSE(again.empty());
  CHECK(again[0].ranges.at(0).range.first == before[0].ranges.at(0).range.first);
}

TEST_CASE("of one log no more is open at all holders than its head has room for") {
  Asker asker;
  std::vector<std::unique_ptr<Exchange>> many;
  std::size_t pulls = 0;
  for (int n = 0; n < 40; ++n) {
    auto& one = *many.emplace_back(asker.another());
    one.on_bulk();
    pulls += pulls_in(asker.show(one, {asker.head(LogClass::indicator, 99'999)})).size();
  }
  CHECK(pulls >= PullBook::open_per_log_max);
  CHECK(pulls < head_ranges_max);
}

TEST_CASE("pulls follow what batches weigh, so that small ones fill the link too") {
  Asker asker;
  asker.exchange.on_bulk();
  const auto first = pulls_in(asker.show(asker.exchange, {asker.head(LogClass::indicator, 99'999)}));
  REQUIRE(asker.exchange.arrived({Purpose::bulk, Share::indicators, 64, Instant{}}));
  const auto next = pulls_in(asker.exchange.on_pull_end({first.at(0).id, {}}));
  CHECK(next.empty());  // Nothing came of it: it is denied for now.
  const auto later = pulls_in(asker.exchange.tick(Instant{2s}, asker.universe.wall()));
  REQUIRE(later.size() == 1);
  CHECK(batches_of(later[0]) > Exchange::pull_batches_first / 2);
  CHECK(batches_of(later[0]) <= CreditWindow::bytes_min / 64);
}

TEST_CASE("what is sealed is asked for once the control log has come") {
  Asker asker;
  asker.exchange.on_bulk();
  auto sealed = asker.head(LogClass::indicator, 5);
  sealed.key.scope = ScopeId{{9}};
  const auto first = pulls_in(
      asker.show(asker.exchange, {asker.head(LogClass::control, 1)}));
  REQUIRE(first.size() == 1);
  CHECK(pulls_in(asker.show(asker.exchange, {asker.head(LogClass::control, 1), sealed})).empty());
  const auto then = pulls_in(asker.exchange.on_pull_end({first[0].id, {}}));
  REQUIRE(then.size() == 1);
  CHECK(then[0].ranges.at(0).key == sealed.key);
}

TEST_CASE("batches beyond the credit are refused, and what is safe is granted anew") {
  Asker asker;
  asker.exchange.on_bulk();
  const Exchange::Brought batch{Purpose::bulk, Share::cases, CreditWindow::bytes_min, Instant{}};
  REQUIRE(asker.exchange.arrived(batch));
  CHECK(asker.exchange.arrived(batch).error().code == Errc::refused);
  const auto granted = asker.exchange.consumed(batch, Instant{5ms});
  REQUIRE(granted.size() == 1);
  CHECK(std::get<Flow>(granted[0].message).cases == 3 * CreditWindow::bytes_min);
  CHECK(asker.exchange.arrived(batch));
}

TEST_CASE("bulk connections and what is under way on them outlast a new comparison") {
  Asker asker;
  asker.exchange.on_bulk();
  const auto open = pulls_in(asker.show(asker.exchange, {asker.head(LogClass::case_, 3)}));
  REQUIRE(open.size() == 1);
  const auto fresh = asker.another();
  fresh->keep_lanes(asker.exchange);
  CHECK(fresh->lanes() == 1);
  CHECK_FALSE(fresh->idle(Purpose::bulk));
  CHECK(pulls_in(asker.show(*fresh, {asker.head(LogClass::case_, 3)})).empty());
  fresh->on_pull_end({open[0].id, {}});
  CHECK(fresh->idle(Purpose::bulk));
}

TEST_CASE("more lanes are worth it while a large backlog is fetched over a long link") {
  Asker asker;
  asker.exchange.on_bulk();
  CHECK(asker.exchange.lanes_worth(4) == 1);
  asker.show(asker.exchange, {asker.head(LogClass::indicator, 100'000)});
  CHECK(asker.exchange.backlog() == 100'000);
  CHECK(asker.exchange.lanes_worth(4) == 1);
  asker.exchange.on_rtt(60ms, Instant{});
  CHECK(asker.exchange.lanes_worth(4) == 4);
  CHECK(asker.exchange.lanes_worth(2) == 2);
}
