#include "agents/agent/indicator_book.hpp"

#include "crypto/base_encoding.hpp"

namespace tocsin::agents {

using mesh::IndicatorState;

namespace {

std::unexpected<Error> not_found(std::string what) {
  return std::unexpected(Error{Errc::not_found, std::move(what),
                               "`tocsin ioc search VALUE` tells the ids of what is known"});
}

std::uint32_t seconds_of(WallTime t) { return std::uint32_t(t.ms / 1000); }

constexpr std::string_view host_prefix = "seen/";

}  // namespace

IndicatorBook::IndicatorBook(mesh::World& world)
    : world_(world), index_(world.entropy),
      confirm_([this](std::uint32_t ordinal, mesh::IndicatorType type, std::string_view value) {
        return holds(ordinal, type, value);
      }) {}

void IndicatorBook::attach(mesh::Node& node, mesh::Store& store) {
  node_ = &node;
  store_ = &store;
  for (const auto& id : ledger_.targets()) end_copies(id);
  const auto kept = store.facts(bytes_of(host_prefix));
  if (!kept) return;
  for (const auto& [key, value] : *kept) {
    ByteReader name(key), seen(value);
    name.raw(host_prefix.size());
    const auto id = name.fixed<Digest>();
    const auto host = name.text8();
    const WallTime at{std::int64_t(seen.u64())};
    if (name.done() && seen.done() && hosts_[id].emplace(std::string(host), at).second)
      ++host_count_;
  }
}

void IndicatorBook::take(const mesh::Delivered& batch) {
  for (std::size_t i = 0; i < batch.records.size(); ++i)
    enter(batch.records[i], batch.org, batch.first_ordinal + i);
}

void IndicatorBook::enter(const mesh::RecordView& record, std::string_view org,
                          std::uint64_t ordinal) {
  if (record.header.kind != mesh::RecordKind::indicator) return;
  if (!mesh::may_match(record.header.marking)) return;
  const auto key = mesh::indicator_key(record);
  const auto state = ledger_.add(ordinal, org, key.expires_s, record);
  if (state != IndicatorState::active ||
      std::int64_t(key.expires_s) * 1000 <= world_.clock.wall().ms ||
      key.type == mesh::IndicatorType::pattern)
    return;
  const auto entered = index_.insert(std::uint32_t(ordinal), key.type, key.value);
  if (!entered)
    world_.log.debug("indicator of {} stays out of the tables: {}", org, entered.error().message);
}

// A copy that moved has not been entered yet, unless it came first.
void IndicatorBook::drop(const mesh::Delivered& batch, mesh::Observer::Moved moved) {
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const auto& record = batch.records[i];
    if (record.header.kind != mesh::RecordKind::indicator) continue;
    if (!mesh::may_match(record.header.marking)) continue;
    const auto key = mesh::indicator_key(record);
    const auto ordinal = batch.first_ordinal + i;
    ledger_.forget(ordinal, key.expires_s);
    index_.remove(std::uint32_t(ordinal), key.type, key.value);
    if (moved[i] && ledger_.state(*moved[i], key.expires_s, {}) == IndicatorState::none)
      enter(record, batch.org, *moved[i]);
  }
}

bool IndicatorBook::holds(std::uint32_t ordinal, mesh::IndicatorType type,
                          std::string_view value) const {
  bool fits = false;
  std::uint32_t expires_s = 0;
  const auto read = node_->with_record(ordinal, [&](const mesh::RecordView& record) {
    if (record.header.kind != mesh::RecordKind::indicator) return;
    const auto key = mesh::indicator_key(record);
    fits = key.type == type && key.value == value;
    expires_s = key.expires_s;
  });
  return read && *read && fits &&
         ledger_.state(ordinal, expires_s, world_.clock.wall()) == IndicatorState::active;
}

