#include "agents/bench/handshakes.hpp"

#include "agents/bench/operators.hpp"
#include "mesh/sync/roster.hpp"

namespace tocsin::agents::bench {
namespace {

constexpr std::size_t at_a_time = 64;

class Rounds {
 public:
  Rounds(mesh::World& world, const Operators& operators)
      : world_(world), near_(operators.options(Operators::near)),
        far_(operators.options(Operators::far)), roster_(operators.charter()) {}

  /// Of `many` callers, the responder's CPU time.
  Result<Duration> answer(std::size_t many) {
    std::vector<crypto::Initiator> callers;
    for (std::size_t i = 0; i < many; ++i) {
      auto caller = call();
      if (!caller) return std::unexpected(caller.error());
      callers.push_back(std::move(*caller));
    }
    std::vector<crypto::Answer> answers;
    const auto begun = world_.processes.cpu_time();
    for (const auto& caller : callers) {
      auto answer = respond(caller.message1());
      if (!answer) return std::unexpected(answer.error());
      answers.push_back(std::move(*answer));
    }
    const auto handshakes = world_.processes.cpu_time() - begun;

    std::vector<Bytes> frames(many);
    for (std::size_t i = 0; i < many; ++i) {
      auto outcome = callers[i].finish(answers[i].message2, checker());
      if (!outcome) return std::unexpected(outcome.error());
      outcome->channel.seal(bytes_of("first"), frames[i]);
    }
    const auto opening = world_.processes.cpu_time();
    Bytes first;
    for (std::size_t i = 0; i < many; ++i)
      if (const auto opened = answers[i].channel.open(frames[i], first); !opened)
        return std::unexpected(opened.error());
    return handshakes + (world_.processes.cpu_time() - opening);
  }

  /// Of `many` messages that are true but for their MAC.
  Result<Duration> refuse(std::size_t many) {
    const auto caller = call();
    if (!caller) return std::unexpected(caller.error());
    auto bogus = caller->message1();
    const auto begun = world_.processes.cpu_time();
    for (std::size_t i = 0; i < many; ++i) {
      ++bogus[1 + i % 32];
      if (respond(bogus)) return fail(Errc::corrupt, "bench: a bogus handshake was let in");
    }
    return world_.processes.cpu_time() - begun;
  }

 private:
  Result<crypto::Initiator> call() {
    const auto& own = near_;
    now_ = now_ + std::chrono::milliseconds(1);
    return crypto::Initiator::make({{own.channel, own.certificates.front(), federation()},
                                    far_.channel.public_key(), own.secrets.front().current,
                                    {now_, 0}},
                                   world_.entropy);
  }
  Result<crypto::Answer> respond(ByteView message1) {
    return crypto::respond({far_.channel, far_.certificates.front(), federation()}, far_.secrets,
                           message1, checker(), world_.entropy);
  }
  crypto::CheckCertificate checker() {
    return [this](ByteView encoded) { return roster_.check_agent(encoded, world_.clock.wall()); };
  }
  const FederationId& federation() const { return near_.charter.federation; }

  mesh::World& world_;
  mesh::NodeOptions near_, far_;
  mesh::Roster roster_;
  WallTime now_;
};

}  // namespace

Result<Figures> measure_handshakes(mesh::RealWorld& machine, std::uint64_t count) {
  auto& world = machine.world();
  const auto operators = Operators::found(world.entropy, world.clock.wall());
  if (!operators) return std::unexpected(operators.error());
  Rounds rounds(world, *operators);
  Duration all{};
  for (std::uint64_t done = 0; done < count; done += at_a_time) {
    const auto some = rounds.answer(std::min<std::uint64_t>(at_a_time, count - done));
    if (!some) return std::unexpected(some.error());
    all += *some;
  }
  const auto refusing = rounds.refuse(count);
  if (!refusing) return std::unexpected(refusing.error());
  const auto n = double(count);
  return Figures{{"handshakes", n, "answered, first frame opened"},
                 {"handshakes_per_s", n / seconds(all), "per CPU second of the responder",
                  "≥ 2,000"},
                 {"bogus_per_s", n / seconds(*refusing), "refused per CPU second, before any DH"}};
}

}  // namespace tocsin::agents::bench
