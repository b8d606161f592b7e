#!/usr/bin/env python3
"""A store that rotted on the disk: named, not started on, and mended from the partner."""
import signal
import subprocess

from federation import TOCSIN, Federation, main

VALUES = [f"h{number}.rot.example" for number in range(6)]


def held(federation, org):
    return {i["value"] for i in
            federation.run(org, "ioc", "search", "rot.example", "--limit", 100_000)["indicators"]}


def attack_26_bit_rot_is_named_and_mended_from_the_partner():
    with Federation() as federation:
        federation.start_all()
        for value in VALUES:
            federation.run("delos", "ioc", "add", "domain", value, "--tlp", "green")
        federation.until(lambda: held(federation, "bleu") == set(VALUES), 10, "all at bleu")
        federation.kill("bleu", signal.SIGTERM)
        data = federation.at / "bleu" / "store" / "data.mdb"
        damaged = data.read_bytes().replace(VALUES[3].encode(), VALUES[3].upper().encode())
        assert damaged != data.read_bytes()
        data.write_bytes(damaged)

        refused = subprocess.run([str(TOCSIN), "agent", "run", "--home", str(federation.at / "bleu")],
                                 capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
        assert refused.returncode == 1, refused
        assert "batch 4 of" in refused.stderr and "--mend" in refused.stderr, refused.stderr

        federation.start("bleu", "--mend")
        federation.until(lambda: held(federation, "bleu") == set(VALUES), 15, "mended")
        federation.until(lambda: federation.command("bleu", "audit", "verify").returncode == 0, 15, "whole")
        federation.kill("bleu", signal.SIGTERM)
        federation.start("bleu")
        assert held(federation, "bleu") == set(VALUES)
        federation.until(lambda: federation.run("bleu", "agent", "status")["peers"] == 1, 10, "connected")
        compared = federation.run("bleu", "audit", "verify", "--with", "delos")["comparison"]
        assert compared["ok"] and compared["batches_here"] == compared["batches_there"], compared


def comes_back(damage):
    """Bleu's store after `damage`: the start is refused, and what is then advised brings all back."""
    with Federation() as federation:
        federation.start_all()
        rows = federation.at / "rows.txt"
        for turn in range(6):
            rows.write_text("\n".join(f"r{turn}-{n}.rot.example" for n in range(2000)), encoding="utf-8")
            federation.run("delos", "ioc", "import", rows, "--tlp", "green")
        wanted = held(federation, "delos")
        assert len(wanted) == 12_000
        federation.until(lambda: held(federation, "bleu") == wanted, 20, "all at bleu")
        federation.kill("bleu", signal.SIGTERM)
        store = federation.at / "bleu" / "store"
        whole = (store / "data.mdb").read_bytes()
        (store / "data.mdb").write_bytes(damage(whole))

        refused = subprocess.run([str(TOCSIN), "agent", "run", "--home", str(federation.at / "bleu")],
                                 capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
        assert refused.returncode == 1, refused
        if "move the store's folder away" in refused.stderr:
            store.rename(federation.at / "damaged")
            federation.start("bleu")
        else:
            assert "batch " in refused.stderr and "--mend" in refused.stderr, refused.stderr
            federation.start("bleu", "--mend")
        federation.until(lambda: held(federation, "bleu") == wanted, 30, "mended")
        federation.until(lambda: federation.command("bleu", "audit", "verify").returncode == 0, 15, "whole")


def attack_26_a_store_with_a_hole_in_the_middle_is_named_and_comes_back():
    comes_back(lambda whole: whole[:len(whole) // 3] + bytes(len(whole) // 3) + whole[len(whole) // 3 * 2:])


def attack_26_a_store_cut_off_in_the_middle_is_named_and_comes_back():
    comes_back(lambda whole: whole[:len(whole) // 2])


if __name__ == "__main__":
    main([attack_26_bit_rot_is_named_and_mended_from_the_partner,
          attack_26_a_store_with_a_hole_in_the_middle_is_named_and_comes_back,
          attack_26_a_store_cut_off_in_the_middle_is_named_and_comes_back])
