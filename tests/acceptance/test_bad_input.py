#!/usr/bin/env python3
"""Bad input to every command that reads some, and in every file of a home.

Each table says who reads; every kind of bad input goes to each of them. What is expected: one clear
error that names file, line or object and how to mend it, the right exit code, and the rest of a batch
taken in. What comes in over the network: test_bad_listeners.py.
"""
import concurrent.futures
import json
import os
import random
import shutil
import signal
import subprocess

from federation import ROOT, TOCSIN, Federation, main

CHANCE = random.Random(11)
GARBAGE = CHANCE.randbytes(4096)
PICTURE = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + CHANCE.randbytes(2000)
SPARSE_BYTES = 2 << 30
SECONDS_MAX = 20  # for one command on a busy machine

EVENT = b"<34>1 2026-01-01T00:00:00Z host named - - - query: www.evil.example IN A"
ASSETS = b"id,name,kind,owner,country,criticality,rto,depends_on\ndb,Database,database,ops,DE,high,4h,\n"
STIX = json.dumps({"type": "bundle", "id": "bundle--1", "objects": [
    {"type": "indicator", "spec_version": "2.1", "id": f"indicator--{n:08}-17d4-4cbf-938f-98ee46b3cd3f",
     "created": "2026-01-01T00:00:00.000Z", "modified": "2026-01-01T00:00:00.000Z", "pattern_type": "stix",
     "valid_from": "2026-01-01T00:00:00Z", "pattern": f"[domain-name:value = 's{n}.example']"}
    for n in range(9)]}).encode()
MISP = json.dumps({"Event": {"uuid": "e", "info": "x", "Attribute": [
    {"type": "domain", "value": f"m{n}.example", "to_ids": True, "uuid": f"a-{n}"}
    for n in range(9)]}}).encode()

