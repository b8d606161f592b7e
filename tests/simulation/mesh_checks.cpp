#include <fmt/format.h>

#include "tests/simulation/mesh_run.hpp"

namespace tocsin::tests {

using namespace mesh;

bool MeshRun::may_read(std::size_t agent, const Audience& audience) const {
  const auto& org = federation_->agents[agent].org;
  return audience.all_members ||
         std::binary_search(audience.orgs.begin(), audience.orgs.end(), org);
}

void MeshRun::blame(std::string what) {
  if (wrong_.empty()) wrong_ = std::move(what);
}

// No agent ever opens what is not for it.
void MeshRun::check_heard(std::size_t index, const Delivered& batch) {
  for (const auto& record : batch.records) {
    if (record.header.kind != RecordKind::note) continue;
    const auto fields = FieldReader::make(record);
    if (!fields) continue;
    const auto said = said_.find(std::string(fields->text(1)));
    if (said == said_.end())
      blame(fmt::format("place {} reads what nobody said: '{}'", index, fields->text(1)));
    else if (!may_read(places_[index].agent, said->second.audience))
      blame(fmt::format("place {} reads '{}', which is not for it", index, said->first));
  }
}

// What lives must stay known, as a note must; of what has ended nothing is expected.
void MeshRun::note_indicators(std::size_t index, const Delivered& batch) {
  for (const auto& record : batch.records)
    if (record.header.kind == RecordKind::indicator)
      if (const std::string value(indicator_key(record).value); said_.contains(value))
        places_[index].notes->durable[value] = std::string(batch.via);
}

// What was durable before a crash is there after it. Of a forked log either branch may remain.
void MeshRun::check_kept(std::size_t index, const Notebook& before) {
  for (const auto& [text, via] : before.durable)
    if (!places_[index].notes->has(text) && honest(said_.at(text).author))
      blame(fmt::format("place {} had '{}' on its disk and lost it", index, text));
}

// Forks are only where somebody is at fault, and nothing piles up.
void MeshRun::check_now() {
  const auto per_agent = universe_.queued() / places_.size();
  queued_max_ = std::max(queued_max_, per_agent);
  if (per_agent > queued_per_agent_max)
    blame(fmt::format("{} events wait for each agent", per_agent));
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (!places_[i].node) continue;
    for (const auto& fork : places_[i].node->forks())
      for (std::size_t a = 0; a < federation_->agents.size(); ++a)
        if (federation_->agents[a].id == fork.log.agent && honest(a) && !restored_.contains(a))
          blame(fmt::format("place {} saw a fork of {}, which did nothing", i,
                            federation_->agents[a].name));
  }
}

// Before the disk of an agent loses something: of what only it holds nothing can be expected. A twin
// counts for nothing, since it is switched off one day.
void MeshRun::excuse_what_only_it_holds(std::size_t index) {
  const auto staying = federation_->agents.size();
  for (const auto& text : acknowledged_) {
    bool elsewhere = false;
    for (std::size_t i = 0; i < staying && !elsewhere; ++i)
      elsewhere = i != index && places_[i].notes->has(text) && !places_[i].damaged;
    if (!elsewhere) excused_.insert(text);
  }
  for (const auto& [name, placed] : places_[index].backing->batches) {
    bool elsewhere = false;
    for (std::size_t i = 0; i < staying && !elsewhere; ++i) {
      const auto& other = *places_[i].backing;
      elsewhere = i != index && other.batches.contains(name) && !other.rotten.contains(name);
    }
    if (!elsewhere) torn_.insert(name.first);
  }
}

std::string MeshRun::complaint() {
  auto out = notes_complaint();
  if (out.empty()) out = forks_complaint();
  return out.empty() ? digests_complaint() : out;
}

// The first way in which the agents do not hold what they should. Nothing is expected of one whose
// twin signs for it.
std::string MeshRun::notes_complaint() const {
  for (const auto& [text, said] : said_) {
    if (!honest(said.author)) continue;
    bool anywhere = acknowledged_.contains(text) && !excused_.contains(text);
    for (const auto& place : places_) anywhere |= !place.gone && place.notes->has(text);
    if (!anywhere) continue;
    for (const auto& place : places_)
      if (honest(place.agent) && !place.notes->has(text) && may_read(place.agent, said.audience))
        return fmt::format("{} lacks '{}'{}", federation_->agents[place.agent].name, text,
                           acknowledged_.contains(text) ? ", which was acknowledged" : "");
  }
  return {};
}

