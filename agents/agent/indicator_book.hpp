// Every indicator this agent can read: whether it is in force, how to find it, and who confirmed
// its retraction. Values stay in the store; here are fingerprints and flags.
#pragma once

#include "agents/agent/dispute_book.hpp"
#include "agents/agent/local_api.hpp"
#include "mesh/sync/indicator_ledger.hpp"
#include "mesh/sync/node.hpp"
#include "playbooks/detect/indicator_index.hpp"
#include "playbooks/runs/run_engine.hpp"

namespace tocsin::agents {

/// Loop thread only. Lifetime: `world` outlives it; attach() comes before the first event.
class IndicatorBook {
 public:
  explicit IndicatorBook(mesh::World& world);
  void attach(mesh::Node& node, mesh::Store& store);

  // What the mesh delivers.

  /// Enters the indicators of a verified batch, except TLP:RED, retracted and expired ones.
  void take(const mesh::Delivered& batch);
  /// Lets go of what was dropped, and finds what moved at its new place from now on.
  void drop(const mesh::Delivered& batch, mesh::Observer::Moved moved);
  /// Gives the target when this retraction took it out of force or may have left effects.
  std::optional<Digest> retract(const mesh::RecordView& record, const mesh::Delivered& batch);
  /// Takes the indicators of a batch that is believed no more out of force; gives those that were
  /// in force.
  std::vector<Digest> quarantine(const mesh::Delivered& batch);
  void take_receipt(const mesh::RecordView& record, std::string_view org);
  void take_dispute(const mesh::RecordView& record, std::string_view org);

  // For matching.

  const playbooks::IndicatorIndex& index() const { return index_; }
  const playbooks::Confirm& confirm() const { return confirm_; }
  /// In force, of the type and value asked for.
  bool holds(std::uint32_t ordinal, mesh::IndicatorType type, std::string_view value) const;

  // For people and playbooks.

  /// An indicator with where it came from. `body` views into `found.record`.
  struct Entry {
    mesh::Node::Found found;
    Digest id;
    mesh::RecordHeader header;
    mesh::IndicatorBody body;
    mesh::IndicatorState state{};
  };
  /// Errors: not_found, usage (an ambiguous prefix).
  Result<Digest> find(std::string_view id) const;
  /// Nothing for what is no readable indicator.
  std::unique_ptr<Entry> entry(const Digest& id) const;
  std::unique_ptr<Entry> entry_at(std::uint64_t ordinal) const;
  /// The value, or empty when unknown.
  std::string value_of(const Digest& id) const;
  std::vector<std::uint32_t> with_value(mesh::IndicatorType type, std::string_view value) const;
  /// Calls `each` with every readable indicator that `wanted` lets through, in order of arrival,
  /// until it gives false. Lets the loop breathe every scan_slice records.
  using KeyFilter = std::function<bool(const mesh::IndicatorKey&)>;
  mesh::Task<> scan(KeyFilter wanted, std::function<bool(const Entry&)> each) const;
  static constexpr std::uint64_t scan_slice = 4096;

  std::optional<playbooks::IndicatorFacts> facts(const Digest& id) const;
  /// The one in force with this value that permits most.
  std::optional<playbooks::IndicatorFacts> facts(const playbooks::BlockTarget& target) const;
  std::optional<playbooks::IndicatorFacts> facts_of(const mesh::RecordView& record,
                                                    const mesh::Audience& audience) const;

  const mesh::IndicatorLedger& ledger() const { return ledger_; }
  std::uint64_t active() const { return ledger_.active(world_.clock.wall()); }
  DisputeBook::Disputes disputes_of(const Digest& id) const { return disputes_.of(id); }

  // Which own hosts an indicator was seen on: stays here, feeds the damage analysis.

  static constexpr std::size_t hosts_per_indicator_max = 64;
  static constexpr std::size_t hosts_max = 65'536;
  void note_host(const Digest& id, std::string_view host, WallTime at);
  /// Host names and when each was first seen.
  std::vector<std::pair<std::string, WallTime>> hosts_of(const Digest& id) const;

 private:
  void enter(const mesh::RecordView& record, std::string_view org, std::uint64_t ordinal);
  void end_copies(const Digest& id);
  using Hosts = std::map<std::string, WallTime, std::less<>>;
  std::unique_ptr<Entry> entry_of(mesh::Node::Found found) const;

  mesh::World& world_;
  mesh::Node* node_ = nullptr;
  mesh::Store* store_ = nullptr;
  playbooks::IndicatorIndex index_;
  playbooks::Confirm confirm_;
  mutable mesh::IndicatorLedger ledger_;  ///< counting what is active forgets what expired
  DisputeBook disputes_;
  std::map<Digest, Hosts> hosts_;
  std::size_t host_count_ = 0;
};

}  // namespace tocsin::agents
