// Ed25519 and X25519 against published corner cases: the carried ones always, all of them
// where the shared data is.
#include <boost/json.hpp>

#include "crypto/signature.hpp"
#include "tests/catch.hpp"
#include "tests/document_vectors.hpp"
#include "tests/shared_data.hpp"
#include "tests/vector_file.hpp"

using namespace tocsin;
using namespace tocsin::crypto;
using tests::column_bytes;

namespace {

bool accepted(const std::string& key, ByteView message, const std::string& signature) {
  const auto public_key = PublicKey::from(column_bytes(key));
  const auto bytes = SignatureBytes::from(column_bytes(signature));
  return public_key && bytes && verify_bare(message, *public_key, *bytes);
}

/// The flags of corner cases that do no harm, as the decision record lists them.
std::vector<std::string> harmless_flags() {
  std::istringstream in(
      tests::document_text("decisions/0001-ed25519-rule.md", "accepted-flags"));
  std::vector<std::string> out;
  for (std::string flag; in >> flag;) out.push_back(flag);
  return out;
}

bool rule_accepts(const std::vector<std::string>& flags) {
  static const auto harmless = harmless_flags();
  return std::all_of(flags.begin(), flags.end(), [](const std::string& flag) {
    return std::find(harmless.begin(), harmless.end(), flag) != harmless.end();
  });
}

std::vector<std::string> split(const std::string& text) {
  std::vector<std::string> out;
  std::istringstream in(text == "-" ? "" : text);
  for (std::string part; std::getline(in, part, ',');) out.push_back(part);
  return out;
}

void check_agreement(const std::string& number, const std::string& other,
                     const std::string& secret, const std::string& shared) {
  INFO("case " << number);
  const auto key = ExchangeKey::from_secret(column_bytes(secret));
  REQUIRE(key);
  const auto expected = Digest::from(column_bytes(shared));
  const auto agreed = key->agree(*PublicKey::from(column_bytes(other)));
  REQUIRE(agreed.has_value() == !expected->is_zero());
  if (agreed) REQUIRE(*agreed == *expected);
}

boost::json::value shared_json(const char* file) {
  return boost::json::parse(tests::read_text(tests::shared_data() / file));
}

std::string text_at(const boost::json::value& value, const char* key) {
  return std::string(value.at(key).as_string());
}

}  // namespace

TEST_CASE("Ed25519 accepts and refuses as Wycheproof expects") {
  for (const auto& one : tests::read_vectors("ed25519_wycheproof.txt", 5)) {
    INFO("case " << one[0]);
    CHECK(accepted(one[2], column_bytes(one[3]), one[4]) == (one[1] == "valid"));
  }
}

TEST_CASE("Ed25519 corner cases are accepted exactly where the decision record says") {
  for (const auto& one : tests::read_vectors("ed25519_cctv.txt", 5)) {
    INFO("case " << one[0]);
    auto message = one[3];
    std::replace(message.begin(), message.end(), '_', ' ');
    CHECK(accepted(one[2], bytes_of(message), one[4]) == rule_accepts(split(one[1])));
  }
}

TEST_CASE("X25519 agrees as Wycheproof expects, and never on zero") {
  for (const auto& one : tests::read_vectors("x25519_wycheproof.txt", 5))
    check_agreement(one[0], one[2], one[3], one[4]);
}

TEST_CASE("Ed25519 follows all of Wycheproof") {
  TOCSIN_NEEDS_DATA("wycheproof");
  const auto file = shared_json("wycheproof/ed25519_test.json");
  for (const auto& group : file.at("testGroups").as_array())
    for (const auto& one : group.at("tests").as_array()) {
      INFO("case " << one.at("tcId").as_int64());
      CHECK(accepted(text_at(group.at("publicKey"), "pk"),
                     column_bytes(text_at(one, "msg")),
                     text_at(one, "sig")) == (text_at(one, "result") == "valid"));
    }
}

TEST_CASE("Ed25519 accepts of all corner cases as many as the decision record counts") {
  TOCSIN_NEEDS_DATA("cctv-ed25519");
  std::size_t count = 0;
  const auto file = shared_json("cctv-ed25519/ed25519vectors.json");
  for (const auto& one : file.as_array()) {
    INFO("case " << one.at("number").as_int64());
    std::vector<std::string> flags;
    if (const auto* list = one.at("flags").if_array())
      for (const auto& flag : *list) flags.emplace_back(flag.as_string());
    const auto message = text_at(one, "msg");
    const bool good =
        accepted(text_at(one, "key"), bytes_of(message), text_at(one, "sig"));
    CHECK(good == rule_accepts(flags));
    count += good;
  }
  CHECK(fmt::format("{} of {}", count, file.as_array().size()) ==
        tests::document_text("decisions/0001-ed25519-rule.md", "accepted-count"));
}

TEST_CASE("X25519 follows all of Wycheproof") {
  TOCSIN_NEEDS_DATA("wycheproof");
  const auto file = shared_json("wycheproof/x25519_test.json");
  for (const auto& group : file.at("testGroups").as_array())
    for (const auto& one : group.at("tests").as_array())
      check_agreement(std::to_string(one.at("tcId").as_int64()), text_at(one, "public"),
                      text_at(one, "private"), text_at(one, "shared"));
}
