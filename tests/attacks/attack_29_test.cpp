// Attack 29: a bundle that is stale, partial, doubled, damaged or meant for somebody else does no
// harm.
#include "mesh/sync/revocation.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/bundle_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

struct Smuggled : BundleRig {
  Smuggled() : BundleRig({{"bleu"}, {"bsi", crypto::OrgRole::authority}, {"delos"}}) {}
  Bytes bytes(std::string name = "bundle") {
    return *real.world().disk.read(file(std::move(name)), 1 << 24);
  }
  void put(ByteView content, std::string name = "bundle") {
    REQUIRE(real.world().disk.write_atomic(file(std::move(name)), content, FileMode::shared));
  }
  std::uint64_t held() { return store(0).ordinals(); }
};

constexpr std::size_t bleu = 0, bsi = 1, delos = 2;

}  // namespace

TEST_CASE("attack 29: a bundle imported twice stores once, and says so") {
  Smuggled rig;
  for (int i = 0; i < 5; ++i)
    rig.say(delos, Tlp::green, everybody, "note " + std::to_string(i));
  REQUIRE(rig.send(delos, {{}, "bleu", {}, {}, false}));
  const auto first = rig.take(bleu), second = rig.take(bleu);
  REQUIRE(first);
  REQUIRE(second);
  CHECK(first->records == 5);
  CHECK(second->records == 0);
  CHECK(second->duplicates == 5);
  CHECK(rig.held() == 5);
}

TEST_CASE("attack 29: an old bundle after a new one changes nothing") {
  Smuggled rig;
  rig.say(delos, Tlp::green, everybody, "old");
  REQUIRE(rig.send(delos, {rig.file("old"), "bleu", {}, {}, false}));
  rig.say(delos, Tlp::green, everybody, "new");
  REQUIRE(rig.send(delos, {rig.file("new"), "bleu", {}, {}, false}));
  REQUIRE(rig.take(bleu, "new"));
  const auto heads = rig.node(bleu).heads_digest();
  const auto stale = rig.take(bleu, "old");
  REQUIRE(stale);
  CHECK(stale->records == 0);
  CHECK(stale->refused.empty());
  CHECK(rig.node(bleu).heads_digest() == heads);
}

TEST_CASE("attack 29: bundles in the wrong order leave a gap that is told, then filled") {
  Smuggled rig;
  rig.say(delos, Tlp::green, everybody, "one");
  REQUIRE(rig.send(delos, {rig.file("first"), "bleu", {}, {}, false}));
  rig.real.complete(mesh::sleep(rig.real.world().loop, std::chrono::milliseconds(2)));
  const auto since = rig.real.world().clock.wall();
  rig.say(delos, Tlp::green, everybody, "two");
  REQUIRE(rig.send(delos, {rig.file("second"), "bleu", {}, since, false}));
  const auto late = rig.take(bleu, "second");
  REQUIRE(late);
  REQUIRE(late->gaps.size() == 1);
  CHECK(late->gaps[0].range == SequenceRange{1, 1});
  CHECK(rig.notes(bleu).has("two"));
  const auto filled = rig.take(bleu, "first");
  REQUIRE(filled);
  CHECK(filled->gaps.empty());
  CHECK(rig.notes(bleu).has("one"));
}

TEST_CASE("attack 29: of a bundle that was cut short or altered nothing at all is stored") {
  Smuggled rig;
  for (int i = 0; i < 3; ++i)
    rig.say(delos, Tlp::green, everybody, "note " + std::to_string(i));
  REQUIRE(rig.send(delos, {{}, "bleu", {}, {}, false}));
  const auto whole = rig.bytes();
  const auto refused = [&](const Bytes& content) {
    rig.put(content);
    const auto taken = rig.take(bleu);
    return !taken && rig.held() == 0 && rig.notes(bleu).verified.empty();
  };
  for (std::size_t n = 0; n < whole.size(); n += 37)
    CHECK(refused({whole.begin(), whole.begin() + std::ptrdiff_t(n)}));
  for (std::size_t at = 0; at < whole.size(); at += 41) {
    auto altered = whole;
    altered[at] ^= 0x10;
    CHECK(refused(altered));
  }
  auto longer = whole;
  longer.insert(longer.end(), whole.begin(), whole.end());
  CHECK(refused(longer));
  rig.put(whole);
  CHECK(rig.take(bleu)->records == 3);
}

TEST_CASE("attack 29: nobody but the recipient opens a bundle") {
  Smuggled rig;
  rig.say(delos, Tlp::green, everybody, "for bleu");
  REQUIRE(rig.send(delos, {{}, "bleu", {}, {}, false}));
  CHECK(rig.take(bsi).error().code == Errc::refused);
  CHECK(rig.take(delos).error().code == Errc::refused);
  const auto content = text_of(rig.bytes());
  CHECK(content.find("for bleu") == std::string_view::npos);
}

TEST_CASE("attack 29: a bundle that somebody else made in a member's name is refused") {
  Smuggled rig;
  const auto made_by = [&](std::size_t who) {
    BundleHeader header;
    header.federation = rig.federation.charter.federation;
    header.created = rig.real.world().clock.wall();
    header.to = "bleu";
    header.certificate = rig.federation.agents[delos].certificates.front().encoded;
    const auto writer = BundleWriter::begin(
        header, {{rig.federation.agents[bleu].id, rig.federation.options(bleu).sealing.public_key()}},
        rig.federation.options(who).signing, rig.real.world().entropy);
    rig.put(writer.value().head());
    return rig.take(bleu);
  };
  CHECK(made_by(bsi).error().code == Errc::unauthenticated);
  CHECK(made_by(delos));
}

TEST_CASE("attack 29: an agent that is revoked hands over no bundles") {
  Smuggled rig;
  rig.say(delos, Tlp::green, everybody, "from the thief");
  REQUIRE(rig.send(delos, {{}, "bleu", {}, {}, false}));
  const auto now = rig.real.world().clock.wall();
  const Marking green{Tlp::green, Pap::green};
  const Revocation lost{"delos", rig.federation.agents[delos].id, now, "stolen", {}};
  const auto record =
      encode_revocation({RecordKind::revocation, green, now, rig.node(bleu).author()}, lost,
                        rig.federation.root(delos), rig.federation.charter.federation);
  REQUIRE(rig.publish(bleu, {{RecordKind::revocation, green, everybody, LogClass::control, record}}));
  const auto before = rig.held();
  CHECK(rig.take(bleu).error().code == Errc::refused);
  CHECK(rig.held() == before);
}
