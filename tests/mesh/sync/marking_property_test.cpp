// Random markings, audiences and recipients at every exit, against what the design says of them in
// plain sets. Nothing of the code under test is used to know the answer.
#include <array>
#include <optional>

#include <fmt/format.h>

#include "mesh/sync/clearance.hpp"
#include "tests/catch.hpp"
#include "tests/mesh/sync/holder.hpp"

using namespace tocsin;
using namespace tocsin::mesh;
using namespace tocsin::tests;

namespace {

// A set of organisations has one bit for each, the stranger's last; of persons, one for each
// analyst of each of them.
using Set = std::uint32_t;
constexpr unsigned orgs_count = 6, analysts_count = 2;
constexpr Set everyone = (1u << orgs_count) - 1;
constexpr unsigned stranger = orgs_count, nobody_named = orgs_count + 1;

struct Names {
  std::array<std::string, orgs_count + 2> orgs;  // then a stranger, then the public
  std::array<std::string, analysts_count + 2> analysts{"ana", "ben", "eve", ""};
  std::array<std::array<std::string, analysts_count + 1>, orgs_count + 1> persons;
  Names() {
    for (unsigned i = 0; i <= orgs_count; ++i) orgs[i] = "org" + std::to_string(i);
    for (unsigned i = 0; i <= orgs_count; ++i)
      for (unsigned a = 0; a <= analysts_count; ++a) persons[i][a] = orgs[i] + "/" + analysts[a];
  }
};
const Names names;

struct Readers {
  bool all = false;
  Set orgs = 0, persons = 0;
  bool operator==(const Readers&) const = default;
};

Set person_bit(unsigned org, unsigned analyst) {
  return org < orgs_count && analyst < analysts_count ? 1u << (org * analysts_count + analyst) : 0;
}
Set persons_of(unsigned org) { return person_bit(org, 0) | person_bit(org, 1); }

Readers readers_of(const Audience& audience) {
  Readers out{audience.all_members, 0, 0};
  for (const auto& name : audience.orgs)
    for (unsigned i = 0; i <= stranger; ++i)
      if (name == names.orgs[i]) out.orgs |= 1u << i;
  for (const auto& name : audience.persons)
    for (unsigned i = 0; i < orgs_count; ++i)
      for (unsigned a = 0; a < analysts_count; ++a)
        if (name == names.persons[i][a]) out.persons |= person_bit(i, a);
  return out;
}

// What an author asks for.
struct Wish {
  unsigned tlp = 0, pap = 0, author = 0;
  Set to_orgs = 0, to_persons = 0;
  bool to_stranger = false, to_strange_person = false;
  bool names_none() const { return !to_orgs && !to_persons && !to_stranger && !to_strange_person; }
};

bool known(unsigned tlp, unsigned pap) { return tlp >= 1 && tlp <= 5 && pap >= 1 && pap <= 4; }

// Design, "Marking": CLEAR and GREEN go to all members, AMBER to operators, AMBER+STRICT to named
// organisations, RED to named persons. Naming narrows. The author's own is always among them.
std::optional<Readers> granted(const Wish& wish, Set operators) {
  if (!known(wish.tlp, wish.pap) || wish.author >= orgs_count) return {};
  if (wish.to_stranger || wish.to_strange_person) return {};
  const Set author = 1u << wish.author;
  if (wish.tlp == 5) {
    if (wish.to_orgs || !wish.to_persons) return {};
    return Readers{false, author, wish.to_persons};
  }
  if (wish.to_persons) return {};
  const Set within = wish.tlp == 3 ? operators | author : everyone;
  if (wish.to_orgs & ~within) return {};
  if (wish.to_orgs) return Readers{false, wish.to_orgs | author, 0};
  if (wish.tlp <= 2) return Readers{true, 0, 0};
  if (wish.tlp == 3) return Readers{false, within, 0};
  return {};
}

struct Asker {
  unsigned org = 0, analyst = analysts_count + 1;  // no analyst: an agent asks
  bool carrier = false;
};
enum : unsigned { push, pull, relay, bundle, export_, api, edl, exits_count };

bool may_leave(unsigned exit, unsigned tlp, unsigned pap, const Readers& readers,
               const Asker& asker) {
  if (!known(tlp, pap) || exit >= exits_count) return false;
  const bool agent = asker.analyst == analysts_count + 1;
  const bool in_public = exit == export_ || exit == edl;
  if (exit == edl && pap > 2) return false;  // A block list blocks: PAP GREEN or CLEAR.
  if (asker.org == nobody_named)
    return agent && !asker.carrier && in_public && tlp == 1 && readers.all;
  if (asker.org == stranger) return false;
  if (tlp == 5) {
    if (asker.carrier || exit == relay || in_public) return false;
    if (!agent) return (readers.persons & person_bit(asker.org, asker.analyst)) != 0;
    return exit != api && (readers.persons & persons_of(asker.org)) != 0;
  }
  if (asker.carrier) return exit <= bundle && (readers.all || readers.orgs);
  if (readers.all) return tlp <= 2;  // Anything stricter has no such audience.
  return (readers.orgs >> asker.org & 1) != 0;
}

struct Dice {
  std::uint64_t state;
  unsigned operator()(unsigned bound) {
    state ^= state << 13, state ^= state >> 7, state ^= state << 17;
    return unsigned((state >> 32) % bound);
  }
};

struct Given {
  unsigned tlp, pap;
  Audience audience;
};

struct Agreement {
  crypto::Charter charter;
  Set operators = 0;
};

std::vector<Agreement> drawn_agreements(Dice& dice) {
  std::vector<Agreement> out(16);
  for (auto& world : out)
    for (unsigned i = 0; i < orgs_count; ++i) {
      crypto::Member member;
      member.org = names.orgs[i];
      member.role = crypto::OrgRole(1 + dice(4));
      if (member.role == crypto::OrgRole::operator_) world.operators |= 1u << i;
      world.charter.body.members.push_back(std::move(member));
    }
  return out;
}

struct Tally {
  std::uint64_t leaks = 0, refused = 0, allowed = 0, cases = 0;
  std::string first;
  void note(bool may, bool does, const char* where, std::uint64_t number, unsigned detail) {
    ++cases;
    allowed += does;
    if (may == does) return;
    ++(does ? leaks : refused);
    if (first.empty())
      first = fmt::format("case {}: {} {} ({})", number, where, does ? "leaks" : "refuses", detail);
  }
};

// What the author gets for a drawn wish; nothing when it is refused, or not as it should be.
std::optional<Given> draw_given(Dice& dice, const Agreement& world, Tally& tally,
                                std::uint64_t number) {
  Wish wish{dice(16) ? 1 + dice(5) : dice(9), dice(16) ? 1 + dice(4) : dice(7),
            dice(32) ? dice(orgs_count) : stranger};
  static std::vector<std::string> to;
  to.clear();
  const bool persons = dice(16) ? wish.tlp == 5 : dice(2) == 0;
  for (unsigned count = dice(4); count > 0; --count) {
    const auto org = dice(32) ? dice(orgs_count) : stranger, analyst = dice(analysts_count);
    to.push_back(persons ? names.persons[org][analyst] : names.orgs[org]);
    if (org == stranger) (persons ? wish.to_strange_person : wish.to_stranger) = true;
    else if (persons) wish.to_persons |= person_bit(org, analyst);
    else wish.to_orgs |= 1u << org;
  }
  const Marking marking{Tlp(wish.tlp), Pap(wish.pap)};
  auto made = audience_of(marking, to, names.orgs[wish.author], world.charter);
  const auto expected = granted(wish, world.operators);
  tally.note(expected.has_value(), made.has_value(), "audience_of", number, wish.tlp);
  if (!made || !expected) return {};
  const auto readers = readers_of(*made);
  const bool wider = (readers.all && !expected->all) || (readers.orgs & ~expected->orgs) ||
                     (readers.persons & ~expected->persons);
  if (readers != *expected) tally.note(!wider, wider, "audience_of: the set", number, wish.tlp);
  return Given{wish.tlp, wish.pap, std::move(*made)};
}

// What no honest author makes, but may come in by the wire.
Given draw_hostile(Dice& dice) {
  Given out{dice(7), dice(6), {dice(4) == 0, {}, {}}};
  for (unsigned i = 0; i <= orgs_count; ++i)
    if (dice(3) == 0) out.audience.orgs.push_back(names.orgs[i]);
  for (unsigned i = 0; i <= orgs_count; ++i)
    if (dice(6) == 0) out.audience.persons.push_back(names.persons[i][dice(analysts_count)]);
  return out;
}

Refusal ask(unsigned exit, const Given& given, const Asker& asker, const Agreement& world) {
  const Recipient recipient{names.orgs[asker.org], names.analysts[asker.analyst], asker.carrier};
  return check_exit(Exit(exit), {Tlp(given.tlp), Pap(given.pap)}, given.audience, recipient,
                    world.charter);
}

// A record that comes from both may go only where both may go; and there it must go, unless one
// of them is for persons and an agent asks, which may be another person's.
void check_derived(const std::array<const Given*, 2>& from, unsigned exit, const Asker& asker,
                   const Agreement& world, Tally& tally, std::uint64_t number) {
  const auto marking = intersect(Marking{Tlp(from[0]->tlp), Pap(from[0]->pap)},
                                 Marking{Tlp(from[1]->tlp), Pap(from[1]->pap)});
  const Given derived{unsigned(marking.tlp), unsigned(marking.pap),
                      intersect(from[0]->audience, from[1]->audience)};
  // Each colour permits a part of what the one before it does: the later of the two remains.
  const bool looser = derived.tlp < std::max(from[0]->tlp, from[1]->tlp) ||
                      derived.pap < std::max(from[0]->pap, from[1]->pap);
  tally.note(!looser, true, "a derived marking", number, derived.tlp);
  bool may = true;
  for (const auto* one : from)
    may = may && may_leave(exit, one->tlp, one->pap, readers_of(one->audience), asker);
  const bool does = ask(exit, derived, asker, world) == Refusal::none;
  const bool red = from[0]->tlp == 5 || from[1]->tlp == 5;
  const bool must = may && !asker.carrier && !(red && asker.analyst > analysts_count);
  if (does && !may) tally.note(false, true, "a derived record", number, derived.tlp);
  else tally.note(does || must, does, "a derived record", number, derived.tlp);
}

}  // namespace

