// The only door to the machine, handed down from main.
#pragma once

#include "crypto/entropy.hpp"
#include "mesh/world/clock.hpp"
#include "mesh/world/disk.hpp"
#include "mesh/world/log.hpp"
#include "mesh/world/loop.hpp"
#include "mesh/world/network.hpp"
#include "mesh/world/process.hpp"
#include "mesh/world/worker.hpp"

namespace tocsin::mesh {

/// Lifetime: everything in it outlives whoever is given it.
struct World {
  Clock& clock;
  Entropy& entropy;
  Loop& loop;
  Disk& disk;
  Network& network;
  Workers& workers;
  Processes& processes;
  Log& log;
};

}  // namespace tocsin::mesh
