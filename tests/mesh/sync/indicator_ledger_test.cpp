#include "mesh/sync/indicator_ledger.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

constexpr WallTime now{1'700'000'000'000};
constexpr std::uint32_t later_s = 1'700'000'100;

Bytes indicator(std::string_view value) {
  return encode_indicator({RecordKind::indicator, {Tlp::green, Pap::green}, now, 7},
                          {.type = IndicatorType::domain, .confidence = 50,
                           .expires = {std::int64_t(later_s) * 1000}, .value = value,
                           .labels = {}});
}

Retraction retraction_of(const Bytes& record) {
  return {view_record(record)->id(), "a honeypot", {}, {}, {}};
}

}  // namespace

TEST_CASE("an indicator is active until it expires") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  CHECK(ledger.add(3, "delos", later_s, *view_record(bytes)) == IndicatorState::active);
  CHECK(ledger.state(3, later_s, now) == IndicatorState::active);
  CHECK(ledger.active(now) == 1);
  const WallTime after{(std::int64_t(later_s) + 1) * 1000};
  CHECK(ledger.state(3, later_s, after) == IndicatorState::expired);
  CHECK(ledger.active(after) == 0);
  CHECK(ledger.state(2, later_s, now) == IndicatorState::none);
}

TEST_CASE("only the author's organisation retracts") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  ledger.add(0, "delos", later_s, *view_record(bytes));
  const auto retraction = retraction_of(bytes);
  const IndicatorLedger::Target target{0, "delos", later_s};
  CHECK(ledger.retract(retraction, crypto::blake2b(bytes_of("1")), "bleu", target) ==
        IndicatorLedger::Taken::foreign);
  CHECK(ledger.state(0, later_s, now) == IndicatorState::active);
  const auto record = crypto::blake2b(bytes_of("2"));
  CHECK(ledger.retract(retraction, record, "delos", target) ==
        IndicatorLedger::Taken::retracted);
  CHECK(ledger.retract(retraction, record, "delos", target) ==
        IndicatorLedger::Taken::duplicate);
  CHECK(ledger.state(0, later_s, now) == IndicatorState::retracted);
  CHECK(ledger.active(now) == 0);
}

TEST_CASE("a retraction may arrive before its target, and only its author's counts") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  const auto other = indicator("other.example");
  CHECK(ledger.retract(retraction_of(bytes), crypto::blake2b(bytes_of("1")), "delos", {}) ==
        IndicatorLedger::Taken::kept);
  CHECK(ledger.retract(retraction_of(other), crypto::blake2b(bytes_of("2")), "bleu", {}) ==
        IndicatorLedger::Taken::kept);
  CHECK(ledger.add(0, "delos", later_s, *view_record(bytes)) == IndicatorState::retracted);
  CHECK(ledger.add(1, "delos", later_s, *view_record(other)) == IndicatorState::active);
  CHECK(ledger.active(now) == 1);
}

TEST_CASE("receipts count once per organisation, and missing ones are known") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  const auto target = view_record(bytes)->id();
  ledger.retract(retraction_of(bytes), crypto::blake2b(bytes_of("1")), "delos", {});
  CHECK(ledger.unconfirmed("bleu") == std::vector<Digest>{target});
  const Receipt receipt{{}, target, true, {"edl:192.0.2.1"}};
  CHECK(ledger.add_receipt(receipt, "bleu", now));
  CHECK_FALSE(ledger.add_receipt(receipt, "bleu", now));
  REQUIRE(ledger.receipts(target).size() == 1);
  CHECK(ledger.receipts(target)[0].undone == receipt.undone);
  CHECK(ledger.unconfirmed("bleu").empty());
}

TEST_CASE("what was entered before its retraction could be applied is settled later") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  const auto id = view_record(bytes)->id();
  ledger.add(5, "delos", later_s, *view_record(bytes));
  ledger.retract(retraction_of(bytes), crypto::blake2b(bytes_of("1")), "delos", {});
  CHECK(ledger.targets() == std::vector<Digest>{id});
  CHECK(ledger.state(5, later_s, now) == IndicatorState::active);
  CHECK_FALSE(ledger.settle(id, {5, "bleu", later_s}));
  CHECK(ledger.settle(id, {5, "delos", later_s}));
  CHECK(ledger.state(5, later_s, now) == IndicatorState::retracted);
}

TEST_CASE("what is quarantined is out of force, once, and stays so") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example");
  ledger.add(5, "delos", later_s, *view_record(bytes));
  CHECK(ledger.active(now) == 1);
  CHECK(ledger.quarantine(5, later_s));
  CHECK_FALSE(ledger.quarantine(5, later_s));
  CHECK_FALSE(ledger.quarantine(9, later_s));
  CHECK(ledger.active(now) == 0);
  CHECK(ledger.state(5, later_s, now) == IndicatorState::quarantined);
  CHECK(ledger.add(5, "delos", later_s, *view_record(bytes)) == IndicatorState::quarantined);
}

TEST_CASE("what is forgotten is no longer counted, and comes back retracted at another place") {
  IndicatorLedger ledger;
  const auto bytes = indicator("evil.example"), other = indicator("other.example");
  ledger.add(0, "delos", later_s, *view_record(bytes));
  ledger.add(1, "delos", later_s, *view_record(other));
  ledger.forget(0, later_s);
  CHECK(ledger.active(now) == 1);
  CHECK(ledger.state(0, later_s, now) == IndicatorState::none);
  ledger.forget(0, later_s);
  ledger.forget(99, later_s);
  CHECK(ledger.active(now) == 1);
  CHECK(ledger.add(7, "delos", later_s, *view_record(bytes)) == IndicatorState::active);
  const IndicatorLedger::Target target{7, "delos", later_s};
  ledger.retract(retraction_of(bytes), crypto::blake2b(bytes_of("1")), "delos", target);
  ledger.forget(7, later_s);
  CHECK(ledger.add(9, "delos", later_s, *view_record(bytes)) == IndicatorState::retracted);
  CHECK(ledger.active(now) == 1);
}
