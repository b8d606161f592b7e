#include "agents/home/dialled.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("an address of every interface and a port to be chosen are not dialled") {
  for (const auto* listen : {"0.0.0.0:7440", "[::]:7440", "192.0.2.1:0", ""}) {
    INFO(listen);
    CHECK(dialable(listen).empty());
    CHECK(check_dialled(listen).error().code == Errc::invalid);
  }
  for (const auto* listen : {"192.0.2.1:7440", "[2001:db8::1]:7440", "agent.example:7440"}) {
    INFO(listen);
    CHECK(dialable(listen) == listen);
    CHECK(check_dialled(listen));
  }
  CHECK_FALSE(check_dialled("no port"));
}