// Agents of two organisations hold the same of what both may read; those of one hold the same.
std::string MeshRun::digests_complaint() const {
  for (const auto& place : places_)
    if (place.node && !place.node->forks().empty()) return {};  // Each keeps its own branch.
  const auto count = federation_->agents.size();
  std::vector<std::map<std::string, Digest>> digests(count);
  for (std::size_t i = 0; i < count; ++i)
    for (const auto& org : plan_.orgs) digests[i][org.id] = places_[i].node->heads_digest(org.id);
  for (std::size_t i = 0; i < count; ++i)
    for (std::size_t j = 0; j < i; ++j) {
      if (!honest(i) || !honest(j)) continue;
      const auto &a = federation_->agents[i], &b = federation_->agents[j];
      const bool same = a.org == b.org ? digests[i] == digests[j]
                                       : digests[i].at(b.org) == digests[j].at(a.org);
      if (!same) return fmt::format("{} and {} hold different heads", a.name, b.name);
    }
  return {};
}

// What one can prove all can, so that nobody lets a forked epoch cause anything.
std::string MeshRun::forks_complaint() const {
  using Epoch = std::pair<AgentId, std::uint64_t>;
  std::map<Epoch, std::string> proven;
  std::vector<std::set<Epoch>> known(federation_->agents.size());
  for (std::size_t i = 0; i < known.size(); ++i) {
    if (!honest(i)) continue;
    for (const auto& fork : places_[i].node->forks()) {
      proven[{fork.log.agent, fork.log.epoch}] = federation_->agents[i].name;
      known[i].insert({fork.log.agent, fork.log.epoch});
    }
  }
  for (std::size_t i = 0; i < known.size(); ++i)
    for (const auto& [epoch, by] : proven)
      if (honest(i) && !known[i].contains(epoch))
        return fmt::format("{} lacks the proof of a fork that {} has", federation_->agents[i].name,
                           by);
  return {};
}

std::string MeshRun::unsettled_complaint() const {
  for (std::size_t i = 0; i < federation_->agents.size(); ++i) {
    if (!honest(i)) continue;
    for (const auto& fork : places_[i].node->forks())
      if (!fork.settled)
        return fmt::format("{} holds a fork that was settled for an open one",
                           federation_->agents[i].name);
  }
  return {};
}

std::string MeshRun::audit() {
  for (std::size_t i = 0; i < federation_->agents.size(); ++i) {
    if (!honest(i)) continue;
    const auto& name = federation_->agents[i].name;
    if (const auto left = rot_complaint(i); !left.empty()) return name + left;
    const auto audit = verify_archive(*places_[i].store, federation_->charter);
    if (!audit && audit.error().code == Errc::corrupt) continue;  // Nobody can mend it.
    if (!audit) return fmt::format("{}: {}", name, audit.error().message);
    if (!audit->ok && !of_broken_log(i, audit->first_bad))
      return fmt::format("{}: {}", name, audit->first_bad);
  }
  for (std::size_t i = 0; i < places_.size(); ++i)
    if (auto found = clear_text_complaint(i); !found.empty()) return found;
  return {};
}

// What has rotted came again from others, unless it was only carried, which nobody offers twice.
std::string MeshRun::rot_complaint(std::size_t index) const {
  const auto& backing = *places_[index].backing;
  for (const auto& [name, rotten] : backing.rotten) {
    const auto& [log, sequence] = name;
    if (backing.batches.at(name).batch.readable == 0) continue;
    if (broken(log)) continue;
    return fmt::format(" never mended batch {} of {}", sequence, short_name(log));
  }
  return {};
}

// Forked by its author, or a part of it was on one disk only and went with it.
bool MeshRun::broken(const LogKey& log) const {
  return torn_.contains(log) ||
         (villain_ != nobody && log.agent == federation_->agents[villain_].id);
}

bool MeshRun::of_broken_log(std::size_t index, std::string_view complaint) const {
  for (const auto& [name, placed] : places_[index].backing->batches)
    if (broken(name.first) && complaint.find(short_name(name.first)) != complaint.npos) return true;
  return false;
}

// Nothing lies readable on the disk of an agent that may not read it.
std::string MeshRun::clear_text_complaint(std::size_t index) const {
  for (const auto& [name, placed] : places_[index].backing->batches) {
    const auto bytes = text_of(*placed.batch.encoded);
    for (auto at = bytes.find(" says <"); at != bytes.npos; at = bytes.find(" says <", at + 1)) {
      const auto number = bytes.substr(at, bytes.find('>', at) - at + 1);
      for (const auto& [text, said] : said_)
        if (text.ends_with(number) && !may_read(places_[index].agent, said.audience))
          return fmt::format("place {} keeps '{}' in clear", index, text);
    }
  }
  return {};
}

}  // namespace tocsin::tests
