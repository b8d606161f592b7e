#include "agents/home/person.hpp"

#include "tests/agents/home/locked.hpp"

using namespace tocsin;
using namespace tocsin::agents;
using tests::code;
using tests::Homes;
using tests::says;

namespace {

const Path keys = "/keys";

struct Rig : Homes {
  Rig() { agree({"bleu", "delos"}); }
  Result<crypto::Certificate> make(const std::string& name, const std::string& org = "bleu",
                                   std::uint8_t roles = 3) {
    return make_person(disk, entropy, open(org),
                       {.name = name, .roles = roles, .keys = keys, .root_folder = root(org),
                        .passphrase = {}},
                       now());
  }
  Result<Person> person(std::string_view name, const std::string& org = "bleu") {
    return open_person(disk, open(org), keys, name, {});
  }
  void damage(const Path& file) {
    auto bytes = disk.read(file, key_file_bytes_max).value();
    bytes.back() ^= 1;
    REQUIRE(disk.write_atomic(file, bytes, mesh::FileMode::secret));
  }
};

}  // namespace

TEST_CASE("a person has keys of its own and a certificate in the home") {
  Rig rig;
  const auto made = rig.make("ana");
  REQUIRE(made);
  CHECK(made->body.org == "bleu");
  CHECK(made->body.roles == 3);
  CHECK(made->valid_at(rig.now()));
  const auto person = rig.person("ana");
  REQUIRE(person);
  CHECK(person->name() == "ana");
  CHECK(person->signing.public_key() == made->body.signing);
  const auto known = read_analysts(rig.disk, rig.open("bleu"));
  REQUIRE(known);
  REQUIRE(known->size() == 1);
  CHECK(known->front().encoded == made->encoded);
}

TEST_CASE("a person is not made twice, without a role, or under a bad name or another's root") {
  Rig rig;
  REQUIRE(rig.make("ana"));
  CHECK(code(rig.make("ana")) == "duplicate");
  CHECK(code(rig.make("bob", "bleu", 0)) == "usage");
  CHECK(code(rig.make("Not A Name")) == "usage");
  const auto with_root = [&](const Path& root) {
    return code(make_person(rig.disk, rig.entropy, rig.open("bleu"),
                            {.name = "bob", .roles = 1, .keys = keys, .root_folder = root,
                             .passphrase = {}},
                            rig.now()));
  };
  CHECK(with_root(rig.root("delos")) == "refused");
  CHECK(with_root("/nowhere") == "not_found");
  CHECK(read_analysts(rig.disk, rig.open("bleu"))->size() == 1);

  Homes alone;
  alone.found("bleu");
  CHECK(code(make_person(alone.disk, alone.entropy, alone.open("bleu"),
                         {.name = "ana", .roles = 1, .keys = keys,
                          .root_folder = alone.root("bleu"), .passphrase = {}},
                         alone.now())) == "not_found");
}

TEST_CASE("the only person of a home needs no name, of several one must be named") {
  Rig rig;
  CHECK(code(rig.person("")) == "not_found");
  REQUIRE(rig.make("bob"));
  REQUIRE(rig.make("dirk", "delos"));
  CHECK(rig.person("")->name() == "bob");
  REQUIRE(rig.make("ana"));
  CHECK(persons_in(rig.disk, rig.open("bleu"), keys) == std::vector<std::string>{"ana", "bob"});
  const auto which = rig.person("");
  CHECK(code(which) == "usage");
  CHECK(which.error().hint.find("ana, bob") != std::string::npos);
  CHECK(persons_in(rig.disk, rig.open("bleu"), "/nowhere").empty());
}

TEST_CASE("a person of another organisation, an unknown one, or one with swapped keys is refused") {
  Rig rig;
  REQUIRE(rig.make("ana"));
  REQUIRE(rig.make("bob"));
  CHECK(code(rig.person("ana", "delos")) == "refused");
  CHECK(code(rig.person("carl")) == "refused");
  CHECK(code(rig.person("Not A Name")) == "usage");
  const auto foreign = rig.disk.read(keys / "bob.key", key_file_bytes_max).value();
  REQUIRE(rig.disk.write_atomic(keys / "ana.key", foreign, mesh::FileMode::secret));
  CHECK(code(rig.person("ana")) == "refused");
  const auto certificate = rig.disk.read(keys / "bob.cert", key_file_bytes_max).value();
  REQUIRE(rig.disk.write_atomic(keys / "ana.cert", certificate, mesh::FileMode::shared));
  CHECK(says(rig.person("ana"), "names bob"));
}

TEST_CASE("a damaged certificate is refused, in the key folder and in the home") {
  Rig rig;
  REQUIRE(rig.make("ana"));
  rig.damage(keys / "ana.cert");
  CHECK(code(rig.person("ana")) == "refused");
  const auto file = rig.open("bleu").at.analyst("ana");
  rig.damage(file);
  CHECK(code(read_analysts(rig.disk, rig.open("bleu"))) == "unauthenticated");
  CHECK(says(read_analysts(rig.disk, rig.open("bleu")), file.string()));
}

TEST_CASE("the keys of a person with a passphrase open with it and with no other") {
  Rig rig;
  const auto made = rig.make("ana").value();
  const auto person = rig.person("ana").value();
  crypto::KeyRing ring;
  ring.put("signing", person.signing.seed());
  ring.put("sealing", person.sealing.secret());
  tests::write_locked(rig, keys / "ana.key", ring, "correct horse");
  const auto with = [&](Passphrase passphrase) {
    return code(open_person(rig.disk, rig.open("bleu"), keys, "ana", passphrase));
  };
  CHECK(with({}) == "unauthenticated");
  CHECK(with("battery") == "unauthenticated");
  CHECK(with("correct horse") == "none");
}

TEST_CASE("a signed order is the person's, and no two are the same") {
  Rig rig;
  REQUIRE(rig.make("ana"));
  const auto person = rig.person("ana").value();
  const auto federation = rig.open("bleu").charter->federation;
  const std::map<std::string, std::string> arguments{{"incident", "i-1"}};
  const auto sign = [&] {
    return sign_order(person, federation, "incident.close", arguments, rig.now(), rig.entropy)
        .value();
  };
  const auto first = sign(), second = sign();
  CHECK(first.body != second.body);
  const auto checked = check_order(first.body, first.signature,
                                   {person.certificate, federation, "incident.close", arguments,
                                    rig.now()});
  REQUIRE(checked);
  CHECK(checked->analyst == "ana");
  CHECK(code(sign_order(person, federation, std::string(300, 'v'), {}, rig.now(),
                        rig.entropy)) == "too_large");
}

TEST_CASE("what is sealed for a person opens for that person in that federation only") {
  Rig rig;
  REQUIRE(rig.make("ana"));
  REQUIRE(rig.make("bob"));
  const auto ana = rig.person("ana").value(), bob = rig.person("bob").value();
  const auto federation = rig.open("bleu").charter->federation;
  const auto box = seal_for_person(ana.certificate.body, federation, "for your eyes", rig.entropy);
  CHECK(open_for_person(ana, federation, box).value() == "for your eyes");
  CHECK(code(open_for_person(bob, federation, box)) == "unauthenticated");
  CHECK(code(open_for_person(ana, {}, box)) == "unauthenticated");
}
