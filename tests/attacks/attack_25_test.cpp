#include "tests/attacks/sim_rig.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;
using namespace std::chrono_literals;

TEST_CASE("attack 25: kill -9 at any moment loses nothing that was acknowledged") {
  int acknowledged = 0, cut_short = 0;
  for (Duration moment = 0ms; moment < 20ms; moment += 100us) {
    CAPTURE(moment.count());
    SimRig rig({{"bleu"}});
    rig.open(0);
    SimRig::Publishing done;
    rig.start_publishing(0, rig.note(0, Tlp::green, all_members, "acknowledged"), done);
    rig.run_for(moment);
    rig.kill_and_reopen(0);
    done ? ++acknowledged : ++cut_short;
    if (done) {
      REQUIRE(*done);
      CHECK(rig.notes(0).has("acknowledged"));
    }
    // What was under way is there whole or not at all, and the log goes on.
    rig.publish(0, rig.note(0, Tlp::green, all_members, "afterwards"));
    CHECK(rig.notes(0).has("afterwards"));
  }
  CHECK(acknowledged > 20);
  CHECK(cut_short > 20);
}
