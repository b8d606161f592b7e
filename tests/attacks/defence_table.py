"""Which lines of the product stand against which attack, and which test must notice their loss.

Each row: the attack's number, what the defence does, the program and test that must fail without
it, and the edits that take it out (file, exact text, replacement). Where a second defence would
hold the line alone, one row takes out both."""
from typing import NamedTuple


class Row(NamedTuple):
    attack: int
    defence: str
    program: str  # target below the build folder; an acceptance script names its function instead
    test: str
    edits: list


ATTACKS = "tests/attacks/test_attacks"
ACCEPTANCE = "tests/acceptance/test_two_operators.py"
BAD_DISK = "tests/acceptance/test_bad_disk.py"
BIT_ROT = "tests/acceptance/test_bit_rot.py"
POWER_LOSS = "tests/acceptance/test_power_loss.py"
# What is built before a script is run.
SCRIPTS = {script: ["tocsin", "tests/shim/liblost_writes.so"]
           for script in (ACCEPTANCE, BAD_DISK, BIT_ROT, POWER_LOSS)}
CRYPTO = "tests/crypto/test_crypto"
MESH = "tests/mesh/test_mesh"
AGENTS = "tests/agents/test_agents"

BATCH = "mesh/wire/batch.cpp"
CATALOGUE = "mesh/sync/catalogue.cpp"
CATALOGUE_FORKS = "mesh/sync/catalogue_forks.cpp"
CLEARANCE = "mesh/sync/clearance.cpp"
EXITS = "mesh/wire/audience.cpp"
FRAME = "mesh/wire/frame_decode.cpp"
HANDSHAKE = "crypto/handshake.cpp"
DIAL = "mesh/sync/connections_dial.cpp"
DOOR = "mesh/sync/doorkeeper.cpp"
INBOX = "mesh/sync/inbox.cpp"
PUBLISH = "mesh/sync/node_publish.cpp"
RECEIVE = "mesh/sync/node_receive.cpp"
RECONCILER = "mesh/sync/reconciler.cpp"
ROUTES = "mesh/sync/node_routes.cpp"
APPROVALS = "playbooks/runs/run_approvals.cpp"
AUDIT_CHECK = "agents/home/audit_check.cpp"
FORK_BOOK = "mesh/sync/fork_book.cpp"
FORK_PROOF = "mesh/sync/fork_proof.cpp"
LEDGER = "mesh/sync/witness_ledger.cpp"
NODE = "mesh/sync/mesh_node.cpp"
NODE_FORKS = "mesh/sync/node_forks.cpp"
BATCH_ENTRY = "mesh/store/batch_entry.cpp"
BUNDLE = "mesh/sync/bundle.cpp"
BUNDLE_FILE = "mesh/sync/bundle_file.cpp"
CHECKPOINT = "mesh/sync/checkpoint.cpp"
LMDB = "mesh/store/lmdb_medium.cpp"
NODE_BUNDLE = "mesh/sync/node_bundle.cpp"
NODE_CHECKPOINT = "mesh/sync/node_checkpoint.cpp"
STORE = "mesh/store/windowed_store.cpp"
CHAIN = "crypto/charter_chain.cpp"
CHARTER = "crypto/charter.cpp"
CARD = "crypto/card.cpp"
IDENTITY = "crypto/identity.cpp"
LEARN = "mesh/sync/catalogue_learn.cpp"
ROSTER = "mesh/sync/roster.cpp"


def never(file, condition):
    """Takes out a refusal whose `if (` begins with this text."""
    return (file, f"if ({condition}", f"if (false && {condition}")


def row(attack, defence, test, *edits, program=ATTACKS):
    return Row(attack, defence, program, test, list(edits))


T1_EACH = "attack 1: a relay flips each byte of a batch in turn, and all are rejected"
T1_SEALED = "attack 1: a relay flips each byte of a sealed batch, and reader and carrier reject"
T1_NODE = "attack 1: whichever byte a relay flips, its session ends and it is the one counted"
T3_NODE = "attack 3: a replayed or swapped or dropped frame ends the session, and sequences resume"
T4 = "attack 4: a revoked agent is cut off within five seconds and stays outside"
T5_EXPIRED = "attack 5: an agent whose certificate has expired is refused, whatever its own clock says"
T5_DAY = "attack 5: an agent whose clock is a day off, either way, is refused by both ends"
T5_ALARM = "two clocks that differ by half an hour raise the alarm on both sides"
T5_APART = "agents whose clocks are a day apart do not talk, and come together once they agree"
T6_EVERYWHERE = "attack 6: two batches for one place are kept as proof, and freeze the author everywhere"
T6_KILL = "attack 6: the proof and the freeze outlive a kill"
T6_SEAM = "attack 6: who takes the two branches in turn proves it from their seam"
T6_FALSE = "attack 6: a false proof is refused, and ends the session of who brought it"
T6_TABLE = "attack 6: one author's forks fill no table, and its epochs are frozen as a whole"
T6_BUNDLE = "a proof and the decision that settles it reach by bundle who is never connected"
T8_GATE = "a peer that holds something of ours that we forgot opens a new epoch"
T8_ONE = "one agent out of reach may hold what all others lack: the old epoch needs them all"
T8_ALL = "a peer that confirms a stale head is not believed while others are still to be heard"
T8_LIAR = "attack 8: a partner that confirms a stale head makes no restored agent fork"
T8_LOG = "attack 8: what was forgotten may be of a log that those who confirm cannot read"
T8_COPY = "an agent whose copy signs in its place closes the epoch, and goes on in a new one"
T8_EPOCH = "after a restart a closed epoch stays closed, and a copy's epoch is not gone on with"
T9_BATCH = "attack 9: organisation A signs as organisation B, and nobody takes it"
T9_NODE = "attack 9: what one organisation signs as another is refused by reader and by relay"
T10_EXIT = "attack 10: RED is offered to nobody but the person it names"
T10_WIRE = "attack 10: RED and AMBER are not pushed to, shown to or pulled by one not meant"
T10_RELAY = "attack 10: a relay holds AMBER sealed, RED not at all, and gives neither to others"
T11_MOVED = "attack 11: RED cannot be moved into the open scope, nor opened under another header"
T12_BLOCK = "attack 12: an indicator of PAP:AMBER or PAP:RED is never blocked"
T12_TURNS = "attack 12: an indicator that turns PAP:AMBER while approvals are awaited is not blocked"
T12_EDL = "attack 12: PAP:AMBER and PAP:RED are on no published block list"
T13_EMPTY = "attack 13: an empty or unknown audience is nobody"
T13_NODE = "attack 13: nothing is published for an empty, unknown or contradictory audience"
T16_OTHER = "attack 16: an approval for another version, step, target, deadline or command"
T18_TYPED = "attack 18: each typed variable takes its own kind of value and nothing beside it"
T18_TARGET = "attack 18: whatever reaches an actuator is one plain address, network, domain or URL"
T20_OLD = "attack 20: an older charter is not taken from a file"
T20_RIVAL = "attack 20: a rival charter of the same version is not taken from a file"
T20_MESH = "attack 20: neither an older nor a rival nor an unsigned charter is taken from the mesh"
T20_STANDING = "attack 20: under a charter that ran out nothing pre-authorised is blocked"
T21_LONG = "attack 21: a list that is true but longer than a message may hold is refused"
T25_FSYNC = "attack 25: a failed fsync stops the agent, and nothing is acknowledged by trying again"
T25_FULL = "attack 25: a full disk acknowledges nothing that is not on it, and loses nothing that is"
T25_SYNC = "attack_25_a_failing_fsync_stops_the_agent_and_nothing_is_acknowledged"
T25_WRITE = "attack_25_a_write_error_stops_the_agent_and_nothing_is_acknowledged"
T25_NO_ROOM = "attack_25_a_full_disk_stops_the_agent_and_nothing_is_acknowledged"
T25_SHORT = "attack_25_a_short_write_stops_the_agent_and_nothing_is_acknowledged"
T26_HOLE = "attack_26_a_store_with_a_hole_in_the_middle_is_named_and_comes_back"
T26_CUT = "attack_26_a_store_cut_off_in_the_middle_is_named_and_comes_back"
T26_AGAIN = "attack 26: what rotted while the agent was down comes again from a peer"
T26_BESIDE = "attack 26: one rotten batch does not hold back those after it"
T26_NAMED = "attack 26: a damaged store stops the start, naming what rotted, unless it is mended"
T26_MANY = "attack 26: more rotten places than a head can name are mended bit by bit"
T26_COPY = "attack 26: what rotted is mended by the batch that stood there, and by no other"
T26_DISK = "a rotten batch is named, the others are read, and a new copy mends it"
T27_CHECKPOINT = "a checkpoint that leaves out what is live here is not believed, and all is kept"
T27_BASE = "another batch at the base, before the next one or in the root is seen"
T27_ABOVE = "what is live must lie above the base, in a log of the same author"
T29_TWICE = "attack 29: a bundle imported twice stores once, and says so"
T29_GAPS = "attack 29: bundles in the wrong order leave a gap that is told, then filled"
T29_DAMAGED = "attack 29: of a bundle that was cut short or altered nothing at all is stored"
T29_FORGED = "attack 29: a bundle that somebody else made in a member's name is refused"
T29_OTHERS = "attack 29: nobody but the recipient opens a bundle"
T29_MAKER = "a file is read to its end and its maker is known by the charter"
T29_REVOKED = "attack 29: an agent that is revoked hands over no bundles"
T20_BACK = ("attack 20: what a removed member dates back is withdrawn where it was heard, "
            "and refused elsewhere")
