#include "playbooks/detect/field_names.hpp"

#include <cstring>

namespace tocsin::playbooks {
namespace {

std::uint64_t read64(const char* from) {
  std::uint64_t out;
  std::memcpy(&out, from, sizeof out);
  return out;
}

// Eight bytes at a time; what lies behind the key is masked out. (Little-endian hosts only.)
bool same_key(const char* key, std::size_t size, const char* raw) {
  std::size_t at = 0;
  for (; at + 8 <= size; at += 8)
    if (read64(raw + at) != read64(key + at)) return false;
  const std::size_t left = size - at;
  if (left == 0) return true;
  const std::uint64_t mask = (1ull << (8 * left)) - 1;
  return ((read64(raw + at) ^ read64(key + at)) & mask) == 0;
}

}  // namespace

FieldNames::FieldNames(std::size_t names_max)
    : nodes_(1), slots_(1024), names_max_(names_max) {}

std::uint32_t FieldNames::expected(std::uint32_t parent, const char* raw) {
  for (const std::uint32_t id : nodes_[latest_].next) {
    const Node& node = nodes_[id];
    if (id == none || node.parent != parent || node.key_size > guessed_key_max) continue;
    if (raw[node.key_size] != '"' || !same_key(node.key, node.key_size, raw)) continue;
    latest_ = id;
    return id;
  }
  return none;
}

void FieldNames::follow(std::uint32_t id) {
  Node& before = nodes_[latest_];
  if (before.next[0] != id) {
    before.next[1] = before.next[0];
    before.next[0] = id;
  }
  latest_ = id;
}

std::uint64_t FieldNames::hash(std::uint32_t parent, std::string_view key) {
  std::uint64_t first = 0, last = 0;
  const std::size_t part = key.size() < 8 ? key.size() : 8;
  std::memcpy(&first, key.data(), part);
  std::memcpy(&last, key.data() + key.size() - part, part);
  std::uint64_t out = (first ^ parent) * 0x9e3779b97f4a7c15ull + key.size();
  out = (out ^ (out >> 29) ^ last) * 0xbf58476d1ce4e5b9ull;
  return out ^ (out >> 32);
}

std::uint32_t FieldNames::below(std::uint32_t parent, std::string_view key) {
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash(parent, key) & mask;
  for (std::size_t probe = 0; probe < probes_max; ++probe, at = (at + 1) & mask) {
    if (slots_[at].id == 0) return has_room(parent, key) ? add(parent, key) : none;
    if (slots_[at].parent != parent || slots_[at].key != key) continue;
    follow(slots_[at].id);
    return slots_[at].id;
  }
  return none;
}

bool FieldNames::has_room(std::uint32_t parent, std::string_view key) const {
  const std::size_t name = nodes_[parent].name.size() + 1 + key.size();
  return nodes_.size() < names_max_ && name <= name_bytes_max &&
         bytes_ + key.size() + name <= bytes_max;
}

std::uint32_t FieldNames::add(std::uint32_t parent, std::string_view key) {
  texts_.emplace_back(key);
  const std::string_view own_key = texts_.back();
  std::string text(nodes_[parent].name);
  if (!text.empty()) text += '.';
  texts_.push_back(text.append(key));
  bytes_ += own_key.size() + texts_.back().size();
  Node node;
  node.parent = parent;
  node.name = texts_.back();
  node.kind = kind_of_field(node.name);
  node.key_size = guessed_key_max + 1;
  // These do not look in JSON as they are; one with a quote would pass for a shorter key.
  if (key.size() <= guessed_key_max && key.find_first_of("\"\\") == key.npos) {
    node.key_size = std::uint32_t(key.size());
    std::memcpy(node.key, key.data(), key.size());
  }
  nodes_.push_back(node);
  const auto id = std::uint32_t(nodes_.size() - 1);
  if (nodes_.size() * 2 > slots_.size()) grow();
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = hash(parent, own_key) & mask;
  while (slots_[at].id != 0) at = (at + 1) & mask;
  slots_[at] = {parent, id, own_key};
  follow(id);
  return id;
}

void FieldNames::grow() {
  std::vector<Slot> larger(slots_.size() * 2);
  const std::size_t mask = larger.size() - 1;
  for (const Slot& slot : slots_) {
    if (slot.id == 0) continue;
    std::size_t at = hash(slot.parent, slot.key) & mask;
    while (larger[at].id != 0) at = (at + 1) & mask;
    larger[at] = slot;
  }
  slots_ = std::move(larger);
}

}  // namespace tocsin::playbooks
