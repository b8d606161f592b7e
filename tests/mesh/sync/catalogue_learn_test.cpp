#include "mesh/sync/catalogue.hpp"

#include "crypto/charter_chain.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

constexpr std::size_t old_agent = 0, newcomer = 1, author = 2;
const Audience both{false, {"bleu", "delos"}, {}};

// delos made a scope before bleu took on its second agent, and wrote one batch in it.
struct Scene : Holders {
  Scene() : Holders({{"bleu", crypto::OrgRole::operator_, 2}, {"delos"}}) {
    auto& entropy = machine.world().entropy;
    auto& from = *holders[author];
    const std::vector<KnownAgent> readers{known(old_agent), known(author)};
    auto record = from.catalogue.scopes()
                      .make(from.header(RecordKind::scope_key, Tlp::green), both, readers, entropy)
                      .value();
    auto log = from.case_log();
    log.scope = from.catalogue.scopes().own_scope(both, readers)->id;
    announced = from.publish(from.control_log(), {std::move(record)});
    history = from.publish(log, {from.note("history", Tlp::amber)});

    auto& beside = *holders[old_agent];
    beside.take(announced);
    auto wrap = beside.catalogue.scopes()
                    .wrap_for(beside.header(RecordKind::scope_wrap, Tlp::green),
                              *beside.catalogue.scopes().find(log.scope), {known(newcomer)}, entropy)
                    .value();
    wrapped = beside.publish(beside.control_log(), {std::move(wrap)});
  }
  KnownAgent known(std::size_t index) const {
    return {federation.agents[index].id, federation.agents[index].sealing};
  }
  Batch announced, history, wrapped;
};

}  // namespace

TEST_CASE("what the own organisation reads waits until its key was wrapped, and is not carried") {
  Scene agents;
  auto& fresh_agent = agents[newcomer];
  CHECK(fresh_agent.take(agents.announced).verdict == Verdict::fresh);
  CHECK(fresh_agent.take(agents.history).verdict == Verdict::waiting);
  const auto learned = fresh_agent.take(agents.wrapped);
  CHECK(learned.verdict == Verdict::fresh);
  CHECK(learned.learned);
  CHECK(fresh_agent.take(agents.history).verdict == Verdict::fresh);
}

TEST_CASE("a key that came before its scope is learned together with it") {
  Scene agents;
  auto& fresh_agent = agents[newcomer];
  CHECK_FALSE(fresh_agent.take(agents.wrapped).learned);
  CHECK(fresh_agent.take(agents.announced).learned);
  CHECK(fresh_agent.take(agents.history).verdict == Verdict::fresh);
}

TEST_CASE("a certificate that came by itself is news once") {
  Scene agents;
  auto& entropy = agents.federation.entropy();
  const auto signing = crypto::SigningKey::make(entropy);
  const crypto::CertificateBody body{crypto::CertificateKind::agent,
                                     "bleu",
                                     "bleu-9",
                                     signing.public_key(),
                                     crypto::ExchangeKey::make(entropy).public_key(),
                                     crypto::ExchangeKey::make(entropy).public_key(),
                                     0,
                                     agents.universe.wall(),
                                     agents.universe.wall() + std::chrono::hours(24)};
  const auto certificate = crypto::certify(proven(body, signing), agents.federation.root(0),
                                           agents.federation.charter.federation);
  auto& catalogue = agents[author].catalogue;
  CHECK(catalogue.take_certificate(certificate.encoded));
  CHECK_FALSE(catalogue.take_certificate(certificate.encoded));
  CHECK(catalogue.roster().org_of(body.id()) == "bleu");
}

TEST_CASE("attack 20: of a former member's log only what leads to its named end is taken") {
  Holders agents({{"bleu"}, {"delos"}, {"acme"}});
  auto& acme = agents[2];
  const auto log = acme.case_log();
  std::vector<Batch> said;
  for (const auto* text : {"one", "two", "three", "four"})
    said.push_back(acme.sign(log, {acme.note(text)}));
  acme.forget(log);
  std::vector<Batch> forged;  // Another history of the same log, with times of long ago.
  for (const auto* text : {"a", "b", "c"}) forged.push_back(acme.sign(log, {acme.note(text)}));
  const LogKey fresh{log.agent, 2, {}, LogClass::case_};
  const auto elsewhere = acme.sign(fresh, {acme.note("in a new log")});

  REQUIRE(agents[1].take(said[0]).verdict == Verdict::fresh);
  REQUIRE(agents.universe.run_for(std::chrono::seconds(1)));
  auto wish = agents.federation.charter.body;
  wish.members.pop_back();
  wish.created = agents.universe.wall();
  wish.amend = {};
  wish.policies.clear();
  const auto end = encode_last_good({log, 3, said[2].id});
  wish.removed = {{"acme", {*crypto::LastBatch::from(end)}}};
  agents.federation.charter = *crypto::amend_charter(agents.federation.charter, wish);
  for (const std::size_t at : {0, 1}) agents[at].catalogue.renew();

  auto& holder = agents[0];
  const LogHead theirs{log, 4, 0, {}, {}};
  const auto asked = [&] { return holder.catalogue.missing({theirs, {fresh, 1, 0, {}, {}}}); };
  CHECK(asked() == std::vector<PullRange>{{log, {3, 3}}});
  CHECK(holder.take(elsewhere).reason == "revoked");
  CHECK(holder.take(said[3]).reason == "revoked");
  CHECK(holder.take(said[0]).reason == "removed_order");
  CHECK(holder.take(forged[0]).reason == "removed_order");
  CHECK(holder.take(forged[2]).reason == "removed");
  CHECK(holder.take(said[2]).verdict == Verdict::fresh);
  CHECK(asked() == std::vector<PullRange>{{log, {2, 2}}});
  CHECK(holder.take(said[1]).verdict == Verdict::fresh);
  CHECK(holder.take(said[0]).verdict == Verdict::fresh);
  CHECK(asked().empty());

  // Who held the beginning gets the rest, and nothing after it.
  CHECK(agents[1].catalogue.missing({theirs}) == std::vector<PullRange>{{log, {3, 3}}});
  CHECK(agents[1].take(said[2]).verdict == Verdict::fresh);
  CHECK(agents[1].take(forged[1]).verdict != Verdict::fresh);
  CHECK(agents[1].take(said[1]).verdict == Verdict::fresh);
  CHECK(agents[1].take(said[3]).reason == "revoked");
}
