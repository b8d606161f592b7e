#!/usr/bin/env python3
"""A disk that fails while the agent runs: what was acknowledged is there afterwards, nothing that
is not there was acknowledged, and the agent ends instead of going on."""
import signal
import time

from federation import Federation, main
from test_power_loss import OPEN, disk, shim, values


def the_shim_fails_as_the_word_in_its_file_says():
    with disk() as (folder, live):
        fault = folder.parent / "fault"
        tried = ("try: os.write(f, b'12345678'); os.{call}(f)\n"
                 "except OSError as e: open('../error', 'w').write(str(e.errno))")
        for word, call, error, left in (("sync", "fsync", "5", b""), ("sync", "fdatasync", "5", b""),
                                        ("write", "fsync", "5", b""), ("full", "fsync", "28", b""),
                                        ("short", "fsync", "", b"1234")):
            (folder.parent / "error").write_text("")
            live(OPEN + "os.ftruncate(f, 0); os.fsync(f); os.fsync(here)", f"open('../fault', 'w').write({word!r})",
                 tried.format(call=call), LOST_WRITES_FAULT=str(fault))
            fault.unlink()
            live()
            assert (folder.parent / "error").read_text() == error, (word, call)
            assert (folder / "f").read_bytes() == left, (word, call)


def ended_saying(federation, org, words):
    code = federation.agents[org].wait(timeout=20)
    del federation.agents[org]
    said = (federation.at / f"{org}.log").read_text(encoding="utf-8")
    assert code == 1 and words in said, (code, said[-2000:])


def survives(word):
    with Federation() as federation:
        home, fault = (federation.at / "delos").resolve(), federation.at / "fault"
        federation.start("bleu")
        federation.start("delos", **shim(home, 0), LOST_WRITES_FAULT=str(fault))
        federation.until(lambda: federation.run("bleu", "agent", "status")["peers"] == 1, 10, "connected")
        federation.run("delos", "ioc", "add", "domain", "kept.example", "--tlp", "green")
        fault.write_text(word, encoding="utf-8")
        refused = federation.command("delos", "ioc", "add", "domain", "lost.example", "--tlp", "green")
        assert refused.returncode not in (0, None), (word, refused)
        ended_saying(federation, "delos", "the store failed, this agent stops")
        fault.unlink()
        federation.start("delos", **shim(home, 0), LOST_WRITES_FAULT=str(fault))
        assert values(federation, "delos") == {"kept.example"}, (word, values(federation, "delos"))
        federation.run("delos", "ioc", "add", "domain", "after.example", "--tlp", "green")
        federation.until(lambda: "after.example" in values(federation, "bleu"), 15, "at Bleu")
        time.sleep(0.5)
        assert values(federation, "bleu") == {"kept.example", "after.example"}, (word, values(federation, "bleu"))


def attack_25_a_failing_fsync_stops_the_agent_and_nothing_is_acknowledged():
    survives("sync")


def attack_25_a_write_error_stops_the_agent_and_nothing_is_acknowledged():
    survives("write")


def attack_25_a_full_disk_stops_the_agent_and_nothing_is_acknowledged():
    survives("full")


def attack_25_a_short_write_stops_the_agent_and_nothing_is_acknowledged():
    survives("short")


def a_full_store_refuses_what_does_not_fit_and_the_agent_goes_on():
    with Federation() as federation:
        config = federation.at / "delos" / "agent.toml"
        text = config.read_text(encoding="utf-8")
        small = "[store]\nsize_max = 400000\n"
        config.write_text(text.replace("[store]\n", small, 1) if "\n[store]\n" in text else text + "\n" + small,
                          encoding="utf-8")
        federation.start_all()
        federation.run("delos", "ioc", "add", "domain", "kept.example", "--tlp", "green")
        feed = federation.at / "feed.txt"
        for part in range(8):
            feed.write_text("".join(f"bad-{part}-{i}.example\n" for i in range(2000)), encoding="utf-8")
            refused = federation.command("delos", "ioc", "import", feed, "--tlp", "green")
            if refused.returncode != 0:
                break
        assert refused.returncode != 0 and "used up" in refused.stdout + refused.stderr, refused
        federation.run("bleu", "ioc", "import", feed, "--tlp", "green")
        for restarted in (False, True):
            if restarted:
                federation.kill("delos")
                federation.start("delos")
            federation.until(lambda: federation.run("bleu", "agent", "status")["peers"] == 1, 15, "connected")
            again = federation.command("delos", "ioc", "import", feed, "--tlp", "green")
            assert again.returncode != 0, again
            assert federation.run("delos", "agent", "status")["store_full"] is True
            assert any(line.startswith("store: full") for line in federation.run("delos", "now")["alarms"])
            assert "kept.example" in values(federation, "delos")
            federation.run("delos", "store", "compact")
            time.sleep(1)
            assert federation.agents["delos"].poll() is None, "the agent ended"
        federation.kill("delos", signal.SIGTERM)
        config.write_text(config.read_text(encoding="utf-8").replace("400000", "400000000"), encoding="utf-8")
        federation.start("delos")
        federation.run("delos", "ioc", "import", feed, "--tlp", "green")
        federation.until(lambda: federation.run("delos", "agent", "status")["store_full"] is False, 10, "room")
        same = lambda: len({federation.run(org, "agent", "status")["state_digest"] for org in ("delos", "bleu")}) == 1
        federation.until(same, 30, "both hold the same")


if __name__ == "__main__":
    main([the_shim_fails_as_the_word_in_its_file_says,
          attack_25_a_failing_fsync_stops_the_agent_and_nothing_is_acknowledged,
          attack_25_a_write_error_stops_the_agent_and_nothing_is_acknowledged,
          attack_25_a_full_disk_stops_the_agent_and_nothing_is_acknowledged,
          attack_25_a_short_write_stops_the_agent_and_nothing_is_acknowledged,
          a_full_store_refuses_what_does_not_fit_and_the_agent_goes_on])
