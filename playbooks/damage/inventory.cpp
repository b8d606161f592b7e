#include "playbooks/damage/inventory.hpp"

#include <algorithm>

namespace tocsin::playbooks {

namespace {

constexpr std::size_t listed_unresolved_max = 1000;
constexpr std::size_t listed_cycles_max = 100;
constexpr std::size_t listed_cycle_assets_max = 100;

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return out;
}

/// Characters of which words in ids, names and host names are made.
bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '-' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

std::string_view word_at(std::string_view text, std::size_t at) {
  auto end = at;
  while (end < text.size() && is_word(text[end])) ++end;
  return text.substr(at, end - at);
}

}  // namespace

Result<DamageBook::Imported> Inventory::import(std::vector<Asset> assets) {
  DamageBook::Imported out;
  std::map<std::string, Asset> merged;
  for (auto& asset : assets_) merged.emplace(asset.id, asset);
  for (auto& asset : assets) {
    auto [at, added] = merged.insert_or_assign(asset.id, asset);
    (added ? out.added : out.replaced) += 1;
  }
  if (merged.size() > assets_max)
    return fail(Errc::full, "{} assets, limit {}", merged.size(), assets_max);
  assets_.clear();
  for (auto& [id, asset] : merged) assets_.push_back(std::move(asset));
  index();

  for (const auto& asset : assets_)
    for (const auto& id : asset.depends_on)
      if (id.find(':') == std::string::npos && !by_id_.contains(id) &&
          out.unresolved.size() < listed_unresolved_max)
        out.unresolved.push_back(id);
  std::ranges::sort(out.unresolved);
  const auto [first, last] = std::ranges::unique(out.unresolved);
  out.unresolved.erase(first, last);
  for (const auto& group : groups_of(graph_)) {
    if (group.size() < 2 || out.cycles.size() == listed_cycles_max) continue;
    auto& cycle = out.cycles.emplace_back();
    for (const auto node : group)
      if (cycle.size() < listed_cycle_assets_max) cycle.push_back(assets_[node].id);
  }
  return out;
}

void Inventory::index() {
  ++generation_;
  by_id_.clear();
  by_host_.clear();
  secrets_.clear();
  graph_.depends_on.assign(assets_.size(), {});
  foreign_.assign(assets_.size(), {});
  for (std::uint32_t i = 0; i < assets_.size(); ++i) {
    const auto& asset = assets_[i];
    by_id_.emplace(asset.id, i);
    by_host_.emplace(lowered(asset.id), i);
    add_secret(asset.id, false);
    add_secret(asset.name, false);
    add_secret(asset.owner, true);
  }
  for (std::uint32_t i = 0; i < assets_.size(); ++i) {
    if (!assets_[i].name.empty()) by_host_.emplace(lowered(assets_[i].name), i);
    for (const auto& id : assets_[i].depends_on) {
      const auto colon = id.find(':');
      const bool abroad = colon != std::string::npos && id.substr(0, colon) != org_;
      if (abroad) {
        foreign_[i].push_back({id.substr(0, colon), id.substr(colon + 1)});
        continue;
      }
      const auto other = find(colon == std::string::npos ? id : id.substr(colon + 1));
      if (other && *other != i) graph_.depends_on[i].push_back(*other);
    }
  }
}

std::optional<std::uint32_t> Inventory::find(std::string_view id) const {
  const auto at = by_id_.find(std::string(id));
  if (at == by_id_.end()) return {};
  return at->second;
}

std::optional<std::uint32_t> Inventory::find_host(std::string_view host) const {
  auto name = lowered(host);
  if (name.ends_with('.')) name.pop_back();
  auto at = by_host_.find(name);
  // A host is often told with its domain where the inventory has the short name.
  if (at == by_host_.end() && name.find_first_not_of("0123456789.") != std::string::npos)
    at = by_host_.find(name.substr(0, name.find('.')));
  if (at == by_host_.end()) return {};
  return at->second;
}

void Inventory::add_secret(std::string_view text, bool owner) {
  auto lower = lowered(text);
  std::size_t begin = 0;
  while (begin < lower.size() && !is_word(lower[begin])) ++begin;
  const auto word = word_at(lower, begin);
  if (word.empty()) return;
  auto& list = secrets_[std::string(word)];
  list.push_back({lower.substr(begin), owner});
}

const Inventory::Secret* Inventory::secret_at(std::string_view lower, std::size_t at) const {
  const auto found = secrets_.find(std::string(word_at(lower, at)));
  if (found == secrets_.end()) return nullptr;
  const Secret* longest = nullptr;
  for (const auto& secret : found->second) {
    const auto end = at + secret.text.size();
    const bool whole = end >= lower.size() || !is_word(lower[end]) || !is_word(secret.text.back());
    if (whole && lower.substr(at, secret.text.size()) == secret.text &&
        (longest == nullptr || secret.text.size() > longest->text.size()))
      longest = &secret;
  }
  return longest;
}

std::string Inventory::redact(std::string_view text) const {
  const auto lower = lowered(text);
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_word(text[at])) {
      out += text[at++];
      continue;
    }
    if (const auto* secret = secret_at(lower, at)) {
      out += secret->owner ? "[owner]" : "[asset]";
      at += secret->text.size();
      continue;
    }
    const auto word = word_at(text, at);
    out += word;
    at += word.size();
  }
  return out;
}

}  // namespace tocsin::playbooks
