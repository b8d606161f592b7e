#include "agents/bench/record_book.hpp"

namespace tocsin::agents::bench {

RecordBook::RecordBook(mesh::World& world)
    : world_(world), index_(world.entropy), changed_(world.loop) {}

void RecordBook::on_verified(const mesh::Delivered& batch) {
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const auto& record = batch.records[i];
    if (record.header.kind != mesh::RecordKind::indicator) continue;
    const auto key = mesh::indicator_key(record);
    const auto ordinal = batch.first_ordinal + i;
    ledger_.add(ordinal, batch.org, key.expires_s, record);
    if (!index_.insert(std::uint32_t(ordinal), key.type, key.value)) ++refused_;
    ++verified_;
    if (!keeps_) continue;
    arrivals_.push_back(world_.clock.now());
    values_.emplace_back(key.value);
  }
  verified_at_ = world_.clock.now();
}

void RecordBook::on_durable(const mesh::Delivered& batch) {
  for (const auto& record : batch.records)
    durable_ += record.header.kind == mesh::RecordKind::indicator;
  durable_at_ = world_.clock.now();
  changed_.set();
}

mesh::Task<Result<void>> RecordBook::wait_for(std::uint64_t count, Duration limit) {
  const auto end = world_.clock.now() + limit;
  while (durable_ < count) {
    const auto left = end - world_.clock.now();
    if (left <= Duration(0))
      co_return fail(Errc::timeout, "bench: {} of {} indicators are durable", durable_, count);
    co_await changed_.wait(left);
  }
  co_return Result<void>{};
}

Result<void> RecordBook::check(mesh::Node& node, const Indicators& indicators) const {
  if (refused_ > 0) return fail(Errc::corrupt, "bench: {} indicators were not taken", refused_);
  const playbooks::Confirm confirm = [&](std::uint32_t ordinal, mesh::IndicatorType type,
                                         std::string_view value) {
    bool fits = false;
    const auto read = node.with_record(ordinal, [&](const mesh::RecordView& record) {
      if (record.header.kind != mesh::RecordKind::indicator) return;
      const auto key = mesh::indicator_key(record);
      fits = key.type == type && key.value == value &&
             ledger_.state(ordinal, key.expires_s, world_.clock.wall()) ==
                 mesh::IndicatorState::active;
    });
    return read && *read && fits;
  };
  for (const auto& one : indicators)
    if (index_.find(one.type, one.value, confirm).size() != 1)
      return fail(Errc::corrupt, "bench: `{}` is not found once", one.value);
  return {};
}

}  // namespace tocsin::agents::bench
