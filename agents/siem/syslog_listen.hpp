// Syslog over TCP and UDP.
#pragma once

#include "agents/siem/intake.hpp"

namespace tocsin::agents {

/// Errors: as Network::listen.
Result<std::unique_ptr<Input>> listen_syslog_tcp(std::shared_ptr<Intake> intake);
/// Errors: as Network::bind_datagrams.
Result<std::unique_ptr<Input>> listen_syslog_udp(std::shared_ptr<Intake> intake);

}  // namespace tocsin::agents
