#include "agents/home/exit_code.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::agents;

TEST_CASE("every error code has an exit code of the contract") {
  for (int code = 0; code <= int(Errc::corrupt); ++code) {
    const int exit = exit_code_of(Errc(code));
    CHECK(exit >= 1);
    CHECK(exit <= 5);
    CHECK(exit != 3);  // Partly done is no error.
  }
  CHECK(exit_code_of(Errc::usage) == 2);
  CHECK(exit_code_of(Errc::not_found) == 1);
  CHECK(exit_code_of(Errc::marking) == 4);
  CHECK(exit_code_of(Errc::unauthenticated) == 4);
  CHECK(exit_code_of(Errc::unreachable) == 5);
}
