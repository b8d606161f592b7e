#include "mesh/sync/doorkeeper.hpp"

#include <algorithm>

namespace tocsin::mesh {
namespace {

constexpr Duration sweep_every = std::chrono::seconds(1);

// The first four groups of an IPv6 address, `::` written out: the network of one site.
std::string site_of(std::string_view address) {
  std::vector<std::string> front, back;
  bool gap = false;
  for (std::size_t at = 0; at <= address.size();) {
    const auto end = std::min(address.find(':', at), address.size());
    const auto group = address.substr(at, end - at);
    const bool opens = group.empty() && end < address.size();
    if (opens && at > 0) gap = true;
    if (!group.empty()) (gap ? back : front).emplace_back(group);
    at = end + 1;
  }
  while (front.size() + back.size() < 8) front.emplace_back("0");
  front.insert(front.end(), back.begin(), back.end());
  return fmt::format("{}:{}:{}:{}::/64", front[0], front[1], front[2], front[3]);
}

}  // namespace

std::string source_of(const Address& address) {
  const auto parts = host_and_port(address);
  if (!parts) return address.text;
  const auto& host = parts->host;
  if (!host.contains(':')) return host;
  constexpr std::string_view mapped = "::ffff:";
  if (host.starts_with(mapped) && host.contains('.')) return host.substr(mapped.size());
  return site_of(host);
}

std::string_view name_of(Doorkeeper::Answer answer) {
  switch (answer) {
    case Doorkeeper::Answer::come_in: return "come_in";
    case Doorkeeper::Answer::full: return "full";
    case Doorkeeper::Answer::source_full: return "source_full";
    case Doorkeeper::Answer::source_rate: return "source_rate";
    case Doorkeeper::Answer::strangers_rate: return "strangers_rate";
  }
  panic("unnamed answer at the door", __FILE__, __LINE__);
}

Doorkeeper::Answer Doorkeeper::knock(std::string_view source, Instant now) {
  const auto known = known_.find(source);
  const auto out =
      known != known_.end() ? knock_known(known->second, now) : knock_stranger(source, now);
  if (out == Answer::come_in) ++half_open_;
  return out;
}

Doorkeeper::Answer Doorkeeper::knock_known(Source& source, Instant now) {
  if (half_open_ >= half_open_max) return Answer::full;
  if (source.half_open >= per_known_max) return Answer::source_full;
  if (!source.bucket.take(1, now)) return Answer::source_rate;
  ++source.half_open;
  return Answer::come_in;
}

Doorkeeper::Answer Doorkeeper::knock_stranger(std::string_view name, Instant now) {
  if (strangers_half_open_ >= strangers_max || half_open_ >= half_open_max) return Answer::full;
  auto* source = remember(name, now);
  if (source == nullptr) return Answer::strangers_rate;
  if (source->half_open >= per_stranger_max) return Answer::source_full;
  if (!source->bucket.take(1, now)) return Answer::source_rate;
  if (!all_strangers_.take(1, now)) return Answer::strangers_rate;
  ++source->half_open;
  ++strangers_half_open_;
  return Answer::come_in;
}

// Of those who have been quiet long enough nothing need be remembered. Null when all the others
// take up the room.
Doorkeeper::Source* Doorkeeper::remember(std::string_view name, Instant now) {
  auto at = strangers_.find(name);
  if (at != strangers_.end()) return &at->second;
  if (strangers_.size() >= sources_max && now - swept_ >= sweep_every) {
    swept_ = now;
    std::erase_if(strangers_, [&](const auto& each) {
      return each.second.half_open == 0 && each.second.bucket.full(now);
    });
  }
  if (strangers_.size() >= sources_max) return nullptr;
  return &strangers_.emplace(std::string(name), Source{TokenBucket(stranger_rate)}).first->second;
}

void Doorkeeper::leave(std::string_view source) {
  if (half_open_ > 0) --half_open_;
  // It may have become known meanwhile: then its place moved with it.
  if (const auto known = known_.find(source); known != known_.end()) {
    if (known->second.half_open > 0) --known->second.half_open;
    return;
  }
  const auto at = strangers_.find(source);
  if (at == strangers_.end() || at->second.half_open == 0) return;
  --at->second.half_open;
  --strangers_half_open_;
}

void Doorkeeper::know(std::string_view source) {
  if (known_.contains(source)) return;
  if (known_.size() >= known_max) {
    const auto idle = std::ranges::find_if(known_, [](const auto& each) {
      return each.second.half_open == 0;
    });
    if (idle == known_.end()) return;
    known_.erase(idle);
  }
  Source fresh{TokenBucket(known_rate)};
  if (const auto at = strangers_.find(source); at != strangers_.end()) {
    fresh.half_open = at->second.half_open;
    strangers_half_open_ -= fresh.half_open;
    strangers_.erase(at);
  }
  known_.emplace(std::string(source), std::move(fresh));
}

}  // namespace tocsin::mesh
