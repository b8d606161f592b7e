#!/usr/bin/env python3
"""Two operators whose agents never meet: everything goes by files."""
import signal
import threading

from federation import Federation, main


class Apart(Federation):
    """Each agent is told to look for the other where nobody listens."""

    def __init__(self):
        super().__init__()
        for org, other in (("delos", "bleu"), ("bleu", "delos")):
            self.run(org, "peer", "add", self.at / f"{other}.card", "--address", "127.0.0.1:9")
            self.start(org)

    def sends(self, org, to, name, *flags):
        return self.run(org, "bundle", "export", self.at / name, "--to", to, *flags)

    def takes(self, org, name, *flags, expect=0):
        return self.run(org, "bundle", "import", self.at / name, *flags, expect=expect)

    def finds(self, org, value):
        return self.run(org, "ioc", "search", value)["indicators"]

    def never_met(self):
        for org in self.ports:
            assert self.run(org, "agent", "status")["peers"] == 0, org


def an_indicator_crosses_is_matched_is_retracted_and_receipts_come_back():
    with Apart() as federation:
        added = federation.run("delos", "ioc", "add", "domain", "evil.example", "--tlp", "amber",
                               "--pap", "green")
        sent = federation.sends("delos", "bleu", "out.bundle")
        assert sent["records"] >= 2 and sent["gaps"] == [], sent
        assert federation.finds("bleu", "evil.example") == []
        taken = federation.takes("bleu", "out.bundle")
        assert taken["records"] == sent["records"] and taken["duplicates"] == 0, taken
        again = federation.takes("bleu", "out.bundle")
        assert again["records"] == 0 and again["duplicates"] == sent["records"], again

        federation.feed("bleu", "<34>1 2026-01-01T00:00:00Z host named - - - query: www.evil.example IN A")
        federation.until(lambda: federation.run("bleu", "sighting", "list")["sightings"], 10, "sighting")
        shown = federation.run("bleu", "ioc", "show", added["id"])
        assert shown["via"] == "delos" and shown["state"] == "active", shown

        federation.run("delos", "ioc", "retract", added["id"], "--why", "honeypot", "--as", "anna")
        federation.sends("delos", "bleu", "out.bundle")
        federation.takes("bleu", "out.bundle")
        federation.until(lambda: federation.run("bleu", "ioc", "show", added["id"])["state"] == "retracted",
                         5, "retracted at Bleu")
        assert federation.run("bleu", "agent", "status")["indicators"] == 0

        back = federation.sends("bleu", "delos", "back.bundle")
        assert back["records"] >= 1, back
        federation.takes("delos", "back.bundle")
        shown = federation.run("delos", "ioc", "show", added["id"])
        assert {r["org"] for r in shown["receipts"]} == {"delos", "bleu"}, shown["receipts"]
        assert any(s["org"] == "bleu" for s in shown["seen_by"]), shown["seen_by"]
        federation.never_met()


def only_what_is_cleared_leaves_and_a_red_note_is_for_its_person():
    with Apart() as federation:
        federation.run("delos", "ioc", "add", "domain", "open.example", "--tlp", "green")
        federation.run("delos", "ioc", "add", "domain", "ours.example", "--tlp", "amber+strict",
                       "--to", "delos")
        sent = federation.sends("delos", "bleu", "one.bundle")
        assert sent["refused"] == {"not_in_audience": 1}, sent
        # Bleu's persons are known at Delos once a bundle of Bleu came.
        federation.takes("bleu", "one.bundle")
        assert federation.finds("bleu", "ours.example") == []
        federation.sends("bleu", "delos", "persons.bundle")
        federation.takes("delos", "persons.bundle")
        note = federation.run("delos", "ioc", "add", "ipv4", "198.51.100.7", "--tlp", "red", "--to",
                              "bleu/bruno")
        federation.sends("delos", "bleu", "two.bundle")
        federation.takes("bleu", "two.bundle")
        assert federation.run("bleu", "ioc", "show", note["id"])["value"] == "198.51.100.7"
        assert federation.finds("bleu", "198.51.100.7") == []
        assert b"198.51.100.7" not in (federation.at / "two.bundle").read_bytes()


