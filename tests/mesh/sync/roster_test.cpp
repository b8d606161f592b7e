#include "mesh/sync/roster.hpp"

#include "crypto/charter_chain.hpp"
#include "tests/catch.hpp"
#include "tests/federation.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;
using tests::Federation;

namespace {

constexpr WallTime today{1'790'000'000'000};
constexpr Duration month = 24h * 31;

struct Rig {
  Federation federation{{{"bleu"}, {"delos", crypto::OrgRole::operator_, 2}}, today};
  Roster roster{federation.charter};
  crypto::SigningKey fresh = crypto::SigningKey::make(federation.entropy());

  const AgentId& id(std::size_t agent) const { return federation.agents[agent].id; }
  crypto::CertificateBody body(std::size_t agent) const {
    return federation.agents[agent].certificates[0].body;
  }
  /// Of an agent of delos that nobody has heard of.
  crypto::CertificateBody unknown() const {
    auto out = body(1);
    out.name = "delos-9";
    out.signing = fresh.public_key();
    return tests::proven(out, fresh);
  }
  crypto::CertificateBody analyst(std::string name, WallTime until) const {
    auto out = body(1);
    out.kind = crypto::CertificateKind::analyst;
    out.name = std::move(name);
    out.channel = {};
    out.roles = 1;
    out.not_after = until;
    return federation.proven_by(1, out);
  }
  Bytes signed_by(std::size_t org, const crypto::CertificateBody& body) const {
    return crypto::certify(body, federation.root(org), federation.charter.federation).encoded;
  }
  Errc refusal(ByteView encoded) { return roster.add(encoded).error().code; }
};

}  // namespace

TEST_CASE("a roster begins with the agents of the charter") {
  Rig rig;
  CHECK(rig.roster.org_of(rig.id(0)) == "bleu");
  CHECK(rig.roster.name_of(rig.id(1)) == "delos-1");
  CHECK(rig.roster.agents_of("delos").size() == 2);
  CHECK(rig.roster.same_org(rig.id(1), rig.id(2)));
  CHECK_FALSE(rig.roster.same_org(rig.id(0), rig.id(1)));
  const auto stranger = rig.unknown().id();
  CHECK(rig.roster.org_of(stranger).empty());
  CHECK_FALSE(rig.roster.same_org(stranger, stranger));
}

TEST_CASE("a certificate counts under the root of the member that it names, and once") {
  Rig rig;
  const auto body = rig.unknown();
  const auto good = rig.signed_by(1, body);
  CHECK(rig.refusal(rig.signed_by(0, body)) == Errc::unauthenticated);
  CHECK(rig.roster.org_of(body.id()).empty());
  CHECK(rig.roster.add(good).value());
  CHECK_FALSE(rig.roster.add(good).value());
  CHECK(rig.roster.name_of(body.id()) == "delos-9");

  auto stranger = body;
  stranger.org = "acme";
  CHECK(rig.refusal(rig.signed_by(1, stranger)) == Errc::refused);
  CHECK(rig.refusal(ByteView(good).first(40)) == Errc::invalid);
}

TEST_CASE("no member can certify the agent of another as its own") {
  Rig rig;
  auto stolen = rig.body(0);  // The keys of bleu's agent, under the name and root of delos.
  stolen.org = "delos";
  CHECK(rig.refusal(rig.signed_by(1, stolen)) == Errc::unauthenticated);
  CHECK(rig.roster.check_agent(rig.signed_by(1, stolen), today).error().code ==
        Errc::unauthenticated);
  // Nor does an agent come to be of two, though its key says so itself.
  const auto encoded = rig.signed_by(1, rig.federation.proven_by(0, stolen));
  CHECK(rig.refusal(encoded) == Errc::refused);
  CHECK(rig.roster.check_agent(encoded, today).error().code == Errc::refused);
  CHECK(rig.roster.org_of(rig.id(0)) == "bleu");
  CHECK(rig.roster.agents_of("bleu").size() == 1);
}

TEST_CASE("an agent signs under the certificate that covers the time, or under none") {
  Rig rig;
  auto later = rig.body(0);
  later.not_before = later.not_after;
  later.not_after = later.not_before + month;
  REQUIRE(rig.roster.add(rig.signed_by(0, later)));
  CHECK((*rig.roster.agent_at(rig.id(0), today))->not_before < today);
  CHECK((*rig.roster.agent_at(rig.id(0), later.not_before))->not_before == later.not_before);
  CHECK(rig.roster.agent_at(rig.id(0), today - month).error().code == Errc::expired);
  CHECK(rig.roster.agent_at(rig.id(0), later.not_after).error().code == Errc::expired);
  CHECK(rig.roster.agent_at(rig.unknown().id(), today).error().code == Errc::not_found);
}

