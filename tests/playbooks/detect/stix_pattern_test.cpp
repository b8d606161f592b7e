#include "playbooks/detect/stix_pattern.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::playbooks;

namespace {
std::vector<std::string> parts(std::string_view pattern) {
  const auto all = stix_equalities(pattern);
  if (!all) return {"none"};
  std::vector<std::string> out;
  for (const auto& one : *all) {
    const auto value = value_of(one);
    if (!value) return {"unknown " + one.path};
    out.push_back(*value ? std::string(mesh::name_of((*value)->type)) + " " + (*value)->value
                         : "bad");
  }
  return out;
}
using Parts = std::vector<std::string>;
}  // namespace

TEST_CASE("common equalities come out of their patterns") {
  CHECK(parts("[domain-name:value = 'Evil.Example']") == Parts{"domain evil.example"});
  CHECK(parts("[ ipv4-addr:value = '203.0.113.7' ]") == Parts{"ipv4 203.0.113.7"});
  CHECK(parts("[ipv4-addr:value = '203.0.113.7/32']") == Parts{"ipv4 203.0.113.7"});
  CHECK(parts("[ipv4-addr:value = '203.0.113.7/24']") == Parts{"cidr 203.0.113.0/24"});
  CHECK(parts("[ipv6-addr:value ISSUBSET '2001:db8::/32']") == Parts{"cidr 2001:db8::/32"});
  CHECK(parts("[file:hashes.'SHA-256' = '" + std::string(64, 'A') + "']") ==
        Parts{"sha256 " + std::string(64, 'a')});
  CHECK(parts("[file:hashes.md5 = '" + std::string(32, 'A') + "']") ==
        Parts{"md5 " + std::string(32, 'a')});
  CHECK(parts("[email-message:from_ref.value = 'M@evil.example']") ==
        Parts{"email m@evil.example"});
  CHECK(parts("[url:value = 'http://e.example/a\\'b' OR url:value='http://f.example/']") ==
        Parts{"url http://e.example/a'b", "url http://f.example/"});
  CHECK(parts("[domain-name:value IN ('a.example', 'b.example')]") ==
        Parts{"domain a.example", "domain b.example"});
  CHECK(parts("[domain-name:value = 'a.example'] OR [ipv4-addr:value = '203.0.113.7']") ==
        Parts{"domain a.example", "ipv4 203.0.113.7"});
  CHECK(parts("[network-traffic:dst_ref.type = 'domain-name' AND network-traffic:dst_ref.value = "
              "'a.example']") == Parts{"domain a.example"});
  CHECK(parts("[domain-name:value = 'not a domain']") == Parts{"bad"});
}

TEST_CASE("a pattern that says more is left whole") {
  for (const auto* pattern :
       {"[domain-name:value = 'a.example' AND url:value = 'http://b.example/']",
        "[domain-name:value != 'a.example']", "[domain-name:value MATCHES 'a.*']",
        "[domain-name:value = 'a.example'] AND [domain-name:value = 'b.example']",
        "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
        "[domain-name:value = 'a.example'] WITHIN 5 SECONDS",
        "[(domain-name:value = 'a.example')]", "[domain-name:value NOT = 'a.example']",
        "[file:size = 4]", "", "[", "[]", "[domain-name:value = 'a.example'",
        "[domain-name:value = 'a.example]"}) {
    INFO(pattern);
    CHECK(parts(pattern) == Parts{"none"});
  }
  CHECK(parts("[file:name = 'a.exe']") == Parts{"unknown file:name"});
  CHECK(parts("[file:hashes.'SHA-512' = 'x']") == Parts{"unknown file:hashes.SHA-512"});
}
