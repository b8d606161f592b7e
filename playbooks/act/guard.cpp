#include "playbooks/act/guard.hpp"

namespace tocsin::playbooks {
namespace {

constexpr int ipv4_length_min = 16, ipv6_length_min = 32;

GuardVerdict refuse(std::string list, std::string entry, std::string_view what,
                    std::string suggestion) {
  GuardVerdict out{false, std::move(list), std::move(entry), {}, std::move(suggestion)};
  out.reason = fmt::format("{} overlaps {} in {}", what, out.entry, out.list);
  return out;
}

}  // namespace

Result<void> Guard::add_list(std::string_view name, std::string_view json) {
  if (lists_.size() >= lists_max)
    return fail(Errc::full, "warninglist {}: {} lists are loaded already", name, lists_max);
  auto list = Warninglist::read(name, json);
  if (!list) return std::unexpected(list.error());
  lists_.push_back(std::move(*list));
  return {};
}

Result<void> Guard::add_networks(std::string_view org, bool own,
                                 const std::vector<std::string>& entries) {
  std::string bad;
  Networks networks{std::string(org), own, {}, {}};
  for (const auto& entry : entries) {
    if (const auto prefix = parse_prefix(entry)) {
      networks.prefixes.add(*prefix);
    } else if (const auto name = block_target(entry);
               name && name->type == mesh::IndicatorType::domain) {
      networks.domains.insert(name->value);
    } else if (bad.empty()) {
      bad = entry;
    }
  }
  networks.prefixes.seal();
  networks_.push_back(std::move(networks));
  if (bad.empty()) return {};
  return fail(Errc::invalid, "'{}' in the networks of {} is no CIDR, address or domain",
              bad.substr(0, 80), org);
}

GuardVerdict Guard::check(mesh::IndicatorType type, std::string_view value,
                          Breadth breadth) const {
  const BlockTarget target{type, lower_case(value)};
  if (const auto prefix = parse_prefix(target.value);
      prefix && prefix->length < (prefix->ipv4 ? 96 + ipv4_length_min : ipv6_length_min))
    return refuse("width", fmt::format("/{} and /{}", ipv4_length_min, ipv6_length_min),
                  target.value + ", wider than may be blocked at once,", {});
  auto verdict = check_networks(target);
  return verdict.allowed ? check_lists(target, breadth) : verdict;
}

GuardVerdict Guard::check_networks(const BlockTarget& target) const {
  const auto host = url_host(target.value);
  const auto prefix = parse_prefix(host);
  for (const auto& networks : networks_) {
    const auto list = networks.own ? "own networks" : "networks of " + networks.org;
    if (prefix) {
      if (const auto* entry = networks.prefixes.overlap(*prefix))
        return refuse(list, to_text(*entry), target.value, {});
      continue;
    }
    for (const auto& name : networks.domains) {
      const bool below = host.ends_with(name) && (host.size() == name.size() ||
                                                  host[host.size() - name.size() - 1] == '.');
      const bool above = name.ends_with(host) && name.size() > host.size() &&
                         name[name.size() - host.size() - 1] == '.';
      if (below || above) return refuse(list, name, target.value, {});
    }
  }
  return {};
}

GuardVerdict Guard::check_lists(const BlockTarget& target, Breadth breadth) const {
  const bool address = parse_prefix(url_host(target.value)).has_value();
  for (const auto& list : lists_) {
    const auto hit = list.find(target);
    if (!hit) continue;
    if (hit->below && breadth == Breadth::exact_name) continue;
    std::string suggestion;
    if (address)
      suggestion = "block the exact domain name at the rpz actuator, not the shared address";
    else if (hit->below)
      suggestion = fmt::format("block exactly {} at the rpz actuator", url_host(target.value));
    return refuse(list.name(), hit->entry, target.value, std::move(suggestion));
  }
  return {};
}

std::vector<Guard::Loaded> Guard::loaded() const {
  std::vector<Loaded> out;
  for (const auto& list : lists_) out.push_back({list.name(), list.entries(), list.rejected()});
  for (const auto& networks : networks_)
    out.push_back({networks.own ? "own networks" : "networks of " + networks.org,
                   networks.prefixes.size() + networks.domains.size(), 0});
  return out;
}

}  // namespace tocsin::playbooks
