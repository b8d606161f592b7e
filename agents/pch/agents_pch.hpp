// Parsed once for all sources of this library, so that a clean build stays short. Sources include
// what they use all the same: a build with -Db_pch=false, as the sanitizers' is, holds them to it.
#include <algorithm>
#include <array>
#include <chrono>
#include <coroutine>
#include <cstdint>
#include <deque>
#include <expected>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "agents/agent/services.hpp"
#include "agents/agent/verbs.hpp"