TEST_CASE("of an analyst the certificate that lasts longest is kept") {
  Rig rig;
  CHECK_FALSE(rig.roster.analyst("delos", "ana"));
  CHECK(rig.roster.add(rig.signed_by(1, rig.analyst("ana", today + month))).value());
  CHECK(rig.roster.add(rig.signed_by(1, rig.analyst("ana", today + 2 * month))).value());
  CHECK_FALSE(rig.roster.add(rig.signed_by(1, rig.analyst("ana", today + month))).value());
  REQUIRE(rig.roster.analyst("delos", "ana"));
  CHECK(rig.roster.analyst("delos", "ana")->body.not_after == today + 2 * month);
  CHECK_FALSE(rig.roster.analyst("bleu", "ana"));
  REQUIRE(rig.roster.add(rig.signed_by(1, rig.analyst("bob", today + month))));
  CHECK(rig.roster.analysts().size() == 2);
}

TEST_CASE("what a person signed is judged by the certificate of that time") {
  Rig rig;
  auto later = rig.analyst("ana", today + 3 * month);
  later.not_before = today + 2 * month;
  REQUIRE(rig.roster.add(rig.signed_by(1, rig.analyst("ana", today + month))).value());
  REQUIRE(rig.roster.add(rig.signed_by(1, later)).value());
  CHECK(rig.roster.analyst("delos", "ana")->body.not_after == later.not_after);
  const auto at = [&](WallTime time) { return rig.roster.analysts_at("delos", "ana", time); };
  REQUIRE(at(today).size() == 1);
  CHECK(at(today)[0].body.not_after == today + month);
  REQUIRE(at(later.not_before).size() == 1);
  CHECK(at(later.not_before)[0].body.not_after == later.not_after);
  CHECK(at(today + month).empty());
  CHECK(rig.roster.analysts_at("bleu", "ana", today).empty());
  CHECK(rig.roster.analysts().size() == 1);
}

TEST_CASE("who was certified again with another key has both certificates at that time") {
  Rig rig;
  auto again = rig.analyst("ana", today + month);
  again.signing = rig.fresh.public_key();
  REQUIRE(rig.roster.add(rig.signed_by(1, rig.analyst("ana", today + month))).value());
  REQUIRE(rig.roster.add(rig.signed_by(1, tests::proven(again, rig.fresh))).value());
  const auto held = rig.roster.analysts_at("delos", "ana", today);
  REQUIRE(held.size() == 2);
  CHECK(held[1].body.signing == rig.fresh.public_key());
  CHECK(rig.roster.analyst_certificates("delos", "ana").size() == 2);
  CHECK(rig.roster.analyst_certificates("bleu", "ana").empty());
}

TEST_CASE("of a person whose key was revoked the other key counts, however short it lasts") {
  Rig rig;
  auto again = rig.analyst("ana", today + month);
  again.signing = rig.fresh.public_key();
  const auto first = rig.analyst("ana", today + 2 * month);
  REQUIRE(rig.roster.add(rig.signed_by(1, first)).value());
  REQUIRE(rig.roster.revoke({"delos", first.id(), today, "key lost", {}}));
  CHECK(rig.roster.analyst("delos", "ana")->body.id() == first.id());
  REQUIRE(rig.roster.add(rig.signed_by(1, tests::proven(again, rig.fresh))).value());
  CHECK(rig.roster.analyst("delos", "ana")->body.id() == again.id());
  REQUIRE(rig.roster.analysts().size() == 1);
  CHECK(rig.roster.analysts()[0].body.id() == again.id());
}

TEST_CASE("a revoked agent is no recipient, and its revocation counts once") {
  Rig rig;
  const Revocation revocation{"delos", rig.id(1), today, "key lost", {}};
  CHECK(rig.roster.revoke(revocation));
  CHECK_FALSE(rig.roster.revoke(revocation));
  CHECK(rig.roster.is_revoked(rig.id(1)));
  const auto left = rig.roster.agents_of("delos");
  REQUIRE(left.size() == 1);
  CHECK(left[0].id == rig.id(2));
  CHECK(left[0].sealing == rig.federation.agents[2].sealing);
}

TEST_CASE("a handshake passes with a valid agent certificate, and changes nothing") {
  Rig rig;
  const auto good = rig.signed_by(1, rig.unknown());
  REQUIRE(rig.roster.check_agent(good, today));
  CHECK(rig.roster.org_of(rig.unknown().id()).empty());

  const auto code = [&](ByteView encoded, WallTime now) {
    return rig.roster.check_agent(encoded, now).error().code;
  };
  CHECK(code(good, today + 2 * month) == Errc::expired);
  CHECK(code(rig.signed_by(0, rig.unknown()), today) == Errc::unauthenticated);
  CHECK(code(rig.signed_by(1, rig.analyst("ana", today + month)), today) == Errc::refused);
  REQUIRE(rig.roster.revoke({"delos", rig.unknown().id(), today, "", {}}));
  CHECK(code(good, today) == Errc::refused);
}

