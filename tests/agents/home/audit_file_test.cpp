#include "agents/home/audit_file.hpp"

#include "crypto/charter_chain.hpp"
#include "mesh/sync/revocation.hpp"
#include "playbooks/runs/run_record.hpp"
#include "tests/catch.hpp"
#include "tests/proven.hpp"
#include "tests/seeded_entropy.hpp"

using namespace tocsin;
using namespace tocsin::agents;
namespace json = boost::json;

namespace {

constexpr WallTime now{1'795'000'000'000};

// Two organisations, their charter and one agent whose notes are exported.
struct Sample {
  tests::SeededEntropy entropy{7};
  crypto::SigningKey root = crypto::SigningKey::make(entropy);
  crypto::SigningKey other = crypto::SigningKey::make(entropy);
  crypto::SigningKey third = crypto::SigningKey::make(entropy);
  crypto::SigningKey key = crypto::SigningKey::make(entropy);
  AuditFile file{"incident", "bleu", now, agreed(), {}, {}};
  mesh::LogKey log{crypto::agent_id_of(key.public_key()), 1, {}, mesh::LogClass::case_};
  Digest previous;
  std::uint64_t sequence = 1;

  crypto::Charter agreed() {
    crypto::Member member;
    member.org = member.name = "bleu";
    member.country = "FR";
    member.role = crypto::OrgRole::operator_;
    member.root = root.public_key();
    member.recovery = crypto::SigningKey::make(entropy).public_key();
    crypto::CharterBody body;
    body.name = "Test";
    body.created = now;
    body.expires = now + std::chrono::hours(24);
    body.members = {member, member, member};
    body.members[1].org = "delos";
    body.members[1].root = other.public_key();
    body.members[1].recovery = crypto::SigningKey::make(entropy).public_key();
    body.members[2].org = "acme";
    body.members[2].root = third.public_key();
    body.members[2].recovery = crypto::SigningKey::make(entropy).public_key();
    auto charter = crypto::make_charter(std::move(body)).value();
    REQUIRE(crypto::sign_charter(charter, "bleu", root));
    REQUIRE(crypto::sign_charter(charter, "delos", other));
    REQUIRE(crypto::sign_charter(charter, "acme", third));
    const crypto::CertificateBody agent{crypto::CertificateKind::agent, "bleu", "bleu-1",
                                        key.public_key(),
                                        crypto::ExchangeKey::make(entropy).public_key(),
                                        crypto::ExchangeKey::make(entropy).public_key(), 0,
                                        now - std::chrono::hours(1), now + std::chrono::hours(1)};
    charter.certificates.push_back(crypto::certify(tests::proven(agent, key), root, charter.federation).encoded);
    return charter;
  }
  Bytes note(std::string_view text) const {
    const mesh::RecordHeader header{mesh::RecordKind::note, {mesh::Tlp::green, mesh::Pap::green},
                                    now, log.agent.prefix()};
    mesh::FieldWriter fields(header);
    fields.text(1, text);
    return std::move(fields).take();
  }
  void add(std::vector<Bytes> records) {
    const auto batch =
        mesh::sign_batch({log, sequence++, now, previous, records}, key,
                         file.charter.federation, nullptr, entropy);
    REQUIRE(batch);
    previous = batch->id;
    const auto opened = mesh::open_batch(*batch, nullptr);
    for (std::uint32_t i = 0; i < records.size(); ++i)
      file.entries.push_back(*mesh::disclose(*batch, *opened, i));
  }
};

}  // namespace

TEST_CASE("an export is read back and holds together") {
  Sample sample;
  sample.add({sample.note("one"), sample.note("two")});
  sample.add({sample.note("three")});
  const auto text = json::serialize(write_audit(sample.file));
  const auto read = read_audit(text);
  REQUIRE(read);
  CHECK(read->incident == "incident");
  const auto report = check_audit(*read);
  CHECK(report.audit.first_bad == "");
  CHECK(report.audit.ok);
  CHECK(report.audit.entries == 3);
  CHECK(report.audit.batches == 2);
  REQUIRE(report.lines.size() == 3);
  CHECK(report.lines[0].org == "bleu");
  CHECK(report.lines[0].kind == "note");
}

