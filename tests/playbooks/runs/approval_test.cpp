#include "playbooks/runs/approval.hpp"

#include "tests/playbooks/runs/two_operators.hpp"

namespace tocsin::tests {

TEST_CASE("signed bodies read back what was written and nothing shorter") {
  ApprovalBody approval{{}, "step", {}, {"192.0.2.7"}, {5}, Decision::reject, "delos", "anna",
                        {6}, "no"};
  const auto bytes = encode_approval_body(approval);
  const auto back = decode_approval_body(bytes);
  REQUIRE(back);
  CHECK(back->targets == approval.targets);
  CHECK(back->decision == Decision::reject);
  CHECK(back->why == "no");
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(decode_approval_body(ByteView(bytes).first(size)));

  const OrderBody order{OrderKind::done, {}, "step", "delos", "anna", {6}, "ok", {{"__a__", "1"}}};
  const auto order_back = decode_order_body(encode_order_body(order));
  REQUIRE(order_back);
  CHECK(order_back->outputs == order.outputs);
  CHECK_FALSE(decode_order_body(bytes));
}

TEST_CASE("terms agree only when every part of them does") {
  StandingBody body{{}, "block", {mesh::IndicatorType::ipv4}, 50, 10, {1}, {2},
                    Trigger::indicator, "delos", "anna"};
  auto other = body;
  other.org = "bleu";
  other.analyst = "luc";
  CHECK(terms_digest(body) == terms_digest(other));
  other.count = 11;
  CHECK(terms_digest(body) != terms_digest(other));
  const auto back = decode_standing_body(encode_standing_body(body));
  REQUIRE(back);
  CHECK(terms_digest(*back) == terms_digest(body));
}

TEST_CASE("terms with a class longer than what is written of it are refused") {
  const StandingBody body{{}, "block", {mesh::IndicatorType::ipv4}, 50, 10, {1}, {2},
                          Trigger::none, "delos", "anna"};
  auto bytes = encode_standing_body(body);
  // Written, it would be cut, and share the digest of other terms.
  const std::size_t length_at = 1 + Digest::size;
  REQUIRE(bytes[length_at] == 5);
  bytes.insert(bytes.begin() + std::ptrdiff_t(length_at) + 1, 28, std::uint8_t('x'));
  bytes[length_at] = 33;
  CHECK_FALSE(decode_standing_body(bytes));
  bytes.erase(bytes.begin() + std::ptrdiff_t(length_at) + 1);
  bytes[length_at] = 32;
  CHECK(decode_standing_body(bytes));
}

TEST_CASE("only the named person with the role, in time, signs") {
  TwoOperators world;
  ApprovalBody body{{}, "s", {}, {}, world.now, Decision::approve, "delos", "anna", world.now, {}};
  const auto signed_body = world.sign(encode_approval_body(body), "delos/anna");
  auto certificate = world.people.at("delos/anna").certificate;
  CHECK(verify_approval(signed_body, certificate, world.federation));

  auto without_role = certificate;
  without_role.roles = std::uint8_t(crypto::AnalystRole::analyst);
  CHECK(verify_approval(signed_body, without_role, world.federation).error().code ==
        Errc::refused);
  auto agent = certificate;
  agent.kind = crypto::CertificateKind::agent;
  CHECK_FALSE(verify_approval(signed_body, agent, world.federation));
  auto ended = certificate;
  ended.not_after = world.now;
  CHECK(verify_approval(signed_body, ended, world.federation).error().code == Errc::expired);
  CHECK_FALSE(verify_approval(signed_body, world.people.at("bleu/luc").certificate,
                              world.federation));
  const auto other_label =
      world.sign(encode_approval_body(body), "delos/anna", crypto::Label::order);
  CHECK_FALSE(verify_approval(other_label, certificate, world.federation));
}

}  // namespace tocsin::tests
