#!/usr/bin/env python3
"""How an organisation takes back its word for an agent or a person, across real agents."""
import time

from federation import PEOPLE, Federation, free_port, main


def state_of(federation, org, agent):
    return next((p["state"] for p in federation.run(org, "peer", "list")["peers"]
                 if p["agent"] == agent), None)


def holds(federation, org, value):
    return bool(federation.run(org, "ioc", "search", value)["indicators"])


def person_state(federation, org, name):
    return next((a["state"] for a in federation.run(org, "analyst", "list")["analysts"]
                 if a["name"] == name), None)


def with_sister(federation):
    """Delos gets a second agent, which both others are connected with."""
    federation.run("delos-2", "agent", "add", "--org-home", federation.at / "delos", "--root-dir",
                   federation.at / "root-delos", "--listen", f"127.0.0.1:{free_port()}")
    federation.start_all()
    federation.start("delos-2")
    for org in PEOPLE:
        federation.until(lambda: state_of(federation, org, "delos-2") == "connected", 15,
                         f"delos-2 at {org}")


def attack_4_a_revoked_agent_is_cut_at_the_partner_and_its_earlier_records_stay():
    with Federation() as federation:
        with_sister(federation)
        federation.run("delos-2", "ioc", "add", "domain", "early.example", "--tlp", "green")
        for org in PEOPLE:
            federation.until(lambda: holds(federation, org, "early.example"), 10, f"record at {org}")
        first = federation.run("delos", "agent", "status")["agent"]
        began = time.monotonic()
        done = federation.run("delos", "agent", "revoke", "delos-2", "--root-dir",
                              federation.at / "root-delos", "--why", "stolen")
        assert done["agent"] == "delos-2" and done["shared"] and done["last_good"], done
        for org in PEOPLE:
            federation.until(lambda: state_of(federation, org, "delos-2") == "revoked", 5, f"cut at {org}")
        print(f"revoked and cut at both within {time.monotonic() - began:.2f} s")
        federation.until(lambda: federation.run("delos-2", "agent", "status")["peers"] == 0, 5, "alone")
        federation.run("delos-2", "ioc", "add", "domain", "late.example", "--tlp", "green")
        time.sleep(2)
        federation.kill("bleu")
        federation.start("bleu")
        federation.until(lambda: state_of(federation, "bleu", first) == "connected", 15, "Delos again")
        for org in PEOPLE:
            # Bleu never dials her: after its restart it does not even list her.
            assert state_of(federation, org, "delos-2") in ("revoked", None), federation.run(org, "peer", "list")
            assert holds(federation, org, "early.example") and not holds(federation, org, "late.example"), org
        assert federation.run("bleu", "audit", "verify")["ok"]


def the_last_good_batch_can_be_named_and_the_rest_is_refused_by_those_who_come_later():
    with Federation() as federation:
        federation.start("delos")
        added = [federation.run("delos", "ioc", "add", "domain", f"n{n}.example", "--tlp", "green")
                 for n in range(3)]
        federation.run("delos", "agent", "revoke", "nobody", "--root-dir", federation.at / "root-delos",
                       "--why", "x", expect=1)
        agent = federation.run("delos", "agent", "status")["agent"]
        federation.run("delos", "agent", "revoke", agent, "--root-dir", federation.at / "root-bleu",
                       "--why", "x", expect=4)
        for wrong in (f"{added[1]['log']}:999", "zzzz:1"):
            federation.run("delos", "agent", "revoke", agent, "--root-dir", federation.at / "root-delos",
                           "--why", "x", "--last-good", wrong, expect=1)
        done = federation.run("delos", "agent", "revoke", agent, "--root-dir",
                              federation.at / "root-delos", "--why", "stolen", "--last-good",
                              f"{added[1]['log']}:{added[1]['seq']}")
        assert [g["sequence"] for g in done["last_good"]] == [added[1]["seq"]], done