T20_END = "attack 20: of a former member's log only what leads to its named end is taken"
T30_ALONE = "attack 30: neither recovery key nor thresholds alone install a new root"
T30_STOLEN = "attack 30: a stolen root neither signs its successor nor certifies anybody later"
T30_HISTORY = "attack 30: old history verifies, and the new root's agent is heard by all"
T21_TABLE = "attack 21: segment tables that lie are refused"
T21_SIZE = "attack 21: packed, oversized, empty and unaligned frames are refused"
T24_DOOR = "attack 24: bogus handshakes are turned away at the door, before any cryptography"
T24_PLACES = "attack 24: silent connections from everywhere keep no partner out"
T24_TURNS = "attack 24: an author that floods waits its turn, and delays nobody else"
T24_QUOTA = "attack 24: a member's flood is stored up to its quota, and costs it no reputation"
T24_LOGS = "attack 24: a member that opens logs without end takes no places but its own"
T24_BASES = "attack 24: nor does one that says of ever more logs where they begin"
T24_SCOPES = "attack 24: scopes without end fill no table of others"
T24_FORGER = "attack 24: who forges again and again is shut out for a while, who lacks something is not"
T22_DEEP = "attack 22: JSON nested 100,000 deep is refused by every reader"
T27_REWRITTEN = "attack 27: an insider who rewrites the log of decisions is contradicted by a witness"
T27_CUT = "attack 27: an insider who cuts off the log of decisions is contradicted by a witness"
T27_FILE = "attack 27: an exported file that was rewritten or cut off is contradicted offline"
T27_SIGNED = "attack 27: a witness counts under its signature only, and nobody is his own witness"

SIGNATURE = never(BATCH, "!crypto::verify(crypto::Label::batch,")
ROOT = never(BATCH, "root_of(ByteView(*payload).first(batch_secret_bytes), *records) !=")
OPEN_SCOPE = never(BATCH, "log.scope.is_zero() && tlp != Tlp::clear")
EARLY = (PUBLISH,
         "  undurable_[{gathered.log, draft.sequence}] = arrival;",
         "  for (const auto& [tag, id] : arrival->late)\n"
         "    tickets_.settle(tag, {id, gathered.log, draft.sequence});\n"
         "  undurable_[{gathered.log, draft.sequence}] = arrival;")