TEST_CASE("an export that was changed is found out, and the first fault is named") {
  Sample sample;
  sample.add({sample.note("one"), sample.note("two")});
  sample.add({sample.note("three")});
  const auto fault = [](const AuditFile& file) {
    const auto report = check_audit(file);
    CHECK_FALSE(report.audit.ok);
    return report.audit.first_bad;
  };
  auto bad = sample.file;
  bad.entries[1].record = sample.note("forged");
  CHECK(fault(bad).starts_with("entry 2: "));

  bad = sample.file;
  bad.charter.signatures.pop_back();
  CHECK(fault(bad).find("charter") == 0);

  bad = sample.file;
  bad.certificates.push_back(Bytes(100));
  CHECK(fault(bad).find("certificate") == 0);

  bad = sample.file;
  bad.charter.certificates.clear();
  CHECK(fault(bad).find("certificate") != std::string::npos);
}

TEST_CASE("an author who signed two batches for one place is told") {
  Sample sample;
  sample.add({sample.note("one")});
  sample.sequence = 1;
  sample.previous = {};
  sample.add({sample.note("another one")});
  CHECK(check_audit(sample.file).audit.first_bad.find("another batch") != std::string::npos);
}

TEST_CASE("neighbours in a log must name each other") {
  Sample sample;
  sample.add({sample.note("one")});
  sample.previous = crypto::blake2b(bytes_of("something else"));
  sample.add({sample.note("two")});
  CHECK(check_audit(sample.file).audit.first_bad.find("before it") != std::string::npos);
}

TEST_CASE("an entry that its author made after its revocation is found out") {
  Sample sample;
  sample.add({sample.note("one")});
  const auto first = sample.previous;
  sample.add({sample.note("two")});
  const mesh::RecordHeader header{mesh::RecordKind::revocation,
                                  {mesh::Tlp::green, mesh::Pap::green}, now,
                                  sample.log.agent.prefix()};
  const auto revoke = [&](const crypto::SigningKey& root, std::vector<mesh::LastGood> good) {
    return mesh::encode_revocation(
        header, {"bleu", sample.log.agent, now, "stolen", std::move(good)}, root,
        sample.file.charter.federation);
  };
  auto file = sample.file;
  file.revocations = {revoke(sample.root, {{sample.log, 2, sample.previous}})};
  CHECK(check_audit(*read_audit(json::serialize(write_audit(file)))).audit.ok);
  file.revocations.push_back(revoke(sample.root, {{sample.log, 1, first}}));
  CHECK(check_audit(file).audit.first_bad ==
        "entry 2: its author was revoked or removed before it");
  file.revocations = {revoke(sample.other, {})};
  CHECK(check_audit(file).audit.first_bad.starts_with("revocation: "));
}

TEST_CASE("an export under a version that lacks signatures is found out") {
  Sample sample;
  sample.add({sample.note("one")});
  auto wish = sample.file.charter.body;
  wish.members.erase(wish.members.begin());
  wish.created = now + std::chrono::minutes(1);
  wish.amend = {};
  wish.policies.clear();
  auto next = crypto::amend_charter(sample.file.charter, wish).value();
  REQUIRE(crypto::sign_charter(next, "delos", sample.other));
  auto file = sample.file;
  file.charter = next;
  // One of three cannot remove another: the file says that this version does not count.
  CHECK(check_audit(file).audit.first_bad.starts_with("charter: "));
}

