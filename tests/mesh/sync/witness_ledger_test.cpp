#include "mesh/sync/witness_ledger.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const WallTime then{1'790'000'000'000};
const LogKey log_key{{}, 3, {}, LogClass::case_};

Digest id_of(std::uint64_t sequence) {
  return crypto::blake2b(bytes_of("batch " + std::to_string(sequence)));
}
WitnessWord word(std::string org, std::uint64_t sequence, WallTime time = then) {
  return {std::move(org), {log_key, sequence, id_of(sequence)}, time, {}};
}
/// A log that ends at `end`, with the batches that the words name.
HeldLogs held(std::uint64_t end) {
  return {[end](const LogKey&, std::uint64_t sequence) -> std::optional<Digest> {
            if (sequence > end) return std::nullopt;
            return id_of(sequence);
          },
          [end](const LogKey&) { return end; }};
}

}  // namespace

TEST_CASE("witnesses of a place are the organisations beside the author that saw it or more") {
  WitnessLedger ledger;
  CHECK(ledger.add(word("bleu", 4)));
  CHECK(ledger.add(word("sncf", 9)));
  CHECK(ledger.add(word("delos", 9)));
  CHECK_FALSE(ledger.add(word("bleu", 4)));
  CHECK(ledger.witnesses_of(log_key, 4, "delos") == std::set<std::string>{"bleu", "sncf"});
  CHECK(ledger.witnesses_of(log_key, 5, "delos") == std::set<std::string>{"sncf"});
  CHECK(ledger.witnesses_of(log_key, 10, "delos").empty());
}

TEST_CASE("only the newest words of an organisation about a log are kept") {
  WitnessLedger ledger;
  for (std::uint64_t s = 1; s <= WitnessLedger::words_max + 3; ++s) CHECK(ledger.add(word("bleu", s)));
  const auto words = ledger.words_on(log_key);
  REQUIRE(words.size() == WitnessLedger::words_max);
  CHECK(words.front()->head.sequence == WitnessLedger::words_max + 3);
  CHECK_FALSE(ledger.add(word("bleu", 1)));
}

TEST_CASE("a log that holds what was witnessed contradicts nobody") {
  WitnessLedger ledger;
  ledger.add(word("bleu", 4));
  CHECK(ledger.contradiction(held(4), {record_time_ms_max}).empty());
  CHECK(ledger.contradiction(held(7), {record_time_ms_max}).empty());
  CHECK(ledger.contradiction(held(0), {record_time_ms_max}).empty());  // No log in question.
}

TEST_CASE("another batch in a witnessed place is named with its witness") {
  WitnessLedger ledger;
  auto other = word("bleu", 4);
  other.head.id = id_of(5);
  ledger.add(other);
  const auto what = ledger.contradiction(held(9), {record_time_ms_max});
  CHECK(what.find("sequence 4: bleu witnessed another batch") != std::string::npos);
}

TEST_CASE("a log shorter than witnessed is named, unless the word may have come ahead of it") {
  WitnessLedger ledger;
  ledger.add(word("bleu", 4));
  const auto what = ledger.contradiction(held(3), then + std::chrono::milliseconds(1));
  CHECK(what.find("sequence 3: it ends there, and bleu witnessed it up to 4") != std::string::npos);
  CHECK(ledger.contradiction(held(3), then).empty());
}
