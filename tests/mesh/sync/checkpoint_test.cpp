#include "mesh/sync/checkpoint.hpp"

#include "tests/catch.hpp"
#include "tests/mesh/store/store_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using tests::made_log;

namespace {

Digest id(int number) { return crypto::blake2b(bytes_of("record " + std::to_string(number))); }

struct Sample {
  LogKey log = made_log(1, LogClass::indicator);
  LogKey newer = log;
  RecordHeader header{RecordKind::checkpoint, {Tlp::green, Pap::amber}, {1'790'000'000'000},
                      log.agent.prefix()};
  Checkpoint checkpoint{log, 9, id(0), 2, root_of_ids({id(1), id(2)}), {}};
  Sample() {
    ++newer.epoch;
    checkpoint.where = {{log, {12, 13}}, {newer, {1, 1}}};
  }
  Result<Checkpoint> there_and_back(const LogKey& in) const {
    const auto bytes = encode_checkpoint(header, checkpoint);
    REQUIRE(bytes);
    return decode_checkpoint(view_record(*bytes).value(), in);
  }
  CheckpointView view() const {
    CheckpointView out;
    out.at_base = out.after_base = checkpoint.last;
    out.declared = {id(1), id(2)};
    out.live = {id(1)};
    return out;
  }
};

}  // namespace

TEST_CASE("a checkpoint reads back as it was written, in any epoch of its log") {
  const Sample sample;
  CHECK(sample.there_and_back(sample.log).value() == sample.checkpoint);
  CHECK(sample.there_and_back(sample.newer).value() == sample.checkpoint);
}

TEST_CASE("a checkpoint about another's log, another scope or another class is refused") {
  const Sample sample;
  auto other = sample.log;
  other.agent.data[0] ^= 1;
  CHECK_FALSE(sample.there_and_back(other));
  other = sample.log;
  other.scope.data[0] ^= 1;
  CHECK_FALSE(sample.there_and_back(other));
  other = sample.log;
  other.log_class = LogClass::urgent;
  CHECK_FALSE(sample.there_and_back(other));
}

TEST_CASE("what is live must lie above the base, in a log of the same author") {
  Sample sample;
  sample.checkpoint.where = {{sample.log, {9, 12}}};
  CHECK(sample.there_and_back(sample.log).error().code == Errc::refused);
  sample.checkpoint.where = {{made_log(7, LogClass::indicator), {20, 21}}};
  CHECK(sample.there_and_back(sample.log).error().code == Errc::refused);
  sample.checkpoint.where = {{sample.log, {13, 12}}};
  CHECK(sample.there_and_back(sample.log).error().code == Errc::invalid);
  sample.checkpoint.where.assign(checkpoint_ranges_max + 1, {sample.log, {12, 12}});
  CHECK_FALSE(encode_checkpoint(sample.header, sample.checkpoint));
  sample = {};
  sample.checkpoint.base = 0;
  CHECK_FALSE(sample.there_and_back(sample.log));
}

TEST_CASE("a checkpoint that covers what is live is accepted") {
  const Sample sample;
  CHECK(judge_checkpoint(sample.checkpoint, sample.view()) == CheckpointVerdict::accepted);
  CHECK(judge_checkpoint(sample.checkpoint, {}) == CheckpointVerdict::wrong_root);
  // A newcomer holds nothing that could be left out, and may find the newer batches gone as well.
  CheckpointView newcomer;
  newcomer.all_readable = false;
  CHECK(judge_checkpoint(sample.checkpoint, newcomer) == CheckpointVerdict::accepted);
}

TEST_CASE("a checkpoint that leaves out a live record proves its author's fault") {
  const Sample sample;
  auto view = sample.view();
  view.live.insert(id(3));
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::omission);
  view.all_here = view.all_readable = false;
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::waiting);
}

TEST_CASE("what may be live keeps the base down, and accuses nobody") {
  const Sample sample;
  auto view = sample.view();
  view.unsure.insert(id(3));
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::waiting);
}

TEST_CASE("another batch at the base, before the next one or in the root is seen") {
  const Sample sample;
  auto view = sample.view();
  view.at_base = id(5);
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::other_chain);
  view = sample.view();
  view.after_base = id(5);
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::other_chain);
  view = sample.view();
  view.declared.insert(id(6));
  CHECK(judge_checkpoint(sample.checkpoint, view) == CheckpointVerdict::wrong_root);
}

TEST_CASE("the root is that of the set, and bases come back out of the store") {
  CHECK(root_of_ids({}).is_zero());
  CHECK(root_of_ids({id(1), id(2)}) != root_of_ids({id(1)}));
  RealWorld real;
  const auto store = open_memory_store(real.world(), make_memory_backing());
  tests::Answers answers(real);
  const auto log = made_log(3);
  const LogBase base{7, id(1)};
  store->put(base_key(log), encode_base(base), answers.next());
  CHECK(read_bases(*store).value().at(log) == base);
  store->put(base_key(log), {1, 2, 3}, answers.next());
  CHECK(read_bases(*store).error().code == Errc::corrupt);
  answers.wait_all();
}
