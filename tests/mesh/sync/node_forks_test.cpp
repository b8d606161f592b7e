#include "mesh/sync/mesh_node.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/sync/endpoint.hpp"
#include "tests/mesh/sync/forked.hpp"
#include "tests/mesh/sync/sim_nodes.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t bleu = 0, sncf = 1, delos = 2;

/// True nodes of bleu and sncf, and an agent of delos that signs what the test likes and talks to
/// bleu only.
struct Rig : SimNodes {
  Rig() : SimNodes({{"bleu"}, {"sncf"}, {"delos"}}) {
    open(bleu);
    peer.emplace(machine(delos), federation, delos);
    author.emplace(machine(delos).world(), federation, delos);
    peer->connections.add_peer(federation.peer(bleu, {address(bleu)}));
    REQUIRE(until([&] { return session() && node(bleu).reachable("delos"); }));
  }
  ~Rig() {
    machine(delos).crash();
    peer.reset();
    author.reset();
  }
  std::shared_ptr<Session> session() {
    return peer->connections.find(federation.agents[bleu].id, Purpose::live);
  }
  void send(const Batch& batch) { CHECK(session()->send_batch(batch.encoded, true)); }
  void open_sncf() {
    open(sncf, {bleu});
    REQUIRE(connected(sncf, bleu));
  }
  /// Both for the first place of the case log.
  std::pair<Batch, Batch> twice() {
    const auto log = author->case_log();
    auto one = author->sign(log, {author->note("to some")});
    author->forget(log);
    return {std::move(one), author->sign(log, {author->note("to others")})};
  }
  struct HandedOver {
    BundleReport exported, imported;
  };
  /// From bleu to sncf, on a stick.
  HandedOver hand_over(WallTime since) {
    const auto sent =
        finish(bleu, node(bleu).export_bundle({"bundle", "sncf", {}, since, false}));
    const auto bytes = machine(bleu).world().disk.read("bundle", 1 << 20).value();
    REQUIRE(machine(sncf).world().disk.write_atomic("bundle", bytes, FileMode::secret));
    return {sent, finish(sncf, node(sncf).import_bundle("bundle", false))};
  }
  BundleReport finish(std::size_t who, Task<Result<BundleReport>> task) {
    std::optional<Result<BundleReport>> out;
    const auto keep = [](Task<Result<BundleReport>> what,
                         std::optional<Result<BundleReport>>& to) -> Task<void> {
      auto done = co_await what;
      to.emplace(std::move(done));
    };
    machine(who).world().loop.spawn(keep(std::move(task), out));
    REQUIRE(until([&] { return out.has_value(); }));
    if (!*out) FAIL(out->error().message);
    return std::move(**out);
  }
  /// By the agent of delos for sncf, with nothing but this proof in it.
  Bytes bundle_with(const Bytes& proof) {
    const auto maker = federation.options(delos), reader = federation.options(sncf);
    BundleHeader header;
    header.federation = federation.charter.federation;
    header.created = universe.wall();
    header.segments = 1;
    header.to = "sncf";
    header.certificate = maker.certificates.front().encoded;
    auto writer = BundleWriter::begin(
        header, {{federation.agents[sncf].id, reader.sealing.public_key()}}, maker.signing,
        federation.entropy());
    REQUIRE(writer);
    auto out = writer->head();
    REQUIRE(writer->add(SegmentKind::fork_proofs, proof, federation.entropy()));
    const auto last = writer->finish(federation.entropy()).value();
    out.insert(out.end(), last.begin(), last.end());
    return out;
  }
  Batch decide(const Digest& keep, std::size_t root = delos) {
    const ForkDecision decision{"delos", author->case_log(), 1, keep, 1, keep,
                                universe.wall(), {}};
    auto log = author->control_log();
    log.epoch = 2;
    return author->sign(log, {encode_fork_decision(
                                 author->header(RecordKind::forks, Tlp::green), decision,
                                 federation.root(root), federation.charter.federation)});
  }
  std::size_t proofs_heard() const {
    std::size_t out = 0;
    for (const auto& message : peer->messages) out += std::holds_alternative<ForkProof>(message);
    return out;
  }
  std::uint64_t refused(const std::string& reason) {
    const auto counters = node(bleu).counters();
    const auto at = counters.refused.find(reason);
    return at == counters.refused.end() ? 0 : at->second;
  }

  std::optional<Endpoint> peer;
  std::optional<Holder> author;
};

}  // namespace

