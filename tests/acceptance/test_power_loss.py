#!/usr/bin/env python3
"""What was acknowledged outlives a power cut: kill -9 with every write gone that was not synced."""
import contextlib
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

from federation import BUILD, PEOPLE, TOCSIN, Federation, main

SHIM = BUILD / "tests/shim/liblost_writes.so"
ROUNDS, ADDS, ROWS = 50, 3, 40


def shim(folder, seed, deaf=False):
    return {"LD_PRELOAD": str(SHIM), "LOST_WRITES_FOLDER": str(folder), "LOST_WRITES_SEED": str(seed),
            "LOST_WRITES_DEAF": "1" if deaf else "0",
            # A sanitizer's runtime wants to be the first library; the shim calls none of it.
            "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}


@contextlib.contextmanager
def disk():
    """A folder, and a function that runs a program there whose end is a power cut."""
    with tempfile.TemporaryDirectory(prefix="tocsin-power-") as outer:
        folder = pathlib.Path(outer).resolve() / "disk"
        folder.mkdir()

        def live(*lines, seed=0, deaf=False, **more):
            code = "\n".join(("import os, signal", "here = os.open('.', os.O_RDONLY)", *lines,
                              "os.kill(os.getpid(), signal.SIGKILL)"))
            ended = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True,
                                   timeout=60, env=dict(os.environ, **shim(folder, seed, deaf), **more))
            assert ended.returncode == -9, ended.stderr
        yield folder, live


OPEN = "f = os.open('f', os.O_RDWR | os.O_CREAT); "


def the_shim_loses_what_was_written_and_not_synced():
    with disk() as (folder, live):
        live(OPEN + "os.write(f, b'kept'); os.fsync(f); os.fsync(here); os.write(f, b'lost'); os.pwrite(f, b'L', 0)")
        assert (folder / "f").read_bytes() == b"Leptlost"  # only the next start cuts the power
        live()
        assert (folder / "f").read_bytes() == b"kept"
        live(OPEN + "os.lseek(f, 4, 0); os.writev(f, [b', ', b'too']); os.fdatasync(f)")
        live(OPEN + "os.ftruncate(f, 1)")
        live("g = os.open('f', os.O_WRONLY | os.O_TRUNC)")
        live()
        assert (folder / "f").read_bytes() == b"kept, too"


def the_shim_keeps_what_a_synchronous_file_was_given_and_that_only():
    with disk() as (folder, live):
        (folder / "f").write_bytes(bytes(8192))
        live(OPEN + "os.pwrite(f, b'x' * 8192, 0)",
             "s = os.open('f', os.O_WRONLY | os.O_DSYNC); os.pwrite(s, b's', 4096)")
        live()
        assert (folder / "f").read_bytes() == bytes(4096) + b"s" + b"x" * 4095


def the_shim_loses_names_whose_folder_was_not_synced():
    with disk() as (folder, live):
        (folder / "old").write_bytes(b"old")
        live(OPEN + "os.write(f, b'new'); os.fsync(f); os.rename('f', 'old'); os.mkdir('m')")
        live()
        assert [p.name for p in folder.iterdir()] == ["old"] and (folder / "old").read_bytes() == b"old"
        live("os.unlink('old')")
        live()
        assert (folder / "old").read_bytes() == b"old"
        live(OPEN + "os.write(f, b'new'); os.rename('f', 'old'); os.fsync(here)")
        live()
        assert (folder / "old").read_bytes() == b"", "a rename that outran its file's bytes"


def the_shim_keeps_any_part_of_what_was_not_synced():
    seen = set()
    for seed in range(1, 25):
        with disk() as (folder, live):
            (folder / "f").write_bytes(b"a" * 1024)
            live(OPEN + "os.pwrite(f, b'b' * 512, 0); os.pwrite(f, b'b' * 512, 512)")
            live(seed=seed)
            sectors = (folder / "f").read_bytes()
            assert all(len(set(sectors[at:at + 512])) == 1 for at in (0, 512)), sectors
            seen.add((sectors[:1] + sectors[512:513]).decode())
    assert seen == {"aa", "ab", "ba", "bb"}, seen


def a_disk_that_only_says_it_synced_is_found_out():
    with Federation() as federation:
        home = (federation.at / "delos").resolve()
        federation.start("delos", **shim(home, 0, deaf=True))
        federation.run("delos", "ioc", "add", "domain", "lost.example", "--tlp", "green")
        federation.kill("delos")
        federation.start("delos", **shim(home, 0))
        assert not values(federation, "delos"), "the acceptance test below could not fail"


def values(federation, org):
    return {i["value"] for i in federation.run(org, "ioc", "search", "", "--limit", 100_000)["indicators"]}


def orders(federation, org, turn):
    """Commands under way, each with the values that it vouches for when it ends well."""
    file = federation.at / f"rows-{turn}.txt"
    rows = [f"i{turn}-{n}.example" for n in range(ROWS)]
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    wanted = [([f"h{turn}-{n}.example"], ("add", "domain", f"h{turn}-{n}.example")) for n in range(ADDS)]
    wanted.append((rows, ("import", str(file))))
    return [(given, subprocess.Popen([str(TOCSIN), "ioc", *words, "--tlp", "green", "--pap",
                                      "green", "--home", str(federation.at / org), "--json"],
                                     stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL))
            for given, words in wanted]


def attack_25_nothing_acknowledged_is_lost_by_a_power_cut():
    with Federation() as federation:
        homes = {org: (federation.at / org).resolve() for org in PEOPLE}
        for org in PEOPLE:
            federation.start(org, **shim(homes[org], 0))
        federation.until(lambda: federation.run("bleu", "agent", "status")["peers"] == 1, 10, "connected")
        federation.block_at_once(10_000)
        chance = random.Random(25)
        acknowledged = {org: set() for org in PEOPLE}
        for turn in range(ROUNDS):
            org = chance.choice(list(PEOPLE))
            under_way = orders(federation, org, turn)
            time.sleep(chance.random() * 0.12)
            federation.kill(org)
            for given, command in under_way:
                if command.wait(timeout=20) == 0:
                    acknowledged[org] |= set(given)
            # Every third cut loses all that was not synced, the others any part of it.
            federation.start(org, **shim(homes[org], turn if turn % 3 else 0))
            lost = acknowledged[org] - values(federation, org)
            assert not lost, (turn, org, sorted(lost))
        kinds = {value[0] for org in PEOPLE for value in acknowledged[org]}
        assert kinds == {"h", "i"}, "neither adds nor imports were acknowledged in time"
        print(f"{sum(map(len, acknowledged.values()))} acknowledged in {ROUNDS} power cuts")
        both = acknowledged["delos"] | acknowledged["bleu"]
        for org in PEOPLE:
            federation.until(lambda: both <= values(federation, org), 15, f"all at {org}")
            federation.all_blocked_once(org, both)


if __name__ == "__main__":
    main([the_shim_loses_what_was_written_and_not_synced,
          the_shim_keeps_what_a_synchronous_file_was_given_and_that_only,
          the_shim_loses_names_whose_folder_was_not_synced,
          the_shim_keeps_any_part_of_what_was_not_synced,
          a_disk_that_only_says_it_synced_is_found_out,
          attack_25_nothing_acknowledged_is_lost_by_a_power_cut])