ROWS = [
    row(1, "a batch's header is signed", T1_EACH, SIGNATURE),
    row(1, "the records fit the signed root", T1_EACH, ROOT),
    row(1, "a carrier checks the sealed payload", T1_SEALED,
        never(BATCH, "crypto::blake2b(batch.payload()) != batch.header.payload_digest")),
    row(1, "a forged batch ends the session", T1_NODE,
        (RECEIVE, "if (admitted.blamed)", "if (false && admitted.blamed)")),
    row(1, "the relay is counted, not the author", T1_NODE,
        (RECEIVE, "connections_.count(from, reason);",
         "connections_.count(batch.header.log.agent, reason);")),
    row(1, "the relay is blamed, not the author", T1_NODE,
        (CATALOGUE, "relayed_badly.blame = Blame::relay;", "relayed_badly.blame = Blame::author;")),

    row(2, "a MAC comes before any Diffie-Hellman",
        "attack 2: a stranger's message 1 is refused before any Diffie-Hellman",
        (HANDSHAKE, "mac.data(), mac_bytes) == 0;", "mac.data(), mac_bytes) <= 0;")),
    row(2, "a handshake ends once", "attack 2: a replayed message 2 fails on a new handshake",
        never(HANDSHAKE, "state_->ended) return")),
    row(2, "every tag is checked", "attack 2: a replayed message 2 fails on a new handshake",
        ("crypto/noise_symmetric.cpp", "ad.size(), number.data(), key.data()) != 0)",
         "ad.size(), number.data(), key.data()) > 0)")),
    row(2, "message 1 changes no state",
        "attack 2: a recorded handshake, said again to the agent it was for, changes nothing",
        ("mesh/sync/connections_dial.cpp",
         "auto first = co_await link.receive(frame_bytes_max, handshake_max);",
         "Result<Bytes> first = encode(Ping{7});")),
    row(2, "the greeting's time must grow",
        "attack 2: a greeting whose time does not grow replaces no session",
        never("mesh/sync/connections_dial.cpp", "answer->greeting.timestamp <= last)")),

    row(3, "a counter is the nonce", "attack 3: a replayed transport frame breaks the channel",
        ("crypto/channel.cpp", "noise::decrypt(receive_.key, receive_.counter,",
         "noise::decrypt(receive_.key, 0,")),
    row(3, "one bad frame ends the channel",
        "attack 3: a reordered transport frame breaks the channel",
        ("crypto/channel.cpp", "  else\n    end();\n  return opened;", "  return opened;")),
    row(3, "each direction has its key", "attack 3: a frame sent back to its sender is refused",
        (HANDSHAKE, "initiator ? Channel(from_initiator, from_responder, hash)",
         "initiator ? Channel(from_initiator, from_initiator, hash)")),
    row(3, "one bad frame ends the session", T3_NODE,
        ("mesh/sync/secure_link.cpp", "co_return std::unexpected(opened.error());", "continue;")),
    row(3, "what was missed is asked for", T3_NODE,
        (RECONCILER, "equal_ = same_head_id(*theirs_, ours->digest);",
         "equal_ = hello.protocol == protocol_version;"),
        (RECONCILER, "if (same_head_id(ours->digest, *theirs_) || same_heads(held_, ours)) return {};",
         "if (!ours->digest.is_zero()) return {};")),

    row(24, "what comes beyond the credit ends the session",
        "a peer that sends more than it was granted loses its session",
        never("mesh/sync/flow.cpp", "part.arrived >= part.granted)"),
        program="tests/mesh/test_mesh"),

    row(4, "a revocation cuts the live session", T4,
        (RECEIVE, "connections_.drop(agent, ByeReason::revoked);", "(void)agent;")),
    row(4, "a revoked agent is not let in", T4,
        never("mesh/sync/roster.cpp", "revoked_.contains({body.id(), body.org}))")),

    row(5, "an expired certificate is refused", T5_EXPIRED,
        never("mesh/sync/roster.cpp", "!certificate->valid_at(now))")),
    row(5, "a certificate of another day is refused", T5_DAY,
        never("mesh/sync/roster.cpp", "!certificate->valid_at(now))")),
    row(5, "an agent without a valid certificate does not start",
        "attack 5: an agent whose clock is outside its certificate does not start and says why",
        ("mesh/sync/connections.cpp", "if (certificate.valid_at(now))",
         "if (certificate.valid_at(now) || true)")),
    row(5, "a certificate covers the time of a batch (receiver)",
        "attack 5: a batch whose time lies outside its author's certificate is refused",
        (ROSTER, "if (certificate.valid_at(time)) return &",
         "if (certificate.valid_at(time) || true) return &"),
        (CATALOGUE, "if (!author || !checked)", "if (!author)")),
    row(5, "a certificate covers the time of a batch (wire)",
        "attack 5: a batch signed before or after its certificate's time does not verify",
        (BATCH, "if (header.time < author.not_before || header.time >= author.not_after)",
         "if (false && (header.time < author.not_before || header.time >= author.not_after))")),
    row(5, "a clock that is off raises an alarm", T5_ALARM,
        ("mesh/sync/clock_watch.cpp", "  ++alarms_;\n  return Verdict::alarm;", "  return Verdict::off;"),
        program=MESH),
    row(5, "with a clock a day off nobody talks", T5_APART,
        (RECEIVE, "if (!ClockWatch::beyond(ahead, ClockWatch::refuse_beyond)) return",
         "if (true) return"),
        program=MESH),

    row(5, "a person's signature in an export is within a certificate",
        "a person's signature counts within a certificate of that time",
        (AUDIT_CHECK, "roster_.analysts_at(org, name, at)",
         "std::vector{*roster_.analyst(org, name)}"),
        program=AGENTS),
    row(6, "a proof is passed on to every peer", T6_EVERYWHERE,
        (NODE_FORKS, "if (!session.send(catalogue_.fork_book().proof(*index))) return;",
         "if (*index < ForkBook::forks_max) return;")),
    row(6, "what comes of a forked epoch is marked as such", T6_EVERYWHERE,
        (NODE, "agent != id_ && catalogue_.frozen(", "agent == id_ && catalogue_.frozen(")),
    row(6, "what is marked so sets nothing going",
        "what a forked author says alerts, and sets nothing going until it is settled",
        ("agents/agent/record_flow.cpp", "  if (batch.frozen) return;", ""), program=AGENTS),
    row(6, "proofs are read from the store at start", T6_KILL,
        (FORK_BOOK, "if (seen) place({*seen, std::move(proof), in.u64()});", "(void)in;")),
    row(6, "a batch that names another one before it is a proof", T6_SEAM,
        (CATALOGUE_FORKS, "if (before && *before) keep_proof(",
         "if (false && before && *before) keep_proof(")),
    row(6, "a batch that fills a gap is held against its successor", T6_SEAM,
        (CATALOGUE_FORKS, "  keep_proof(batch.encoded, *(*after)->encoded);\n  return true;",
         "  return false;")),
    row(6, "both headers of a proof are signed", T6_FALSE,
        (FORK_PROOF, "check_signed(*prefix, roster, federation); !good)",
         "check_signed(*prefix, roster, federation); false)")),
    row(6, "headers of two logs prove nothing", T6_FALSE,
        never(FORK_PROOF, "one->log != two->log)")),
    row(6, "a header does not contradict itself", T6_FALSE,
        never(FORK_PROOF, "out.first == out.second)")),
    row(6, "who brings a false proof is thrown out", T6_FALSE,
        (NODE_FORKS, "    return std::unexpected(added.error());", "    return {};")),
    row(6, "an author's forks are bounded", T6_TABLE,
        never(FORK_BOOK, "author.overfull) return Added::capped;")),
    row(6, "an author beyond its bound is frozen as a whole", T6_TABLE,
        (FORK_BOOK, "author->second.overfull && ordinal >= author->second.since",
         "false && ordinal >= author->second.since")),
    row(6, "every bundle takes the proofs along", T6_BUNDLE,
        ("mesh/sync/node_bundle.cpp", "if (done) done = draft.add(SegmentKind::fork_proofs, proof);",
         "(void)proof;"), program=MESH),

    row(8, "a head beyond ours opens a new epoch", T8_GATE,
        ("mesh/sync/epoch_gate.cpp", "if (beyond || other) {", "if (false && (beyond || other)) {"),
        program=MESH),
    row(8, "who is out of reach does not open an old epoch", T8_ONE,
        ("mesh/sync/epoch_gate.cpp", "std::ranges::includes(heard_, options_.holders)", "!heard_.empty()"),
        program=MESH),
    row(8, "all that are connected are heard before an old epoch goes on", T8_ALL,
        ("mesh/sync/epoch_gate.cpp", "if (all_heard && std::", "if ((all_heard || true) && std::"), program=MESH),
    row(8, "a liar that is there first opens no old epoch", T8_LIAR,
        ("mesh/sync/epoch_gate.cpp", "std::ranges::includes(heard_, options_.holders)", "!heard_.empty()")),
    row(8, "who may hold any log is asked, not who reads those that the backup has", T8_LOG,
        (NODE, "  others = seen_.lately(std::move(others));",
         "  std::erase_if(others, [&](const AgentId& a) { return catalogue_.roster().org_of(a) != \"bleu\"; });")),
    row(8, "an agent whose copy signs closes the epoch", T8_COPY,
        ("mesh/sync/node_twin.cpp", "  close_epoch(log.epoch);\n", ""),
        (NODE_FORKS, "    if (agent == id_) close_epoch(seen->log.epoch);\n", ""), program=MESH),
    row(8, "an agent goes on in no epoch that it did not open", T8_EPOCH,
        (NODE, "if (const auto noted = noted_epoch()) last_epoch = noted;", "(void)noted_epoch();"),
        program=MESH),

    row(7, "a batch's id is the digest of its header",
        "attack 7: the same body with a second valid signature is the same batch",
        (BATCH, "out.id = crypto::blake2b(out.header_bytes());",
         "out.id = crypto::blake2b(ByteView(out.encoded).first(batch_prefix_bytes));")),
    row(7, "what is held already proves no fork",
        "attack 7: a batch with a second valid signature is held already, and proves no fork",
        never(CATALOGUE, "!lost && id_of(*(*held)->encoded) == batch.id)")),

    row(9, "a certificate speaks for its own log", T9_BATCH,
        (BATCH, "author.kind != crypto::CertificateKind::agent || author.id() != header.log.agent)",
         "author.kind != crypto::CertificateKind::agent)")),
    row(9, "an analyst's certificate signs no batch", T9_BATCH,
        (BATCH, "author.kind != crypto::CertificateKind::agent || author.id() != header.log.agent)",
         "author.id() != header.log.agent)")),
    row(9, "a record names the author of its log", T9_BATCH,
        never(BATCH, "record.header.author != log.agent.prefix())")),
    row(9, "reader and relay check the signature", T9_NODE, SIGNATURE),
    row(9, "a scope belongs to the agent that made it", T9_NODE,
        never(CATALOGUE, "scope->author != header.log.agent)")),

    row(9, "a certificate carries the word of its own key",
        "attack 9: a certificate whose key has not signed to be that is refused", never(IDENTITY, "!proves_possession(*body))"),
        program=CRYPTO),
    row(9, "so does a certificate in a charter",
        "attack 9: no charter names or certifies an agent whose key did not agree", never(IDENTITY, "!proves_possession(*body))"),
        program=CRYPTO),
    row(9, "an agent in a charter agreed to be there",
        "attack 9: no charter names or certifies an agent whose key did not agree",
        never(CARD, "!proves_possession(certificate_body_of(card.org, agent)))"), program=CRYPTO),
    row(9, "an agent on a card agreed to be there",
        "attack 9: a card with another organisation's agent on it is refused",
        never(CARD, "!proves_possession(certificate_body_of(card.org, agent)))"), program=CRYPTO),
    row(9, "a handshake asks for that word",
        "attack 9: no session begins with a certificate whose key has not signed to be that", never(IDENTITY, "!proves_possession(*body))")),
    row(9, "a certificate record without it is not heard",
        "attack 9: whoever certifies another's agent first does not come to own it", never(IDENTITY, "!proves_possession(*body))")),
    row(9, "nor is one that a session hands over",
        "attack 9: nor does it by handing the certificate over in a session", never(IDENTITY, "!proves_possession(*body))")),
    row(9, "nor is one that made a bundle",
        "attack 9: a bundle whose maker's key has not signed to be that is refused", never(IDENTITY, "!proves_possession(*body))"),
        program=MESH),
    row(9, "nor does an auditor believe one",
        "attack 9: an export whose certificate its key has not signed is found out", never(IDENTITY, "!proves_possession(*body))"),
        program=AGENTS),
    row(10, "RED is read by its person only", T10_EXIT,
        (EXITS, "return !recipient.analyst.empty() && named(person) ?",
         "return !recipient.analyst.empty() ?")),
    row(10, "RED goes to agents of its persons only", T10_EXIT,
        (EXITS, "(recipient.analyst.empty() ? has_person() : named(person))",
         "(recipient.analyst.empty() ? has_person() || true : named(person))")),
    row(10, "a push asks who may read", T10_WIRE,
        (ROUTES, "    return refusal != Refusal::none;",
         "    return exit != Exit::push && refusal != Refusal::none;")),
    row(10, "a pull asks who may read", T10_WIRE,
        ("mesh/sync/pull_server.cpp", "if (refusal != Refusal::none) {",
         "if (false && refusal != Refusal::none) {")),
    row(10, "heads show only what may be read", T10_WIRE,
        (RECONCILER, "shared_.charter) == Refusal::none;", "shared_.charter) == Refusal::none || true;")),
    row(10, "the agent does not try to lend RED", T10_RELAY,
        (ROUTES, "if (!scope || !scope->key || !scope->audience.persons.empty()) return;",
         "if (!scope || !scope->key) return;")),
    row(10, "RED is lent to nobody", T10_RELAY,
        (ROUTES, "if (!scope || !scope->key || !scope->audience.persons.empty()) return;",
         "if (!scope || !scope->key) return;"),
        never(CLEARANCE, "!scope->audience.persons.empty()) return Refusal::red;"),
        never(EXITS, "recipient.sealed_carrier && marking.tlp == Tlp::red)"),
        (EXITS, "if (marking.tlp == Tlp::red) return check_red",
         "if (marking.tlp == Tlp::red && !recipient.sealed_carrier) return check_red")),
    row(10, "a relay asks before it passes on", T10_RELAY,
        (ROUTES, "    return refusal != Refusal::none;",
         "    return exit != Exit::relay && refusal != Refusal::none;")),
    row(10, "a scope's key is wrapped for its audience only",
        "attack 10: RED and AMBER that a recipient hands on wrongly cannot be read",
        ("mesh/sync/scope_table.cpp", "for (const auto& org : audience.orgs) add(org);",
         'for (const auto& org : audience.orgs) add(org);\n  add("bsi");')),

    row(10, "a newcomer's key comes from its own organisation only",
        "attack 10: a member hands a scope's key to a third one, which cannot read by it",
        ("mesh/sync/scope_wrap.cpp",
         "if (!roster.same_org(wrapper, newcomer) || roster.is_revoked(newcomer))",
         "if (wrapper.is_zero() || roster.is_revoked(newcomer))"),
        ("mesh/sync/scope_table.cpp",
         "std::includes(ids.begin(), ids.end(), scope.added.begin(), scope.added.end()))",
         "(scope.added.empty() || !ids.empty()))")),
    row(10, "routes are heard from the own organisation only",
        "attack 10: routes inside an organisation that a stranger tells end its session",
        never(ROUTES, "facts.org != options_.org)")),

    row(11, "the signed root covers the marking",
        "attack 11: a relay relabels a record, and the signed root no longer fits", ROOT),
    row(11, "RED is not taken in the open scope", T11_MOVED, OPEN_SCOPE),
    row(11, "the header is associated data of what is sealed", T11_MOVED,
        ("crypto/sealed.cpp", "const auto ad_digest = blake2b(ad);",
         "const auto ad_digest = blake2b(ad.first(0));"),
        ("crypto/sealed.cpp", "plaintext.size(), ad.data(), ad.size(), nullptr,",
         "plaintext.size(), ad.data(), 0, nullptr,"),
        ("crypto/sealed.cpp", "ciphertext.size(), ad.data(),\n          ad.size(), nonce.data()",
         "ciphertext.size(), ad.data(),\n          0, nonce.data()")),

    row(12, "AMBER+STRICT needs a named organisation",
        "attack 12: clearance for AMBER is none for AMBER+STRICT",
        (EXITS, "return named ? Refusal::none : Refusal::not_in_audience;", "return Refusal::none;")),
    row(12, "PAP:AMBER does not permit to contain", T12_EDL,
        ("mesh/wire/marking.cpp", '{Pap::amber, "amber", may_watch | may_look_up},',
         '{Pap::amber, "amber", may_watch | may_look_up | may_contain},')),
    row(12, "a block list asks what may be blocked", T12_EDL,
        (EXITS, "exit == Exit::edl && !may_block", "exit == Exit::edl && false && !may_block")),
    row(12, "a step asks what may be blocked", T12_BLOCK,
        never("playbooks/runs/run_steps.cpp", "!mesh::may_block(marking))")),
    row(12, "it asks before it seeks approval", T12_BLOCK,
        ("playbooks/runs/run_steps.cpp",
         "const auto wrong = command ? objection(run, *command) : command.error().message;",
         "const auto wrong = command ? std::optional<std::string>() : command.error().message;")),
    row(12, "it asks again before it acts", T12_TURNS,
        (APPROVALS, "if (const auto wrong = objection(run, *command)) {",
         "if (const auto wrong = std::optional<std::string>()) {")),
    row(12, "a value of unknown origin has the run's marking",
        "attack 12: a value of unknown origin takes the marking of its run",
        ("playbooks/runs/run_steps.cpp", "facts ? facts->marking : run.start.marking",
         "facts ? facts->marking : mesh::Marking{run.start.marking.tlp, mesh::Pap::green}")),

    row(13, "who is no member gets nothing", T13_EMPTY,
        never(EXITS, "charter.member(recipient.org) == nullptr)")),
    row(13, "who is not in the audience gets nothing", T13_EMPTY,
        (EXITS, "return audience.all_members || named ?", "return audience.all_members || named || true ?")),
    row(13, "nobody carries what is for nobody", T13_EMPTY,
        (EXITS, "return audience.all_members || !audience.orgs.empty() ?",
         "return audience.all_members || !audience.orgs.empty() || true ?")),
    row(13, "nothing is published to nobody", T13_NODE,
        never(PUBLISH, "!audience.all_members && audience.orgs.empty()")),
    row(13, "nothing is published to strangers", T13_NODE,
        never(PUBLISH, "!options_.charter.member(org))")),
    row(13, "AMBER is not published to all", T13_NODE, OPEN_SCOPE,
        never(PUBLISH, "audience.all_members && !open_to_all)")),
    row(13, "RED is published to persons", T13_NODE,
        never(PUBLISH, "(tlp == Tlp::red) != !audience.persons.empty())")),

    row(15, "a batch is signed for one federation",
        "attack 15: a record of a drill replayed into production is rejected",
        ("crypto/signature.cpp", "at = std::copy(federation.data.begin(), federation.data.end(), at);",
         "at = std::fill_n(at, federation.data.size(), std::uint8_t(0));")),
    row(15, "an approval is signed for one federation",
        "attack 15: an approval signed in a drill's federation is worth nothing here",
        ("crypto/signature.cpp", "at = std::copy(federation.data.begin(), federation.data.end(), at);",
         "at = std::fill_n(at, federation.data.size(), std::uint8_t(0));")),

    row(16, "an approval is for one command", T16_OTHER,
        never(APPROVALS, "body.command != step.command)")),
    row(16, "an approval is for its deadline", T16_OTHER,
        (APPROVALS, "body.deadline != step.deadline || body.targets != step.targets)",
         "body.targets != step.targets)")),
    row(16, "an approval is for its targets", T16_OTHER,
        (APPROVALS, "body.deadline != step.deadline || body.targets != step.targets)",
         "body.deadline != step.deadline)")),
    row(16, "an approval is not signed late", T16_OTHER,
        (APPROVALS, "step.deadline < now || step.deadline < body.signed_at)",
         "step.deadline < now)")),
    row(16, "an approval does not arrive late",
        "attack 16: an approval that arrives late revives nothing",
        (APPROVALS, "step.deadline < now || step.deadline < body.signed_at)",
         "(false && step.deadline < now) || step.deadline < body.signed_at)")),
    row(16, "an approval counts once",
        "attack 16: an approval given twice counts once, and the replay is counted",
        never(APPROVALS, "body.decision == Decision::approve && signed_before")),

    row(17, "organisations are counted, not signers",
        "attack 17: one organisation's approvals never add up to two",
        (APPROVALS, "const auto orgs = distinct_orgs(orgs_of(status.have), policy, *ports.charter);",
         "const auto orgs = std::max(distinct_orgs(orgs_of(status.have), policy, *ports.charter),\n"
         "                             std::uint32_t(status.have.size()));")),
    row(17, "a threshold of zero is one",
        "attack 17: a charter that asks for nobody still needs one organisation",
        ("playbooks/runs/standing.cpp", "std::max(policy.orgs_distinct, 1)", "policy.orgs_distinct")),
    row(17, "a local threshold of zero is one",
        "attack 17: cut off, a local threshold of zero still needs somebody",
        (APPROVALS, "std::max(policy.local_orgs_distinct, 1)", "policy.local_orgs_distinct")),

    row(18, "text holds nothing that a shell reads", T18_TYPED,
        ("playbooks/runs/variables.cpp", "if (foreign.find(c) != foreign.npos)",
         "if (false && foreign.find(c) != foreign.npos)")),
    row(18, "text is no option", T18_TYPED,
        never("playbooks/runs/variables.cpp", "value.starts_with('-'))")),
    row(18, "text holds no control character", T18_TYPED,
        ("playbooks/runs/variables.cpp", "if (c < 0x20 || c >= 0x7f)",
         "if (false && (c < 0x20 || c >= 0x7f))")),
    row(18, "a target is of the type that is wanted", T18_TYPED,
        ("playbooks/runs/variables.cpp", "if (!target || target->type != type)",
         "if (!target || (false && target->type != type))")),
    row(18, "a domain is letters, digits, '-' and '_'", T18_TARGET,
        never("playbooks/act/block_target.cpp", "!letter && !(c >= '0' && c <= '9')")),
    row(18, "a domain is no option", T18_TARGET,
        ("playbooks/act/block_target.cpp", "label.front() == '-' || label.back() == '-')",
         "label.back() == '-')")),
    row(18, "a URL holds nothing that a shell reads", T18_TARGET,
        ("playbooks/act/block_target.cpp", "foreign.find(c) == foreign.npos;",
         "(foreign.find(c) == foreign.npos || true);")),
    row(18, "a URL holds no blank", T18_TARGET,
        ("playbooks/act/block_target.cpp", "return c > 0x20 && c < 0x7f", "return c < 0x7f")),
    row(18, "no shell stands between an agent and a program",
        "attack 18: a program that is started gets each argument as it is, and no shell runs",
        ("mesh/world/real_processes.cpp", "const auto argv = pointers_to(options.argv);",
         "std::string line;\n  for (const auto& word : options.argv) line += word + ' ';\n"
         '  options.argv = {"/bin/sh", "-c", line};\n'
         "  const auto argv = pointers_to(options.argv);")),

    # Nesting and lists that lie about their length need no row: the schema is flat, so no reader of
    # ours follows a deep pointer, and Cap'n Proto holds each list against its segment.
    row(20, "what a removed member signs after the end that is named counts nowhere", T20_BACK,
        (ROSTER, "if (!end || sequence > end->sequence) return false;", "(void)end;")),
    row(20, "nor does it when a bundle brings it",
        "attack 20: a bundle brings nothing that a removed member dated back",
        (ROSTER, "if (!end || sequence > end->sequence) return false;", "(void)end;"),
        (LEARN, '? "" : "removed_order"', '? "" : std::string_view()')),
    row(20, "the end is one batch and no other of its place", T20_END,
        (LEARN, 'batch.id == end->id ? "" : "removed"', 'std::string_view()'), program=MESH),
    row(20, "what lies below the end must lead to it", T20_END,
        (LEARN, '? "" : "removed_order"', '? "" : std::string_view()'), program=MESH),
    row(20, "a version says where the logs of those end that it removes",
        "a version names exactly the members that it removes, and where their logs end",
        never(CHAIN, "!next.member(member.org) && !departure_in(next, member.org))"), program=CRYPTO),
    row(20, "an auditor knows the end as well",
        "attack 20: an export tells an entry after the end that the removal of its author names",
        never(AUDIT_CHECK, "!counts(entry.prefix, *header))\n"), program=AGENTS),
    row(20, "an older version is refused", T20_OLD, never(CHAIN, "next.body.version < in_force)"),
        never(CHAIN, "held != current.body_text)")),
    row(20, "another line of versions is refused", T20_RIVAL,
        never(CHAIN, "held != current.body_text)")),
    row(20, "a rival over the mesh is refused", T20_MESH,
        never("mesh/sync/succession.cpp", "*held != version.body_text)")),
    row(20, "a version over the mesh needs its signatures", T20_MESH,
        ("mesh/sync/succession.cpp",
         "if (!follows || !crypto::check_complete(*follows, follows->body.created)) continue;",
         "if (!follows) continue;")),
    row(20, "the store knows the version after a restart",
        "attack 20: what came over the mesh is not forgotten by a restart on the old file",
        ("mesh/sync/mesh_node.cpp",
         "hear_charters(arrival.batch.header, arrival.opened.records);", "")),
    row(20, "an expired charter carries no joint effect",
        "attack 20: a charter that was frozen until it ran out carries no joint effect",
        (APPROVALS, "const bool expired = now >= ports.charter->body.expires;",
         "const bool expired = false;")),

    row(20, "an expired charter carries nothing pre-authorised", T20_STANDING,
        ("playbooks/runs/run_steps.cpp", "is_frozen() || now >= ports.charter->body.expires;",
         "is_frozen();")),
    row(20, "that a charter has expired is said aloud",
        "attack 20: an agent whose charter was frozen until it ran out says so",
        never("agents/agent/situation.cpp", "services.now() >= services.charter.body.expires)"),
        program=AGENTS),

    row(21, "a frame is one segment of its size", T21_TABLE,
        never(FRAME, "load32(frame) != 0)"), never(FRAME, "load32(frame.subspan(4)) !=")),
    row(21, "the segment fills the frame", T21_SIZE, never(FRAME, "load32(frame.subspan(4)) !=")),
    row(21, "a frame has a largest size", T21_SIZE, never(FRAME, "frame.size() > frame_bytes_max)")),
    row(21, "a message is walked about once",
        "attack 21: many pointers to the same bytes do not multiply them",
        (FRAME, "limits.traversalLimitInWords = traversal_factor * words;",
         "limits.traversalLimitInWords = 1000 * traversal_factor * words;")),
    row(21, "a message holds so many certificates", T21_LONG,
        never(FRAME, "in.size() > frame_certificates_max)")),
    row(21, "an unknown message is refused", "attack 21: a message of an unknown kind is refused",
        (FRAME, 'return fail(Errc::invalid, "frame: unknown message {}", unsigned(in.which()));',
         "return Message(Ping{0});")),

    row(22, "forwarders' JSON has a depth", T22_DEEP,
        ("agents/http/json_check.cpp", "options.max_depth = json_depth_max;",
         "options.max_depth = 1'000'000;")),
    row(22, "signed JSON has a depth", T22_DEEP,
        ("crypto/strict_json.cpp", "options.max_depth = signed_json_depth_max;",
         "options.max_depth = 1'000'000;")),
    row(22, "a playbook has a depth", T22_DEEP,
        ("playbooks/runs/parse.cpp", "{.max_depth = playbook_depth_max}", "{.max_depth = 1'000'000}")),
    row(22, "unpacking ends at the bound",
        "attack 22: a body of 64 KiB that would unpack to 64 MiB is given up at the bound",
        never("agents/http/gzip.cpp", "out.size() > bytes_max)")),

    row(24, "one source begins so many handshakes", T24_DOOR,
        never(DOOR, "!source->bucket.take(1, now)")),
    row(24, "one source has so many handshakes under way", T24_PLACES,
        never(DOOR, "source->half_open >= per_stranger_max")),
    row(24, "strangers leave places for partners", T24_PLACES,
        (DOOR, "strangers_half_open_ >= strangers_max || ", "")),
    row(24, "a partner's source becomes known", T24_PLACES, (DIAL, "  door_.know(source);\n", "")),
    row(24, "an author has a rate", T24_TURNS,
        (INBOX, "if (fair && share->waiting == 0)", "if (fair || true)")),
    row(24, "those who wait are served by turns", T24_TURNS,
        (INBOX, "if (rank.queues.contains(pair)) rank.turns.push_back(pair);",
         "if (rank.queues.contains(pair)) rank.turns.push_front(pair);")),
    row(24, "an author has a quota", T24_QUOTA,
        never(CATALOGUE, '!has_room(log)) return "quota"')),
    row(24, "a quota is no fault of the sender's", T24_QUOTA,
        (CATALOGUE, "if (!unwanted.reason.empty()) return unwanted;",
         "if (!unwanted.reason.empty()) return unwanted.blame = Blame::relay, unwanted;")),
    row(24, "an agent has so many logs", T24_LOGS,
        never(CATALOGUE, '!may_open(log)) return "too_many_logs"')),
    row(24, "a base opens no log beyond them", T24_BASES,
        never(CATALOGUE, "!may_open(log)) return false;\n  note_log(log);")),
    row(24, "an agent has so many scopes", T24_SCOPES,
        never(CATALOGUE, "!may_have_scope(batch.header.log.agent)")),
    row(24, "faults are counted against who caused them", T24_FORGER,
        never(RECEIVE, "!done && is_senders_fault(")),
    row(24, "who is shut out is not let in", T24_FORGER,
        never(DIAL, "reputation_.is_out(body.id(), world_.clock.now())")),

    row(25, "only what is on disk is acknowledged",
        "attack 25: kill -9 at any moment loses nothing that was acknowledged", EARLY),
    row(25, "a failed commit fails what was in it", T25_FSYNC,
        never(STORE, "!written) return poison(")),
    row(25, "the agent ends with its store", T25_FSYNC,
        (STORE, "  if (poisoned_) return poisoned_;\n", ""),
        (STORE, "while (!poisoned_ && window_.waiting() &&", "while (window_.waiting() &&"),
        (STORE, "  if (poisoned_) return;\n  if (!written)", "  if (!written)"),
        (NODE, "  stopped_ = true;\n  connections_.stop();\n  tickets_.fail_all(error);\n",
         "  tickets_.fail_all(error);\n")),
    row(25, "who runs the agent hears of it", T25_FSYNC,
        (NODE, "for (auto* observer : observers_) observer->on_failed(error);", "")),
    row(25, "a store beyond its size is full", T25_FULL,
        never(STORE, "cost > 0 && window_.bytes() + cost > room_ + reserve)")),
    row(25, "only what is on disk is acknowledged, though it be full", T25_FULL, EARLY,
        (PUBLISH, "store_.promise(batch->encoded.size(), vital); !room)",
         "store_.promise(batch->encoded.size(), vital); false && !room)")),

    row(26, "what rotted stops the start", T26_NAMED, never(NODE, "rotten && !options_.mend)")),
    row(26, "what rotted is named", T26_NAMED,
        (STORE, "batch {} of {} does not match its checksum ({} such)", "something rotted")),
    row(26, "a rotten batch holds back none after it", T26_BESIDE,
        ("mesh/sync/pull_server.cpp", "} else if (batches.error().code == Errc::corrupt && ",
         "} else if (false && batches.error().code == Errc::corrupt && ")),
    row(26, "what is beyond too many gaps is lost too, and comes again", T26_MANY,
        (CATALOGUE, "if (heads_.fit(log, batch.header.sequence, batch.header.previous) == Fit::too_many)",
         "if (false && heads_.fit(log, batch.header.sequence, batch.header.previous) == Fit::too_many)")),
    row(26, "a place that rotted is filled again", T26_COPY,
        (CATALOGUE, "const bool lost = held ? !*held : held.error().code == Errc::corrupt;",
         "const bool lost = held && !*held;")),
    row(26, "a copy is what its author signed", T26_COPY,
        (CATALOGUE, "(!lost || holds_together(batch, scope));", "(!lost || holds_together(batch, scope) || true);")),
    row(26, "a copy is the one that its successor names", T26_COPY,
        never(CATALOGUE, "proven_by_successor(batch)) return forked();\n    out.verdict")),
    row(26, "a copy of the last batch is the one that was last", T26_COPY,
        never(CATALOGUE, "was_last && !same_head_id(head->last, batch.id))")),
    row(26, "each batch has a checksum", T26_DISK,
        never(BATCH_ENTRY, "in.u64() != checksum(value.subspan(checksum_bytes)))"), program=MESH),
    row(26, "a new copy takes the place of one that rotted", T26_AGAIN,
        (STORE, "const bool rotten = !existing && existing.error().code == Errc::corrupt;",
         "const bool rotten = false;")),

    row(27, "a checkpoint that leaves out what is live is not believed", T27_CHECKPOINT,
        (CHECKPOINT, "  if (!covers(view.live))\n"
         "    return view.all_here ? CheckpointVerdict::omission : CheckpointVerdict::waiting;\n", ""),
        program=MESH),
    row(27, "a holder looks at what is live here", T27_CHECKPOINT,
        (NODE_CHECKPOINT, "if (end && *end > now) view", "if (end && *end > now && id.is_zero()) view"),
        program=MESH),
    row(27, "a checkpoint that is not believed changes nothing", T27_CHECKPOINT,
        (NODE_CHECKPOINT, "case CheckpointVerdict::omission:\n",
         "case CheckpointVerdict::omission: break;\n"),
        program=MESH),
    row(27, "a base is the batch that stands there", T27_BASE,
        never(CHECKPOINT, "view.at_base && *view.at_base != checkpoint.last)"), program=MESH),
    row(27, "a base is the batch that the next one names", T27_BASE,
        never(CHECKPOINT, "view.after_base && *view.after_base != checkpoint.last)"), program=MESH),
    row(27, "what a checkpoint declares is what it signs", T27_BASE,
        never(CHECKPOINT, "complete && (view.declared.size()"), program=MESH),
    row(27, "what is live lies above the base", T27_ABOVE,
        (CHECKPOINT, "range->range.first <= out.base))", "range->range.first == 0))"), program=MESH),

    row(27, "a witness who saw another batch is heard", T27_REWRITTEN,
        never(LEDGER, "id && *id != word.head.id)")),
    row(27, "an audit of a store hears its witnesses", T27_REWRITTEN,
        ("mesh/sync/archive.cpp", "    if (!contradiction.empty()) bad(contradiction);\n", "")),
    row(27, "a log shorter than witnessed is bad", T27_CUT,
        never(LEDGER, "end < word.head.sequence && word.time < settled)")),
    row(27, "an audit of a file hears its witnesses", T27_FILE,
        (AUDIT_CHECK, "ledger_.contradiction({id_at, end_of}, ever); !what.empty())",
         "ledger_.contradiction({id_at, end_of}, ever); false)")),
    row(27, "only what the chain leads to counts as witnessed", T27_FILE,
        (AUDIT_CHECK, " && word->head.sequence <= end)", ")")),
    row(27, "each link of the chain is signed", T27_SIGNED,
        (AUDIT_CHECK, "verify_signature(batch, **author, file_.charter.federation); !good)",
         "verify_signature(batch, **author, file_.charter.federation); false)")),
    row(27, "nobody is his own witness", T27_SIGNED,
        (AUDIT_CHECK, "if (word->org != author && word->head",
         "if (word->org != author.substr(0, 0) && word->head")),

    row(28, "only an approver approves",
        "attack 28: an analyst who is no approver approves nothing",
        ("playbooks/runs/approval.cpp", "if (certificate.has(role)) return {};",
         "if (certificate.has(role) || true) return {};")),

    row(29, "what is held already is stored once", T29_TWICE,
        (CATALOGUE, "if (heads_.has(header.log, header.sequence)) return judge_held(batch);", ""),
        (CATALOGUE, "    case Fit::held: return judge_held(batch);", "    case Fit::held: break;")),
    row(29, "duplicates are told", T29_TWICE,
        (NODE_BUNDLE, "case Verdict::duplicate: report.duplicates += records; return;",
         "case Verdict::duplicate: return;")),
    row(29, "gaps are told", T29_GAPS,
        (NODE_BUNDLE, "  list_gaps(*logs, (trial ? *trial : catalogue_).heads(), report);\n",
         "")),
    row(29, "nothing is kept before the whole was read", T29_DAMAGED,
        (NODE_BUNDLE, "    if (!more) co_return std::unexpected(more.error());\n"
         "    if (!*more) co_return logs;", "    if (!more || !*more) co_return logs;")),
    row(29, "bytes behind the end are seen", T29_DAMAGED,
        never(BUNDLE_FILE, "*got > 0) return fail")),
    row(29, "the head is signed", T29_FORGED,
        never(BUNDLE, "!crypto::verify(crypto::Label::bundle,")),
    row(29, "a bundle is sealed to its readers", T29_OTHERS,
        (BUNDLE, "if (recipient.agent != agent) continue;", "(void)agent;")),
    row(29, "who is revoked hands over nothing", T29_REVOKED,
        never(NODE_BUNDLE, "catalogue_.roster().is_revoked(from))")),
    row(29, "a bundle is of this federation", T29_MAKER,
        never(BUNDLE_FILE, "header().federation != charter.federation)"), program=MESH),
    row(29, "a bundle is made within the time of its maker's certificate",
        "a head outside its maker's certificate does not count",
        (BUNDLE, "header_->created >= author.not_after)", "header_->created.ms < 0)"), program=MESH),
    row(29, "a bundle is made by an agent", "a head outside its maker's certificate does not count",
        never(BUNDLE, "author.kind != crypto::CertificateKind::agent)"), program=MESH),

    row(30, "the recovery key needs the members behind it", T30_ALONE,
        (CHAIN, "if (have.members >= need.members && have.operators >= need.operators) return {};",
         "if (have.members >= need.members || have.operators < 99) return {};")),
    row(30, "the members need the organisation's recovery key", T30_ALONE,
        (CHAIN, "return !old || !same_entry(*old, member);", "return !old || (same_entry(*old, member) && false);")),
    row(30, "a root does not sign its own successor", T30_STOLEN,
        (CHAIN, "return rooted_anew ? &old->recovery : &old->root;",
         "return rooted_anew && false ? &old->recovery : &old->root;")),
    row(30, "a past root certifies nothing later", T30_STOLEN,
        (CHARTER, "held->body.not_after = std::min(held->body.not_after, past.until);", "")),
    row(30, "what a past root certified stays good for its time", T30_HISTORY,
        (CHARTER, "if (past.org != body->org) continue;", "continue;")),
    row(30, "a new root's certificates travel with the version", T30_HISTORY,
        ("mesh/sync/succession.cpp", "    add_certificates(*follows, version.certificates);\n",
         "    if (version.certificates.empty()) add_certificates(*follows, version.certificates);\n")),

    row(14, "a sealed payload commits to its key",
        "attack 14: one ciphertext made for two keys opens under the committed one only",
        ("crypto/sealed.cpp", "derived.commitment().data(), commitment_size) != 0)",
         "derived.commitment().data(), commitment_size) > 0)"),
        program="tests/crypto/test_crypto"),
    row(28, "web pages may not post",
        "attack 28: a cross-origin POST from a web page is refused and reaches no handler",
        never("agents/http/service.cpp", '!incoming.request->header("Origin").empty())'),
        program="tests/agents/test_agents"),

    row(25, "a failing fsync ends the process", T25_SYNC,
        ("agents/agent/daemon.cpp", "parts.stop(within(\"the agent stops\", why));", "(void)why;"),
        program=BAD_DISK),
    row(25, "each commit is synced", T25_SYNC,
        (LMDB, "const unsigned flags = MDB_NOTLS |", "const unsigned flags = MDB_NOTLS | MDB_NOSYNC |"),
        program=BAD_DISK),
    *[row(25, defence, test,
          ("mesh/store/lmdb_handles.cpp", "if (code != 0) return lmdb_failed(\"commit\", code);",
           "(void)code;"), program=BAD_DISK)
      for defence, test in (("a sync that failed is told", T25_SYNC), ("a write that failed is told", T25_WRITE),
                            ("a write without room is told", T25_NO_ROOM), ("a short write is told", T25_SHORT))],
    row(25, "the name of the store's file is synced", "attack_25_nothing_acknowledged_is_lost_by_a_power_cut",
        ("mesh/store/lmdb_store.cpp",
         "const auto named = world.disk.open_append(options.folder / \"data.mdb\", FileMode::secret);",
         "const Result<void> named;"),
        program=POWER_LOSS),
    row(26, "a rotten batch is told from a sound one, on a real disk",
        "attack_26_bit_rot_is_named_and_mended_from_the_partner",
        never(BATCH_ENTRY, "in.u64() != checksum(value.subspan(checksum_bytes)))"), program=BIT_ROT),
    row(26, "a hole in the store is filled again", T26_HOLE,
        (STORE, "const bool rotten = !existing && existing.error().code == Errc::corrupt;",
         "const bool rotten = false;"), program=BIT_ROT),
    row(26, "a store that was cut off harms no reader", T26_CUT,
        (LMDB, "if (!bad && size < needed) std::filesystem::resize_file(file, needed, bad);", ""),
        program=BIT_ROT),

    row(28, "the socket serves its own user", "attack_28_another_user_on_the_socket_is_refused",
        ("agents/agent/local_api.cpp", "who && (who->uid == world_.processes.uid() || who->uid == 0);",
         "who.has_value();"),
        program=ACCEPTANCE),
    row(28, "the socket's mode lets nobody else in", "attack_28_another_user_on_the_socket_is_refused",
        ("mesh/world/real_network.cpp", "unix_path(at).c_str(), 0600)", "unix_path(at).c_str(), 0666)"),
        program=ACCEPTANCE),
    row(25, "only what is on disk is acknowledged, with real processes",
        "attack_25_nothing_acknowledged_is_lost_and_nothing_blocked_twice_by_kill_9", EARLY, program=ACCEPTANCE),
]
# One program after the other, so that each is linked no more often than it must be.
_programs = list(dict.fromkeys(one.program for one in ROWS))
ROWS.sort(key=lambda one: _programs.index(one.program))


def faults(root):
    """What no longer fits: a text that is not there exactly once, a test that is not there."""
    out = []
    text = {}
    for one in ROWS:
        where = f"attack {one.attack}, {one.defence}"
        for file, old, new in one.edits:
            if file not in text:
                text[file] = (root / file).read_text(encoding="utf-8") if (root / file).is_file() else ""
            found = text[file].count(old)
            if found != 1:
                out.append(f"{where}: {file} holds {found} times: {old!r}")
            if old == new:
                out.append(f"{where}: the edit changes nothing")
    sources = sorted((root / "tests").rglob("*_test.cpp")) + [root / script for script in SCRIPTS]
    tests = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    for one in ROWS:
        named = f"def {one.test}()" if one.program in SCRIPTS else f'"{one.test}"'
        if named not in tests:
            out.append(f"attack {one.attack}, {one.defence}: there is no test {one.test!r}")
    return out
