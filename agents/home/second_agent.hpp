// Another agent of an organisation that has one.
#pragma once

#include "agents/home/founding.hpp"

namespace tocsin::agents {

struct SecondAgent {
  Path home;
  std::string listen;
  Passphrase passphrase;  ///< that of the first home
};
/// Makes keys in a new HOME and has `root` certify them for the federation; card, charter,
/// secrets, persons and partners are those of `first`, whose card and charter then name the new
/// agent too. Errors: usage (listen), refused (HOME is there, another root), not_found (no
/// charter), too_large (64 agents), io.
Result<Founded> add_agent_home(mesh::Disk& disk, Entropy& entropy, const PublicHome& first,
                               const crypto::SigningKey& root, const SecondAgent& wish,
                               WallTime now);

}  // namespace tocsin::agents
