// An agent that lives for one measurement, with a store on this machine's disk that goes
// with it.
#pragma once

#include "agents/bench/operators.hpp"
#include "agents/bench/scratch.hpp"

namespace tocsin::agents::bench {

/// Lifetime: the world and the observers outlive it.
class Station {
 public:
  /// Errors: io, and those of mesh::Node::open.
  static Result<Station> open(mesh::World& world, mesh::NodeOptions options,
                              std::vector<mesh::Observer*> observers = {});
  mesh::Node& node() const { return *node_; }

 private:
  Station(Scratch scratch, std::unique_ptr<mesh::Store> store,
          std::unique_ptr<mesh::Node> node);

  // In this order: each is gone before that in which it lies.
  Scratch scratch_;
  std::unique_ptr<mesh::Store> store_;
  std::unique_ptr<mesh::Node> node_;
};

}  // namespace tocsin::agents::bench
