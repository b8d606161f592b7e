#include "playbooks/act/ledger.hpp"

#include <charconv>
#include <set>

#include "crypto/base_encoding.hpp"

namespace tocsin::playbooks {
namespace {

constexpr std::size_t ledger_bytes_max = ledger_entries_max * 2304;

std::string_view next_word(std::string_view& line) {
  const auto end = std::min(line.find(' '), line.size());
  const auto word = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return word;
}

}  // namespace

Result<Ledger> Ledger::open(mesh::Disk& disk, mesh::Path path) {
  Ledger out(disk, std::move(path));
  if (!disk.exists(out.path_)) return out;
  const auto bytes = disk.read(out.path_, ledger_bytes_max);
  if (!bytes) return std::unexpected(bytes.error());
  auto text = text_of(*bytes);
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto taken = out.take_line(text.substr(0, end));
    if (!taken)
      return fail(Errc::corrupt, "{}: line {}: {}", out.path_.string(), number,
                  taken.error().message);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

Result<void> Ledger::take_line(std::string_view line) {
  const auto raw = from_hex(next_word(line));
  const auto id = raw ? EffectId::from(*raw) : std::unexpected(raw.error());
  if (!id) return std::unexpected(id.error());
  EffectOrder effect{*id, {}, {}, {}};
  const auto until = next_word(line);
  if (std::from_chars(until.data(), until.data() + until.size(), effect.until.ms).ec !=
      std::errc{})
    return fail(Errc::invalid, "no time");
  auto word = next_word(line);
  std::uint32_t performed = 1;
  // Ledgers from before there was a count have the type here.
  if (std::from_chars(word.data(), word.data() + word.size(), performed).ec == std::errc{})
    word = next_word(line);
  const auto type = mesh::indicator_type_from(word);
  const auto tlp = mesh::tlp_from(next_word(line));
  const auto pap = mesh::pap_from(next_word(line));
  const auto target = block_target(line);
  if (!type || !tlp || !pap || !target || target->type != *type)
    return fail(Errc::invalid, "no type, marking or value");
  effect.marking = {*tlp, *pap};
  effect.target = *target;
  effects_.emplace(*id, std::move(effect));
  performed_[*id] = performed;
  return {};
}

Result<void> Ledger::add(const EffectOrder& effect) {
  const bool fresh = !has(effect.id);
  if (fresh && effects_.size() >= ledger_entries_max)
    return fail(Errc::full, "{} effects are in force here already", ledger_entries_max);
  effects_.emplace(effect.id, effect);
  ++performed_[effect.id];
  const auto saved = save();
  if (!saved && --performed_[effect.id] == 0) {
    performed_.erase(effect.id);
    effects_.erase(effect.id);
  }
  return saved;
}

Result<void> Ledger::remove(const EffectId& id) {
  auto effect = effects_.extract(id);
  if (effect.empty()) return {};
  auto performed = performed_.extract(id);
  const auto saved = save();
  if (!saved) {
    effects_.insert(std::move(effect));
    performed_.insert(std::move(performed));
  }
  return saved;
}

std::uint32_t Ledger::performed(const EffectId& id) const {
  const auto found = performed_.find(id);
  return found == performed_.end() ? 0 : found->second;
}

std::vector<BlockTarget> Ledger::targets() const {
  std::map<std::string_view, mesh::IndicatorType> distinct;
  for (const auto& [id, effect] : effects_)
    distinct.emplace(effect.target.value, effect.target.type);
  std::vector<BlockTarget> out;
  for (const auto& [value, type] : distinct) out.push_back({type, std::string(value)});
  return out;
}

Result<void> Ledger::save() const {
  std::string text;
  for (const auto& [id, effect] : effects_)
    text += fmt::format("{} {} {} {} {} {} {}\n", to_hex(id.view()), effect.until.ms,
                        performed(id), mesh::name_of(effect.target.type), mesh::name_of(effect.marking.tlp),
                        mesh::name_of(effect.marking.pap), effect.target.value);
  return disk_->write_atomic(path_, bytes_of(text), mesh::FileMode::secret);
}

}  // namespace tocsin::playbooks
