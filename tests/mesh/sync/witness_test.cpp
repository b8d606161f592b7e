#include "mesh/sync/witness.hpp"

#include "tests/catch.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {

const RecordHeader header{RecordKind::witness, {Tlp::green, Pap::green},
                          WallTime{1'790'000'000'000}, 7};

Witnessed head(std::uint64_t sequence, LogClass log_class = LogClass::case_) {
  LogKey log;
  log.epoch = 3;
  log.log_class = log_class;
  return {log, sequence, crypto::blake2b(bytes_of("batch"))};
}

}  // namespace

TEST_CASE("a witness reads back with every head that it names") {
  const std::vector heads{head(1), head(9, LogClass::urgent)};
  const auto record = encode_witness(header, heads);
  const auto read = view_witness(*view_record(record));
  REQUIRE(read);
  CHECK(*read == heads);
}

TEST_CASE("a witness of nothing, cut short or of another kind is refused") {
  auto nothing = head(0);
  CHECK(view_witness(*view_record(encode_witness(header, {nothing}))).error().code ==
        Errc::invalid);
  auto other = header;
  other.kind = RecordKind::note;
  CHECK(view_witness(*view_record(encode_witness(other, {head(1)}))).error().code ==
        Errc::invalid);
  FieldWriter cut(header);
  cut.bytes(1, Bytes(80));
  const auto record = std::move(cut).take();
  CHECK(view_witness(*view_record(record)).error().code == Errc::invalid);
}

TEST_CASE("more heads than one record may name are refused") {
  FieldWriter out(header);
  const auto one = encode_witness(header, {head(1)});
  const auto bytes = FieldReader::make(*view_record(one))->bytes(1);
  for (std::size_t i = 0; i <= witness_logs_max; ++i) out.bytes(1, bytes);
  const auto record = std::move(out).take();
  CHECK(view_witness(*view_record(record)).error().code == Errc::too_large);
}

TEST_CASE("decisions are what somebody may be asked about, in the logs of cases and alarms") {
  CHECK(is_decision(RecordKind::approval));
  CHECK(is_decision(RecordKind::retraction));
  CHECK_FALSE(is_decision(RecordKind::indicator));
  CHECK_FALSE(is_decision(RecordKind::witness));
  CHECK(holds_decisions(head(1).log));
  CHECK(holds_decisions(head(1, LogClass::urgent).log));
  CHECK_FALSE(holds_decisions(head(1, LogClass::control).log));
  CHECK_FALSE(holds_decisions(head(1, LogClass::indicator).log));
}
