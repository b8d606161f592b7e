#include "playbooks/incidents/incident_records.hpp"

#include "tests/catch.hpp"
#include "tests/playbooks/incidents/incident_samples.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

IncidentRecord there_and_back(const Sent& record) {
  const auto decoded = decode_incident(mesh::view_record(record.bytes).value());
  REQUIRE(decoded.has_value());
  return *decoded;
}

}  // namespace

TEST_CASE("openings, changes and notes survive the wire") {
  auto opening = opening_of(1, 5);
  opening.aliases = {incident_id(2)};
  opening.techniques = {"T1071.001"};
  const auto opened = there_and_back(sent(5, opening));
  CHECK(opened.incident() == incident_id(1));
  CHECK(opened.opening->title == opening.title);
  CHECK(opened.opening->aliases == opening.aliases);
  CHECK(opened.opening->indicators == opening.indicators);
  CHECK(opened.opening->orgs == opening.orgs);
  CHECK(opened.opening->techniques == opening.techniques);
  CHECK(opened.opening->last_seen == opening.last_seen);

  auto merge = change_of(1, IncidentOperation::merge);
  merge.other = incident_id(3);
  CHECK(there_and_back(sent(6, merge)).change->other == incident_id(3));
  auto severity = change_of(1, IncidentOperation::severity);
  severity.severity = Severity::critical;
  CHECK(there_and_back(sent(6, severity)).change->severity == Severity::critical);
  CHECK(there_and_back(sent(7, IncidentNote{incident_id(1), "delos/anna", "two\nlines"}))
            .note->text == "two\nlines");
}

TEST_CASE("a release is bound to incident, recipient, person and federation") {
  SeededEntropy entropy(1);
  const auto key = crypto::SigningKey::make(entropy);
  const auto federation = entropy.make<FederationId>();
  auto release = sign_release({incident_id(1), "bsi", "delos/anna", {9}}, key, federation);
  release.records = {crypto::blake2b(bytes_of("r"))};
  const auto back = *there_and_back(sent(9, release)).release;
  CHECK(back.records == release.records);
  CHECK(verify_release(back, key.public_key(), federation));
  CHECK_FALSE(verify_release(back, key.public_key(), FederationId{}));
  auto other = back;
  other.order.to = "vendor";
  CHECK_FALSE(verify_release(other, key.public_key(), federation));
  other = back;
  other.order.incident = incident_id(2);
  CHECK_FALSE(verify_release(other, key.public_key(), federation));
}

TEST_CASE("what is beyond a bound or makes no sense is not encoded") {
  auto opening = opening_of(1, 5);
  opening.title.clear();
  CHECK_FALSE(encode_incident(header_at(1), opening).has_value());
  opening.title = std::string(incident_title_bytes_max + 1, 'a');
  CHECK(encode_incident(header_at(1), opening).error().code == Errc::too_large);
  CHECK_FALSE(encode_incident(header_at(1), change_of(1, IncidentOperation::severity)).has_value());
  auto merge = change_of(1, IncidentOperation::merge);
  merge.other = incident_id(1);
  CHECK_FALSE(encode_incident(header_at(1), merge).has_value());
  CHECK_FALSE(encode_incident(header_at(1), IncidentNote{incident_id(1), "", "\x1b[2J"}).has_value());
}

TEST_CASE("damaged records of incidents are refused, never misread") {
  SeededEntropy entropy(2);
  const auto good = sent(5, opening_of(1, 5)).bytes;
  for (int round = 0; round < 3000; ++round) {
    auto bytes = good;
    const auto draw = entropy.number();
    if (round % 3 == 0) bytes.resize(draw % bytes.size());
    else bytes[draw % bytes.size()] = std::uint8_t(draw >> 40);
    const auto view = mesh::view_record(bytes);
    if (!view) continue;
    const auto decoded = decode_incident(*view);
    if (decoded && decoded->opening) CHECK_FALSE(decoded->opening->title.empty());
  }
}

TEST_CASE("severities have names") {
  CHECK(severity_from("high").value() == Severity::high);
  CHECK(severity_from("terrible").error().code == Errc::invalid);
}
