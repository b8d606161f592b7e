#include "mesh/sync/comparison.hpp"

namespace tocsin::mesh {

ComparisonSource::ComparisonSource(const SketchKey& key, std::vector<BatchPlace> held)
    : key_(key), encoder_(key) {
  for (const auto& place : held)
    if (places_.emplace(place.id, place).second) encoder_.add(place.id);
}

Result<Sketch> ComparisonSource::answer(const SketchAsk& ask) {
  if (ask.key != key_ || ask.first != encoder_.taken())
    return fail(Errc::refused, "comparison: symbol {} is asked for where {} is next", ask.first,
                encoder_.taken());
  if (ask.first + ask.count > symbols_max)
    return fail(Errc::refused, "comparison: over {} symbols", symbols_max);
  Sketch out{key_, ask.first, encoder_.items(), {}};
  for (std::uint32_t i = 0; i < ask.count; ++i) out.symbols.push_back(encoder_.next());
  return out;
}

Places ComparisonSource::answer(const PlacesAsk& ask) const {
  Places out{key_, {}};
  for (const auto& id : ask.ids)
    if (const auto at = places_.find(id); at != places_.end()) out.places.push_back(at->second);
  return out;
}

ComparisonRun::ComparisonRun(const SketchKey& key, std::vector<BatchPlace> held)
    : key_(key), decoder_(key) {
  for (const auto& place : held)
    if (places_.emplace(place.id, place).second) decoder_.add(place.id);
  difference_.items_here = places_.size();
}

std::optional<Message> ComparisonRun::next() {
  switch (phase_) {
    case Phase::symbols:
      // Half as many again each time: little is asked for in vain, and a round trip is saved.
      count_ = std::uint32_t(std::clamp<std::size_t>(decoder_.symbols() / 2, first_ask,
                                                     frame_symbols_max));
      return SketchAsk{key_, decoder_.symbols(), count_};
    case Phase::places: {
      const auto count = std::min(unplaced_.size(), frame_places_max);
      asked_.assign(unplaced_.begin(), unplaced_.begin() + std::ptrdiff_t(count));
      return PlacesAsk{key_, asked_};
    }
    case Phase::done: return std::nullopt;
  }
  return std::nullopt;
}

Result<void> ComparisonRun::take(const Sketch& sketch) {
  if (phase_ != Phase::symbols || sketch.first != decoder_.symbols() ||
      sketch.symbols.size() != count_)
    return fail(Errc::invalid, "comparison: an answer to no question");
  difference_.items_there = sketch.items;
  for (const auto& symbol : sketch.symbols) {
    if (decoder_.take(symbol)) return solved();
    if (decoder_.broken())
      return fail(Errc::invalid, "comparison: these are the symbols of no set");
  }
  if (decoder_.only_here().size() + decoder_.only_there().size() > differences_max ||
      decoder_.symbols() >= ComparisonSource::symbols_max)
    return fail(Errc::too_large, "comparison: more than {} batches differ", differences_max);
  return {};
}

Result<void> ComparisonRun::solved() {
  difference_.symbols = decoder_.symbols();
  for (const auto& id : decoder_.only_here()) {
    const auto at = places_.find(id);
    if (at == places_.end())
      return fail(Errc::invalid, "comparison: these are the symbols of no set");
    difference_.only_here.push_back(at->second);
  }
  unplaced_.assign(decoder_.only_there().begin(), decoder_.only_there().end());
  phase_ = unplaced_.empty() ? Phase::done : Phase::places;
  return {};
}

Result<void> ComparisonRun::take(const Places& places) {
  if (phase_ != Phase::places || places.places.size() != asked_.size())
    return fail(Errc::invalid, "comparison: an answer to no question");
  for (std::size_t i = 0; i < asked_.size(); ++i) {
    if (places.places[i].id != asked_[i])
      return fail(Errc::invalid, "comparison: another batch than the one asked for");
    difference_.only_there.push_back(places.places[i]);
  }
  unplaced_.erase(unplaced_.begin(), unplaced_.begin() + std::ptrdiff_t(asked_.size()));
  if (unplaced_.empty()) phase_ = Phase::done;
  return {};
}

}  // namespace tocsin::mesh
