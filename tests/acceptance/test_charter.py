#!/usr/bin/env python3
"""The agreement changes while agents run: a member joins, leaves, loses its root; secrets rotate."""
import time

from federation import PEOPLE, Federation, free_port, main


def version(federation, org):
    return federation.run(org, "agent", "status")["charter_version"]


def states(federation, at, org):
    return {p["state"] for p in federation.run(at, "peer", "list")["peers"] if p["org"] == org}


def holds(federation, org, value):
    return [i["state"] for i in federation.run(org, "ioc", "search", value)["indicators"]]


def amend(federation, name, signers, *flags, by="delos"):
    """Drawn up, signed, and accepted at the running agent of `by`; the others hear of it."""
    file = federation.at / name
    federation.run(by, "charter", "amend", "--out", file, *flags)
    for org in signers:
        federation.run(org, "charter", "sign", file, "--root-dir", federation.at / f"root-{org}")
    federation.run(by, "charter", "accept", file)
    return file


def join_acme(federation):
    """Acme joins two agents that run, and is connected with both. The version's file."""
    federation.start_all()
    port = free_port()
    federation.run("acme", "init", "--org", "acme", "--country", "FR", "--role", "operator", "--root-dir",
                   federation.at / "root-acme", "--no-passphrase", "--listen", f"127.0.0.1:{port}")
    federation.run("acme", "org", "card", "--out", federation.at / "acme.card")
    for org in PEOPLE:
        secret = federation.at / f"psk-{org}"
        federation.run(org, "psk", "new", "--peer", "acme", "--out", secret)
        federation.run("acme", "psk", "import", secret)
    second = amend(federation, "second", ("delos", "bleu", "acme"), "--add", federation.at / "acme.card")
    federation.until(lambda: version(federation, "bleu") == 2, 5, "version 2 at Bleu over the mesh")
    federation.run("acme", "charter", "accept", second)
    federation.start("acme")
    for org in PEOPLE:
        federation.until(lambda: states(federation, org, "acme") == {"connected"}, 20, f"acme at {org}")
    return second


def a_member_joins_and_leaves_while_agents_run_and_the_old_version_does_not_come_back():
    with Federation() as federation:
        second = join_acme(federation)
        federation.run("acme", "ioc", "add", "domain", "early.example", "--tlp", "green")
        for org in PEOPLE:
            federation.until(lambda: holds(federation, org, "early.example"), 10, f"record at {org}")
        third = federation.at / "third"
        federation.run("delos", "charter", "amend", "--out", third, "--remove", "acme")
        time.sleep(0.05)
        federation.run("acme", "ioc", "add", "domain", "between.example", "--tlp", "green")
        federation.until(lambda: holds(federation, "bleu", "between.example") == ["active"], 10, "record at Bleu")
        federation.run("delos", "charter", "sign", third, "--root-dir", federation.at / "root-delos")
        federation.run("delos", "charter", "accept", third, expect=4)
        federation.run("bleu", "charter", "sign", third, "--root-dir", federation.at / "root-bleu")
        began = time.monotonic()
        federation.run("delos", "charter", "accept", third)
        for org in PEOPLE:
            federation.until(lambda: version(federation, org) == 3, 5, f"version 3 at {org}")
            federation.until(lambda: states(federation, org, "acme") <= {"revoked"}, 5, f"cut at {org}")
        print(f"removed and cut at both within {time.monotonic() - began:.2f} s")
        for org in PEOPLE:
            federation.until(lambda: holds(federation, org, "between.example") == ["quarantined"], 5,
                             f"quarantine at {org}")
            assert holds(federation, org, "early.example") == ["active"], org
        federation.run("acme", "ioc", "add", "domain", "late.example", "--tlp", "green")
        federation.run("delos", "charter", "accept", second, expect=4)
        federation.kill("bleu")
        federation.start("bleu")
        assert version(federation, "bleu") == 3
        assert holds(federation, "bleu", "between.example") == ["quarantined"]
        assert not holds(federation, "bleu", "late.example")


def attack_30_a_lost_root_is_replaced_while_both_agents_run():
    with Federation() as federation:
        federation.start_all()
        federation.run("delos", "ioc", "add", "domain", "before.example", "--tlp", "green")
        (federation.at / "root-delos" / "root.bin").unlink()
        file = federation.at / "second"
        federation.run("delos", "charter", "amend", "--out", file, "--replace-root", "delos", "--recovery-dir",
                       federation.at / "root-delos", "--root-dir", federation.at / "new-root")
        federation.run("delos", "charter", "accept", file, expect=4)
        federation.run("bleu", "charter", "sign", file, "--root-dir", federation.at / "root-bleu")
        for org in ("bleu", "delos"):
            federation.run(org, "charter", "accept", file)
            assert version(federation, org) == 2
        federation.run("delos", "ioc", "add", "domain", "after.example", "--tlp", "green")
        for value in ("before.example", "after.example"):
            federation.until(lambda: holds(federation, "bleu", value), 10, value)
        federation.run("delos", "analyst", "new", "petra", "--role", "approver", "--root-dir",
                       federation.at / "new-root")
        federation.run("delos", "effect", "freeze", "--why", "drill", "--as", "anna")
        federation.kill("bleu")
        federation.start("bleu")
        federation.until(lambda: states(federation, "bleu", "delos") == {"connected"}, 20, "connected again")


def a_pair_secret_rotates_without_a_gap():
    with Federation() as federation:
        federation.start_all()
        secret = federation.at / "psk-2"
        federation.run("delos", "psk", "new", "--peer", "bleu", "--out", secret)
        federation.run("delos", "psk", "promote", "--peer", "bleu", expect=4)
        federation.kill("bleu")
        federation.start("bleu")
        federation.until(lambda: states(federation, "bleu", "delos") == {"connected"}, 20, "on the old secret")
        federation.run("bleu", "psk", "import", secret)
        federation.kill("bleu")
        federation.start("bleu")
        federation.until(lambda: {p["secret"] for p in federation.run("delos", "peer", "list")["peers"]
                                  if p["state"] == "connected"} == {"next"}, 20, "on the next secret")
        for org, peer in (("delos", "bleu"), ("bleu", "delos")):
            federation.run(org, "psk", "promote", "--peer", peer)
        federation.kill("bleu")
        federation.start("bleu")
        federation.until(lambda: states(federation, "bleu", "delos") == {"connected"}, 20, "on the new one alone")
        federation.run("delos", "agent", "certify", "--root-dir", federation.at / "root-delos")
        assert federation.run("delos", "agent", "status")["peers"] == 1


if __name__ == "__main__":
    main([a_member_joins_and_leaves_while_agents_run_and_the_old_version_does_not_come_back,
          attack_30_a_lost_root_is_replaced_while_both_agents_run,
          a_pair_secret_rotates_without_a_gap])
