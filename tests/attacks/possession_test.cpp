// Attack 9: an organisation certifies an agent whose key it does not hold.
#include "tests/attacks/hostile_agent.hpp"

using namespace tocsin;
using namespace tocsin::tests;

namespace {

constexpr std::size_t bleu = 0, delos = 1, acme = 2;

struct Rig : SimRig {
  Rig() : SimRig({{"bleu"}, {"delos"}, {"acme"}}) {
    open(bleu);
    open(delos, {bleu});
    REQUIRE(connected(bleu, delos));
  }
  const FederationId& id() const { return federation.charter.federation; }
  /// Of an agent that joins Bleu and that nobody has heard of, as `org` would have it.
  crypto::CertificateBody newcomer(const std::string& org) const {
    auto out = federation.agents[bleu].certificates.front().body;
    out.org = org;
    out.name = org + "-9";
    out.signing = key.public_key();
    return out;
  }
  /// Acme's, of Bleu's agent. The proof is what that agent said of itself: Acme can copy that.
  Bytes stolen() const {
    auto out = newcomer("acme");
    out.proof = proven(newcomer("bleu"), key).proof;
    return crypto::certify(out, federation.root(acme), id()).encoded;
  }
  mesh::Draft record(std::size_t from, ByteView certificate) {
    const mesh::RecordHeader header{mesh::RecordKind::certificate,
                                    {mesh::Tlp::green, mesh::Pap::green},
                                    universe.wall(), node(from).author()};
    return {mesh::RecordKind::certificate, header.marking, all_members, mesh::LogClass::control,
            mesh::encode_certificate_record(header, certificate)};
  }
  bool knows(std::size_t at, std::string_view org) {
    return node(at).agent_named(org, std::string(org) + "-9").has_value();
  }

  crypto::SigningKey key = crypto::SigningKey::make(federation.entropy());
};

}  // namespace

TEST_CASE("attack 9: no session begins with a certificate whose key has not signed to be that") {
  Rig rig;
  HostileAgent hostile(rig, acme);
  auto body = rig.federation.agents[acme].certificates.front().body;
  REQUIRE(hostile.dial(bleu).up);
  body.proof = rig.federation.agents[bleu].certificates.front().body.proof;
  hostile.show(crypto::certify(body, rig.federation.root(acme), rig.id()));
  CHECK_FALSE(hostile.dial(bleu).up);
}

TEST_CASE("attack 9: whoever certifies another's agent first does not come to own it") {
  Rig rig;
  rig.open(acme, {bleu, delos});
  REQUIRE(rig.connected(acme, delos));
  rig.publish(acme, rig.record(acme, rig.stolen()));
  rig.publish(acme, rig.note(acme, mesh::Tlp::green, all_members, "said"));
  REQUIRE(rig.until([&] { return rig.notes(bleu).has("said") && rig.notes(delos).has("said"); }));
  rig.run_for(std::chrono::seconds(2));
  for (const auto at : {bleu, delos}) CHECK_FALSE(rig.knows(at, "acme"));
  // Its true organisation comes second and is heard.
  const auto own = crypto::certify(proven(rig.newcomer("bleu"), rig.key),
                                   rig.federation.root(bleu), rig.id());
  rig.publish(bleu, rig.record(bleu, own.encoded));
  for (const auto at : {bleu, delos})
    CHECK(rig.until([&] { return rig.knows(at, "bleu"); }));
}

TEST_CASE("attack 9: nor does it by handing the certificate over in a session") {
  Rig rig;
  HostileAgent hostile(rig, acme);
  auto& line = hostile.dial(bleu);
  hostile.say(line, mesh::Certificates{{rig.stolen()}});
  rig.run_for(std::chrono::seconds(2));
  CHECK_FALSE(rig.knows(bleu, "acme"));
  const auto own = crypto::certify(proven(rig.newcomer("bleu"), rig.key),
                                   rig.federation.root(bleu), rig.id());
  hostile.say(line, mesh::Certificates{{own.encoded}});
  CHECK(rig.until([&] { return rig.knows(bleu, "bleu"); }));
}
