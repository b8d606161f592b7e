// One agent's catalogue and store without connections: batches are handed to it by the test.
#pragma once

#include "mesh/sync/catalogue.hpp"
#include "mesh/world/sim_universe.hpp"
#include "mesh/world/sim_world.hpp"
#include "tests/federation.hpp"

namespace tocsin::tests {

/// Lifetime: world and federation outlive it.
class Holder {
 public:
  Holder(mesh::World& world, const Federation& federation, std::size_t index)
      : world_(world),
        charter_(federation.charter),
        options_(federation.options(index)),
        agent(federation.agents[index].id),
        org(federation.agents[index].org),
        store(mesh::open_memory_store(world, mesh::make_memory_backing())),
        catalogue(*store, {agent, charter_, options_.sealing}) {}

  /// Signs `records` into this agent's own log, and keeps the batch.
  mesh::Batch publish(const mesh::LogKey& log, const std::vector<Bytes>& records) {
    auto batch = sign(log, records);
    std::vector<mesh::RecordView> views;
    for (const auto& record : records) views.push_back(*mesh::view_record(record));
    catalogue.take_own(batch, views);
    catalogue.hold(batch.header.log, batch.header.sequence, batch.id);
    keep(batch, std::uint16_t(records.size()));
    return batch;
  }
  /// Signs the next batch of the log without keeping it; its sequence is taken all the same.
  mesh::Batch sign(const mesh::LogKey& log, const std::vector<Bytes>& records) {
    auto& tail = tails_[log];
    const auto* scope = catalogue.scopes().find(log.scope);
    const mesh::BatchDraft draft{log, tail.first + 1, world_.clock.wall(), tail.second, records};
    auto batch = mesh::sign_batch(draft, options_.signing, charter_.federation,
                                  scope && scope->key ? &*scope->key : nullptr, world_.entropy)
                     .value();
    tail = {tail.first + 1, batch.id};
    return batch;
  }
  /// Goes back in a log, as a hostile agent or one with a restored disk does.
  void forget(const mesh::LogKey& log) { tails_.erase(log); }

  /// A scope for `audience` and the batch that announces it.
  std::pair<mesh::LogKey, mesh::Batch> open_scope(const mesh::Audience& audience) {
    auto record = catalogue.scopes()
                      .make(header(mesh::RecordKind::scope_key, mesh::Tlp::green), audience,
                            recipients_of(audience, catalogue.roster()), world_.entropy)
                      .value();
    const auto* scope = catalogue.scopes().own_scope(
        audience, recipients_of(audience, catalogue.roster()));
    auto log = case_log();
    log.scope = scope->id;
    return {log, publish(control_log(), {std::move(record)})};
  }
  /// Judges, and keeps what is to be kept.
  mesh::Judged take(const mesh::Batch& batch) {
    auto judged = catalogue.judge(batch);
    if (judged.verdict == mesh::Verdict::fresh || judged.verdict == mesh::Verdict::carried)
      keep(batch, std::uint16_t(judged.opened.records.size()));
    return judged;
  }

  mesh::RecordHeader header(mesh::RecordKind kind, mesh::Tlp tlp) const {
    return {kind, {tlp, mesh::Pap::green}, world_.clock.wall(), agent.prefix()};
  }
  Bytes note(std::string_view text, mesh::Tlp tlp = mesh::Tlp::green) const {
    return std::move(mesh::FieldWriter(header(mesh::RecordKind::note, tlp)).text(1, text)).take();
  }
  mesh::LogKey case_log() const { return {agent, 1, {}, mesh::LogClass::case_}; }
  mesh::LogKey control_log() const { return {agent, 1, {}, mesh::LogClass::control}; }

 private:
  void keep(const mesh::Batch& batch, std::uint16_t readable) {
    store->append({batch.header.log, batch.header.sequence, 0, readable,
                   std::make_shared<const Bytes>(batch.encoded)},
                  [](Result<void>) {});
  }

  mesh::World& world_;
  const crypto::Charter& charter_;
  mesh::NodeOptions options_;
  std::map<mesh::LogKey, std::pair<std::uint64_t, Digest>> tails_;

 public:
  const AgentId agent;
  const std::string org;
  const std::unique_ptr<mesh::Store> store;
  mesh::Catalogue catalogue;
};

/// Holders for every agent of a federation, in one simulated machine.
struct Holders {
  explicit Holders(std::vector<Federation::Org> orgs, std::uint64_t seed = 1)
      : federation(std::move(orgs), universe.wall(), seed) {
    for (std::size_t i = 0; i < federation.agents.size(); ++i)
      holders.push_back(std::make_unique<Holder>(machine.world(), federation, i));
  }
  Holder& operator[](std::size_t index) { return *holders[index]; }

  mesh::SimUniverse universe{1};
  mesh::SimMachine& machine = universe.add_machine("desk");
  Federation federation;
  std::vector<std::unique_ptr<Holder>> holders;
};

}  // namespace tocsin::tests