TEST_CASE("a proof reaches who saw one branch only, and freezes the epoch there") {
  Rig rig;
  rig.open_sncf();
  const auto [one, two] = rig.twice();
  rig.send(one);
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("to some"); }));
  CHECK(rig.notes(sncf).frozen.empty());
  rig.send(two);
  REQUIRE(rig.until([&] { return rig.node(sncf).forks().size() == 1; }));
  const auto seen = rig.node(sncf).forks()[0];
  CHECK(std::set{seen.first, seen.second} == std::set{one.id, two.id});
  CHECK(seen.org == "delos");
  CHECK_FALSE(rig.notes(sncf).has("to others"));
  auto urgent = rig.author->case_log();
  urgent.log_class = LogClass::urgent;
  rig.send(rig.author->sign(urgent, {rig.author->note("later")}));
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("later"); }));
  CHECK(rig.notes(sncf).frozen.contains("later"));
  auto other = rig.author->case_log();
  other.epoch = 2;
  rig.send(rig.author->sign(other, {rig.author->note("of another epoch")}));
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("of another epoch"); }));
  CHECK_FALSE(rig.notes(sncf).frozen.contains("of another epoch"));
}

TEST_CASE("a proof and the decision that settles it reach by bundle who is never connected") {
  Rig rig;
  rig.open(sncf);
  const auto [one, two] = rig.twice();
  rig.send(one);
  rig.send(two);
  REQUIRE(rig.until([&] { return rig.node(bleu).forks().size() == 1; }));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("to some"); }));

  // What came before the stick's `since` stays behind, the proof does not.
  const auto sent = rig.hand_over(rig.universe.wall());
  CHECK(sent.exported.forks == 1);
  CHECK(sent.imported.forks == 1);
  CHECK_FALSE(rig.notes(sncf).has("to some"));
  REQUIRE(rig.node(sncf).forks().size() == 1);
  CHECK(rig.node(sncf).forks()[0].org == "delos");
  CHECK(rig.hand_over({}).imported.forks == 0);
  CHECK(rig.notes(sncf).frozen.contains("to some"));
  rig.take_down(sncf);
  rig.open(sncf);
  CHECK(rig.node(sncf).forks().size() == 1);

  rig.send(rig.decide(one.id));
  REQUIRE(rig.until([&] { return rig.node(bleu).forks()[0].settled; }));
  rig.hand_over({});
  CHECK(rig.node(sncf).forks()[0].settled);
  CHECK(rig.node(sncf).forks()[0].kept == one.id);
  CHECK(rig.notes(sncf).frozen.empty());
}

TEST_CASE("a false proof in a bundle is counted and proves nothing") {
  Rig rig;
  rig.open(sncf);
  const auto [one, two] = rig.twice();
  auto proof = signed_header_of(one.encoded);
  const auto other = signed_header_of(two.encoded);
  proof.insert(proof.end(), other.begin(), other.end());
  for (const bool altered : {true, false}) {
    if (altered) proof[batch_prefix_bytes + 20] ^= 1;
    REQUIRE(rig.machine(sncf).world().disk.write_atomic("bundle", rig.bundle_with(proof),
                                                        FileMode::secret));
    const auto trial = rig.finish(sncf, rig.node(sncf).import_bundle("bundle", true));
    const auto taken = rig.finish(sncf, rig.node(sncf).import_bundle("bundle", false));
    CHECK(taken.forks == !altered);
    CHECK(taken.refused.contains("fork_proof") == altered);
    CHECK(rig.node(sncf).forks().size() == !altered);
    CHECK((altered || trial.forks == 1));
    if (altered) proof[batch_prefix_bytes + 20] ^= 1;
  }
}

TEST_CASE("a proof held goes to who connects later, and is not said twice") {
  Rig rig;
  const auto [one, two] = rig.twice();
  rig.send(one);
  rig.send(two);
  REQUIRE(rig.until([&] { return rig.node(bleu).forks().size() == 1; }));
  REQUIRE(rig.until([&] { return rig.proofs_heard() == 1; }));
  rig.open_sncf();
  REQUIRE(rig.until([&] { return rig.node(sncf).forks().size() == 1; }));
  (void)rig.universe.run_for(5s);
  CHECK(rig.proofs_heard() == 1);
}

