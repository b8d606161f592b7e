#include "mesh/world/real_processes.hpp"

#include <cerrno>
#include <csignal>
#include <cstdio>

#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

extern char** environ;

namespace tocsin::mesh {

namespace asio = boost::asio;

namespace {

constexpr auto poll_every = std::chrono::milliseconds(10);

class RealChild final : public Child {
 public:
  RealChild(Loop& loop, int pid) : loop_(loop), pid_(pid) {}
  ~RealChild() override {
    if (!running()) return;
    ::kill(pid_, SIGKILL);
    int status = 0;
    while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
  }
  int pid() const override { return pid_; }
  bool running() override {
    if (ended_) return false;
    int status = 0;
    const auto reaped = ::waitpid(pid_, &status, WNOHANG);
    if (reaped == 0 || (reaped < 0 && errno == EINTR)) return true;
    ended_ = true;
    if (reaped < 0)
      code_ = 127;
    else
      code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    return false;
  }
  void terminate() override { send(SIGTERM); }
  void kill() override { send(SIGKILL); }
  Task<Result<int>> wait(Duration limit) override {
    for (Duration waited{}; running(); waited += poll_every) {
      if (limit >= Duration(0) && waited >= limit)
        co_return fail(Errc::timeout, "process {} still runs", pid_);
      co_await sleep(loop_, poll_every);
    }
    co_return code_;
  }

 private:
  // Once reaped, the number may belong to somebody else.
  void send(int signal) {
    if (running()) ::kill(pid_, signal);
  }
  Loop& loop_;
  int pid_;
  int code_ = 0;
  bool ended_ = false;
};

std::vector<std::string> merged_environment(
    const std::map<std::string, std::string>& added) {
  std::vector<std::string> out;
  for (char** at = environ; *at != nullptr; ++at) {
    const std::string_view entry(*at);
    if (!added.contains(std::string(entry.substr(0, entry.find('=')))))
      out.emplace_back(entry);
  }
  for (const auto& [name, value] : added) out.push_back(name + "=" + value);
  return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> out;
  for (auto& text : texts) out.push_back(text.data());
  out.push_back(nullptr);
  return out;
}

/// What the child does to its descriptors and signals before it becomes the program.
class SpawnSettings {
 public:
  SpawnSettings() {
    posix_spawn_file_actions_init(&actions);
    posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    for (const int signal : {SIGINT, SIGTERM, SIGPIPE}) sigaddset(&defaults, signal);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
};

}  // namespace

struct RealProcesses::Signals {
  asio::signal_set set;
  Job job;
};

RealProcesses::RealProcesses(RealLoop& loop) : loop_(loop) {}
RealProcesses::~RealProcesses() = default;

Result<std::unique_ptr<Child>> RealProcesses::start(Options options) {
  if (options.argv.empty() || options.argv[0].empty())
    return fail(Errc::usage, "no program named");
  SpawnSettings settings;
  int out = -1;
  if (!options.out.empty()) {
    out = ::open(options.out.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (out < 0)
      return fail(Errc::io, "{}: {}", options.out.string(), std::strerror(errno));
    posix_spawn_file_actions_adddup2(&settings.actions, out, 1);
    posix_spawn_file_actions_adddup2(&settings.actions, out, 2);
  }
  auto environment = merged_environment(options.environment);
  const auto argv = pointers_to(options.argv);
  const auto envp = pointers_to(environment);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, options.argv[0].c_str(), &settings.actions,
                                  &settings.attributes, argv.data(), envp.data());
  if (out >= 0) ::close(out);
  if (error != 0)
    return fail(error == ENOENT ? Errc::not_found : Errc::io, "{}: {}", options.argv[0],
                std::strerror(error));
  return std::make_unique<RealChild>(loop_, pid);
}

Path RealProcesses::own_program() const {
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  return error ? Path("/proc/self/exe") : path;
}

std::uint64_t RealProcesses::rss_bytes() const {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long long pages_all = 0, pages_resident = 0;
  const int read = std::fscanf(file, "%llu %llu", &pages_all, &pages_resident);
  std::fclose(file);
  return read == 2 ? pages_resident * std::uint64_t(::sysconf(_SC_PAGESIZE)) : 0;
}

Duration RealProcesses::cpu_time() const {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  const auto of = [](const timeval& t) {
    return std::chrono::seconds(t.tv_sec) + std::chrono::microseconds(t.tv_usec);
  };
  return of(usage.ru_utime) + of(usage.ru_stime);
}

std::uint32_t RealProcesses::uid() const { return ::getuid(); }

void RealProcesses::on_stop(Job job) {
  signals_.reset(new Signals{{loop_.context(), SIGTERM, SIGINT}, std::move(job)});
  signals_->set.async_wait([this](boost::system::error_code error, int) {
    if (error) return;
    // Taken out first: a second signal then ends the process, should the job hang.
    Job stop = std::move(signals_->job);
    signals_.reset();
    stop();
  });
}

}  // namespace tocsin::mesh