std::optional<Digest> IndicatorBook::retract(const mesh::RecordView& record,
                                             const mesh::Delivered& batch) {
  const auto retraction = mesh::decode_retraction(record);
  if (!retraction) return std::nullopt;
  std::optional<mesh::IndicatorLedger::Target> target;
  // During the replay at start there is no node to ask: attach() settles what is remembered.
  const auto held = node_ ? entry(retraction->target) : nullptr;
  if (held)
    target = mesh::IndicatorLedger::Target{held->found.ordinal, held->found.org,
                                           seconds_of(held->body.expires)};
  const auto taken = ledger_.retract(*retraction, record.id(), batch.org, target);
  switch (taken) {
    case mesh::IndicatorLedger::Taken::retracted:
      index_.remove(std::uint32_t(held->found.ordinal), held->body.type, held->body.value);
      [[fallthrough]];
    case mesh::IndicatorLedger::Taken::kept:
      if (held) end_copies(retraction->target);
      return retraction->target;
    case mesh::IndicatorLedger::Taken::duplicate:
      return std::nullopt;
    case mesh::IndicatorLedger::Taken::foreign:
      world_.log.warn("{} tried to retract an indicator of {}", batch.org, held->found.org);
      return std::nullopt;
    case mesh::IndicatorLedger::Taken::full:
      world_.log.error("retraction by {} not taken: {} are held", batch.org,
                       mesh::IndicatorLedger::retractions_max);
      return std::nullopt;
  }
  panic("unnamed outcome of a retraction", __FILE__, __LINE__);
}

// A record that was shared in several scopes ends in each of them.
void IndicatorBook::end_copies(const Digest& id) {
  const auto ordinals = node_->ordinals_of(id);
  if (!ordinals) {
    world_.log.error("a retracted indicator cannot be read: {}", ordinals.error().message);
    return;
  }
  for (const auto ordinal : *ordinals) {
    const auto held = entry_at(ordinal);
    if (held && ledger_.settle(id, {ordinal, held->found.org, seconds_of(held->body.expires)}))
      index_.remove(std::uint32_t(ordinal), held->body.type, held->body.value);
  }
}

std::vector<Digest> IndicatorBook::quarantine(const mesh::Delivered& batch) {
  std::vector<Digest> out;
  for (std::size_t i = 0; i < batch.records.size(); ++i) {
    const auto& record = batch.records[i];
    if (record.header.kind != mesh::RecordKind::indicator) continue;
    const auto key = mesh::indicator_key(record);
    const auto ordinal = batch.first_ordinal + i;
    if (!ledger_.quarantine(ordinal, key.expires_s)) continue;
    index_.remove(std::uint32_t(ordinal), key.type, key.value);
    out.push_back(record.id());
  }
  return out;
}

void IndicatorBook::take_receipt(const mesh::RecordView& record, std::string_view org) {
  const auto receipt = mesh::decode_receipt(record);
  if (receipt) ledger_.add_receipt(*receipt, org, record.header.created);
}

void IndicatorBook::take_dispute(const mesh::RecordView& record, std::string_view org) {
  const auto dispute = mesh::decode_dispute(record);
  if (dispute) disputes_.take(*dispute, org);
}

Result<Digest> IndicatorBook::find(std::string_view id) const {
  if (const auto whole = from_base32(id); whole && whole->size() == Digest::size) {
    const auto digest = *Digest::from(*whole);
    const auto found = node_->find(digest);
    if (!found) return std::unexpected(found.error());
    if (*found) return digest;
    return not_found(fmt::format("no indicator {}", id));
  }
  if (id.empty() || !from_base32(id.substr(0, id.size() / 8 * 8)))
    return not_found(fmt::format("'{}' is no id", id));
  std::optional<Digest> only;
  bool ambiguous = false;
  for (std::uint64_t ordinal = 0; ordinal < store_->ordinals() && !ambiguous; ++ordinal) {
    const auto read = node_->with_record(ordinal, [&](const mesh::RecordView& record) {
      if (record.header.kind != mesh::RecordKind::indicator &&
          record.header.kind != mesh::RecordKind::sealed_note)
        return;
      const auto digest = record.id();
      if (!to_base32(digest).starts_with(id)) return;
      ambiguous = only && *only != digest;
      only = digest;
    });
    if (!read) return std::unexpected(read.error());
  }
  if (ambiguous) return fail(Errc::usage, "'{}' fits several indicators: type more of it", id);
  if (!only) return not_found(fmt::format("no indicator {}", id));
  return *only;
}

std::unique_ptr<IndicatorBook::Entry> IndicatorBook::entry_of(mesh::Node::Found found) const {
  auto out = std::make_unique<Entry>();
  out->found = std::move(found);
  const auto view = mesh::view_record(out->found.record);
  if (!view || view->header.kind != mesh::RecordKind::indicator) return nullptr;
  auto body = mesh::view_indicator(*view);
  if (!body) return nullptr;
  out->id = view->id();
  out->header = view->header;
  out->body = std::move(*body);
  out->state =
      ledger_.state(out->found.ordinal, seconds_of(out->body.expires), world_.clock.wall());
  return out;
}

