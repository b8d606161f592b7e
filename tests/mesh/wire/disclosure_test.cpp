#include "mesh/wire/disclosure.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Author;

namespace {

Disclosure shown(Author& author, std::uint32_t index, bool sealed) {
  const auto key = author.entropy.make<crypto::SecretKey>();
  if (sealed) author.log.scope.data.fill(7);
  const auto batch = author.sign({author.indicator("a.example"), author.indicator("b.example"),
                                  author.indicator("c.example")},
                                 sealed ? &key : nullptr);
  const auto opened = open_batch(batch, sealed ? &key : nullptr);
  REQUIRE(opened);
  auto out = disclose(batch, *opened, index);
  REQUIRE(out);
  return std::move(*out);
}

}  // namespace

TEST_CASE("any one record of a batch, sealed or not, verifies without the others and without key") {
  for (const bool sealed : {false, true})
    for (std::uint32_t index = 0; index < 3; ++index) {
      Author author;
      const auto disclosure = shown(author, index, sealed);
      const auto record =
          check_disclosure(disclosure, author.certificate, author.federation);
      REQUIRE(record);
      const std::string expected(1, char('a' + index));
      CHECK(indicator_key(*record).value == expected + ".example");
    }
}

TEST_CASE("a disclosure that was changed anywhere is refused") {
  Author author;
  const auto good = shown(author, 1, true);
  const auto refused = [&](const Disclosure& bad) {
    CHECK_FALSE(check_disclosure(bad, author.certificate, author.federation));
  };
  for (std::size_t at = 0; at < good.prefix.size(); ++at) {
    auto bad = good;
    bad.prefix[at] ^= 1;
    refused(bad);
  }
  for (std::size_t at = 0; at < good.record.size(); ++at) {
    auto bad = good;
    bad.record[at] ^= 1;
    refused(bad);
  }
  auto bad = good;
  bad.salt[3] ^= 1;
  refused(bad);
  bad = good;
  bad.index = 2;
  refused(bad);
  bad = good;
  bad.proof.pop_back();
  refused(bad);
  bad = good;
  bad.prefix.pop_back();
  refused(bad);
  CHECK_FALSE(check_disclosure(good, Author(2).certificate, author.federation));
  CHECK_FALSE(check_disclosure(good, author.certificate, FederationId{}));
}

TEST_CASE("a record that the batch does not hold cannot be disclosed") {
  Author author;
  const auto batch = author.sign({author.indicator("a.example")});
  const auto opened = open_batch(batch, nullptr);
  REQUIRE(opened);
  CHECK(disclose(batch, *opened, 1).error().code == Errc::not_found);
}
