#include "mesh/sync/catalogue.hpp"

#include <algorithm>

#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, bsi = 1, delos = 2;
const Audience both{false, {"bleu", "delos"}, {}};

Holders three() {
  return Holders({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}});
}

}  // namespace

TEST_CASE("an open batch is fresh once and a duplicate ever after") {
  auto agents = three();
  const auto batch = agents[delos].publish(agents[delos].case_log(),
                                           {agents[delos].note("a"), agents[delos].note("b")});
  const auto first = agents[bleu].take(batch);
  REQUIRE(first.verdict == Verdict::fresh);
  CHECK(first.opened.records.size() == 2);
  REQUIRE(first.audience);
  CHECK(first.audience->all_members);
  CHECK(agents[bleu].catalogue.heads().has(batch.header.log, 1));
  CHECK(agents[bleu].catalogue.tlp_seen(batch.header.log) == 1u << unsigned(Tlp::green));
  CHECK(agents[bleu].take(batch).verdict == Verdict::duplicate);
}

TEST_CASE("a sealed batch waits for its scope, is read by recipients and carried by others") {
  auto agents = three();
  const auto [log, announced] = agents[delos].open_scope(both);
  const auto batch = agents[delos].publish(log, {agents[delos].note("hush", Tlp::amber)});
  CHECK(agents[bleu].take(batch).verdict == Verdict::waiting);
  CHECK_FALSE(agents[bleu].catalogue.heads().has(log, 1));
  CHECK(agents[bleu].take(announced).learned);
  const auto read = agents[bleu].take(batch);
  REQUIRE(read.verdict == Verdict::fresh);
  CHECK(*read.audience == both);
  CHECK(*agents[bleu].catalogue.audience_of(log) == both);

  REQUIRE(agents[bsi].take(announced).verdict == Verdict::fresh);
  const auto carried = agents[bsi].take(batch);
  CHECK(carried.verdict == Verdict::carried);
  CHECK(carried.opened.records.empty());
  CHECK(agents[bsi].catalogue.audience_of(log) == nullptr);
  CHECK(agents[bsi].catalogue.tlp_seen(log) == 0);
}

TEST_CASE("a batch with an altered header is the relay's fault and may come again whole") {
  auto agents = three();
  const auto batch = agents[delos].publish(agents[delos].case_log(), {agents[delos].note("a")});
  auto bytes = batch.encoded;
  bytes[batch_header_bytes + 5] ^= 1;  // In the signature.
  const auto judged = agents[bleu].take(parse_batch(bytes).value());
  CHECK(judged.verdict == Verdict::refused);
  CHECK(judged.reason == "signature");
  CHECK(judged.blame == Blame::relay);
  CHECK(agents[bleu].catalogue.wants(batch.header.log, 1));
  CHECK(agents[bleu].take(batch).verdict == Verdict::fresh);
}

TEST_CASE("a payload that is not the signed one is refused, open or sealed") {
  auto agents = three();
  const auto open = agents[delos].publish(agents[delos].case_log(), {agents[delos].note("a")});
  auto bytes = open.encoded;
  bytes.back() ^= 1;
  const auto altered = agents[bleu].take(parse_batch(bytes).value());
  CHECK(altered.reason == "content");
  CHECK(altered.blame == Blame::relay);

  const auto [log, announced] = agents[delos].open_scope(both);
  REQUIRE(agents[bsi].take(announced).verdict == Verdict::fresh);
  bytes = agents[delos].publish(log, {agents[delos].note("hush", Tlp::amber)}).encoded;
  bytes.back() ^= 1;
  const auto rotten = agents[bsi].take(parse_batch(bytes).value());
  CHECK(rotten.verdict == Verdict::refused);
  CHECK(rotten.blame == Blame::relay);
}

TEST_CASE("what an unknown or expired author signed is refused without blame") {
  Holders agents({{"bleu"}, {"delos"}});
  Federation strangers({{"acme"}, {"zeta"}}, agents.universe.wall(), 99);
  Holder stranger(agents.machine.world(), strangers, 0);
  const auto unknown =
      agents[0].take(stranger.publish(stranger.case_log(), {stranger.note("a")}));
  CHECK(unknown.reason == "unknown_author");
  CHECK(unknown.blame == Blame::nobody);
  REQUIRE(agents.universe.run_for(std::chrono::hours(24 * 40)));
  const auto late = agents[0].take(agents[1].publish(agents[1].case_log(), {agents[1].note("b")}));
  CHECK(late.reason == "expired");
  CHECK(late.blame == Blame::nobody);
}