std::unique_ptr<IndicatorBook::Entry> IndicatorBook::entry(const Digest& id) const {
  if (!node_) return nullptr;  // The store is still being replayed.
  auto found = node_->find(id);
  if (!found || !*found) return nullptr;
  return entry_of(std::move(**found));
}

std::unique_ptr<IndicatorBook::Entry> IndicatorBook::entry_at(std::uint64_t ordinal) const {
  auto found = node_->at(ordinal);
  if (!found || !*found) return nullptr;
  return entry_of(std::move(**found));
}

std::string IndicatorBook::value_of(const Digest& id) const {
  const auto found = entry(id);
  return found ? std::string(found->body.value) : std::string();
}

std::vector<std::uint32_t> IndicatorBook::with_value(mesh::IndicatorType type,
                                                     std::string_view value) const {
  return index_.find(type, value, confirm_);
}

mesh::Task<> IndicatorBook::scan(KeyFilter wanted,
                                 std::function<bool(const Entry&)> each) const {
  const auto end = store_->ordinals();
  for (std::uint64_t ordinal = 0; ordinal < end; ++ordinal) {
    // An alarm must not wait for a search.
    if (ordinal % scan_slice == scan_slice - 1)
      co_await mesh::sleep(world_.loop, Duration(0));
    bool fits = false;
    const auto read = node_->with_record(ordinal, [&](const mesh::RecordView& record) {
      fits = record.header.kind == mesh::RecordKind::indicator &&
             wanted(mesh::indicator_key(record));
    });
    if (!read || !fits) continue;
    const auto found = entry_at(ordinal);
    if (found && !each(*found)) co_return;
  }
}

std::optional<playbooks::IndicatorFacts> IndicatorBook::facts_of(
    const mesh::RecordView& record, const mesh::Audience& audience) const {
  const auto body = mesh::view_indicator(record);
  if (!body) return std::nullopt;
  const auto id = record.id();
  return playbooks::IndicatorFacts{.id = id,
                                   .type = body->type,
                                   .value = std::string(body->value),
                                   .marking = record.header.marking,
                                   .audience = audience,
                                   .confidence = body->confidence,
                                   .expires = body->expires,
                                   .retracted = ledger_.reason(id) != nullptr};
}

std::optional<playbooks::IndicatorFacts> IndicatorBook::facts(const Digest& id) const {
  const auto found = entry(id);
  if (!found) return std::nullopt;
  auto out = facts_of(*mesh::view_record(found->found.record), found->found.audience);
  if (out)
    out->retracted = found->state == IndicatorState::retracted ||
                     found->state == IndicatorState::quarantined;
  return out;
}

std::optional<playbooks::IndicatorFacts> IndicatorBook::facts(
    const playbooks::BlockTarget& target) const {
  std::optional<playbooks::IndicatorFacts> best;
  for (const auto ordinal : with_value(target.type, target.value)) {
    const auto found = entry_at(ordinal);
    if (!found || found->state != IndicatorState::active) continue;
    auto one = facts_of(*mesh::view_record(found->found.record), found->found.audience);
    if (!one) continue;
    one->retracted = false;
    if (!best || (mesh::may_block(one->marking) && !mesh::may_block(best->marking)))
      best = std::move(one);
  }
  return best;
}

void IndicatorBook::note_host(const Digest& id, std::string_view host, WallTime at) {
  if (host.empty() || host.size() > 255 || host_count_ >= hosts_max) return;
  auto& hosts = hosts_[id];
  if (hosts.size() >= hosts_per_indicator_max || hosts.contains(host)) return;
  hosts.emplace(std::string(host), at);
  ++host_count_;
  ByteWriter key, value;
  key.raw(bytes_of(host_prefix));
  key.fixed(id);
  key.text8(host);
  value.u64(std::uint64_t(at.ms));
  store_->put(std::move(key).take(), std::move(value).take(), [](Result<void>) {});
}

std::vector<std::pair<std::string, WallTime>> IndicatorBook::hosts_of(const Digest& id) const {
  const auto found = hosts_.find(id);
  if (found == hosts_.end()) return {};
  return {found->second.begin(), found->second.end()};
}

}  // namespace tocsin::agents
