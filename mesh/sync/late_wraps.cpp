#include "mesh/sync/late_wraps.hpp"

namespace tocsin::mesh {
namespace {

constexpr std::size_t overhead = 128;  ///< of a wrap beside its record, about

std::size_t bytes_of_wrap(const LateWraps::Wrap& wrap) { return wrap.record.size() + overhead; }

}  // namespace

bool LateWraps::keep(const ScopeId& scope, Wrap wrap, bool own_org) {
  const auto bytes = bytes_of_wrap(wrap);
  if (own_org) {
    if (own_bytes_ + bytes > bytes_max_ / 2) return false;
    own_bytes_ += bytes;
  } else {
    auto& of_org = org_bytes_[wrap.org];
    if (of_org + bytes > bytes_max_ / 8 || bytes_ + bytes > bytes_max_ / 2) return false;
    of_org += bytes;
    bytes_ += bytes;
  }
  wraps_.emplace(scope, Kept{std::move(wrap), own_org});
  return true;
}

void LateWraps::forget(const Kept& kept) {
  const auto bytes = bytes_of_wrap(kept.wrap);
  if (kept.own_org) {
    own_bytes_ -= bytes;
    return;
  }
  bytes_ -= bytes;
  const auto at = org_bytes_.find(kept.wrap.org);
  if ((at->second -= bytes) == 0) org_bytes_.erase(at);
}

std::vector<LateWraps::Wrap> LateWraps::take(const ScopeId& scope) {
  std::vector<Wrap> out;
  const auto [first, last] = wraps_.equal_range(scope);
  for (auto at = first; at != last; ++at) {
    forget(at->second);
    out.push_back(std::move(at->second.wrap));
  }
  wraps_.erase(first, last);
  return out;
}

std::vector<LateWraps::Wrap> LateWraps::take_all() {
  std::vector<Wrap> out;
  for (auto& [scope, kept] : wraps_) out.push_back(std::move(kept.wrap));
  wraps_.clear();
  org_bytes_.clear();
  bytes_ = own_bytes_ = 0;
  return out;
}

}  // namespace tocsin::mesh
