// Makes indicators and ECS-like events with known hits, to measure matching anywhere.
#pragma once

#include <random>
#include <vector>

#include "playbooks/detect/file_match.hpp"

namespace tocsin::playbooks {

/// Mixed indicators: 60 % domain, 20 % ipv4 and cidr (0.2 %), 12 % sha256, 5 % url, 2 % ipv6,
/// 1 % email. What is listed and what is not never overlap by chance, so that what was planted is
/// the whole truth.
class BenchLoad {
 public:
  BenchLoad(std::uint64_t count, std::uint64_t seed);

  struct Indicator {
    IndicatorType type;
    std::string value;
  };
  const std::vector<Indicator>& indicators() const { return indicators_; }

  static constexpr std::uint32_t nothing = 0xffffffff;
  /// Appends one event and its line end to `lines`; gives the indicator that it holds, or
  /// nothing. 1 % hold one, 1 % are near misses.
  std::uint32_t event(std::string& lines);

 private:
  struct Fields {
    std::string name, resolved, destination, url, sha256, sender;
  };
  std::uint64_t below(std::uint64_t bound) { return random_() % bound; }
  std::string word(std::size_t low, std::size_t high);
  std::string hex(std::size_t digits);
  std::string domain();
  std::string clean_name();
  std::string clean_ipv4();
  Indicator make(IndicatorType type, std::uint64_t number);
  int plant(const Indicator& indicator, Fields& fields);
  int decoy(const Indicator& indicator, Fields& fields);
  void begin(std::string& out, const char* category, const char* action);
  void dns(std::string& out, const Fields& fields);
  void proxy(std::string& out, const Fields& fields);
  void process(std::string& out, const Fields& fields);
  void mail(std::string& out, const Fields& fields);

  std::mt19937_64 random_;
  std::vector<Indicator> indicators_;
  std::vector<std::string> names_;
  std::uint64_t number_ = 0;
  std::string host_ip_;
};

}  // namespace tocsin::playbooks
