#include "agents/drill/drill.hpp"

#include <algorithm>

#include "agents/drill/loopback_machines.hpp"
#include "agents/drill/report.hpp"
#include "crypto/base_encoding.hpp"

namespace tocsin::agents::drill {
namespace {

constexpr int folders_above_max = 4;

/// A folder of the drill's own, gone afterwards unless it is to be kept.
class Ground {
 public:
  static Result<Ground> make(mesh::World& world, const std::optional<Path>& keep) {
    if (keep) {
      if (const auto names = world.disk.list(*keep); names && !names->empty())
        return std::unexpected(Error{Errc::refused, keep->string() + " holds something already",
                                     "name an empty folder with --keep"});
    }
    Bytes random(10);
    world.entropy.fill(random);
    const auto folder =
        keep ? *keep : std::filesystem::temp_directory_path() / ("tocsin-" + to_base32(random));
    if (const auto made = world.disk.make_folders(folder, mesh::FileMode::secret); !made)
      return std::unexpected(made.error());
    return Ground(world.disk, folder, !keep);
  }
  Ground(Ground&& other) noexcept
      : disk_(other.disk_), folder_(std::move(other.folder_)),
        remove_(std::exchange(other.remove_, false)) {}
  ~Ground() {
    // What cannot be removed is left to the system's own cleaning of temporary files.
    if (remove_) static_cast<void>(remove_folder(disk_, folder_));
  }
  const Path& folder() const { return folder_; }

