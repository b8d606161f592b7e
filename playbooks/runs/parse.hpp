// Reads the JSON of a playbook into values and names every part that is not understood: what is
// not offered is refused with its step id, never skipped.
#pragma once

#include "playbooks/runs/document.hpp"

namespace tocsin::playbooks {

/// What a document says by itself; see validate() for what its parts say together. Errors:
/// invalid, too_large, as check_playbook.
Result<CheckedPlaybook> parse_playbook(std::string_view json);

}  // namespace tocsin::playbooks