TEST_CASE("attack 20: an export tells an entry after the end that the removal of its author names") {
  Sample sample;
  sample.add({sample.note("one")});
  const mesh::LastGood first{sample.log, 1, sample.previous};
  sample.add({sample.note("two")});
  const mesh::LastGood second{sample.log, 2, sample.previous};
  const auto verdict = [&](std::vector<mesh::LastGood> ends) {
    auto wish = sample.file.charter.body;
    wish.members.erase(wish.members.begin());
    wish.created = now + std::chrono::minutes(1);
    wish.amend = {};
    wish.policies.clear();
    wish.removed = {{"bleu", {}}};
    for (const auto& end : ends)
      wish.removed[0].logs.push_back(*crypto::LastBatch::from(mesh::encode_last_good(end)));
    auto file = sample.file;
    file.charter = crypto::amend_charter(sample.file.charter, wish).value();
    REQUIRE(crypto::sign_charter(file.charter, "delos", sample.other));
    REQUIRE(crypto::sign_charter(file.charter, "acme", sample.third));
    return check_audit(file).audit.first_bad;
  };
  CHECK(verdict({second}).empty());
  CHECK(verdict({first}) == "entry 2: its author was revoked or removed before it");
  CHECK(verdict({}) == "entry 1: its author was revoked or removed before it");
}

TEST_CASE("attack 9: an export whose certificate its key has not signed is found out") {
  Sample sample;
  sample.add({sample.note("one")});
  auto stolen = *crypto::peek_certificate(sample.file.charter.certificates[0]);
  stolen.org = "delos";
  sample.file.certificates = {
      crypto::certify(stolen, sample.other, sample.file.charter.federation).encoded};
  CHECK(check_audit(sample.file).audit.first_bad.find("has not signed to be that") !=
        std::string::npos);
}

TEST_CASE("a person's signature counts within a certificate of that time") {
  Sample sample;
  const auto person = crypto::SigningKey::make(sample.entropy);
  const auto certificate = [&](WallTime from, WallTime until) {
    const crypto::CertificateBody body{
        crypto::CertificateKind::analyst, "bleu", "ana", person.public_key(), {},
        crypto::ExchangeKey::make(sample.entropy).public_key(),
        std::uint8_t(crypto::AnalystRole::approver), from, until};
    return crypto::certify(tests::proven(body, person), sample.root,
                           sample.file.charter.federation)
        .encoded;
  };
  const auto body = playbooks::encode_approval_body(
      {{}, "step", {}, {}, now, playbooks::Decision::approve, "bleu", "ana", now, {}});
  const auto signature =
      person.sign(crypto::Label::approval, sample.file.charter.federation, body);
  sample.add({playbooks::encode_approval({mesh::RecordKind::approval,
                                          {mesh::Tlp::green, mesh::Pap::green}, now,
                                          sample.log.agent.prefix()},
                                         {body, signature})});
  const auto verdict = [&](std::vector<Bytes> certificates) {
    sample.file.certificates = std::move(certificates);
    return check_audit(sample.file).audit.first_bad;
  };
  using std::chrono::hours;
  const auto past = certificate(now - hours(2), now), later = certificate(now + hours(1), now + hours(3));
  const auto good = certificate(now - hours(1), now + hours(1));
  CHECK(verdict({good}).empty());
  CHECK(verdict({past, good, later}).empty());
  CHECK(verdict({past, later}).find("covers the time") != std::string::npos);
  CHECK(verdict({}).find("is missing") != std::string::npos);
}

TEST_CASE("what is no export is refused by name") {
  Sample sample;
  sample.add({sample.note("one")});
  const auto good = write_audit(sample.file);
  CHECK(read_audit("[]").error().code == Errc::invalid);
  CHECK(read_audit("{\"tocsin\":\"psk\"}").error().code == Errc::invalid);
  auto bad = good;
  bad["version"] = 1;
  CHECK(read_audit(json::serialize(bad)).error().code == Errc::unsupported);
  for (const char* key : {"exported", "charter", "certificates", "entries"}) {
    bad = good;
    bad.erase(key);
    CHECK_FALSE(read_audit(json::serialize(bad)));
  }
  for (const char* key : {"prefix", "index", "salt", "proof", "record"}) {
    bad = good;
    bad["entries"].as_array()[0].as_object()[key] = nullptr;
    CHECK(read_audit(json::serialize(bad)).error().message.find("entry 1") != std::string::npos);
  }
}
