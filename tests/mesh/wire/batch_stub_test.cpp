#include "mesh/wire/batch_stub.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

TEST_CASE("a stub keeps the id, the place and the signature of its batch, and nothing to read") {
  Holders holders({{"bleu"}});
  const auto batch = holders[0].sign(holders[0].case_log(), {holders[0].note("gone")});
  const auto stub = parse_kept(ByteView(batch.encoded).first(batch_prefix_bytes));
  REQUIRE(stub);
  CHECK(is_stub(*stub));
  CHECK_FALSE(is_stub(batch));
  CHECK(stub->id == batch.id);
  CHECK(stub->header.log == batch.header.log);
  CHECK(stub->payload().empty());
  const auto certificate = holders[0].catalogue.roster().agent_at(holders[0].agent,
                                                                  batch.header.time);
  REQUIRE(certificate);
  CHECK(verify_signature(*stub, **certificate, holders.federation.charter.federation));
  CHECK_FALSE(open_batch(*stub, nullptr));
}

TEST_CASE("a whole batch is kept as such, and what is neither is refused") {
  Holders holders({{"bleu"}});
  const auto batch = holders[0].sign(holders[0].case_log(), {holders[0].note("here")});
  CHECK(parse_kept(batch.encoded)->encoded == batch.encoded);
  CHECK_FALSE(parse_kept(ByteView(batch.encoded).first(batch_prefix_bytes + 1)));
  CHECK_FALSE(parse_stub(ByteView(batch.encoded).first(batch_prefix_bytes - 1)));
  auto empty = Bytes(batch.encoded.begin(), batch.encoded.begin() + batch_prefix_bytes);
  std::fill_n(empty.begin() + 4, 4, std::uint8_t(0));  // The payload length.
  CHECK_FALSE(parse_stub(empty));
}
