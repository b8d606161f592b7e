// Which inject an expectation answers to: its time counts from there.
#pragma once

#include "agents/drill/scenario.hpp"

namespace tocsin::agents::drill {

/// Whether `inject` can bring about, or put to the test, what `expectation` says: another
/// indicator's, another run's or another organisation's does not.
bool concerns(const Inject& inject, const Expectation& expectation);

/// The place in `event.injects` of the last inject that concerns `expectation`; that of the last
/// of all where none does. `event` has an inject.
std::size_t stimulus_of(const StoryEvent& event, const Expectation& expectation);

}  // namespace tocsin::agents::drill
