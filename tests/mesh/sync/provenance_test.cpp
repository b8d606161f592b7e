#include "mesh/sync/provenance.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

TEST_CASE("a batch is known by whose hands it came, until many newer ones have come") {
  Provenance provenance;
  CHECK_FALSE(provenance.of(7));
  provenance.note(7, "delos", WallTime{1000});
  provenance.note(263, "bleu", WallTime{2000});
  const auto came = provenance.of(7);
  REQUIRE(came);
  CHECK(came->via == "delos");
  CHECK(came->received == WallTime{1000});

  for (std::uint64_t i = 0; i < Provenance::batches_max; ++i)
    provenance.note(1000 + i, "bleu", WallTime{3000});
  CHECK(provenance.size() == Provenance::batches_max);
  CHECK_FALSE(provenance.of(7));
  CHECK(provenance.of(1000)->via == "bleu");
}

TEST_CASE("the last one to hand a batch over counts") {
  Provenance provenance;
  provenance.note(7, "delos", WallTime{1000});
  provenance.note(7, "bleu", WallTime{2000});
  CHECK(provenance.of(7)->via == "bleu");
  CHECK(provenance.size() == 1);
}
