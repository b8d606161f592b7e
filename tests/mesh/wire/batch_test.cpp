#include "mesh/wire/batch.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/wire/batches.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::Author;

TEST_CASE("a signed batch parses, verifies and opens to its records") {
  Author author;
  const std::vector<Bytes> records{author.indicator("a.example"), author.indicator("b.example"),
                                   author.indicator("c.example")};
  const auto batch = author.sign(records);
  const auto parsed = parse_batch(batch.encoded);
  REQUIRE(parsed);
  CHECK(parsed->id == batch.id);
  CHECK(parsed->header.record_count == 3);
  CHECK(verify_signature(*parsed, author.certificate, author.federation));
  const auto opened = open_batch(*parsed, nullptr);
  REQUIRE(opened);
  REQUIRE(opened->records.size() == 3);
  for (std::size_t i = 0; i < 3; ++i)
    CHECK(std::ranges::equal(opened->records[i].bytes, records[i]));
}

TEST_CASE("a sealed batch opens with its scope key only, and a carrier can check it") {
  Author author;
  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  const auto batch =
      author.sign({author.indicator("a.example", {Tlp::amber, Pap::green})}, &key);
  CHECK(check_sealed(batch));
  CHECK(open_batch(batch, &key)->records.size() == 1);
  const auto wrong = author.entropy.make<crypto::SecretKey>();
  CHECK(open_batch(batch, &wrong).error().code == Errc::unauthenticated);
  CHECK(open_batch(batch, nullptr).error().code == Errc::unauthenticated);
  const auto found = std::search(batch.encoded.begin(), batch.encoded.end(), std::begin("a.example"),
                                 std::end("a.example") - 1);
  CHECK(found == batch.encoded.end());
}

TEST_CASE("only CLEAR and GREEN enter the scope of all members") {
  Author author;
  for (const auto tlp : {Tlp::amber, Tlp::amber_strict, Tlp::red})
    CHECK(author.try_sign({author.indicator("a.example", {tlp, Pap::green})}).error().code ==
          Errc::marking);
  CHECK(author.try_sign({author.indicator("a.example", {Tlp::clear, Pap::green})}));
}

TEST_CASE("a record of another author is refused") {
  Author author, other;
  other.log.agent.data[0] ^= 1;
  CHECK(author.try_sign({other.indicator("a.example")}).error().code == Errc::unauthenticated);
}

TEST_CASE("a batch signed outside its certificate is expired") {
  Author author;
  auto certificate = author.certificate;
  const auto batch = author.sign({author.indicator("a.example")});
  certificate.not_after = batch.header.time;
  CHECK(verify_signature(batch, certificate, author.federation).error().code == Errc::expired);
  certificate.not_after = batch.header.time + std::chrono::milliseconds(1);
  CHECK(verify_signature(batch, certificate, author.federation));
  certificate.not_before = certificate.not_after;
  CHECK(verify_signature(batch, certificate, author.federation).error().code == Errc::expired);
}

TEST_CASE("a batch holds 1 to 1,024 records and at most 512 KiB") {
  Author author;
  CHECK(author.try_sign({}).error().code == Errc::usage);
  std::vector<Bytes> many(batch_records_max, author.indicator("a.example"));
  CHECK(author.try_sign(many));
  many.push_back(many.back());
  CHECK(author.try_sign(many).error().code == Errc::too_large);

  const RecordHeader note{RecordKind::note, {Tlp::green, Pap::green}, author.now,
                          author.log.agent.prefix()};
  FieldWriter writer(note);
  writer.bytes(1, Bytes(200 * 1024));
  const auto large = std::move(writer).take();
  CHECK(author.try_sign({large, large}));
  CHECK(author.try_sign({large, large, large}).error().code == Errc::too_large);
}

TEST_CASE("a named scope needs its key to sign") {
  Author author;
  author.log.scope = author.entropy.make<ScopeId>();
  CHECK(author.try_sign({author.indicator("a.example")}).error().code == Errc::usage);
}

TEST_CASE("a batch cut anywhere, or with bytes behind it, does not parse") {
  Author author;
  const auto batch = author.sign({author.indicator("a.example")});
  for (std::size_t size = 0; size < batch.encoded.size(); ++size)
    CHECK_FALSE(parse_batch(Bytes(batch.encoded.begin(), batch.encoded.begin() + long(size))));
  auto longer = batch.encoded;
  longer.push_back(0);
  CHECK_FALSE(parse_batch(longer));
  CHECK(parse_batch(Bytes(batch_bytes_max + 1)).error().code == Errc::too_large);
}

TEST_CASE("log keys sort as logs do, and decode to themselves") {
  tests::SeededEntropy entropy(7);
  std::vector<LogKey> keys;
  for (int i = 0; i < 64; ++i)
    keys.push_back({entropy.make<AgentId>(), entropy.number() >> (i % 60), entropy.make<ScopeId>(),
                    LogClass(1 + i % 4)});
  for (int i = 0; i < 64; ++i) keys.push_back({keys[0].agent, std::uint64_t(i) << i, {}, LogClass::urgent});
  for (const auto& a : keys) {
    const auto bytes = encode_log_key(a);
    REQUIRE(bytes.size() == log_key_bytes);
    CHECK(*decode_log_key(bytes) == a);
    for (const auto& b : keys) CHECK((a < b) == (bytes < encode_log_key(b)));
  }
  CHECK_FALSE(decode_log_key(Bytes(40)));
  CHECK_FALSE(decode_log_key(Bytes(41)));  // class 0
  CHECK(short_name(keys[0]).size() == 16);
}

TEST_CASE("a batch that was kept opens to the same records, without its root being worked out") {
  tests::Author author;
  const std::vector<Bytes> records{author.indicator("a.example"), author.indicator("b.example")};
  auto batch = author.sign(records);
  const auto same = [&](const Result<OpenedBatch>& opened) {
    REQUIRE(opened);
    REQUIRE(opened->records.size() == 2);
    CHECK(std::ranges::equal(opened->records[1].bytes, records[1]));
  };
  same(open_kept(batch, nullptr));
  batch.header.root.data[0] ^= 1;
  same(open_kept(batch, nullptr));
  CHECK_FALSE(open_batch(batch, nullptr));

  author.log.scope = author.entropy.make<ScopeId>();
  const auto key = author.entropy.make<crypto::SecretKey>();
  const auto sealed = author.sign(records, &key);
  same(open_kept(sealed, &key));
  CHECK_FALSE(open_kept(sealed, nullptr));
  auto other = key;
  other.data[0] ^= 1;
  CHECK_FALSE(open_kept(sealed, &other));
}
