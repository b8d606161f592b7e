// The worked examples of docs/wire-format.md are what the code writes and reads.
#include "tests/document_vectors.hpp"
#include "tests/mesh/wire/document_samples.hpp"

using namespace tocsin;
using namespace tocsin::mesh;

namespace {
Bytes written(std::string_view name) { return tests::document_bytes("wire-format.md", name); }
}  // namespace

TEST_CASE("the document's records are those that the code writes") {
  const tests::DocumentSamples samples;
  CHECK(written("record-indicator") == samples.indicator());
  CHECK(written("record-fields") == samples.note());
  const auto bytes = written("record-indicator");
  CHECK(view_indicator(*view_record(bytes))->value == "c2.example");
  const auto id = view_record(bytes)->id();
  CHECK(written("record-id") == Bytes(id.data.begin(), id.data.end()));
}

TEST_CASE("the document's log key and batch are those that the code writes") {
  tests::DocumentSamples samples;
  CHECK(written("log-key") == encode_log_key(samples.log));
  CHECK(tests::document_text("wire-format.md", "log-short-name") == short_name(samples.log));
  const auto batch = parse_batch(written("batch"));
  REQUIRE(batch);
  CHECK(batch->encoded == samples.batch().encoded);
  CHECK(open_batch(*batch, nullptr)->records.size() == 2);
  CHECK(written("batch-id") == Bytes(batch->id.data.begin(), batch->id.data.end()));
}

TEST_CASE("the document's frames are those that the code writes") {
  const tests::DocumentSamples samples;
  CHECK(written("frame-ping") == samples.ping());
  CHECK(written("frame-heads") == samples.heads());
  CHECK(std::get<Ping>(*decode(written("frame-ping"))).nonce == 7);
}
