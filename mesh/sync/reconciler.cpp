#include "mesh/sync/reconciler.hpp"

namespace tocsin::mesh {

// What did not change since is neither cleared nor hashed again.
const SharedHeads& Reconciler::offer() const {
  const auto& catalogue = shared_.catalogue;
  if (offer_ && offered_at_ == catalogue.changes()) return offer_;
  if (std::exchange(cleared_at_, catalogue.clearances()) != catalogue.clearances())
    offered_.clear();
  const PeerName peer{peer_, org_};
  const auto visible = [&](const LogKey& log) {
    return reader_clearance(Exit::pull, log, peer, catalogue, shared_.charter) == Refusal::none;
  };
  std::vector<SharedSection> sections;
  for (const auto& [author, now] : catalogue.heads().authors()) {
    auto& offered = offered_[author];
    if (std::exchange(offered.changed, now.changed) != now.changed) {
      auto heads = catalogue.heads().heads_of(author, visible);
      offered.section = heads.empty() ? nullptr : shared_.vectors.section(std::move(heads));
    }
    if (offered.section) sections.push_back(offered.section);
  }
  offer_ = shared_.vectors.share(std::move(sections));
  offered_at_ = catalogue.changes();
  return offer_;
}

Message Reconciler::greet(WallTime wall) {
  greeted_ = offer();
  shared_.memory.keep_ours(greeted_);
  Hello hello;
  hello.time = wall;
  hello.heads_digest = greeted_->digest;
  hello.address = shared_.own_address;
  hello.flags = shared_.flags;
  hello.forks_digest = greeted_forks_ = shared_.catalogue.fork_book().digest();
  if (const auto known = shared_.memory.newest_of_theirs()) hello.basis = basis_of(known->digest);
  return hello;
}

std::vector<Message> Reconciler::on_hello(const Hello& hello) {
  const auto ours = offer();
  theirs_ = hello.heads_digest;
  // What was sent before a connection broke may not have arrived: the first greeting tells.
  if (!std::exchange(heard_, true)) held_ = shared_.memory.ours(hello.basis);
  if (hello.flags & Hello::show_all) held_ = nullptr;
  equal_ = same_head_id(*theirs_, ours->digest);
  if (equal_) {
    remote_ = held_ = ours;
    shared_.memory.keep_ours(ours);
    shared_.memory.keep_theirs(ours);
  } else if (auto known = shared_.memory.theirs(basis_of(*theirs_));
             known && same_head_id(known->digest, *theirs_)) {
    remote_ = std::move(known);  // They know that we know, and will not say it again.
  }
  if (same_heads(held_, ours)) return {};
  return show();
}

// The change since what they know, or everything where nothing is known.
std::vector<Message> Reconciler::show() {
  const auto ours = offer();
  const auto basis = std::exchange(held_, ours);
  shared_.memory.keep_ours(ours);
  if (!basis) return show_whole(*ours);
  auto changes = encode_head_delta(*basis, *ours);
  if (changes.size() > head_delta_bytes_max) return show_whole(*ours);
  std::vector<Message> out;
  out.push_back(HeadsDelta{basis_of(basis->digest), std::move(changes)});
  return out;
}

std::vector<Message> Reconciler::show_whole(const HeadVector& heads) const {
  std::vector<Message> out;
  Heads part;
  const auto send = [&](bool more) {
    part.more = more;
    out.push_back(std::exchange(part, {}));
  };
  for (const auto& section : heads.sections)
    for (const auto& head : section->logs) {
      if (part.logs.size() == frame_logs_max) send(true);
      part.logs.push_back(head);
    }
  send(false);
  return out;
}

Result<std::optional<std::vector<Message>>> Reconciler::on_heads(Heads heads) {
  for (const auto& head : heads.logs) assembling_ranges_ += head.ranges.size();
  if (assembling_.size() + heads.logs.size() > remote_logs_max ||
      assembling_ranges_ > remote_ranges_max) {
    assembling_.clear();
    assembling_ranges_ = 0;
    return fail(Errc::too_large, "heads of more than {} logs or {} ranges", remote_logs_max,
                remote_ranges_max);
  }
  std::move(heads.logs.begin(), heads.logs.end(), std::back_inserter(assembling_));
  if (heads.more) return std::nullopt;
  auto logs = std::exchange(assembling_, {});
  assembling_ranges_ = 0;
  const auto disordered = std::adjacent_find(
      logs.begin(), logs.end(),
      [](const LogHead& a, const LogHead& b) { return !(a.key < b.key); });
  if (disordered != logs.end()) return fail(Errc::invalid, "heads out of order");
  return take(shared_.vectors.share(std::move(logs)));
}

Result<std::vector<Message>> Reconciler::on_delta(const HeadsDelta& delta, WallTime wall) {
  const auto basis = shared_.memory.either(delta.basis);
  if (!basis) {
    // Forgotten here: once more, and all of it.
    assembling_.clear();
    assembling_ranges_ = 0;
    auto again = std::get<Hello>(greet(wall));
    again.flags |= Hello::show_all;
    std::vector<Message> out;
    out.push_back(std::move(again));
    return out;
  }
  auto heads = shared_.vectors.apply(*basis, delta.changes, remote_logs_max);
  if (!heads) return std::unexpected(heads.error());
  if ((*heads)->ranges > remote_ranges_max)
    return fail(Errc::too_large, "heads of more than {} ranges", remote_ranges_max);
  return take(std::move(*heads));
}

// They lack something that we offer, and cannot know it until we show our heads.
std::vector<Message> Reconciler::take(SharedHeads theirs) {
  remote_ = std::move(theirs);
  shared_.memory.keep_theirs(remote_);
  const auto ours = offer();
  if (same_heads(held_, ours) || unlike(*ours, *remote_).empty()) return {};
  return show();
}

std::optional<Message> Reconciler::tick(WallTime wall) {
  const auto changes = shared_.catalogue.changes();
  if (changes == seen_changes_) return std::nullopt;
  seen_changes_ = changes;
  if (same_heads(offer(), greeted_) && greeted_forks_ == shared_.catalogue.fork_book().digest())
    return std::nullopt;
  return greet(wall);
}

// A peer that has shown all it holds says nothing to a greeting, and would never learn what came
// here by another way.
std::vector<Message> Reconciler::show_unasked() {
  const auto changes = shared_.catalogue.changes();
  if (!theirs_ || changes == compared_changes_) return {};
  compared_changes_ = changes;
  const auto ours = offer();
  if (same_head_id(ours->digest, *theirs_) || same_heads(held_, ours)) return {};
  return show();
}

}  // namespace tocsin::mesh
