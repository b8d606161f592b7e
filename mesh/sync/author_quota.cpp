#include "mesh/sync/author_quota.hpp"

#include <algorithm>

namespace tocsin::mesh {

bool AuthorQuota::has_room(const LogKey& log) const {
  if (log.agent == own_) return true;
  const bool bulk = log.log_class == LogClass::indicator;
  return used(log.agent) < (bulk ? bytes_max_ : bytes_max_ + bytes_max_ / 8);
}

void AuthorQuota::add(const LogKey& log, std::size_t encoded_bytes) {
  used_[log.agent] += encoded_bytes + batch_overhead;
}

void AuthorQuota::give_back(const LogKey& log, std::size_t bytes) {
  const auto found = used_.find(log.agent);
  if (found == used_.end()) return;
  found->second -= std::min<std::uint64_t>(found->second, bytes);
}

std::uint64_t AuthorQuota::used(const AgentId& author) const {
  const auto found = used_.find(author);
  return found == used_.end() ? 0 : found->second;
}

}  // namespace tocsin::mesh