def a_revoked_persons_signature_is_refused_on_both_sides_of_the_border():
    with Federation() as federation:
        federation.start_all()
        for org in PEOPLE:
            federation.until(lambda: person_state(federation, org, "anna") == "active", 10, f"anna at {org}")
        federation.run("delos", "effect", "freeze", "--why", "drill", "--as", "anna")
        federation.run("delos", "effect", "thaw", "--why", "drill", "--as", "anna")
        done = federation.run("delos", "analyst", "revoke", "anna", "--root-dir",
                              federation.at / "root-delos", "--why", "left")
        assert done["analysts"] == [{"name": "anna", "state": "revoked", "keys": 1}], done
        for org in PEOPLE:
            federation.until(lambda: person_state(federation, org, "anna") == "revoked", 5, f"revoked at {org}")
        federation.run("delos", "effect", "freeze", "--why", "drill", "--as", "anna", expect=4)
        federation.run("bleu", "ioc", "add", "ipv4", "198.51.100.7", "--tlp", "red", "--to", "delos/anna",
                       expect=4)
        federation.run("bleu", "effect", "freeze", "--why", "drill", "--as", "bruno")


def every_key_of_a_revoked_person_is_revoked_and_a_new_one_counts():
    with Federation() as federation:
        with_sister(federation)
        root = ("--root-dir", federation.at / "root-delos")
        # Under one name, each made at another agent's home.
        for at in ("delos", "delos-2"):
            federation.run(at, "analyst", "new", "carla", "--role", "approver", *root)
        freeze = ("effect", "freeze", "--why", "drill", "--as", "carla")
        revoke = ("delos", "analyst", "revoke", "carla", *root, "--why", "left")
        federation.until(lambda: federation.run(*revoke, "--dry-run")["analysts"][0]["keys"] == 2, 10, "two keys")
        signed = [federation.command(at, *freeze).returncode for at in ("delos", "delos-2")]
        assert 0 in signed, signed
        done = federation.run(*revoke)
        assert done["analysts"] == [{"name": "carla", "state": "revoked", "keys": 2}], done
        for at in ("delos", "delos-2"):
            federation.until(lambda at=at: federation.command(at, *freeze).returncode == 4, 5, f"refused at {at}")
        for org in PEOPLE:
            federation.until(lambda org=org: person_state(federation, org, "carla") == "revoked", 5, f"revoked at {org}")
        # Again, where the first time only the key in this home was known.
        for at in ("delos", "delos-2"):
            federation.run(at, "analyst", "new", "dora", "--role", "approver", *root)
        federation.kill("delos")
        assert federation.run("delos", "analyst", "revoke", "dora", *root)["analysts"][0]["keys"] == 1
        federation.start("delos")
        federation.until(lambda: state_of(federation, "delos", "delos-2") == "connected", 15, "the sister is back")
        federation.until(lambda: federation.command("delos", "analyst", "revoke", "dora", *root).returncode == 0,
                         10, "the other key is revoked too")
        federation.until(lambda: federation.command("delos-2", *freeze[:-1], "dora").returncode == 4, 5, "refused")
        gone = federation.run("delos", "analyst", "revoke", "nobody", *root, expect=1)
        assert "no person nobody" in gone["error"]["message"], gone


def what_was_revoked_while_the_agent_was_down_is_shared_at_its_start():
    with Federation() as federation:
        federation.start("bleu")
        federation.run("delos", "analyst", "revoke", "anna", "--root-dir", federation.at / "root-delos")
        assert person_state(federation, "delos", "anna") == "revoked"
        folder = federation.at / "delos" / "revocations"
        (folder / "broken.record").write_bytes(b"no record")
        federation.start("delos")
        for org in PEOPLE:
            federation.until(lambda: person_state(federation, org, "anna") == "revoked", 15, f"revoked at {org}")
        assert "broken.record" in (federation.at / "delos.log").read_text(encoding="utf-8")


if __name__ == "__main__":
    main([attack_4_a_revoked_agent_is_cut_at_the_partner_and_its_earlier_records_stay,
          the_last_good_batch_can_be_named_and_the_rest_is_refused_by_those_who_come_later,
          a_revoked_persons_signature_is_refused_on_both_sides_of_the_border,
          every_key_of_a_revoked_person_is_revoked_and_a_new_one_counts,
          what_was_revoked_while_the_agent_was_down_is_shared_at_its_start])
