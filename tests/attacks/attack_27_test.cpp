#include "agents/home/audit_file.hpp"
#include "mesh/sync/archive.hpp"
#include "mesh/sync/fork_proof.hpp"
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1;

/// delos has decided three times, and bleu has signed that it saw it.
struct Rig : SimRig {
  Rig() : SimRig({{"bleu"}, {"delos"}}) {
    open(bleu);
    open(delos, {bleu});
    REQUIRE(connected(bleu, delos));
    for (const auto* text : {"first", "second", "third"})
      decided.push_back(publish(delos, note(delos, Tlp::green, all_members, text)));
    log = decided[0].log;
    REQUIRE(until([&] { return notes(bleu).has("third"); }));
    const auto seen = node(bleu).heads_of(federation.agents[delos].id);
    std::vector<Witnessed> heads;
    for (const auto& head : seen)
      if (head.log == log) heads.push_back({log, head.sequence, head.id});
    REQUIRE(heads.size() == 1);
    const RecordHeader header{RecordKind::witness, {Tlp::green, Pap::green}, universe.wall(),
                              node(bleu).author()};
    witness = publish(bleu, {RecordKind::witness, header.marking, all_members, LogClass::control,
                             encode_witness(header, heads)});
    REQUIRE(until([&] {
      const auto held = node(delos).find(witness.id);
      return held && held->has_value();
    }));
  }

  /// What delos holds, after somebody had his hands on it: `edit` gives what is to stand there
  /// instead of a batch of its log, or nothing.
  template <typename Edit>
  Audit edited(Edit edit) {
    auto copy = open_memory_store(machine(delos).world(), make_memory_backing());
    REQUIRE(store(delos).scan([&](const StoredBatch& batch) {
      auto stored = batch;
      if (batch.log == log) {
        const std::optional<Bytes> bytes = edit(batch);
        if (!bytes) return true;
        stored.encoded = std::make_shared<const Bytes>(*bytes);
      }
      copy->append(std::move(stored), [](Result<void>) {});
      return true;
    }));
    return verify_archive(*copy, federation.charter).value();
  }
  /// delos's own key signs another truth, from the second decision on.
  std::vector<Batch> rewritten() {
    const auto key = crypto::SigningKey::from_seed(federation.agents[delos].signing_seed).value();
    std::vector<Batch> out;
    auto previous = parse_batch(*(*store(delos).batch(log, 1).value()).encoded)->id;
    for (std::uint64_t sequence = 2; sequence <= 3; ++sequence) {
      const std::vector<Bytes> records{
          note(delos, Tlp::green, all_members, "never said").record};
      out.push_back(sign_batch({log, sequence, universe.wall(), previous, records}, key,
                               federation.charter.federation, nullptr, federation.entropy())
                        .value());
      previous = out.back().id;
    }
    return out;
  }

  agents::AuditFile file() {
    agents::AuditFile out{"incident", "delos", universe.wall(), federation.charter, {}, {}};
    for (const auto& place : decided)
      out.entries.push_back(node(delos).disclose(place.id).value().disclosure);
    out.witnesses.push_back(node(delos).disclose(witness.id).value().disclosure);
    for (std::uint64_t sequence = 1; sequence <= 3; ++sequence)
      out.chain.push_back(signed_header_of(*(*store(delos).batch(log, sequence).value()).encoded));
    return out;
  }
  static std::string fault(const agents::AuditFile& file) {
    const auto report = agents::check_audit(file);
    CHECK(report.audit.ok == report.audit.first_bad.empty());
    return report.audit.first_bad;
  }

  std::vector<Published> decided;
  Published witness;
  LogKey log;
};

const std::string another = "bleu witnessed another batch there";
const std::string shorter = "bleu witnessed it up to 3";

}  // namespace

TEST_CASE("attack 27: an insider who rewrites the log of decisions is contradicted by a witness") {
  Rig rig;
  const auto honest = rig.edited([](const StoredBatch& batch) { return *batch.encoded; });
  CHECK(honest.first_bad == "");
  CHECK(honest.witnessed == 3);
  const auto lies = rig.rewritten();
  const auto audit = rig.edited([&](const StoredBatch& batch) {
    return batch.sequence == 1 ? *batch.encoded : lies[batch.sequence - 2].encoded;
  });
  CHECK_FALSE(audit.ok);
  CHECK(audit.first_bad.find("sequence 3: " + another) != std::string::npos);
}

TEST_CASE("attack 27: an insider who cuts off the log of decisions is contradicted by a witness") {
  Rig rig;
  const auto audit = rig.edited([](const StoredBatch& batch) {
    return batch.sequence == 3 ? std::nullopt : std::optional(*batch.encoded);
  });
  CHECK_FALSE(audit.ok);
  CHECK(audit.first_bad.find(shorter) != std::string::npos);
}

TEST_CASE("attack 27: an exported file that was rewritten or cut off is contradicted offline") {
  Rig rig;
  const auto honest = agents::check_audit(rig.file());
  CHECK(honest.audit.first_bad == "");
  CHECK(honest.audit.witnessed == 3);
  for (const auto& line : honest.lines) CHECK(line.witnesses == 1);

  auto cut = rig.file();
  cut.entries.pop_back();
  cut.chain.pop_back();
  CHECK(Rig::fault(cut).find(shorter) != std::string::npos);

  const auto lies = rig.rewritten();
  auto rewritten = rig.file();
  rewritten.entries.resize(1);
  rewritten.chain.resize(1);
  for (const auto& lie : lies) {
    rewritten.entries.push_back(*disclose(lie, *open_batch(lie, nullptr), 0));
    rewritten.chain.push_back(signed_header_of(lie.encoded));
  }
  CHECK(Rig::fault(rewritten).find(another) != std::string::npos);

  auto torn = rig.file();
  torn.chain.erase(torn.chain.begin() + 1);
  torn.entries.erase(torn.entries.begin() + 1);
  const auto report = agents::check_audit(torn);
  CHECK(report.audit.witnessed == 1);  // From the first one nothing leads to what was witnessed.
}

TEST_CASE("attack 27: a witness counts under its signature only, and nobody is his own witness") {
  Rig rig;
  auto forged = rig.file();
  forged.witnesses[0].prefix[batch_header_bytes + 3] ^= 1;
  CHECK(Rig::fault(forged).starts_with("witness 1: "));
  forged = rig.file();
  forged.witnesses[0].record[record_header_bytes + 60] ^= 1;
  CHECK(Rig::fault(forged).starts_with("witness 1: "));
  forged = rig.file();
  forged.chain[1][batch_header_bytes + 3] ^= 1;
  CHECK(Rig::fault(forged).starts_with("link 2 of the chain: "));

  const auto view = view_record(rig.file().witnesses[0].record);
  const RecordHeader header{RecordKind::witness, {Tlp::green, Pap::green}, rig.universe.wall(),
                            rig.node(delos).author()};
  const auto own = rig.publish(delos, {RecordKind::witness, header.marking, all_members,
                                       LogClass::control,
                                       encode_witness(header, *view_witness(*view))});
  auto alone = rig.file();
  alone.witnesses = {rig.node(delos).disclose(own.id).value().disclosure};
  const auto report = agents::check_audit(alone);
  CHECK(report.audit.ok);
  CHECK(report.audit.witnessed == 0);
}
