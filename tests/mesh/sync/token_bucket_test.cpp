#include "mesh/sync/token_bucket.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("a bucket gives its burst at once, then its rate, and never saves up more") {
  TokenBucket bucket({10, 5});
  Instant now{1h};
  for (int i = 0; i < 5; ++i) CHECK(bucket.take(1, now));
  CHECK_FALSE(bucket.take(1, now));
  now = now + 100ms;
  CHECK(bucket.take(1, now));
  CHECK_FALSE(bucket.take(1, now));
  now = now + 1h;
  CHECK(bucket.full(now));
  CHECK_FALSE(bucket.take(6, now));
  CHECK(bucket.take(5, now));
  CHECK_FALSE(bucket.holds(1, now));
}

TEST_CASE("what is not there is not spent, and a clock that stands still gives nothing") {
  TokenBucket bucket({1, 10});
  const Instant now{1h};
  CHECK_FALSE(bucket.take(11, now));
  CHECK(bucket.take(10, now));
  for (int i = 0; i < 1000; ++i) CHECK_FALSE(bucket.take(0.5, now));
  CHECK_FALSE(bucket.take(0.5, Instant{59min}));
  CHECK(bucket.take(0.5, now + 500ms));
}
