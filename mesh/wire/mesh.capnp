# What two agents say to one another inside an encrypted channel: one Message per frame.
# Ids and digests are Data of fixed length; mesh/wire/frame.hpp states every bound.
@0xd2a5b9a47e3f6c11;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("tocsin::mesh::capnp_wire");

struct LogKey {
  agent @0 :Data;      # 16 bytes
  epoch @1 :UInt64;
  scope @2 :Data;      # 16 bytes, or empty for the zero scope
  class @3 :UInt8;
}

struct Range {
  first @0 :UInt64;
  last @1 :UInt64;
}

struct LogHead {
  key @0 :LogKey;
  contiguous @1 :UInt64;
  base @2 :UInt64;
  last @3 :Data;           # first 16 bytes of the id of the batch at `contiguous`, or empty when there is none
  ranges @4 :List(Range);
}

struct PullRange {
  key @0 :LogKey;
  first @1 :UInt64;
  last @2 :UInt64;
}

struct Heads {
  logs @0 :List(LogHead);
  more @1 :Bool;
}

struct Pull {
  id @0 :UInt64;
  ranges @1 :List(PullRange);
}

struct Batch {
  encoded @0 :Data;
  live @1 :Bool;
}

struct ForkProof {
  first @0 :Data;          # header and signature of a batch, 228 bytes
  second @1 :Data;
}

struct SketchAsk {
  key @0 :Data;            # 16 bytes, chosen by who asks
  first @1 :UInt64;
  count @2 :UInt32;
}

struct Sketch {
  first @0 :UInt64;
  items @1 :UInt64;
  symbols @2 :Data;        # 48 bytes each: sum, check, count
  key @3 :Data;            # of the question
}

struct Place {
  key @0 :LogKey;
  sequence @1 :UInt64;
  id @2 :Data;             # 32 bytes
}

struct Ids {
  key @0 :Data;
  ids @1 :Data;            # batch ids of 32 bytes
}

struct Places {
  key @0 :Data;
  places @1 :List(Place);
}

struct Routes {
  flags @0 :UInt32;
  orgs @1 :List(Text);     # that the sender reaches
  site @2 :Data;           # its neighbours there: agent id[16], flags[1] each
}

struct Probe {
  target @0 :Data;         # 16 bytes
  nonce @1 :UInt64;
  answer @2 :UInt8;        # 0 asks, 1 alive, 2 silent
}

struct Flow {
  urgent @0 :UInt64;       # bytes of batches, counted from the connection's beginning
  cases @1 :UInt64;
  indicators @2 :UInt64;
}

struct Bye {
  reason @0 :UInt8;
  text @1 :Text;
}

struct Message {
  union {
    hello @0 :Data;        # mesh/wire/frame.hpp
    heads @1 :Heads;
    pull @2 :Pull;
    pullEnd @3 :Pull;
    batch @4 :Batch;
    forkProof @5 :ForkProof;
    certificates @6 :List(Data);
    ping @7 :UInt64;
    pong @8 :UInt64;
    bye @9 :Bye;
    sketchAsk @10 :SketchAsk;
    sketch @11 :Sketch;
    placesAsk @12 :Ids;
    places @13 :Places;
    flow @14 :Flow;
    headsDelta @15 :Data;  # basis, 8 bytes, then mesh/wire/head_delta.hpp
    reserved16 @16 :Void;
    routes @17 :Routes;
    probe @18 :Probe;
    packedBatch @19 :Batch;  # `encoded` as in mesh/wire/packed_batch.hpp
  }
}
