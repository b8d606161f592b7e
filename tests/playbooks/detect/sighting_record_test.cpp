#include "playbooks/detect/sighting_record.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
Sighting sample() {
  Sighting out;
  out.indicator.data.fill(1);
  out.type = mesh::IndicatorType::domain;
  out.value_key = value_key(out.type, "evil.example");
  out.count = 3;
  out.first_seen.ms = 1000;
  out.last_seen.ms = 2000;
  out.technique = "T1071.001";
  out.source = "dns";
  return out;
}
mesh::RecordHeader header() {
  mesh::RecordHeader out;
  out.kind = mesh::RecordKind::sighting;
  return out;
}
Result<Sighting> round(const Sighting& sighting) {
  const auto bytes = encode_sighting(header(), sighting);
  const auto record = mesh::view_record(bytes);
  REQUIRE(record);
  return view_sighting(*record);
}
}  // namespace

TEST_CASE("a sighting survives its record") {
  const auto out = round(sample());
  REQUIRE(out);
  CHECK(out->indicator == sample().indicator);
  CHECK(out->value_key == sample().value_key);
  CHECK(out->count == 3);
  CHECK(out->first_seen.ms == 1000);
  CHECK(out->last_seen.ms == 2000);
  CHECK(out->technique == "T1071.001");
  CHECK(out->source == "dns");
}

TEST_CASE("a sighting that makes no sense is refused") {
  auto bad = sample();
  bad.count = 0;
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.first_seen.ms = 3000;
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.technique = "<script>";
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.indicator = {};
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.source = std::string(65, 'x');
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.last_seen.ms = std::int64_t(1) << 60;
  CHECK_FALSE(round(bad));
  bad = sample();
  bad.type = mesh::IndicatorType(99);
  CHECK_FALSE(round(bad));
}

TEST_CASE("equal values have equal keys, of equal type only") {
  CHECK(value_key(mesh::IndicatorType::domain, "a.b") == value_key(mesh::IndicatorType::domain, "a.b"));
  CHECK(value_key(mesh::IndicatorType::domain, "a.b") != value_key(mesh::IndicatorType::url, "a.b"));
}

TEST_CASE("a technique is found among the labels") {
  CHECK(technique_of({"c2", "T1110.001", "T1071"}) == "T1110.001");
  CHECK(technique_of({"c2", "T11100", "t1071", "T1071-001"}).empty());
}
