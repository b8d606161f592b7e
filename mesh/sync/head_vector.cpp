#include "mesh/sync/head_vector.hpp"

#include <algorithm>

#include "mesh/wire/head_delta.hpp"

namespace tocsin::mesh {
namespace {

Digest digest_of_section(std::span<const LogHead> heads) {
  ByteWriter out;
  for (const auto& head : heads) {
    out.raw(encode_log_key(head.key));
    out.u64(head.contiguous);
    out.raw(head.last.view().first(head_id_bytes));
    out.u32(std::uint32_t(head.ranges.size()));
    for (const auto& range : head.ranges) {
      out.u64(range.first);
      out.u64(range.last);
    }
  }
  return crypto::blake2b(out.bytes());
}

// Each run of heads of one author.
template <typename Use>
void by_author(std::span<const LogHead> heads, const Use& use) {
  for (auto first = heads.begin(); first != heads.end();) {
    const auto last = std::find_if(first, heads.end(), [&](const LogHead& head) {
      return head.key.agent != first->key.agent;
    });
    use(std::span(first, last));
    first = last;
  }
}

bool before(const LogHead& a, const LogHead& b) { return a.key < b.key; }

// Walks both by author; `use` gets the sections of one, null where there is none.
template <typename Use>
void side_by_side(const HeadVector& a, const HeadVector& b, const Use& use) {
  auto left = a.sections.begin(), right = b.sections.begin();
  while (left != a.sections.end() || right != b.sections.end()) {
    const bool has_left = left != a.sections.end() &&
                          (right == b.sections.end() || (*left)->author() <= (*right)->author());
    const bool has_right = right != b.sections.end() &&
                           (left == a.sections.end() || (*right)->author() <= (*left)->author());
    use(has_left ? left->get() : nullptr, has_right ? right->get() : nullptr);
    if (has_left) ++left;
    if (has_right) ++right;
  }
}

std::span<const LogHead> logs_of(const HeadSection* section) {
  return section ? std::span<const LogHead>(section->logs) : std::span<const LogHead>();
}

}  // namespace

Digest digest_of(const std::vector<LogHead>& heads) {
  ByteWriter out;
  by_author(heads, [&](std::span<const LogHead> section) { out.fixed(digest_of_section(section)); });
  return crypto::blake2b(out.bytes());
}

const LogHead& HeadVector::at(std::size_t index) const {
  const auto section = std::upper_bound(ends.begin(), ends.end(), index) - ends.begin();
  const auto& logs = sections[std::size_t(section)]->logs;
  return logs[index - (ends[std::size_t(section)] - logs.size())];
}

const HeadSection* HeadVector::of(const AgentId& author) const {
  const auto at = std::lower_bound(
      sections.begin(), sections.end(), author,
      [](const SharedSection& section, const AgentId& id) { return section->author() < id; });
  return at == sections.end() || (*at)->author() != author ? nullptr : at->get();
}

const LogHead* HeadVector::find(const LogKey& log) const {
  const auto logs = logs_of(of(log.agent));
  const auto at = std::lower_bound(
      logs.begin(), logs.end(), log,
      [](const LogHead& head, const LogKey& key) { return head.key < key; });
  return at == logs.end() || at->key != log ? nullptr : &*at;
}

std::vector<LogHead> HeadVector::all() const {
  std::vector<LogHead> out;
  out.reserve(size());
  for (const auto& section : sections)
    out.insert(out.end(), section->logs.begin(), section->logs.end());
  return out;
}

std::vector<LogHead> unlike(const HeadVector& these, const HeadVector& those,
                            const std::function<bool(const AgentId&)>& wanted) {
  std::vector<LogHead> out;
  side_by_side(these, those, [&](const HeadSection* one, const HeadSection* other) {
    if (one == other || !one || !wanted(one->author())) return;
    auto its = logs_of(other);
    for (const auto& head : one->logs) {
      while (!its.empty() && its.front().key < head.key) its = its.subspan(1);
      if (its.empty() || its.front() != head) out.push_back(head);
    }
  });
  return out;
}

Bytes encode_head_delta(const HeadVector& from, const HeadVector& to) {
  HeadDeltaWriter out;
  side_by_side(from, to, [&](const HeadSection* old, const HeadSection* now) {
    if (old == now)
      out.pass(old->logs.size());
    else
      out.compare(logs_of(old), logs_of(now));
  });
  return std::move(out).take();
}

SharedHeads HeadVectors::share(std::vector<LogHead> logs) {
  std::vector<SharedSection> sections;
  by_author(logs, [&](std::span<const LogHead> of_one) {
    sections.push_back(section({of_one.begin(), of_one.end()}));
  });
  return share(std::move(sections));
}

SharedHeads HeadVectors::share(std::vector<SharedSection> sections) {
  HeadVector made;
  ByteWriter digests;
  for (const auto& each : sections) {
    made.ends.push_back(made.size() + each->logs.size());
    made.ranges += each->ranges;
    digests.fixed(each->digest);
  }
  made.sections = std::move(sections);
  made.digest = crypto::blake2b(digests.bytes());
  auto& known = vectors_[made.digest];
  // The digest does not cover everything: of two with the same one the newer is kept.
  if (auto held = known.lock(); held && held->sections == made.sections) return held;
  auto out = std::make_shared<const HeadVector>(std::move(made));
  known = out;
  sweep(vectors_, sweep_vectors_at_);
  return out;
}

SharedSection HeadVectors::section(std::vector<LogHead> logs) {
  HeadSection made;
  for (auto& head : logs) {
    std::fill(head.last.data.begin() + head_id_bytes, head.last.data.end(), std::uint8_t(0));
    made.ranges += head.ranges.size();
  }
  made.digest = digest_of_section(logs);
  made.logs = std::move(logs);
  auto& known = sections_[made.digest];
  if (auto held = known.lock(); held && held->logs == made.logs) return held;
  auto out = std::make_shared<const HeadSection>(std::move(made));
  known = out;
  sweep(sections_, sweep_sections_at_);
  return out;
}

template <typename Shared>
void HeadVectors::sweep(Known<Shared>& known, std::size_t& at) {
  if (known.size() < at) return;
  std::erase_if(known, [](const auto& entry) { return entry.second.expired(); });
  at = std::max<std::size_t>(64, 2 * known.size());
}

// Only the sections in which something changed are made anew.
Result<SharedHeads> HeadVectors::apply(const HeadVector& from, ByteView delta,
                                       std::size_t logs_max) {
  const auto head_at = [&](std::size_t index) -> const LogHead& { return from.at(index); };
  auto changes = read_head_delta(delta, from.size(), head_at, logs_max);
  if (!changes) return std::unexpected(changes.error());
  std::vector<SharedSection> sections;
  auto moved = changes->moved.begin();
  std::span<const LogHead> fresh(changes->fresh);
  const auto take_fresh = [&](const auto& belongs) {
    const auto end = std::find_if_not(fresh.begin(), fresh.end(), belongs);
    const std::span taken(fresh.begin(), end);
    fresh = fresh.subspan(taken.size());
    return taken;
  };
  const auto make_new = [&](std::span<const LogHead> heads) {
    by_author(heads, [&](std::span<const LogHead> of_one) {
      sections.push_back(section({of_one.begin(), of_one.end()}));
    });
  };
  std::size_t first = 0;
  for (std::size_t i = 0; i < from.sections.size(); ++i) {
    const auto& old = from.sections[i];
    make_new(take_fresh([&](const LogHead& head) { return head.key.agent < old->author(); }));
    const auto more =
        take_fresh([&](const LogHead& head) { return head.key.agent == old->author(); });
    const bool moves = moved != changes->moved.end() && moved->at < from.ends[i];
    if (moves || !more.empty()) {
      std::vector<LogHead> logs;
      logs.reserve(old->logs.size() + more.size());
      for (std::size_t at = first; at < from.ends[i]; ++at) {
        if (moved == changes->moved.end() || moved->at != at) {
          logs.push_back(old->logs[at - first]);
          continue;
        }
        if (moved->head) logs.push_back(std::move(*moved->head));
        ++moved;
      }
      const auto kept = std::ptrdiff_t(logs.size());
      logs.insert(logs.end(), more.begin(), more.end());
      std::inplace_merge(logs.begin(), logs.begin() + kept, logs.end(), before);
      const auto twice =
          std::adjacent_find(logs.begin(), logs.end(),
                             [](const LogHead& a, const LogHead& b) { return a.key == b.key; });
      if (twice != logs.end()) return fail(Errc::invalid, "heads: one log twice");
      if (!logs.empty()) sections.push_back(section(std::move(logs)));
    } else {
      sections.push_back(old);
    }
    first = from.ends[i];
  }
  make_new(fresh);
  return share(std::move(sections));
}

}  // namespace tocsin::mesh