TEST_CASE("a member fills its own part of the roster and nobody else's") {
  Rig rig;
  const std::size_t held = 2;  // Those of the charter.
  for (std::size_t i = held; i < Roster::member_certificates_max; ++i)
    REQUIRE(rig.roster.add(
        rig.signed_by(1, rig.analyst("a" + std::to_string(i), today + month))));
  CHECK(rig.refusal(rig.signed_by(1, rig.analyst("one-more", today + month))) == Errc::full);
  CHECK(rig.refusal(rig.signed_by(1, rig.unknown())) == Errc::full);
  CHECK(rig.roster.org_of(rig.unknown().id()).empty());
  CHECK(rig.roster.add(rig.signed_by(1, rig.analyst("a9", today + 2 * month))).value());

  auto other = rig.unknown();
  other.org = "bleu";
  other.name = "bleu-9";
  CHECK(rig.roster.add(rig.signed_by(0, tests::proven(other, rig.fresh))).value());
}

TEST_CASE("of several revocations the earliest last good batch of each log counts") {
  Rig rig;
  const LogKey notes{rig.id(1), 5, {}, LogClass::case_}, other{rig.id(1), 6, {}, LogClass::case_};
  const auto word = [&](std::vector<LastGood> good) {
    return Revocation{"delos", rig.id(1), today, "stolen", std::move(good)};
  };
  REQUIRE(rig.roster.revoke(word({{notes, 7, {}}, {other, 3, {}}})));
  CHECK_FALSE(rig.roster.is_news(word({{notes, 9, {}}, {other, 3, {}}})));
  CHECK_FALSE(rig.roster.revoke(word({{notes, 9, {}}, {other, 3, {}}})));
  CHECK(rig.roster.trusted(notes, 7));
  CHECK(rig.roster.revoke(word({{notes, 4, {}}, {other, 8, {}}})));
  CHECK(rig.roster.trusted(notes, 4));
  CHECK_FALSE(rig.roster.trusted(notes, 5));
  CHECK(rig.roster.trusted(other, 3));
  CHECK_FALSE(rig.roster.trusted(other, 4));
  CHECK(rig.roster.trusted(notes, 4, Digest{}));
  CHECK_FALSE(rig.roster.trusted(notes, 4, Digest{{1}}));
  CHECK(rig.roster.trusted(notes, 3, Digest{{1}}));
  CHECK_FALSE(rig.roster.trusted(notes, 5, Digest{}));
  CHECK(rig.roster.revoke(word({{notes, 4, {}}})));
  CHECK_FALSE(rig.roster.trusted(other, 1));
}

TEST_CASE("of a former member that is trusted which the members named, whatever time it claims") {
  Rig rig;
  const LogKey log{rig.id(1), 5, {}, LogClass::case_}, fresh{rig.id(1), 6, {}, LogClass::case_};
  const LogKey foreign{rig.id(0), 5, {}, LogClass::case_};
  const auto last = [](const LogKey& key, std::uint64_t sequence) {
    return *crypto::LastBatch::from(encode_last_good({key, sequence, Digest{{9}}}));
  };
  auto wish = rig.federation.charter.body;
  wish.members.pop_back();
  wish.created = today + month / 2;
  wish.amend = {};
  wish.policies.clear();
  wish.removed = {{"delos", {last(log, 7), last(foreign, 1)}}};
  rig.federation.charter = *crypto::amend_charter(rig.federation.charter, wish);
  rig.roster.renew();
  CHECK(rig.roster.is_former(rig.id(1)));
  CHECK(rig.roster.removed_at(rig.id(1)) == wish.created);
  REQUIRE(rig.roster.end_of(log));
  CHECK(rig.roster.end_of(log)->id == Digest{{9}});
  CHECK(rig.roster.trusted(log, 7));
  CHECK_FALSE(rig.roster.trusted(log, 8));
  CHECK(rig.roster.trusted(log, 7, Digest{{9}}));
  CHECK_FALSE(rig.roster.trusted(log, 7, Digest{{8}}));
  CHECK(rig.roster.trusted(log, 6, Digest{{8}}));
  CHECK_FALSE(rig.roster.trusted(fresh, 1));
  // About a member that stays it says nothing.
  CHECK_FALSE(rig.roster.end_of(foreign));
  CHECK(rig.roster.trusted(foreign, 2));
  CHECK(rig.roster.agents_of("delos").empty());
  CHECK(rig.roster.agent_at(rig.id(1), today));
  CHECK(rig.roster.agent_at(rig.id(1), wish.created).error().code == Errc::expired);
  CHECK(rig.roster.check_agent(rig.federation.agents[1].certificates[0].encoded, today)
            .error()
            .code == Errc::refused);
}
