#include "mesh/sync/retraction.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

RecordHeader header_of(RecordKind kind) {
  return {kind, {Tlp::amber, Pap::green}, WallTime{1'700'000'000'000}, 7};
}

}  // namespace

TEST_CASE("a retraction says what it said") {
  Retraction retraction{.target = crypto::blake2b(bytes_of("x")), .why = "honeypot",
                        .analyst = "anna", .order = {1, 2, 3}, .signature = {}};
  const auto bytes = encode_retraction(header_of(RecordKind::retraction), retraction);
  REQUIRE(bytes);
  const auto read = decode_retraction(*view_record(*bytes));
  REQUIRE(read);
  CHECK(read->target == retraction.target);
  CHECK(read->why == "honeypot");
  CHECK(read->analyst == "anna");
  CHECK(read->order == retraction.order);
}

TEST_CASE("a receipt and a dispute say what they said") {
  const Receipt receipt{crypto::blake2b(bytes_of("r")), crypto::blake2b(bytes_of("t")), true,
                        {"edl:192.0.2.1", "rpz:evil.example"}};
  const auto bytes = encode_receipt(header_of(RecordKind::receipt), receipt);
  const auto read = decode_receipt(*view_record(bytes));
  REQUIRE(read);
  CHECK(read->held);
  CHECK(read->undone == receipt.undone);

  const auto dispute =
      encode_dispute(header_of(RecordKind::dispute), {receipt.target, "ours"});
  REQUIRE(dispute);
  CHECK(decode_dispute(*view_record(*dispute))->why == "ours");
}

TEST_CASE("what is too long or of another kind is refused") {
  Retraction retraction{.target = {}, .why = std::string(retraction_text_max + 1, 'x'),
                        .analyst = {}, .order = {}, .signature = {}};
  CHECK_FALSE(encode_retraction(header_of(RecordKind::retraction), retraction));
  FieldWriter no_target(header_of(RecordKind::retraction));
  no_target.text(2, "why");
  const auto bytes = std::move(no_target).take();
  CHECK_FALSE(decode_retraction(*view_record(bytes)));
  CHECK_FALSE(decode_receipt(*view_record(bytes)));
}
