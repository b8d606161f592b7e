#include "tests/fuzz/seeds.hpp"

#include "crypto/charter_body.hpp"
#include "crypto/charter_chain.hpp"
#include "mesh/sync/catalogue.hpp"
#include "mesh/sync/retraction.hpp"
#include "mesh/sync/revocation.hpp"
#include "mesh/wire/head_delta.hpp"
#include "tests/crypto/handshake_sample.hpp"
#include "tests/fuzz/delta_basis.hpp"
#include "tests/mesh/sync/bundle_sample.hpp"

namespace tocsin::fuzz {
namespace {

using namespace mesh;
using Seeds = std::map<std::string, Bytes>;

Bytes behind(std::uint8_t first, ByteView rest) {
  Bytes out{first};
  out.insert(out.end(), rest.begin(), rest.end());
  return out;
}

Bytes change(const std::vector<LogHead>& from, const std::vector<LogHead>& to) {
  HeadDeltaWriter out;
  out.compare(from, to);
  return std::move(out).take();
}

Bytes text_bytes(std::string_view text) {
  const auto view = bytes_of(text);
  return {view.begin(), view.end()};
}

void add_records(Seeds& out) {
  tests::DocumentSamples samples;
  const Digest target = crypto::blake2b(samples.indicator());
  out["record/indicator"] = samples.indicator();
  out["record/note"] = samples.note();
  out["record/pattern"] = encode_indicator(
      samples.header(RecordKind::indicator),
      {IndicatorType::pattern, 0, {1'797'592'000'000}, "[ipv4-addr:value =\n\t'192.0.2.1']", {"a", "b"}});
  out["record/retraction"] = *encode_retraction(samples.header(RecordKind::retraction),
                                                {target, "honeypot", "anna", {1, 2, 3}, {}});
  out["record/receipt"] = encode_receipt(samples.header(RecordKind::receipt),
                                         {target, target, true, {"edl:c2.example"}});
  out["record/dispute"] = *encode_dispute(samples.header(RecordKind::dispute), {target, "ours"});
  out["record/certificate"] = encode_certificate_record(samples.header(RecordKind::certificate),
                                                        tests::BundleSample().certificate);
  const auto sealing = *crypto::ExchangeKey::from_secret(Bytes(32, 5));
  ScopeTable scopes(samples.log.agent, sealing);
  out["record/scope_key"] =
      *scopes.make(samples.header(RecordKind::scope_key), {false, {"bleu", "delos"}, {}},
                   {{AgentId{{0x77}}, sealing.public_key()}}, samples.entropy);
  const auto root = *crypto::SigningKey::from_seed(Bytes(32, 1));
  out["record/revocation"] = encode_revocation(
      samples.header(RecordKind::revocation),
      {"delos", samples.log.agent, {1'795'000'000'000}, "stolen", {{samples.log, 4, target}}}, root,
      samples.federation);
}

void add_batches(Seeds& out) {
  tests::DocumentSamples samples;
  out["batch/open"] = samples.batch().encoded;
  auto log = samples.log;
  log.scope = ScopeId{{9}};
  const crypto::SecretKey key{{7}};
  const std::vector<Bytes> records{samples.note()};
  out["batch/sealed"] = sign_batch({log, 2, {1'795'000'000'200}, samples.batch().id, records},
                                   samples.key, samples.federation, &key, samples.entropy)
                            ->encoded;
}

void add_frames(Seeds& out) {
  tests::DocumentSamples samples;
  const auto batch = samples.batch();
  const ByteView prefix = ByteView(batch.encoded).first(batch_prefix_bytes);
  const Bytes proof(prefix.begin(), prefix.end());
  const PullRange range{samples.log, {3, 9}};
  const Heads two{{{samples.log, 9, 2, batch.id, {{11, 12}, {20, 20}}},
                   {{AgentId{{1}}, 1, {}, LogClass::case_}, 1, 0, batch.id, {}}},
                  true};
  const std::pair<const char*, Message> all[] = {
      {"hello", Hello{1, {1'795'000'000'000}, batch.id, "192.0.2.1:7400", 0, basis_of(batch.id),
                      batch.id}},
      {"heads", two},
      {"heads_delta", HeadsDelta{basis_of(batch.id), change({}, two.logs)}},
      {"pull", Pull{7, {range}}},
      {"pull_end", PullEnd{7, {range}}},
      {"batch", BatchMessage{batch.encoded, true}},
      {"fork", ForkProof{proof, proof}},
      {"certificates", Certificates{{tests::BundleSample().certificate}}},
      {"ping", Ping{7}},
      {"pong", Pong{7}},
      {"flow", Flow{65'536, 1, ~0ull}},
      {"bye", Bye{ByeReason::idle, "idle"}}};
  for (const auto& [name, message] : all) out[std::string("frame/") + name] = encode(message);
  const std::vector<Bytes> indicators{samples.indicator()};
  const auto packed = sign_batch({samples.log, 1, {1'795'000'000'200}, {}, indicators}, samples.key,
                                 samples.federation, nullptr, samples.entropy);
  out["frame/packed"] = encode_batch_message(packed->encoded, true);
  out["heads/two"] = behind(0, encode(two));
  out["heads/document"] = behind(0, samples.heads());
  auto in_order = two.logs;
  std::swap(in_order[0], in_order[1]);
  out["heads/delta"] = behind(2, change(delta_basis(), in_order));
  out["heads/in_order"] = {1, 1, 2, 3, 4};
  out["heads/out_of_order"] = {1, 9, 2, 8, 1, 4, 3, 255, 6, 5};
}

void add_trust(Seeds& out) {
  const tests::SampleFederation members;
  for (const auto* org : {&members.delos, &members.bsi})
    out["card/" + org->card.org] = text_bytes(crypto::write_card(org->card, org->root));
  auto charter = *crypto::make_charter(members.body());
  out["charter/body"] = behind(1, bytes_of(charter.body_text));
  TOCSIN_ASSERT(crypto::sign_charter(charter, "delos", members.delos.root).has_value());
  TOCSIN_ASSERT(crypto::add_certificates(
                    charter, "delos",
                    {crypto::certify(members.delos.agent_body(), members.delos.root,
                                     charter.federation)})
                    .has_value());
  out["charter/signed"] = behind(0, bytes_of(crypto::write_charter(charter)));
  for (const auto* org : {&members.bleu, &members.bsi})
    TOCSIN_ASSERT(crypto::sign_charter(charter, org->card.org, org->root).has_value());
  auto wish = charter.body;
  wish.lost = {"bsi"};
  auto second = *crypto::amend_charter(charter, wish);
  TOCSIN_ASSERT(crypto::sign_charter(second, "bleu", members.bleu.root).has_value());
  out["charter/amended"] = behind(0, bytes_of(crypto::write_charter(second)));
  out["charter/amended_body"] = behind(1, bytes_of(second.body_text));

  tests::HandshakeSample sample;
  const auto joined = tests::join(sample);
  out["handshake/message1"] = behind(0, joined.message1);
  out["handshake/message2"] = behind(1, joined.message2);
  const auto certificate = sample.identity(sample.members.delos).certificate;
  ByteWriter payload;
  payload.u64(std::uint64_t(tests::sample_start.ms));
  payload.u8(0);
  payload.u16(std::uint16_t(certificate.encoded.size()));
  payload.raw(certificate.encoded);
  out["handshake/payload"] = behind(2, payload.bytes());
}

void add_bundles(Seeds& out) {
  tests::BundleSample sample;
  const auto file = sample.document_bundle();
  out["bundle/document"] = behind(0, file);
  const std::vector<Batch> batches{sample.documents.batch()};
  out["bundle/certificates"] = behind(0, sample.write(batches, sample.documents.entropy, true));
  ByteReader in(ByteView(file).subspan(8));
  out["bundle/header"] = behind(1, in.blob32());
  ByteWriter plain;
  plain.u8(std::uint8_t(SegmentKind::batches));
  plain.blob32(batches[0].encoded);
  out["bundle/segment"] = behind(2, plain.bytes());
  const Bytes proof(bundle_proof_bytes, 1);
  out["bundle/proof"] = behind(0, sample.write({}, sample.documents.entropy, false, &proof));
}

}  // namespace

std::map<std::string, Bytes> made_seeds() {
  Seeds out;
  add_records(out);
  add_batches(out);
  add_frames(out);
  add_trust(out);
  add_bundles(out);
  add_joint(out);
  return out;
}

}  // namespace tocsin::fuzz
