#include "agents/home/audit_file.hpp"
#include "mesh/sync/witness.hpp"
#include "playbooks/runs/run_record.hpp"
#include "tests/agents/home/audit_sample.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using Sample = tests::AuditSample;
namespace json = boost::json;

namespace {

constexpr auto now = tests::audit_now;

}  // namespace

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
  const auto verdict = [&](const std::vector<mesh::LastGood>& ends) {
    auto file = sample.file;
    file.charter = sample.without_bleu(ends);
    return check_audit(file).audit.first_bad;
  };
  CHECK(verdict({second}).empty());
  CHECK(verdict({first}) == "entry 2: its author was revoked or removed before it");
  CHECK(verdict({}) == "entry 1: its author was revoked or removed before it");
}

TEST_CASE("attack 20: another batch in the place of a named end is no entry") {
  Sample sample;
  sample.add({sample.note("one")});
  const mesh::LastGood held{sample.log, 1, sample.previous};
  const mesh::LastGood other{sample.log, 1, crypto::blake2b(bytes_of("the one that counts"))};
  const auto fault = "entry 1: its author was revoked or removed before it";
  auto file = sample.file;
  file.revocations = {sample.revocation({held})};
  CHECK(check_audit(file).audit.ok);
  file.revocations = {sample.revocation({other})};
  CHECK(check_audit(file).audit.first_bad == fault);
  file.revocations.clear();
  file.charter = sample.without_bleu({held});
  CHECK(check_audit(file).audit.ok);
  file.charter = sample.without_bleu({other});
  CHECK(check_audit(file).audit.first_bad == fault);
}

TEST_CASE("attack 20: links and witnesses beyond the end of their author's word do not count") {
  Sample sample;
  sample.add({sample.note("one")});
  const mesh::LastGood end{sample.log, 1, sample.previous};
  sample.add({sample.note("two")});
  sample.file.chain.push_back(sample.file.entries.back().prefix);
  sample.file.entries.pop_back();
  // What it says it saw contradicts its own log.
  const mesh::RecordHeader header{mesh::RecordKind::witness, {mesh::Tlp::green, mesh::Pap::green},
                                  now, sample.log.agent.prefix()};
  sample.add({mesh::encode_witness(header, {{sample.log, 1, Digest{{7}}}})});
  sample.file.witnesses.push_back(sample.file.entries.back());
  sample.file.entries.pop_back();
  CHECK(check_audit(sample.file).audit.batches == 2);
  CHECK(check_audit(sample.file).audit.first_bad.starts_with("witness"));

  auto revoked = sample.file;
  revoked.revocations = {sample.revocation({end})};
  auto removed = sample.file;
  removed.charter = sample.without_bleu({end});
  for (const auto& file : {revoked, removed}) {
    const auto report = check_audit(file);
    CHECK(report.audit.first_bad == "");
    CHECK(report.audit.batches == 1);
  }
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

  // Who was certified with two keys may sign with either.
  const auto second = crypto::SigningKey::make(sample.entropy);
  auto anew = *crypto::peek_certificate(good);
  anew.signing = second.public_key();
  const auto beside = crypto::certify(tests::proven(anew, second), sample.root,
                                      sample.file.charter.federation)
                          .encoded;
  CHECK(verdict({beside, good}).empty());
  CHECK(verdict({good, beside}).empty());
  CHECK(verdict({beside}).find("does not fit") != std::string::npos);
}