TEST_CASE("one million random markings leak nothing at any exit, and refuse nothing allowed") {
  Dice dice{0x9e3779b97f4a7c15};
  const auto worlds = drawn_agreements(dice);
  Tally tally;
  for (std::uint64_t number = 0; number < 1'000'000; ++number) {
    const auto& world = worlds[dice(unsigned(worlds.size()))];
    const unsigned exit = dice(64) ? dice(exits_count) : 7 + dice(9);
    const Asker asker{dice(16) ? dice(orgs_count) : orgs_count + dice(2), dice(analysts_count + 2),
                      dice(4) == 0};
    auto given = draw_given(dice, world, tally, number);
    if (given && dice(2)) {
      const auto other = draw_given(dice, world, tally, number);
      if (other) check_derived({&*given, &*other}, exit, asker, world, tally, number);
    }
    if (!given) given = draw_hostile(dice);
    const auto readers = readers_of(given->audience);
    const bool may = may_leave(exit, given->tlp, given->pap, readers, asker);
    tally.note(may, ask(exit, *given, asker, world) == Refusal::none, "check_exit", number,
               given->tlp * 100 + exit);
  }
  INFO(tally.first);
  CHECK(tally.leaks == 0);
  CHECK(tally.refused == 0);
  CHECK(tally.cases > 2'000'000);
  CHECK(tally.allowed > 500'000);
}

namespace {

// A log as its author made it, and which of the holders know what is in it.
struct KnownLog {
  LogKey log;
  bool sealed = false;
  Readers readers;
  std::vector<unsigned> seen;
  Set holders = 0;
};

constexpr unsigned author = 0;

// A catalogue per organisation, and a log of the first for every audience. In each turn it gets
// another mix of markings.
struct Shelves : Holders {
  explicit Shelves(unsigned turn)
      : Holders({{"org0"}, {"org1"}, {"org2", crypto::OrgRole::authority}, {"org3"}, {"org4"},
                 {"org5", crypto::OrgRole::observer}}) {
    const std::vector<std::vector<unsigned>> open{{}, {1}, {2}, {1, 2}};
    for (unsigned i = 0; i < open.size(); ++i) {
      KnownLog known{{holders[author]->agent, 100 + i, {}, LogClass::case_}, false, {true, 0, 0},
                     open[i]};
      fill(known);
    }
    const std::vector<std::vector<unsigned>> closed{{}, {2}, {3}, {4}, {3, 4}, {4, 5}, {5}};
    for (Set to = 1; to <= everyone; to += 2) add_sealed(to, closed[(to / 2 + turn) % 7]);
  }
  void add_sealed(Set to, const std::vector<unsigned>& seen) {
    Audience audience;
    const bool red = seen == std::vector<unsigned>{5};
    for (unsigned i = 0; i < orgs_count; ++i)
      if (to >> i & 1) (red && i ? audience.persons : audience.orgs)
          .push_back(red && i ? names.persons[i][i % 2] : names.orgs[i]);
    const auto [log, announced] = holders[author]->open_scope(audience);
    for (unsigned i = 1; i < orgs_count; ++i)
      REQUIRE(holders[i]->take(announced).verdict == Verdict::fresh);
    KnownLog known{log, true, readers_of(audience), seen};
    fill(known);
  }
  void fill(KnownLog& known) {
    known.holders = 1u << author;
    std::vector<Set> whole(orgs_count, 1);
    for (const auto tlp : known.seen) {
      const auto batch =
          holders[author]->publish(known.log, {holders[author]->note("hush", Tlp(tlp))});
      for (unsigned i = 1; i < orgs_count; ++i) {
        const auto verdict = holders[i]->take(batch).verdict;
        whole[i] &= Set(verdict == Verdict::fresh || verdict == Verdict::carried);
      }
    }
    for (unsigned i = 1; i < orgs_count; ++i)
      if (whole[i] && !known.seen.empty()) known.holders |= 1u << i;
    logs.push_back(known);
  }
  std::vector<KnownLog> logs;
};

bool all_may_leave(const KnownLog& log, unsigned exit, const Asker& asker) {
  if (log.seen.empty()) return false;
  for (const auto tlp : log.seen)
    if (!may_leave(exit, tlp, 1, log.readers, asker)) return false;
  return true;
}

Set receivers(const KnownLog& log) {
  Set out = log.readers.orgs;
  for (unsigned i = 0; i < orgs_count; ++i)
    if (log.readers.persons & persons_of(i)) out |= 1u << i;
  return out;
}

// To read: the open to every member; the sealed to its author, and to whom a key was wrapped.
bool may_read(const KnownLog& log, unsigned holder, unsigned exit, unsigned peer) {
  if (!log.sealed) return all_may_leave(log, exit, {peer});
  if (peer == author) return true;
  if (!(receivers(log) >> peer & 1)) return false;
  if (!(receivers(log) >> holder & 1)) return true;  // Sealed bytes, to whom they are meant for.
  return all_may_leave(log, exit, {peer});
}

// To carry: what the holder can read and is not for persons, in sealed bytes.
bool may_carry(const KnownLog& log, unsigned holder, unsigned peer) {
  if (!log.sealed || !(receivers(log) >> holder & 1) || log.readers.persons) return false;
  return all_may_leave(log, relay, {.org = peer, .carrier = true});
}

}  // namespace

TEST_CASE("random requests for logs of every audience and marking are cleared as the design says") {
  Dice dice{0xd1b54a32d192ed03};
  Tally tally;
  std::optional<Shelves> shelves;
  for (std::uint64_t number = 0; number < 210'000; ++number) {
    if (number % 30'000 == 0) shelves.emplace(unsigned(number / 30'000));
    const auto at = dice(unsigned(shelves->logs.size()));
    const auto& log = shelves->logs[at];
    const unsigned holder = dice(orgs_count), peer = dice(orgs_count), exit = dice(exits_count);
    if (!(log.holders >> holder & 1)) continue;
    const auto& catalogue = (*shelves)[holder].catalogue;
    const PeerName name{(*shelves)[peer].agent, names.orgs[peer]};
    const auto& charter = shelves->federation.charter;
    tally.note(may_read(log, holder, exit, peer),
               reader_clearance(Exit(exit), log.log, name, catalogue, charter) == Refusal::none,
               "reader_clearance", number, at * 1000 + holder * 100 + peer * 10 + exit);
    tally.note(may_carry(log, holder, peer),
               carrier_clearance(log.log, name, catalogue, charter) == Refusal::none,
               "carrier_clearance", number, at * 100 + holder * 10 + peer);
    const PeerName liar{(*shelves)[peer].agent, names.orgs[stranger]};
    tally.note(false, reader_clearance(Exit(exit), log.log, liar, catalogue, charter) ==
                          Refusal::none, "reader_clearance of a stranger", number, at);
  }
  INFO(tally.first);
  CHECK(tally.leaks == 0);
  CHECK(tally.refused == 0);
  CHECK(tally.allowed > 20'000);
}
