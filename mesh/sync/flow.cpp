#include "mesh/sync/flow.hpp"

#include <algorithm>

namespace tocsin::mesh {

Share share_of(LogClass log_class) {
  switch (log_class) {
    case LogClass::control:
    case LogClass::urgent: return Share::urgent;
    case LogClass::case_: return Share::cases;
    case LogClass::indicator: return Share::indicators;
  }
  return Share::indicators;
}

std::size_t CreditPool::take(std::size_t wanted) {
  const auto taken = std::min(wanted, left_);
  left_ -= taken;
  return taken;
}

void Shortest::note(Duration time, Instant now) {
  if (lately_ && now - since_ >= keep) before_ = std::exchange(lately_, std::nullopt);
  if (!lately_) since_ = now;
  lately_ = std::min(time, lately_.value_or(time));
}

Duration Shortest::value() const {
  if (!lately_) return Duration(0);
  return std::min(*lately_, before_.value_or(*lately_));
}

void CreditWindow::consumed(std::size_t bytes, Instant now, Duration loop) {
  if (!round_) round_ = now;
  round_bytes_ += bytes;
  const auto round = std::clamp(loop, round_min, round_max);
  const auto took = now - *round_;
  if (took < round) {
    // So much in less than a round: there is no need to wait for its end.
    if (2 * round_bytes_ > bytes_) aim(2 * round_bytes_);
    return;
  }
  const double per_round = double(round_bytes_) * double(round.count()) / double(took.count());
  aim(std::size_t(std::min(2 * per_round, double(bytes_max))));
  round_ = now;
  round_bytes_ = 0;
}

void CreditWindow::aim(std::size_t target) {
  target = std::clamp(target, std::max(bytes_min, bytes_ / 2), std::min(bytes_max, 2 * bytes_));
  if (target > bytes_) {
    bytes_ += pool_.take(target - bytes_);
  } else {
    pool_.give_back(bytes_ - target);
    bytes_ = target;
  }
}

Result<void> FlowIn::arrived(Share share, std::size_t bytes) {
  auto& part = this->part(share);
  if (part.arrived >= part.granted)
    return fail(Errc::refused, "{} bytes came beyond the {} that were granted",
                part.arrived + bytes - part.granted, part.granted);
  part.arrived += bytes;
  part.mean = part.mean == 0 ? bytes : (7 * part.mean + bytes) / 8;
  return {};
}

void FlowIn::consumed(Share share, std::size_t bytes, Instant now, Duration took) {
  auto& part = this->part(share);
  part.consumed += bytes;
  took_.note(took, now);
  part.window.consumed(bytes, now, rtt_.value() + took_.value());
}

void FlowIn::on_rtt(Duration rtt, Instant now) {
  if (rtt > Duration(0)) rtt_.note(rtt, now);
}

std::optional<Flow> FlowIn::due() {
  const bool enough = std::any_of(parts_.begin(), parts_.end(), [](const Part& part) {
    return part.consumed + part.window.bytes() >= part.granted + part.window.bytes() / 4;
  });
  if (!enough) return std::nullopt;
  for (auto& part : parts_)
    part.granted = std::max(part.granted, part.consumed + part.window.bytes());
  return Flow{part(Share::urgent).granted, part(Share::cases).granted,
              part(Share::indicators).granted};
}

std::size_t FlowIn::window() const {
  std::size_t out = 0;
  for (const auto& part : parts_) out += part.window.bytes();
  return out;
}

std::optional<std::size_t> FlowIn::mean_batch(Share share) const {
  const auto mean = part(share).mean;
  if (mean == 0) return std::nullopt;
  return mean;
}

Result<void> FlowOut::on_flow(const Flow& flow) {
  const std::array<std::uint64_t, shares> limits{flow.urgent, flow.cases, flow.indicators};
  for (std::size_t i = 0; i < shares; ++i) {
    if (limits[i] < parts_[i].limit)
      return fail(Errc::invalid, "credit fell from {} to {} bytes", parts_[i].limit, limits[i]);
    parts_[i].limit = limits[i];
  }
  return {};
}

std::size_t lanes_wanted(std::uint64_t backlog_bytes, Duration rtt, std::size_t lanes_max) {
  constexpr Duration long_link = std::chrono::milliseconds(10);
  constexpr std::uint64_t large = 4 * 1024 * 1024, huge = 8 * large;
  std::size_t wanted = 1;
  if (rtt >= long_link && backlog_bytes >= large) wanted = backlog_bytes >= huge ? 4 : 2;
  return std::min(wanted, std::max<std::size_t>(lanes_max, 1));
}

}  // namespace tocsin::mesh
