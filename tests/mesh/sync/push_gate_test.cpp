#include "mesh/sync/push_gate.hpp"

#include "tests/catch.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace std::chrono_literals;

TEST_CASE("a peer that keeps up is told everything") {
  PushGate gate;
  CHECK(gate.admit(0, false, {}));
  CHECK(gate.admit(PushGate::backlog_bytes_max - 1, false, {}));
  CHECK_FALSE(gate.heads_only());
  CHECK_FALSE(gate.changed());
}

TEST_CASE("behind a backlog a peer hears alarms only, until there is no room for them either") {
  PushGate gate;
  CHECK_FALSE(gate.admit(PushGate::backlog_bytes_max, false, {}));
  CHECK(gate.heads_only());
  CHECK(gate.changed());
  CHECK_FALSE(gate.changed());
  CHECK(gate.admit(PushGate::backlog_bytes_max, true, {}));
  CHECK_FALSE(gate.admit(PushGate::alarm_bytes_max, true, {}));
  CHECK_FALSE(gate.changed());
}

TEST_CASE("it is live again once its queue has drained, and not before a while has passed") {
  PushGate gate;
  CHECK_FALSE(gate.admit(PushGate::backlog_bytes_max, false, Instant{}));
  gate.look(0, Instant{PushGate::heads_only_min - 1ns});
  CHECK(gate.heads_only());
  CHECK_FALSE(gate.admit(0, false, Instant{PushGate::heads_only_min - 1ns}));
  gate.look(PushGate::drained_bytes + 1, Instant{PushGate::heads_only_min});
  CHECK(gate.heads_only());
  (void)gate.changed();
  gate.look(PushGate::drained_bytes, Instant{PushGate::heads_only_min});
  CHECK_FALSE(gate.heads_only());
  CHECK(gate.changed());
  CHECK(gate.admit(0, false, Instant{PushGate::heads_only_min}));
}