# What is no text of the wanted form, whoever reads it: the bytes, from good ones.
KINDS = {
    "empty": lambda good: b"",
    "garbage": lambda good: GARBAGE,
    "nul": lambda good: b"\0" * 4096,
    "utf16": lambda good: good.decode().encode("utf-16"),
    "picture": lambda good: PICTURE,
    "truncated": lambda good: good[:len(good) * 2 // 3],
    "another": lambda good: b'{"a": [1, 2, {"b": null}]}',
    "deep": lambda good: b"[" * 70_000,
    "number": lambda good: b"1e999999",
}
PLACES = ("absent", "folder", "pipe", "device", "sparse")


def at_home(home, *words, keys="nowhere"):
    """A command in any home, there or not."""
    return subprocess.run([str(TOCSIN), *words, "--home", str(home), "--json"], capture_output=True, text=True,
                          timeout=SECONDS_MAX, stdin=subprocess.DEVNULL, check=False,
                          env=dict(os.environ, TOCSIN_KEYS=str(keys)))


def document(done):
    """The one JSON object of a command; nothing else may be printed."""
    assert done.stdout.count("\n") == 1, ("not one line", done.stdout[:400])
    assert not done.stderr, ("stderr", done.stderr[:400])
    return json.loads(done.stdout)


def refused(done, name, codes=(1,)):
    """One error that names `name` and says how to mend it."""
    assert done.returncode in codes, (done.returncode, done.stdout[:400], done.stderr[:400])
    error = document(done)["error"]
    assert error["code"] and name in error["message"], error
    assert error["hint"], ("no remedy", error)
    assert error["message"].count(f"{name}: ") <= 1, ("named twice", error)


def places(at):
    (at / "folder").mkdir()
    os.mkfifo(at / "pipe")
    with open(at / "sparse", "wb") as file:
        file.truncate(SPARSE_BYTES)
    if os.getuid() == 0:  # only root makes devices
        os.mknod(at / "device", 0o600 | 0o020000, os.makedev(1, 5))


def each(work, cases):
    """Runs `work(*case)` for every case, a few at a time; says which of them failed."""
    faults = []
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        for case, done in [(case, pool.submit(work, *case)) for case in cases]:
            try:
                done.result()
            except Exception as error:  # pylint: disable=broad-except
                faults.append((str(case)[:160], repr(error)[:600]))
    assert not faults, "\n".join(f"{case}: {what}" for case, what in faults)


def bad_files(federation, suffix=""):
    """(kind, path) for a maker of good bytes."""
    def make(good, label, leave_out=()):
        for kind, bytes_of in KINDS.items():
            if kind not in leave_out:
                path = federation.at / f"{label}-{kind}{suffix}"
                path.write_bytes(bytes_of(good))
                yield kind, path
        for kind in PLACES:
            if (federation.at / kind).exists() or kind == "absent":
                yield kind, federation.at / kind
    return make


def files_that_set_up_are_refused_by_name_with_a_remedy():
    with Federation() as federation:
        at = federation.at
        places(at)
        federation.run("delos", "pair", "invite", "bleu", "--out", at / "invitation")
        playbook = (ROOT / "playbooks/library/rhine-block.json").read_bytes()
        readers = [
            (("charter", "accept"), "charter.json"), (("psk", "import"), "psk"),
            (("charter", "sign", "--root-dir", at / "root-bleu"), "charter.json"),
            (("charter", "new", "--name", "x", "--exercise", "--out", at / "new"), "delos.card"),
            (("peer", "add"), "delos.card"), (("pair", "accept"), "invitation"),
            (("agent", "run", "--config"), "bleu/agent.toml"), (("playbook", "check"), playbook)]
        make = bad_files(federation)

        def read(words, kind, path):
            done = federation.command("bleu", *words, path)
            if kind == "another" and words[1] == "check":
                assert done.returncode == 1 and document(done)["playbooks"][0]["problems"]
            else:
                refused(done, str(path))
        cases = []
        for index, (words, good) in enumerate(readers):
            good = good if isinstance(good, bytes) else (at / good).read_bytes()
            skip = ("truncated",) if "--config" in words else ()  # a comment may end anywhere
            cases += [(words, kind, path) for kind, path in make(good, f"set-up-{index}", skip)]
        each(read, cases)

        for words, good in readers[:-2]:  # A mark at the beginning, as Windows editors write, is none
            marked = at / "marked"
            marked.write_bytes(b"\xef\xbb\xbf" + (at / good).read_bytes())
            federation.run("bleu", *words, marked)
        # A file that cannot be written changes nothing: the secret in force is still the first one.
        before = (at / "delos/psk/bleu").read_bytes()
        refused(federation.command("delos", "pair", "invite", "bleu", "--out", at / "no/where"), "no/where")
        refused(federation.command("delos", "psk", "new", "--peer", "bleu", "--out", at / "folder"), "folder")
        if (at / "device").exists():
            refused(federation.command("delos", "org", "card", "--out", at / "device"), "device")
            assert (at / "device").is_char_device()
        assert (at / "delos/psk/bleu").read_bytes() == before


def scenarios_and_settings_are_checked_line_by_line():
    with Federation() as federation:
        places(federation.at)
        scenario = next((ROOT / "playbooks/library").rglob("*.toml")).read_bytes()
        settings = (federation.at / "bleu/agent.toml").read_bytes().replace(b"[http]", b"[http\n")
        make = bad_files(federation, ".toml")

        def check(words, key, kind, path):
            done = federation.command("bleu", *words, path)
            assert done.returncode == 1, (done.returncode, done.stdout[:300])
            found = document(done)
            if "error" in found:
                return refused(done, str(path))
            assert found[key], found
            for fault in found[key]:
                assert fault["fix"] and ("line" in fault or f"{path}:" in fault["what"]), fault
        cases = [(("drill", "check"), "faults", *one) for one in make(scenario, "scenario")]
        cases += [(("config", "check"), "findings", *one)
                  for one in make(settings, "settings", ("truncated",))]  # a comment may end anywhere
        each(check, cases)
        each(lambda kind, path: refused(federation.command("bleu", "drill", "run", path), str(path)),
             list(make(scenario, "run")))


def imports_lose_the_bad_entry_and_keep_the_rest():
    with Federation() as federation:
        at = federation.at
        places(at)
        federation.start_all()
        make = bad_files(federation)
        rows = b"type,value\ndomain,c0.example\nipv4,198.51.100.4\ndomain,c1.example\n"
        lines = b"l0.example\n198.51.100.5\nl1.example\n"
        readers = [(("ioc", "import", "--tlp", "green", "--format", kind), good) for kind, good in (
            ("stix", STIX), ("misp", MISP), ("csv", rows), ("list", lines),
            ("auto", STIX), ("auto", MISP), ("auto", rows), ("auto", lines))]
        readers += [(("asset", "import"), ASSETS), (("asset", "import"), b'[{"id": "a", "name": "A"}]'),
                    (("playbook", "import"), (ROOT / "playbooks/library/rhine-block.json").read_bytes())]

        def read(words, kind, path):
            done = federation.command("delos", *words, path)
            if done.returncode != 3:
                return refused(done, str(path))
            found = document(done)["rejected"]  # line by line, which garbage may be read as
            assert found and all(r["file"] == str(path) and r["reason"] for r in found), found[:3]
        cases = []
        for index, (words, good) in enumerate(readers):
            skip = ("truncated",) if good is lines else ()  # a shorter name is a name
            cases += [(words, kind, path) for kind, path in make(good, f"import-{index}", skip)]
        each(read, cases)

        (at / "latin").write_bytes(b"type,value\ndomain,good.example\nipv4,999.1.1.1\ndomain,caf\xe9.example\n"
                                   b"\ndomain,good.example\ndomain,a\0b.example\nurl,\n")
        done = federation.run("delos", "ioc", "import", at / "latin", at / "absent", at / "latin", "--tlp",
                              "green", expect=3)
        assert done["imported"] == 1 and done["duplicates"] == 3, done
        assert [r.get("line") for r in done["rejected"]] == [3, 4, 7, 8, 3, 4, 7, 8, None], done
        for good, count in ((STIX, 9), (MISP, 9), (rows, 3), (lines, 3)):
            (at / "good").write_bytes(b"\xef\xbb\xbf" + good)
            federation.run("delos", "ioc", "import", at / "good", "--tlp", "green")
            again = federation.run("delos", "ioc", "import", at / "good", "--tlp", "green")
            assert (again["imported"], again["duplicates"]) == (0, count), again
        (at / "assets").write_bytes(ASSETS + b"db,Again,x,y,DE,high,1h,\n,Nameless,x,y,DE,high,1h,\n")
        dry = federation.run("delos", "asset", "import", at / "assets", "--dry-run", expect=3)
        assert dry["imported"] == 1 and dry["dry_run"] and not federation.run("delos", "asset", "list")["assets"], dry
        kept = federation.run("delos", "asset", "import", at / "assets", expect=3)
        assert kept["imported"] == 1 and [r["line"] for r in kept["rejected"]] == [3, 4], kept


def events_of_files_are_matched_past_bad_lines_and_bad_files():
    with Federation() as federation:
        at = federation.at
        places(at)
        (at / "list").write_text("evil.example\n[file:name = 'a']\n")
        (at / "good").write_bytes(EVENT + b"\n" + b"\xff\0\n" + b'{"broken\n' + EVENT + b"\n")

        def match(*words):
            done = federation.command("bleu", "match", *words)
            assert not done.stderr and all(json.loads(line) for line in done.stdout.splitlines()), done
            return done.returncode, [json.loads(line) for line in done.stdout.splitlines()]
        for kind in ("utf16", "picture", "nul"):
            (at / kind).write_bytes(KINDS[kind](EVENT))
            refused(federation.command("bleu", "match", at / kind, "--indicators", at / "list"), kind)
            refused(federation.command("bleu", "match", at / "good", "--indicators", at / kind), kind)
        for kind in ("absent", "folder") + (("device",) if (at / "device").exists() else ()):
            refused(federation.command("bleu", "match", at / kind, "--indicators", at / "list"), kind)
            code, lines = match(at / kind, at / "good", at / kind, "--indicators", at / "list")
            assert code == 3 and [line["line"] for line in lines[:-1]] == [1, 4], lines
            assert len(lines[-1]["failed"]) == 2 and lines[-1]["rejected"] >= 1, lines
        assert match(at / "pipe", "--indicators", at / "list")[0] == 0  # nobody writes: it is empty
        # Patterns among the agent's own indicators are no reason to match nothing.
        federation.start("bleu")
        for kind, value in (("domain", "evil.example"), ("pattern", "[file:name = 'a']")):
            federation.run("bleu", "ioc", "add", kind, value, "--tlp", "green")
        code, lines = match(at / "good")
        assert code == 3 and len(lines) == 3 and lines[-1]["left_out"] == 1, lines


def damaged(good):
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 0x40
    return {"empty": b"", "garbage": GARBAGE, "truncated": good[:len(good) // 2], "nul": b"\0" * len(good),
            "flipped": bytes(flipped), "oversized": b"x" * (17 << 20), "folder": None}


def keys_and_passphrases_are_refused_by_name():
    with Federation() as federation:
        at = federation.at
        federation.start_all()
        added = federation.run("delos", "ioc", "add", "domain", "x.example", "--tlp", "green")["id"]
        def use(file, words):
            good = file.read_bytes()
            for kind, bad in damaged(good).items():
                file.unlink()
                if bad is None:
                    file.mkdir()
                else:
                    file.write_bytes(bad)
                done = federation.command("delos", *words)
                if bad is None:
                    file.rmdir()
                    file.write_bytes(b"")
                assert done.returncode in (1, 4), (file, kind, done.returncode, done.stdout)
                message = document(done)["error"]["message"]
                assert file.name in message or "anna" in message, (file, kind, message)
            file.write_bytes(good)
        use(at / "keys-delos/anna.key", ("ioc", "retract", added, "--why", "x", "--as", "anna"))
        use(at / "keys-delos/anna.cert", ("ioc", "retract", added, "--why", "x", "--as", "anna"))
        use(at / "root-delos/root.bin", ("charter", "sign", at / "charter.json", "--root-dir", at / "root-delos"))
        use(at / "root-delos/recovery.bin", ("charter", "amend", "--out", at / "next.json", "--replace-root", "delos",
                                             "--recovery-dir", at / "root-delos", "--root-dir", at / "root-new"))
        assert not federation.run("delos", "ioc", "show", added)["receipts"]
        for kind, bad in {"empty": b"\n", "utf16": "secret".encode("utf-16"), "large": b"x" * 5000,
                          "picture": PICTURE}.items():
            (at / kind).write_bytes(bad)
            refused(at_home(at / "new", "init", "--org", "new", "--country", "DE", "--role", "operator",
                            "--root-dir", at / "root-new", "--passphrase-file", at / kind), kind)
            assert not (at / "root-new").exists() and not (at / "new").exists()


def a_damaged_home_says_which_file_it_is():
    with Federation() as federation:
        at = federation.at
        federation.start("delos")
        federation.run("delos", "ioc", "add", "domain", "kept.example", "--tlp", "green")
        federation.kill("delos", signal.SIGTERM)
        shutil.copytree(at / "delos", at / "saved")
        names = ("agent.json", "agent.toml", "card.json", "charter.json", "keys.bin", "peers/bleu.json",
                 "psk/bleu", "psk/delos", "store/data.mdb")

        def begin(name, kind, bad):
            home = at / f"{name.replace('/', '-')}-{kind}"
            shutil.copytree(at / "saved", home)
            file = home / name
            file.unlink()
            if bad is None:
                file.mkdir()
            else:
                file.write_bytes(bad)
            done = at_home(home, "agent", "run")
            assert done.returncode in (1, 4), (done.returncode, done.stdout, done.stderr)
            error = json.loads(done.stdout)["error"]
            assert name.split("/")[0] in error["message"], error
            assert error["message"].count(str(file)) <= 1, error
            found = at_home(home, "doctor")
            assert found.returncode == 0 and all(f["fix"] for f in document(found)["findings"]), found
        cases = []
        for name in names:
            for kind, bad in damaged((at / "saved" / name).read_bytes()).items():
                harmless = name == "agent.toml" and kind in ("truncated", "flipped")  # a comment, here
                fresh = name.startswith("store") and kind in ("empty", "flipped", "oversized")
                if not harmless and not fresh:
                    cases.append((name, kind, bad))
        each(begin, cases)

        # One person's damaged certificate costs that person, not the agent and not the others.
        (at / "delos/analysts/aaa.cert").write_bytes(GARBAGE)
        federation.start("delos")
        assert [a["name"] for a in federation.run("delos", "analyst", "list")["analysts"]] == ["anna"]
        assert "aaa.cert" in (at / "delos.log").read_text()
        assert federation.run("delos", "ioc", "search", "kept.example")["indicators"]


LONG = "x" * 90_000
LINES = [  # words, exit codes
    (["ioc", "add", "ipv4", "999.1.1.1", "--tlp", "green"], (1,)), (["ioc", "add", "domain", "", "--tlp", "green"], (1,)),
    (["ioc", "add", "domain", LONG, "--tlp", "green"], (1,)), (["ioc", "add", "bogus", "x", "--tlp", "green"], (1,)),
    (["ioc", "add", "domain", b"caf\xe9", "--tlp", "green"], (2,)), (["ioc", "search", b"caf\xe9"], (2,)),
    (["ioc", "add", "domain", "a.example", "--tlp", "purple"], (1,)), (["ioc", "add", "domain", "a.example"], (4,)),
    (["ioc", "add", "domain", "a.example", "--tlp", "green", "--expires", "soon"], (2,)),
    (["ioc", "add", "domain", "a.example", "--tlp", "green", "--confidence", "101"], (2,)),
    (["ioc", "add", "domain", "a.example", "--tlp", "green", "--label", LONG], (1,)),
    (["ioc", "add", "domain", "a.example", "--to", "nobody"], (4,)), (["ioc", "add", "domain", "--tlp"], (2,)),
    (["ioc", "add", "domain", "a.example", "--tlp", "green", "--tlp", "red"], (2,)),
    (["ioc", "search", "x", "--limit", "many"], (2,)), (["ioc", "show", "zzzz"], (1,)), (["ioc", "show", LONG], (1,)),
    (["ioc", "export", "--format", "xml"], (2,)), (["ioc", "retract", "zzzz"], (2,)), (["ioc", "frobnicate"], (2,)),
    (["ioc", "import", "x", "--format", "xml"], (2,)), (["ioc", "import", "x", "--tlp", "purple"], (1,)),
    (["sighting", "list", "--since", "soon"], (2,)), (["watch", "--kind", "bogus"], (2,)),
    (["watch", "--since", "soon"], (2,)), (["watch", "--after", "bogus"], (1,)),
    (["incident", "open", "--title", LONG], (1,)), (["incident", "open", "--title", "a\x1b[2J"], (1,)),
    (["incident", "show", "zzzz"], (1,)), (["playbook", "run", "zzzz", "--incident", "zzzz"], (1,)),
    (["run", "show", "zzzz"], (1,)), (["approve", "zzzz", "step"], (1,)), (["effect", "undo", "zzzz"], (1,)),
    (["asset", "show", "zzzz"], (1,)), (["damage", "assess", "zzzz"], (1,)), (["repair", "list", "zzzz"], (1,)),
    (["analyst", "new", "Anna!", "--role", "analyst", "--root-dir", "x"], (2,)),
    (["peer", "add", "../bleu.card", "--address", "nonsense"], (1, 2)), (["agent", "run"], (4,)),
    (["bench", "nosuch"], (2,)), (["drill", "run", "nosuch"], (1,)), (["frobnicate"], (2,)), (["--bogus"], (2,)),
    (["now", "--lang", "xx"], (2,)), (["now", "--tz", "Mars/Phobos"], (2,)), (["match", "x", "--format", "xml"], (2,)),
]


def what_is_typed_wrong_is_told_in_one_error():
    with Federation() as federation:
        federation.start("delos")
        incident = federation.run("delos", "incident", "open", "--title", "t")["id"]

        def type_in(words, codes):
            done = at_home(federation.at / "delos", *words, keys=federation.at / "keys-delos")
            assert done.returncode in codes, (done.returncode, done.stdout[:300])
            error = document(done)["error"]
            assert error["message"] and "hint" in error and len(done.stdout) < 9000, error
        each(type_in, LINES + [
            (["damage", "assess", incident, "--asset", "nothing=compromised"], (1,)),
            (["damage", "assess", incident, "--asset", "nothing"], (2,)),
            (["incident", "severity", incident, "apocalyptic"], (1,)),
            (["incident", "release", incident, "--to", "nobody"], (4,))])
        assert len(federation.run("delos", "incident", "list")["incidents"]) == 1


def a_dry_run_changes_nothing():
    with Federation() as federation:
        federation.start_all()
        added = federation.run("delos", "ioc", "add", "domain", "x.example", "--tlp", "green")["id"]
        incident = federation.run("delos", "incident", "open", "--title", "t")["id"]
        root = ("--root-dir", federation.at / "root-delos")
        before = federation.run("delos", "agent", "status")["records"]
        for words in (("ioc", "add", "domain", "y.example", "--tlp", "green"), ("ioc", "retract", added, "--why", "x"),
                      ("sighting", "dispute", added, "--why", "x"), ("effect", "freeze", "--why", "x"),
                      ("incident", "release", incident, "--to", "bleu"), ("damage", "assess", incident),
                      ("playbook", "import", ROOT / "playbooks/library/rhine-block.json"), ("analyst", "revoke", "anna", *root)):
            federation.run("delos", *words, "--dry-run")
            assert federation.run("delos", "agent", "status")["records"] == before, words
        assert federation.run("delos", "ioc", "show", added)["state"] == "active"


if __name__ == "__main__":
    main([files_that_set_up_are_refused_by_name_with_a_remedy,
          scenarios_and_settings_are_checked_line_by_line,
          imports_lose_the_bad_entry_and_keep_the_rest,
          events_of_files_are_matched_past_bad_lines_and_bad_files,
          keys_and_passphrases_are_refused_by_name,
          a_damaged_home_says_which_file_it_is,
          what_is_typed_wrong_is_told_in_one_error,
          a_dry_run_changes_nothing])
