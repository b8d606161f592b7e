// Sees every batch that an agent opens, at the moment in which it does.
#pragma once

#include "tests/simulation/mesh_run.hpp"

namespace tocsin::tests {

/// Lifetime: the run outlives it.
class MeshRun::Watch final : public mesh::Observer {
 public:
  Watch(MeshRun& run, std::size_t index) : run_(run), index_(index) {}
  void on_verified(const mesh::Delivered& batch) override { run_.check_heard(index_, batch); }
  void on_durable(const mesh::Delivered& batch) override {
    run_.check_heard(index_, batch);
    run_.note_indicators(index_, batch);
  }

 private:
  MeshRun& run_;
  std::size_t index_;
};

}  // namespace tocsin::tests