TEST_CASE("who forges the time of a batch keeps nobody from the true one") {
  Holders agents({{"bleu"}, {"delos"}});
  const auto batch = agents[1].publish(agents[1].case_log(), {agents[1].note("a")});
  const auto as_written = [](WallTime time) {
    ByteWriter out;
    out.u64(std::uint64_t(time.ms));
    return std::move(out).take();
  };
  auto bytes = batch.encoded;
  const auto time = as_written(batch.header.time), long_ago = as_written({1'000});
  const auto at = std::search(bytes.begin(), bytes.end(), time.begin(), time.end());
  REQUIRE(at != bytes.end());
  std::copy(long_ago.begin(), long_ago.end(), at);
  const auto forged = parse_batch(bytes).value();
  REQUIRE(forged.header.time == WallTime{1'000});
  CHECK(agents[0].take(forged).reason == "signature");
  CHECK(agents[0].catalogue.wants(batch.header.log, 1));
  CHECK(agents[0].take(batch).verdict == Verdict::fresh);
}

TEST_CASE("what waits for room is wanted again once there is some") {
  Holders agents({{"bleu"}, {"delos"}});
  bool room = false;
  const auto options = agents.federation.options(0);
  Catalogue catalogue(*agents[0].store, {agents[0].agent, agents.federation.charter, options.sealing,
                                         [&](const LogKey&) { return room; }});
  const auto batch = agents[1].publish(agents[1].case_log(), {agents[1].note("a")});
  CHECK(catalogue.judge(batch).reason == "quota");
  CHECK_FALSE(catalogue.wants(batch.header.log, 1));
  room = true;
  CHECK(catalogue.wants(batch.header.log, 1));
  CHECK(catalogue.judge(batch).verdict == Verdict::fresh);
}

TEST_CASE("own logs count from their first batch on, and none is opened that nobody would keep") {
  Holders agents({{"bleu"}, {"delos"}});
  auto& catalogue = agents[0].catalogue;
  auto log = agents[0].case_log();
  for (; catalogue.open_own(log); ++log.epoch) REQUIRE(log.epoch <= LogShares::agent_max);
  CHECK(catalogue.log_shares().of(agents[0].agent) == catalogue.own_logs_max());
  CHECK_FALSE(catalogue.may_open(log));
  // Those that were opened stay so, and count once.
  log.epoch = 1;
  CHECK(catalogue.open_own(log));
  catalogue.hold(log, 1, crypto::blake2b(bytes_of("id")));
  CHECK(catalogue.open_own(log));
  CHECK(catalogue.log_shares().of(agents[0].agent) == catalogue.own_logs_max());
  log.log_class = LogClass::control;
  CHECK(catalogue.open_own(log));
}

TEST_CASE("a scope that is told again teaches nothing, and is no reason to look at what waits") {
  auto agents = three();
  const auto [log, announced] = agents[delos].open_scope(both);
  CHECK(agents[bleu].take(announced).learned);
  auto record = std::vector<Bytes>();
  const auto opened = open_batch(announced, nullptr).value();
  for (const auto& view : opened.records) record.emplace_back(view.bytes.begin(), view.bytes.end());
  const auto again = agents[bleu].take(agents[delos].publish(agents[delos].control_log(), record));
  CHECK(again.verdict == Verdict::fresh);
  CHECK_FALSE(again.learned);
}

TEST_CASE("a batch that does not follow the one before breaks the chain") {
  auto agents = three();
  auto& author = agents[delos];
  REQUIRE(agents[bleu].take(author.publish(author.case_log(), {author.note("1")})).verdict ==
          Verdict::fresh);
  author.forget(author.case_log());
  author.sign(author.case_log(), {author.note("another 1")});
  const auto broken = agents[bleu].take(author.sign(author.case_log(), {author.note("2")}));
  CHECK(broken.reason == "broken_chain");
  CHECK_FALSE(agents[bleu].catalogue.wants(author.case_log(), 2));
}

TEST_CASE("a scope serves the agent that made it and no other") {
  auto agents = three();
  const auto [log, announced] = agents[delos].open_scope(both);
  for (const auto index : {bleu, bsi})
    REQUIRE(agents[index].take(announced).verdict == Verdict::fresh);
  auto foreign = agents[bleu].case_log();
  foreign.scope = log.scope;
  const auto judged =
      agents[bsi].take(agents[bleu].publish(foreign, {agents[bleu].note("x", Tlp::amber)}));
  CHECK(judged.verdict == Verdict::refused);
  CHECK(judged.reason == "foreign_scope");
}

TEST_CASE("a revocation is told once, and what the agent signs from then on is refused") {
  auto agents = three();
  auto& author = agents[bleu];
  const auto record = encode_revocation(
      author.header(RecordKind::revocation, Tlp::green),
      {"delos", agents[delos].agent, agents.universe.wall(), "key lost", {}},
      agents.federation.root(2), agents.federation.charter.federation);
  const auto batch = author.publish(author.control_log(), {record});
  CHECK(agents[bsi].take(batch).revoked == std::vector{agents[delos].agent});
  CHECK(agents[bsi].catalogue.roster().is_revoked(agents[delos].agent));
  const auto late = agents[bsi].take(
      agents[delos].publish(agents[delos].case_log(), {agents[delos].note("still here")}));
  CHECK(late.verdict == Verdict::refused);
  CHECK(late.reason == "revoked");
  CHECK_FALSE(agents[bsi].catalogue.wants(agents[delos].case_log(), 1));
}

TEST_CASE("what was refused is asked for again once a certificate was learned") {
  Holders agents({{"bleu"}, {"delos"}});
  auto& author = agents[1];
  REQUIRE(agents[0].take(author.sign(author.case_log(), {author.note("1")})).verdict ==
          Verdict::fresh);
  REQUIRE(agents.universe.run_for(std::chrono::hours(24 * 31)));
  REQUIRE(agents[0].take(author.sign(author.case_log(), {author.note("2")})).reason == "expired");
  LogHead theirs{author.case_log(), 3, 0, {}, {}};
  CHECK(agents[0].catalogue.missing({theirs}) ==
        std::vector<PullRange>{{author.case_log(), {3, 3}}});

  auto body = agents.federation.agents[1].certificates[0].body;
  body.not_after = body.not_after + std::chrono::hours(24);
  const auto certificate =
      crypto::certify(body, agents.federation.root(1), agents.federation.charter.federation);
  const auto record = encode_certificate_record(
      agents[0].header(RecordKind::certificate, Tlp::green), certificate.encoded);
  CHECK(std::ranges::equal(certificate_in(*view_record(record)), certificate.encoded));
  (void)agents[0].publish(agents[0].control_log(), {record});
  CHECK(agents[0].catalogue.missing({theirs}) ==
        std::vector<PullRange>{{author.case_log(), {2, 3}}});
}

TEST_CASE("logs of agents that nobody vouches for are not asked for") {
  auto agents = three();
  AgentId stranger;
  stranger.data[0] = 200;
  const LogKey log{stranger, 1, {}, LogClass::case_};
  CHECK(agents[bleu].catalogue.missing({{log, 5, 0, {}, {}}}).empty());
}

TEST_CASE("a catalogue that replays its store stands where it stood") {
  auto agents = three();
  const auto [log, announced] = agents[delos].open_scope(both);
  agents[bleu].take(announced);
  agents[bleu].take(agents[delos].publish(log, {agents[delos].note("hush", Tlp::amber)}));

  const auto options = agents.federation.options(bleu);
  Catalogue again(*agents[bleu].store,
                  {agents[bleu].agent, agents.federation.charter, options.sealing});
  std::vector<Verdict> verdicts;
  REQUIRE(agents[bleu].store->scan([&](const StoredBatch& stored) {
    verdicts.push_back(again.replay(stored, parse_batch(*stored.encoded).value())->verdict);
    return true;
  }));
  CHECK(verdicts == std::vector{Verdict::fresh, Verdict::fresh});
  const auto all = [](const LogKey&) { return true; };
  CHECK(again.heads().heads(all) == agents[bleu].catalogue.heads().heads(all));
  CHECK(again.tlp_seen(log) == agents[bleu].catalogue.tlp_seen(log));
}

TEST_CASE("a readable batch whose scope key is missing waits for it at a replay") {
  auto agents = three();
  const auto [log, announced] = agents[delos].open_scope(both);
  const auto batch = agents[delos].publish(log, {agents[delos].note("hush", Tlp::amber)});
  const StoredBatch stored{log, 1, 0, 1, std::make_shared<const Bytes>(batch.encoded)};
  const auto replayed = agents[bleu].catalogue.replay(stored, batch);
  REQUIRE(replayed);
  CHECK(replayed->verdict == Verdict::waiting);
  CHECK_FALSE(agents[bleu].catalogue.heads().has(log, 1));
}
