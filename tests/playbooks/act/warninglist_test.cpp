#include "playbooks/act/warninglist.hpp"

#include "tests/catch.hpp"

namespace tocsin::playbooks {
namespace {

std::string hit(const Warninglist& list, std::string_view value) {
  const auto found = list.find(*block_target(value));
  return found ? found->entry + (found->below ? " below" : "") : "-";
}

}  // namespace

TEST_CASE("a hostname list holds a name, what is below it and what is above it") {
  const auto list = Warninglist::read(
      "cloud", R"({"type":"hostname","list":["cloud.example.net",".Shared.example.org"]})");
  REQUIRE(list);
  CHECK(hit(*list, "cloud.example.net") == "cloud.example.net");
  CHECK(hit(*list, "c2.cloud.example.net") == "cloud.example.net below");
  CHECK(hit(*list, "example.net") == "cloud.example.net");
  CHECK(hit(*list, "evilcloud.example.net") == "-");
  CHECK(hit(*list, "a.shared.example.org") == "shared.example.org below");
  CHECK(hit(*list, "https://x.cloud.example.net/a") == "cloud.example.net below");
  CHECK(hit(*list, "192.0.2.1") == "-");
}

TEST_CASE("string lists match equal values, substring lists parts, cidr lists overlap") {
  const auto text = Warninglist::read("t", R"({"type":"string","list":["Example.net"]})");
  const auto part = Warninglist::read("p", R"({"type":"substring","list":["azure"]})");
  const auto net = Warninglist::read("n", R"({"type":"cidr","list":["192.0.2.0/24","bad",7]})");
  REQUIRE(text);
  REQUIRE(part);
  REQUIRE(net);
  CHECK(hit(*text, "example.net") == "example.net");
  CHECK(hit(*text, "a.example.net") == "-");
  CHECK(hit(*part, "x.azureedge.example") == "azure");
  CHECK(hit(*net, "192.0.2.9") == "192.0.2.0/24");
  CHECK(hit(*net, "http://192.0.2.9/x") == "192.0.2.0/24");
  CHECK(net->entries() == 1);
  CHECK(net->rejected() == 2);
}

TEST_CASE("a list that cannot be used is refused by name") {
  const auto regex = Warninglist::read("phones", R"({"type":"regex","list":["(a+)+"]})");
  REQUIRE_FALSE(regex);
  CHECK(regex.error().code == Errc::unsupported);
  CHECK(regex.error().message.find("phones") != std::string::npos);
  CHECK_FALSE(Warninglist::read("x", "[]"));
  CHECK_FALSE(Warninglist::read("x", "{"));
  CHECK_FALSE(Warninglist::read("x", R"({"type":"cidr"})"));
}

}  // namespace tocsin::playbooks
