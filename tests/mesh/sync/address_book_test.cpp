#include "mesh/sync/address_book.hpp"

#include "tests/catch.hpp"

using namespace tocsin::mesh;
using Addresses = std::vector<std::string>;

TEST_CASE("addresses are tried as configured, but first the one that worked last") {
  AddressBook book;
  CHECK(book.empty());
  book.configure({"a.example:1", "b.example:1", "c.example:1"});
  CHECK(book.in_order() == Addresses{"a.example:1", "b.example:1", "c.example:1"});
  book.worked("c.example:1");
  CHECK(book.in_order() == Addresses{"c.example:1", "a.example:1", "b.example:1"});
  book.configure({"a.example:1", "b.example:1"});
  CHECK(book.in_order() == Addresses{"a.example:1", "b.example:1"});
}

TEST_CASE("a peer that dialled us is found where it says it listens, seen from here") {
  AddressBook book;
  CHECK(book.learn("0.0.0.0:7440", "192.0.2.7:50123"));
  CHECK(book.in_order() == Addresses{"192.0.2.7:7440"});
  CHECK_FALSE(book.learn("0.0.0.0:7440", "192.0.2.7:50999"));
  CHECK(book.learn("[::]:7441", "[2001:db8::1]:50123"));
  CHECK(book.in_order() == Addresses{"[2001:db8::1]:7441"});
}

TEST_CASE("nothing is learned that leads nowhere, or back into this machine") {
  AddressBook book;
  CHECK_FALSE(book.learn("", "192.0.2.7:50123"));
  CHECK_FALSE(book.learn("0.0.0.0:0", "192.0.2.7:50123"));
  CHECK_FALSE(book.learn("127.0.0.1:22", "192.0.2.7:50123"));
  CHECK_FALSE(book.learn("localhost:22", "192.0.2.7:50123"));
  CHECK_FALSE(book.learn("unix:/run/x", "192.0.2.7:50123"));
  CHECK(book.empty());
  CHECK(book.learn("127.0.0.1:7440", "127.0.0.1:50123"));
}

TEST_CASE("what is configured counts, not what a peer says of itself") {
  AddressBook book;
  book.learn("0.0.0.0:7440", "192.0.2.7:50123");
  book.configure({"a.example:1"});
  CHECK_FALSE(book.learn("192.0.2.9:1", "192.0.2.7:50123"));
  CHECK(book.in_order() == Addresses{"a.example:1"});
}

TEST_CASE("a learned address is given up after many failures, a configured one never") {
  AddressBook book, fixed;
  book.learn("0.0.0.0:7440", "192.0.2.7:50123");
  fixed.configure({"a.example:1"});
  for (int i = 0; i < AddressBook::learned_failures_max; ++i) {
    CHECK_FALSE(book.empty());
    book.failed();
    fixed.failed();
  }
  CHECK(book.empty());
  CHECK_FALSE(fixed.empty());
}