TEST_CASE("a holder that took parts of both branches in turn proves it from what it holds") {
  Rig rig;
  const auto log = rig.author->case_log();
  const auto [one, two] = rig.twice();
  rig.send(one);
  rig.send(rig.author->sign(log, {rig.author->note("after the others")}));
  REQUIRE(rig.until([&] { return rig.node(bleu).forks().size() == 1; }));
  CHECK(rig.node(bleu).forks()[0].second == two.id);

  Rig gap;
  const auto [mine, theirs] = gap.twice();
  gap.send(gap.author->sign(log, {gap.author->note("after the others")}));
  REQUIRE(gap.until([&] { return gap.notes(bleu).has("after the others"); }));
  gap.send(mine);
  REQUIRE(gap.until([&] { return gap.node(bleu).forks().size() == 1; }));
}

TEST_CASE("a false proof ends the session of who brought it, and proves nothing") {
  for (const int how : {0, 1, 2}) {
    Rig rig;
    const auto [one, two] = rig.twice();
    auto proof = proof_of(one, two);
    if (how == 0) proof.second[20] ^= 1;  // One header altered.
    if (how == 1) proof.second = proof.first;
    if (how == 2)
      proof.second = signed_header_of(
          rig.author->sign(rig.author->control_log(), {rig.author->note("c")}).encoded);
    const auto held = rig.session();
    CHECK(held->send(proof));
    CHECK(rig.until([&] { return held->closed(); }, 1s));
    CHECK(rig.node(bleu).forks().empty());
    CHECK(rig.refused("fork_proof") == 1);
  }
}

TEST_CASE("a decision of the author's root thaws, and what was kept back is delivered") {
  Rig rig;
  rig.open_sncf();
  const auto [one, two] = rig.twice();
  rig.send(one);
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("to some"); }));
  rig.send(two);
  REQUIRE(rig.until([&] { return rig.node(sncf).forks().size() == 1; }));
  auto urgent = rig.author->case_log();
  urgent.log_class = LogClass::urgent;
  rig.send(rig.author->sign(urgent, {rig.author->note("later")}));
  REQUIRE(rig.until([&] { return rig.notes(sncf).frozen.contains("later"); }));
  rig.send(rig.decide(one.id));
  for (const auto at : {bleu, sncf}) {
    REQUIRE(rig.until([&] { return rig.notes(at).frozen.empty(); }));
    REQUIRE(rig.node(at).forks().size() == 1);
    CHECK(rig.node(at).forks()[0].settled);
    CHECK(rig.node(at).forks()[0].kept == one.id);
  }
  rig.take_down(bleu);
  rig.open(bleu);
  CHECK(rig.node(bleu).forks()[0].settled);
  CHECK(rig.notes(bleu).has("later"));
  CHECK(rig.notes(bleu).frozen.empty());
}

TEST_CASE("nobody settles the forks of another organisation's agents, and the lost branch stays shut") {
  Rig rig;
  const auto [one, two] = rig.twice();
  rig.send(one);
  rig.send(two);
  auto urgent = rig.author->case_log();
  urgent.log_class = LogClass::urgent;
  rig.send(rig.author->sign(urgent, {rig.author->note("later")}));
  REQUIRE(rig.until([&] { return rig.notes(bleu).frozen.contains("later"); }));
  rig.send(rig.decide(one.id, bleu));
  (void)rig.universe.run_for(2s);
  CHECK(rig.notes(bleu).frozen.contains("later"));
  CHECK_FALSE(rig.node(bleu).forks()[0].settled);

  rig.send(rig.decide(two.id));  // Not the branch that bleu holds.
  REQUIRE(rig.until([&] { return rig.node(bleu).forks()[0].settled; }));
  REQUIRE(rig.until([&] { return !rig.notes(bleu).frozen.contains("later"); }));
  rig.take_down(bleu);
  rig.open(bleu);
  CHECK(rig.notes(bleu).frozen == std::set<std::string>{"to some"});
}

TEST_CASE("who joins after a decision fetches the branch that remains, and no other") {
  Rig rig;
  const auto [one, two] = rig.twice();
  rig.send(one);
  rig.send(two);
  REQUIRE(rig.until([&] { return rig.node(bleu).forks().size() == 1; }));
  rig.send(rig.decide(one.id));
  REQUIRE(rig.until([&] { return rig.node(bleu).forks()[0].settled; }));
  rig.open_sncf();
  REQUIRE(rig.until([&] { return rig.notes(sncf).has("to some"); }));
  REQUIRE(rig.until([&] {
    return rig.node(sncf).forks().size() == 1 && rig.node(sncf).forks()[0].settled;
  }));
  CHECK(rig.until([&] { return rig.notes(sncf).frozen.empty(); }));
}
