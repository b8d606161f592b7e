// Takes framed events from every input: parses, matches, and turns hits into sightings.
#pragma once

#include <unordered_map>

#include "agents/agent/services.hpp"
#include "playbooks/detect/matcher.hpp"

namespace tocsin::agents {

/// Lifetime: `services` outlives it.
class EventIntake : public EventSink {
 public:
  explicit EventIntake(Services& services);
  ~EventIntake() override;
  mesh::Task<Result<std::vector<Rejection>>> take(std::span<const RawEvent> events) override;

  /// What is known of a listed indicator that was hit, so that a noisy one costs one look-up.
  struct Known {
    Digest id;
    mesh::IndicatorType type{};
    Digest value_key;
    mesh::Marking marking;
    mesh::Audience audience;
    std::string technique;
    std::string value;
  };
  static constexpr std::size_t known_max = 16'384;

 private:
  void hit(const playbooks::Hit& hit, std::string_view host, std::string_view source);
  const Known* known(std::uint32_t ordinal);
  void publish(playbooks::SightingDraft draft, bool urgent);
  void schedule();

  Services& services_;
  playbooks::EventParser parser_;
  playbooks::Matcher matcher_;
  std::unordered_map<std::uint32_t, Known> known_;
  mesh::TimerId timer_ = 0;
  std::optional<mesh::Instant> scheduled_;  ///< when the timer fires
};

/// Keeps how far followed files were read in the store.
class StoredPositions : public FilePositions {
 public:
  explicit StoredPositions(mesh::Store& store) : store_(store) {}
  std::optional<FilePosition> load(std::string_view path) override;
  void save(std::string_view path, const FilePosition& position) override;

 private:
  mesh::Store& store_;
};

}  // namespace tocsin::agents
