// Sends every record that the mesh delivers to the services that live from it.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// Lifetime: `services` outlives it.
class RecordFlow : public mesh::Observer {
 public:
  explicit RecordFlow(Services& services) : services_(services) {}
  void on_verified(const mesh::Delivered& batch) override;
  void on_durable(const mesh::Delivered& batch) override;
  void on_dropped(const mesh::Delivered& batch, Moved moved) override {
    services_.indicators.drop(batch, moved);
  }
  void on_withdrawn(const mesh::Delivered& batch) override;
  void on_charter(const crypto::Charter& charter) override;
  /// After a start: confirms what was retracted while nobody could tell.
  void confirm_retractions();
  /// After a start that came between the sightings and the opening of their joint incident.
  void publish_openings();

 private:
  void tell_watchers(const mesh::Delivered& batch);
  void durable(const mesh::Delivered& batch, const mesh::RecordView& record);
  void on_indicator(const mesh::RecordView& record, const mesh::Delivered& batch);
  void forget_circles(WallTime now);
  void on_sighting(const mesh::RecordView& record, const mesh::Delivered& batch);
  void on_joint(const playbooks::JointIncident& found, const mesh::Delivered& batch);
  void open(const playbooks::JointIncident& found, const playbooks::IncidentOpening& opening,
            bool fresh, bool wanted);
  void publish_opening(const playbooks::JointIncident& found,
                       const playbooks::IncidentOpening& opening);
  std::string title_of(const playbooks::JointIncident& found) const;
  void on_retraction(const mesh::RecordView& record, const mesh::Delivered& batch);
  void on_case_record(const mesh::RecordView& record, const mesh::Delivered& batch);
  void on_damage_record(const mesh::RecordView& record, const mesh::Delivered& batch);
  void on_witness(const mesh::RecordView& record, const mesh::Delivered& batch);
  void on_run_record(const mesh::RecordView& record, const mesh::Delivered& batch);
  void confirm(const Digest& target, const Digest& retraction, std::vector<std::string> undone,
               bool held);
  bool is_operator(std::string_view org) const;
  void faulty(const mesh::RecordView& record, const mesh::Delivered& batch, const Error& error);

  Services& services_;
  std::map<playbooks::IncidentId, playbooks::JointIncident> replayed_;  ///< until publish_openings
};

}  // namespace tocsin::agents
