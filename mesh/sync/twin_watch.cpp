#include "mesh/sync/twin_watch.hpp"

namespace tocsin::mesh {

OwnName TwinWatch::judge(const BatchHeader& header, const Digest& id,
                         const Signing& signing) const {
  if (signing.at_place) return *signing.at_place == id ? OwnName::ours : OwnName::forked;
  if (header.log.epoch == signing.epoch)
    return header.sequence > signing.tail ? OwnName::beyond : OwnName::ours;
  return header.time > started_ + clearly_younger ? OwnName::elsewhere : OwnName::ours;
}

}  // namespace tocsin::mesh
