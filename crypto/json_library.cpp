// The one source that compiles Boost.JSON, which is used header-only elsewhere.
#include <boost/json/src.hpp>
