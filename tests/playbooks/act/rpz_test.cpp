#include "playbooks/act/rpz.hpp"

#include "tests/catch.hpp"
#include "tests/memory_world.hpp"

namespace tocsin::playbooks {

TEST_CASE("address triggers are written with their labels reversed") {
  CHECK(*rpz_ip_owner("192.0.2.7") == "32.7.2.0.192.rpz-ip");
  CHECK(*rpz_ip_owner("192.0.2.0/24") == "24.0.2.0.192.rpz-ip");
  CHECK(*rpz_ip_owner("2001:db8::1") == "128.1.zz.db8.2001.rpz-ip");
  CHECK(*rpz_ip_owner("2001:db8::/32") == "32.zz.db8.2001.rpz-ip");
  CHECK(*rpz_ip_owner("::1") == "128.1.zz.rpz-ip");
  CHECK_FALSE(rpz_ip_owner("x"));
}

TEST_CASE("the zone names exactly what is blocked and its serial only grows") {
  tests::MemoryDisk disk;
  EffectOrder effect{{}, *block_target("c2.cloud.example"), {}, {}};
  effect.id.data.fill(1);
  std::uint32_t serial = 0;
  {
    auto rpz = Rpz::open(disk, {"zone"});
    REQUIRE(rpz);
    serial = (*rpz)->serial();
    REQUIRE((*rpz)->do_effect(effect));
    CHECK((*rpz)->serial() > serial);
    serial = (*rpz)->serial();
    CHECK((*rpz)->content().find("\nc2.cloud.example CNAME .\n") != std::string::npos);
    CHECK((*rpz)->content().find('*') == std::string::npos);
    CHECK((*rpz)->breadth(mesh::IndicatorType::domain) == Breadth::exact_name);
    CHECK((*rpz)->breadth(mesh::IndicatorType::ipv4) == Breadth::broad);
  }
  auto rpz = Rpz::open(disk, {"zone", "rpz.tocsin", true});
  REQUIRE(rpz);
  CHECK((*rpz)->serial() > serial);
  CHECK((*rpz)->content().find("\n*.c2.cloud.example CNAME .\n") != std::string::npos);
  CHECK((*rpz)->breadth(mesh::IndicatorType::domain) == Breadth::broad);
  REQUIRE((*rpz)->undo(effect.id));
  CHECK((*rpz)->content().find("c2.cloud") == std::string::npos);
  CHECK_FALSE(Rpz::open(disk, {"zone2", "not a zone"}));
}

}  // namespace tocsin::playbooks