def what_is_damaged_or_meant_for_others_is_refused_whole():
    with Apart() as federation:
        for n in range(20):
            federation.run("delos", "ioc", "add", "domain", f"h{n}.example", "--tlp", "green")
        federation.sends("delos", "bleu", "good.bundle")
        good = (federation.at / "good.bundle").read_bytes()
        broken = federation.at / "broken.bundle"
        for damaged in (good[:-1], good[:len(good) // 2], good[:20], good + b"x", b"", b"not a bundle at all",
                        good[:-9] + bytes([good[-9] ^ 1]) + good[-8:], good[:60] + b"\0" + good[61:]):
            broken.write_bytes(damaged)
            assert federation.command("bleu", "bundle", "import", broken).returncode in (1, 4), len(damaged)
            assert federation.command("bleu", "bundle", "inspect", broken).returncode in (0, 1, 4)
        assert federation.run("bleu", "agent", "status")["records"] <= 2  # its own person's certificate
        federation.takes("delos", "good.bundle", expect=4)
        federation.run("bleu", "bundle", "import", federation.at / "absent", expect=1)
        federation.run("delos", "bundle", "export", federation.at / "x", "--to", "nobody", expect=4)
        federation.run("delos", "bundle", "export", federation.at / "x", expect=2)
        trial = federation.takes("bleu", "good.bundle", "--dry-run")
        assert trial["records"] >= 20 and federation.finds("bleu", "h1.example") == [], trial
        federation.takes("bleu", "good.bundle")
        assert len(federation.finds("bleu", "h1.example")) == 1


def inspect_needs_no_agent():
    with Apart() as federation:
        federation.run("delos", "ioc", "add", "domain", "open.example", "--tlp", "green")
        sent = federation.sends("delos", "bleu", "a.bundle")
        federation.sends("delos", "bleu", "trial.bundle", "--dry-run")
        assert not (federation.at / "trial.bundle").exists()
        for org in list(federation.agents):
            federation.kill(org, signal.SIGTERM)
        there = federation.run("bleu", "bundle", "inspect", federation.at / "a.bundle")
        assert there["opened"] and there["signature"] == "verified", there
        assert there["records"] == sent["records"] == sum(log["records"] for log in there["logs"]), there
        assert there["gaps"] == [] and there["to"] == "bleu" and len(there["recipients"]) == 1, there
        here = federation.run("delos", "bundle", "inspect", federation.at / "a.bundle")
        assert not here["opened"] and here["records"] == sent["records"] and "logs" not in here, here


def an_import_that_was_killed_is_taken_up_again():
    with Apart() as federation:
        rows = federation.at / "rows.csv"
        count = 100_000
        rows.write_text("type,value\n" + "".join(f"domain,h{n}.example\n" for n in range(count)))
        federation.run("delos", "ioc", "import", rows, "--tlp", "green")
        sent = federation.sends("delos", "bleu", "large.bundle")
        assert sent["records"] >= count, sent
        done = []
        importing = threading.Thread(target=lambda: done.append(
            federation.command("bleu", "bundle", "import", federation.at / "large.bundle").returncode))
        importing.start()
        # Killed once some, but not all, has arrived.
        try:
            federation.until(lambda: federation.run("bleu", "agent", "status")["indicators"] > 500, 60, "a beginning")
        finally:
            federation.kill("bleu")
            importing.join(timeout=60)
        federation.start("bleu")
        before = federation.run("bleu", "agent", "status")["indicators"]
        rest = federation.takes("bleu", "large.bundle")
        assert rest["records"] + rest["duplicates"] == sent["records"] and rest["gaps"] == [], rest
        assert done in ([0], [5]) and (done == [5] or before == count), (done, before)
        if before < count:
            assert rest["records"] > 0, (before, rest)
        assert federation.run("bleu", "agent", "status")["indicators"] == count


if __name__ == "__main__":
    main([an_indicator_crosses_is_matched_is_retracted_and_receipts_come_back,
          only_what_is_cleared_leaves_and_a_red_note_is_for_its_person,
          what_is_damaged_or_meant_for_others_is_refused_whole,
          inspect_needs_no_agent,
          an_import_that_was_killed_is_taken_up_again])
