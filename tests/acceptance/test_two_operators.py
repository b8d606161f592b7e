#!/usr/bin/env python3
"""What two operators do with each other, through the command alone."""
import json
import os
import random
import subprocess
import time
import urllib.request

from federation import PEOPLE, ROOT, TOCSIN, Federation, main


def ioc(federation, value, *flags, org="delos"):
    return federation.run(org, "ioc", "add", "auto", value, *flags)


def found(federation, org, value):
    return federation.run(org, "ioc", "search", value)["indicators"]


def joint_incident(federation):
    added = ioc(federation, "evil.example", "--tlp", "amber", "--pap", "green")
    federation.until(lambda: found(federation, "bleu", "evil.example"), 5, "indicator at Bleu")
    for org in PEOPLE:
        federation.feed(org, "<34>1 2026-01-01T00:00:00Z host named - - - query: www.evil.example IN A")
    for org in PEOPLE:
        federation.until(lambda: federation.run(org, "incident", "list")["incidents"], 5,
                         f"incident at {org}")
    here, there = (federation.run(org, "incident", "list")["incidents"] for org in PEOPLE)
    assert [i["id"] for i in here] == [i["id"] for i in there], (here, there)
    return added["id"], here[0]["id"]


def sightings_open_one_incident_and_a_block_is_approved_and_retracted():
    with Federation() as federation:
        federation.start_all()
        indicator, incident = joint_incident(federation)
        playbook = federation.run("delos", "playbook", "import",
                                  ROOT / "playbooks/library/rhine-block.json")["playbooks"][0]
        federation.until(lambda: federation.run("bleu", "playbook", "list")["playbooks"], 5, "playbook")
        run = federation.run("delos", "playbook", "run", playbook["id"], "--incident", incident,
                             "--var", "value=evil.example")
        for org in PEOPLE:
            federation.until(lambda: len(federation.run(org, "approval", "list")["approvals"]) == 2, 5,
                             f"both steps ask at {org}")
        for approval in federation.run("delos", "approval", "list")["approvals"]:
            words = ("approve", run["run"], approval["step"])
            federation.run("delos", *words, "--digest", "a" * 52, expect=4)
            federation.run("delos", *words, expect=4)
            federation.run("delos", *words, "--digest", approval["digest"], "--as", "anna")
            federation.command("delos", *words, "--digest", approval["digest"], "--as", "anna")
        assert not federation.run("delos", "effect", "list", "--active")["effects"]
        for approval in federation.run("bleu", "approval", "list")["approvals"]:
            federation.run("bleu", "approve", run["run"], approval["step"], "--digest",
                           approval["digest"], "--as", "bruno")
        for org in PEOPLE:
            federation.until(lambda: block_list(federation, org) == ["evil.example"], 5, f"block at {org}")
        federation.run("delos", "ioc", "retract", indicator, "--why", "honeypot", "--as", "anna")
        for org in PEOPLE:
            federation.until(lambda: block_list(federation, org) == [], 5, f"block gone at {org}")
        shown = federation.run("delos", "ioc", "show", indicator)
        assert {r["org"] for r in shown["receipts"]} == set(PEOPLE), shown["receipts"]


def block_list(federation, org):
    with urllib.request.urlopen(f"http://127.0.0.1:{federation.ports[org]['http']}/edl/edl", timeout=5) as page:
        return page.read().decode().split()


def red_is_for_the_named_person_only():
    with Federation() as federation:
        federation.start_all()
        federation.run("delos", "ioc", "add", "ipv4", "198.51.100.7", "--tlp", "red", expect=4)
        federation.run("delos", "ioc", "add", "ipv4", "198.51.100.7", "--tlp", "red", "--to", "bleu", expect=4)
        federation.until(lambda: len(federation.run("delos", "analyst", "list")["analysts"]) == 2, 5, "people")
        added = federation.run("delos", "ioc", "add", "ipv4", "198.51.100.7", "--tlp", "red", "--to", "bleu/bruno")
        federation.until(lambda: federation.command("bleu", "ioc", "show", added["id"]).returncode == 0, 5, "note")
        assert federation.run("bleu", "ioc", "show", added["id"])["value"] == "198.51.100.7"
        federation.run("delos", "ioc", "show", added["id"], expect=4)
        assert not found(federation, "bleu", "198.51.100.7")
        for org in PEOPLE:
            for file in (federation.at / org).rglob("*"):
                assert not file.is_file() or b"198.51.100.7" not in file.read_bytes(), file


def attack_25_nothing_acknowledged_is_lost_and_nothing_blocked_twice_by_kill_9():
    with Federation() as federation:
        federation.start_all()
        federation.block_at_once(10_000)
        chance = random.Random(7)
        acknowledged = {org: set() for org in PEOPLE}
        for turn in range(200):
            org = chance.choice(list(PEOPLE))
            adding = [(value, subprocess.Popen(
                [str(TOCSIN), "ioc", "add", "domain", value, "--tlp", "green", "--pap", "green", "--home",
                 str(federation.at / org), "--json"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL)) for value in (f"h{turn}-{n}.example" for n in range(4))]
            time.sleep(chance.random() * 0.06)
            federation.kill(org)
            acknowledged[org] |= {value for value, add in adding if add.wait(timeout=20) == 0}
            federation.start(org)
        assert sum(map(len, acknowledged.values())) > 50, acknowledged
        for org in PEOPLE:
            lost = acknowledged[org] - {i["value"] for i in found(federation, org, "")}
            assert not lost, (org, lost)
        both = acknowledged["delos"] | acknowledged["bleu"]
        for org in PEOPLE:
            federation.until(lambda: both <= {i["value"] for i in found(federation, org, "")}, 15,
                             f"all at {org}")
            federation.all_blocked_once(org, both)


ASK_AS_ANOTHER = """
import socket, struct, sys
stream = socket.socket(socket.AF_UNIX)
try:
    stream.connect(sys.argv[1])
except PermissionError:
    sys.exit(13)
request = b'{"verb":"agent.status","args":{}}'
try:
    stream.sendall(struct.pack("<I", len(request)) + request)
except BrokenPipeError:
    pass  # refused before it asked; the reason lies ready
print(stream.recv(65536)[4:].decode())
"""


def attack_28_another_user_on_the_socket_is_refused():
    if os.getuid() != 0:
        print("skipped: needs root to become another user")
        return
    with Federation() as federation:
        federation.start("delos")
        at = federation.at / "delos" / "agent.sock"

        def ask():
            return subprocess.run(["/usr/bin/python3", "-c", ASK_AS_ANOTHER, at], user=65534,
                                  capture_output=True, text=True, timeout=20, cwd="/")
        assert ask().returncode == 13
        # Open folders do not help while the socket's own mode holds ...
        federation.at.chmod(0o755)
        (federation.at / "delos").chmod(0o755)
        assert ask().returncode == 13
        # ... and where that lets somebody through, the kernel's word on who asks counts.
        at.chmod(0o666)
        asked = ask()
        assert asked.stdout, (asked.returncode, asked.stderr)
        answer = json.loads(asked.stdout)
        assert not answer["ok"] and answer["exit"] == 4, answer


if __name__ == "__main__":
    main([sightings_open_one_incident_and_a_block_is_approved_and_retracted,
          red_is_for_the_named_person_only,
          attack_25_nothing_acknowledged_is_lost_and_nothing_blocked_twice_by_kill_9,
          attack_28_another_user_on_the_socket_is_refused])
