// Collects what an auditor gets of one incident.
#pragma once

#include "agents/agent/services.hpp"

namespace tocsin::agents {

/// `id` → `{incident, entries, withheld, document}`, for this organisation's own auditor: the records of the incident and of its runs, as
/// agents/home/audit_file.hpp describes. Errors: not_found, usage (an ambiguous prefix), too_large.
mesh::Task<Result<Answer>> export_audit(Services& services, Request request);

}  // namespace tocsin::agents
