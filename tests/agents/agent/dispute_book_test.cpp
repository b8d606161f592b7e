#include "agents/agent/dispute_book.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

namespace {
Digest target(std::uint32_t number) {
  return crypto::blake2b(bytes_of(std::to_string(number)));
}
}  // namespace

TEST_CASE("an indicator's disputes are told by organisation, some of each") {
  DisputeBook book;
  book.take({target(1), "ours"}, "delos");
  book.take({target(1), "a honeypot"}, "bleu");
  const auto held = book.of(target(1));
  REQUIRE(held.size() == 2);
  CHECK(held[0].first == "delos");
  CHECK(held[0].second.why == "ours");
  CHECK(held[1].second.why == "a honeypot");
  for (std::size_t i = 0; i < 100; ++i) book.take({target(1), "again"}, "delos");
  CHECK(book.of(target(1)).size() == DisputeBook::per_org_and_target_max + 1);
  CHECK(book.of(target(2)).empty());
}

TEST_CASE("an organisation that raises many pushes out its own oldest, and nobody else's") {
  DisputeBook book;
  book.take({target(0), "mine"}, "bleu");
  for (std::uint32_t i = 0; i <= DisputeBook::per_org_max; ++i)
    book.take({target(i), "flood"}, "delos");
  CHECK(book.size() == DisputeBook::per_org_max + 1);
  const auto first = book.of(target(0));
  REQUIRE(first.size() == 1);
  CHECK(first[0].first == "bleu");
  CHECK(book.of(target(1)).size() == 1);
  CHECK(book.of(target(DisputeBook::per_org_max)).size() == 1);
}

TEST_CASE("no more organisations than the bound dispute one indicator") {
  DisputeBook book;
  for (std::size_t i = 0; i < DisputeBook::per_target_max + 5; ++i)
    book.take({target(1), "no"}, "org-" + std::to_string(i));
  CHECK(book.of(target(1)).size() == DisputeBook::per_target_max);
}
