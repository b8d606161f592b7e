#include "agents/home/secrets.hpp"

#include "tests/agents/home/locked.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

crypto::SecretKey key(std::uint8_t n) {
  crypto::SecretKey out;
  out.data.fill(n);
  return out;
}

struct Rig : Homes {
  Layout at{"/home"};
  void install(const std::string& peer, std::uint8_t n) {
    REQUIRE(install_secret(disk, at, {peer, key(n), {}}, {}, entropy));
  }
  crypto::PairSecrets with(const std::string& peer) {
    const auto all = read_secrets(disk, at, {}).value();
    for (const auto& pair : all)
      if (pair.peer_org == peer) return pair;
    FAIL("no secret with " << peer);
    return {};
  }
};

}  // namespace

TEST_CASE("a secret's file is read back, and no other file is taken for one") {
  const SharedSecretFile file{"bleu", "delos", key(7)};
  const auto text = write_secret_file(file);
  const auto read = read_secret_file(text);
  REQUIRE(read);
  CHECK(read->from == "bleu");
  CHECK(read->to == "delos");
  CHECK(read->secret == key(7));
  const auto with = [&](std::string_view from, std::string_view to) {
    auto out = text;
    out.replace(out.find(from), from.size(), to);
    return read_secret_file(out);
  };
  CHECK(code(read_secret_file("")) == "invalid");
  CHECK(code(read_secret_file("[1]")) == "invalid");
  CHECK(code(with("psk", "invitation")) == "invalid");
  CHECK(says(with("bleu", "Not A Name"), "from"));
  CHECK(says(with("delos", ""), "to"));
  CHECK(says(with("BwcH", ""), "secret"));
  CHECK(says(with("BwcH", "????"), "secret"));
}

TEST_CASE("a first secret is current, a second is next, and a third moves them up") {
  Rig rig;
  CHECK(read_secrets(rig.disk, rig.at, {})->empty());
  rig.install("delos", 1);
  CHECK(rig.with("delos").current == key(1));
  CHECK_FALSE(rig.with("delos").next);
  rig.install("delos", 2);
  CHECK(rig.with("delos").current == key(1));
  CHECK(rig.with("delos").next == key(2));
  rig.install("delos", 3);
  CHECK(rig.with("delos").current == key(2));
  CHECK(rig.with("delos").next == key(3));
}

TEST_CASE("a secret that is there already changes nothing") {
  Rig rig;
  rig.install("delos", 1);
  rig.install("delos", 2);
  rig.install("delos", 1);
  rig.install("delos", 2);
  CHECK(rig.with("delos").current == key(1));
  CHECK(rig.with("delos").next == key(2));
}

TEST_CASE("each pair has its own secret") {
  Rig rig;
  rig.install("delos", 1);
  rig.install("acme", 2);
  CHECK(rig.with("delos").current == key(1));
  CHECK(rig.with("acme").current == key(2));
}

TEST_CASE("a damaged secret is refused by the name of its file, also when one is to follow it") {
  Rig rig;
  rig.install("acme", 1);
  rig.install("delos", 1);
  auto bytes = rig.disk.read(rig.at.secret("delos"), key_file_bytes_max).value();
  bytes.resize(bytes.size() - 1);
  REQUIRE(rig.disk.write_atomic(rig.at.secret("delos"), bytes, mesh::FileMode::secret));
  CHECK(says(read_secrets(rig.disk, rig.at, {}), rig.at.secret("delos").string()));
  CHECK(says(install_secret(rig.disk, rig.at, {"delos", key(2), {}}, {}, rig.entropy),
             rig.at.secret("delos").string()));
}

TEST_CASE("a secret of the wrong size is refused by the name of its file") {
  Rig rig;
  rig.install("delos", 1);
  crypto::KeyRing ring;
  ring.put("current", Bytes(31, 1));
  REQUIRE(rig.disk.write_atomic(rig.at.secret("delos"), ring.lock({}, rig.entropy),
                                mesh::FileMode::secret));
  const auto read = read_secrets(rig.disk, rig.at, {});
  CHECK(code(read) == "invalid");
  CHECK(says(read, rig.at.secret("delos").string()));
}

TEST_CASE("a secret under a passphrase opens with it and with no other") {
  Rig rig;
  rig.install("delos", 9);
  crypto::KeyRing ring;
  ring.put("current", key(1).view());
  tests::write_locked(rig, rig.at.secret("delos"), ring, "correct horse");
  CHECK(code(read_secrets(rig.disk, rig.at, {})) == "unauthenticated");
  CHECK(read_secrets(rig.disk, rig.at, "correct horse")->at(0).current == key(1));
  CHECK(code(install_secret(rig.disk, rig.at, {"delos", key(2), {}}, "battery", rig.entropy)) ==
        "unauthenticated");
}

TEST_CASE("a next secret is promoted once, and the old one is gone") {
  Rig rig;
  CHECK(code(promote_secret(rig.disk, rig.at, "delos", {}, rig.entropy)) == "not_found");
  rig.install("delos", 1);
  CHECK(says(promote_secret(rig.disk, rig.at, "delos", {}, rig.entropy), "no next secret"));
  rig.install("delos", 2);
  CHECK(read_secret(rig.disk, rig.at, "delos", {})->next == key(2));
  const auto promoted = promote_secret(rig.disk, rig.at, "delos", {}, rig.entropy);
  REQUIRE(promoted);
  CHECK(promoted->current == key(2));
  CHECK(rig.with("delos").current == key(2));
  CHECK_FALSE(rig.with("delos").next);
}