 private:
  Ground(mesh::Disk& disk, Path folder, bool remove)
      : disk_(disk), folder_(std::move(folder)), remove_(remove) {}
  mesh::Disk& disk_;
  Path folder_;
  bool remove_;
};

Result<Scenario> playable(mesh::Disk& disk, const Path& file) {
  auto read = load_scenario(disk, file);
  if (!read) return std::unexpected(read.error());
  if (read->faults.empty()) return std::move(read->scenario);
  const auto& first = read->faults.front();
  return std::unexpected(Error{Errc::invalid,
                               fmt::format("{}: line {}: {}", file.string(), first.line, first.what),
                               first.fix});
}

Result<void> write_report(mesh::Disk& disk, const Path& file, const ReportInput& input) {
  const auto page = report_page(input);
  const auto text = json::serialize(report_document(input)) + "\n";
  auto json_file = file;
  json_file.replace_extension(".json");
  auto done = disk.write_atomic(file, bytes_of(page), mesh::FileMode::shared);
  if (done) done = disk.write_atomic(json_file, bytes_of(text), mesh::FileMode::shared);
  if (!done) return within("report", done.error());
  return {};
}

std::unique_ptr<Machines> machines_for(mesh::World& world, const DrillOptions& options,
                                       const Path& folder, std::uint64_t seed) {
  if (options.simulate) return std::make_unique<SimulatedMachines>(world, *options.simulate, seed);
  return std::make_unique<LoopbackMachines>(world, folder);
}

mesh::Task<> play_into(Machines& machines, const Scenario& scenario, Timeline& timeline,
                       Result<Played>& out) {
  auto played = co_await play(machines, scenario, timeline);
  out = std::move(played);
}

bool is_scenario(mesh::Disk& disk, const Path& file) { return file.extension() == ".toml" && disk.exists(file); }

}  // namespace

mesh::Task<Result<DrillOutcome>> run_drill(mesh::World& world, DrillOptions options) {
  const auto scenario = playable(world.disk, options.scenario);
  if (!scenario) co_return std::unexpected(scenario.error());
  auto ground = Ground::make(world, options.keep);
  if (!ground) co_return std::unexpected(ground.error());

  const auto seed = options.seed.value_or(world.entropy.number() >> 32);
  const auto machines = machines_for(world, options, ground->folder(), seed);
  const auto begun = machines->world().clock.wall();
  Timeline timeline(machines->world().clock, options.tell, options.colour);
  Result<Played> played = fail(Errc::closed, "the drill was not played");
  auto story = play_into(*machines, *scenario, timeline, played);
  const auto ran = co_await machines->run(std::move(story));
  if (!ran) co_return std::unexpected(ran.error());
  if (!played) co_return std::unexpected(played.error());

  const auto scores = score(*scenario, played->verdicts);
  const ReportInput input{*scenario, *played, scores, timeline.entries(),
                          seed,      begun,   machines->trace()};
  DrillOutcome out{report_document(input), report_summary(input), played->passed()};
  auto report = options.report;
  if (!report && options.keep) report = *options.keep / "report.html";
  if (report) {
    const auto written = write_report(world.disk, *report, input);
    if (!written) co_return std::unexpected(written.error());
    out.document["report"] = report->string();
    out.summary += fmt::format("\nreport: {}\n", report->string());
  }
  if (options.keep) {
    if (const auto kept = machines->keep(*options.keep); !kept)
      co_return within("--keep", kept.error());
    out.summary += fmt::format("homes and logs: {}\n", options.keep->string());
  }
  co_return out;
}

Result<void> remove_folder(mesh::Disk& disk, const Path& folder) {
  // What cannot be listed is a file.
  if (const auto names = disk.list(folder))
    for (const auto& name : *names)
      if (const auto done = remove_folder(disk, folder / name); !done) return done;
  return disk.remove(folder);
}

Result<json::object> check_scenario(mesh::Disk& disk, const Path& file) {
  const auto read = load_scenario(disk, file);
  if (!read) return std::unexpected(read.error());
  json::array faults;
  for (const auto& fault : read->faults)
    faults.push_back({{"line", fault.line}, {"what", fault.what}, {"fix", fault.fix}});
  return json::object{{"scenario", read->scenario.name},
                      {"title", read->scenario.title},
                      {"events", read->scenario.events.size()},
                      {"expectations", read->scenario.expectations()},
                      {"faults", std::move(faults)}};
}

std::vector<Path> library_folders(mesh::Disk& disk, const Path& program, const Path& given) {
  if (!given.empty()) return {given};
  std::vector<Path> out;
  auto folder = program.parent_path();
  if (const auto shared = folder.parent_path() / "share" / "tocsin" / "library"; disk.exists(shared))
    out.push_back(shared);
  for (int i = 0; i < folders_above_max && folder.has_relative_path(); ++i) {
    if (const auto shipped = folder / "playbooks" / "library"; disk.exists(shipped))
      out.insert(out.begin(), shipped);
    folder = folder.parent_path();
  }
  return out;
}

json::object list_scenarios(mesh::Disk& disk, const std::vector<Path>& folders) {
  json::array out;
  for (const auto& folder : folders) {
    const auto names = disk.list(folder);
    if (!names) continue;
    for (const auto& name : *names) {
      if (!is_scenario(disk, folder / name)) continue;
      const auto read = load_scenario(disk, folder / name);
      if (!read) continue;
      json::array orgs;
      for (const auto& org : read->scenario.orgs) orgs.emplace_back(org.id);
      out.push_back({{"name", read->scenario.name},
                     {"title", read->scenario.title},
                     {"file", (folder / name).string()},
                     {"orgs", std::move(orgs)},
                     {"seconds", read->scenario.seconds},
                     {"expectations", read->scenario.expectations()}});
    }
  }
  return {{"scenarios", std::move(out)}};
}

Result<Path> find_scenario(mesh::Disk& disk, const std::string& wanted,
                           const std::vector<Path>& folders) {
  if (!wanted.empty() && is_scenario(disk, wanted)) return Path(wanted);
  for (const auto& folder : folders) {
    if (!wanted.empty()) {
      for (const auto& file : {folder / wanted, folder / (wanted + ".toml")})
        if (is_scenario(disk, file)) return file;
      continue;
    }
    const auto names = disk.list(folder);
    if (!names) continue;
    for (const auto& name : *names)
      if (is_scenario(disk, folder / name)) return folder / name;
  }
  return std::unexpected(Error{Errc::not_found,
                               wanted.empty() ? "no scenario ships with this program"
                                              : "no scenario " + wanted,
                               "see `tocsin drill list`, or name a .toml file"});
}

}  // namespace tocsin::agents::drill
