#include "playbooks/act/rpz.hpp"

#include <charconv>

#include "playbooks/act/prefix_set.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t zone_bytes_max = 64 * 1024 * 1024;
constexpr std::string_view serial_mark = " ; serial";
constexpr std::size_t owner_bytes_max = 253;

/// The serial in a zone file that this class wrote; 0 where there is none.
std::uint32_t serial_in(std::string_view zone) {
  const auto end = zone.find(serial_mark);
  if (end == zone.npos) return 0;
  const auto begin = zone.rfind(' ', end - 1) + 1;
  std::uint32_t out = 0;
  std::from_chars(zone.data() + begin, zone.data() + end, out);
  return out;
}

std::string ipv6_labels(const Prefix& prefix) {
  auto text = to_text({prefix.address, 128, false});
  std::vector<std::string> groups;
  const auto gap = text.find("::");
  if (gap != text.npos) text.replace(gap, 2, gap == 0 ? "zz:" : ":zz:");
  if (text.ends_with(':')) text.pop_back();
  for (std::string_view left = text; !left.empty();) {
    const auto end = std::min(left.find(':'), left.size());
    groups.emplace_back(left.substr(0, end));
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  auto out = std::to_string(prefix.length);
  for (auto group = groups.rbegin(); group != groups.rend(); ++group) out += '.' + *group;
  return out;
}

}  // namespace

Result<std::string> rpz_ip_owner(std::string_view text) {
  const auto prefix = parse_prefix(text);
  if (!prefix) return fail(Errc::invalid, "'{}' is no address or network", text.substr(0, 80));
  if (!prefix->ipv4) return ipv6_labels(*prefix) + ".rpz-ip";
  const auto v4 = std::uint32_t(prefix->address.low);
  return fmt::format("{}.{}.{}.{}.{}.rpz-ip", prefix->length - 96, v4 & 255, v4 >> 8 & 255,
                     v4 >> 16 & 255, v4 >> 24);
}

Result<std::unique_ptr<Rpz>> Rpz::open(mesh::Disk& disk, RpzOptions options) {
  const auto zone = block_target(options.zone);
  if (!zone || zone->type != mesh::IndicatorType::domain)
    return fail(Errc::invalid, "'{}' is no zone name", options.zone.substr(0, 80));
  auto beside = options.path;
  beside += ".effects";
  auto ledger = Ledger::open(disk, std::move(beside));
  if (!ledger) return std::unexpected(ledger.error());
  auto out = std::unique_ptr<Rpz>(new Rpz(disk, std::move(options), std::move(*ledger)));
  if (disk.exists(out->options_.path)) {
    const auto before = disk.read(out->options_.path, zone_bytes_max);
    if (!before) return std::unexpected(before.error());
    out->serial_ = serial_in(text_of(*before));
  }
  if (const auto written = out->publish(); !written) return std::unexpected(written.error());
  return out;
}

bool Rpz::takes(mesh::IndicatorType type) const {
  using mesh::IndicatorType;
  return type == IndicatorType::ipv4 || type == IndicatorType::ipv6 ||
         type == IndicatorType::cidr || type == IndicatorType::domain;
}

Breadth Rpz::breadth(mesh::IndicatorType type) const {
  return type == mesh::IndicatorType::domain && !options_.wildcard ? Breadth::exact_name
                                                                   : Breadth::broad;
}

Result<void> Rpz::do_effect(const EffectOrder& effect) {
  if (!takes(effect.target.type))
    return fail(Errc::unsupported, "an RPZ takes no {}", mesh::name_of(effect.target.type));
  if (effect.target.value.size() + 1 + options_.zone.size() > owner_bytes_max)
    return fail(Errc::unsupported, "the name is too long for an entry in zone {}",
                options_.zone);
  if (ledger_.has(effect.id)) return {};
  if (const auto added = ledger_.add(effect); !added) return added;
  return publish();
}

Presence Rpz::probe(const EffectId& id) const {
  return ledger_.has(id) ? Presence::present : Presence::absent;
}

Result<void> Rpz::undo(const EffectId& id) {
  if (!ledger_.has(id)) return {};
  if (const auto removed = ledger_.remove(id); !removed) return removed;
  return publish();
}

std::string Rpz::content() const {
  auto out = fmt::format(
      "$ORIGIN {}.\n$TTL 60\n@ IN SOA localhost. hostmaster.localhost. (\n  {}{}\n"
      "  60 60 604800 60 )\n@ IN NS localhost.\n",
      options_.zone, serial_, serial_mark);
  for (const auto& target : ledger_.targets()) {
    if (target.type == mesh::IndicatorType::domain) {
      out += target.value + " CNAME .\n";
      if (options_.wildcard) out += "*." + target.value + " CNAME .\n";
    } else if (const auto owner = rpz_ip_owner(target.value)) {
      out += *owner + " CNAME .\n";
    }
  }
  return out;
}

Result<void> Rpz::publish() {
  ++serial_;
  return disk_.write_atomic(options_.path, bytes_of(content()), mesh::FileMode::shared);
}

}  // namespace tocsin::playbooks
