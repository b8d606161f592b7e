"""Two operators made by hand, as README tells it, for the acceptance scripts."""
import json
import os
import pathlib
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("TOCSIN_BUILD", ROOT / "build"))
TOCSIN = BUILD / "tocsin"
PEOPLE = {"delos": "anna", "bleu": "bruno"}


_given = set()


def free_port():
    """No port twice in one program, and below those that the system gives to those who dial, so
    that nobody takes it meanwhile."""
    for port in random.sample(range(20_000, 32_000), 1000):
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
    raise AssertionError("no free port")


class Federation:
    """Homes in a temporary folder; agents are ended with it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="tocsin-acceptance-")
        self.at = pathlib.Path(self.folder.name)
        self.agents = {}
        self.ports = {org: {kind: free_port() for kind in ("mesh", "syslog", "http", "hec", "bulk")}
                      for org in PEOPLE}
        for org, country in (("delos", "DE"), ("bleu", "FR")):
            self.run(org, "init", "--org", org, "--country", country, "--role", "operator",
                     "--root-dir", self.at / f"root-{org}", "--no-passphrase",
                     "--listen", f"127.0.0.1:{self.ports[org]['mesh']}")
            self.run(org, "org", "card", "--out", self.at / f"{org}.card")
        charter = self.at / "charter.json"
        self.run("delos", "charter", "new", "--name", "acceptance", "--exercise", "--out", charter,
                 self.at / "delos.card", self.at / "bleu.card")
        for org in PEOPLE:
            self.run(org, "charter", "sign", charter, "--root-dir", self.at / f"root-{org}")
        for org in PEOPLE:
            self.run(org, "charter", "accept", charter)
        self.run("delos", "psk", "new", "--peer", "bleu", "--out", self.at / "psk")
        self.run("bleu", "psk", "import", self.at / "psk")
        self.run("delos", "peer", "add", self.at / "bleu.card")
        self.run("bleu", "peer", "add", self.at / "delos.card")
        for org, person in PEOPLE.items():
            self.run(org, "analyst", "new", person, "--role", "approver", "--role", "analyst",
                     "--root-dir", self.at / f"root-{org}")
            with open(self.at / org / "agent.toml", "a", encoding="utf-8") as config:
                config.write(f'\n[http]\nlisten = "127.0.0.1:{self.ports[org]["http"]}"\n')
                for kind, port in (("syslog-tcp", "syslog"), ("hec", "hec"), ("bulk", "bulk")):
                    config.write(f'\n[[input]]\nkind = "{kind}"\n'
                                 f'listen = "127.0.0.1:{self.ports[org][port]}"\n')

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for org in list(self.agents):
            self.kill(org, signal.SIGTERM)
        self.folder.cleanup()

    def command(self, org, *words):
        environment = dict(os.environ, TOCSIN_KEYS=str(self.at / f"keys-{org}"), NO_COLOR="1")
        return subprocess.run([str(TOCSIN), *map(str, words), "--home", str(self.at / org), "--json"],
                              capture_output=True, text=True, timeout=120, env=environment,
                              stdin=subprocess.DEVNULL)

    def run(self, org, *words, expect=0):
        """The document of a command that must end with `expect`."""
        done = self.command(org, *words)
        if done.returncode != expect:
            raise AssertionError(f"{org}: {' '.join(map(str, words))}: exit {done.returncode}, "
                                 f"expected {expect}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout) if done.stdout.strip() else {}

    def start(self, org, *flags, **environment):
        log = open(self.at / f"{org}.log", "a", encoding="utf-8")
        self.agents[org] = subprocess.Popen(
            [str(TOCSIN), "agent", "run", "--home", str(self.at / org), *flags], stdout=log,
            stderr=log, stdin=subprocess.DEVNULL, env=dict(os.environ, **environment))
        self.until(lambda: self.answers(org), 15, f"{org} ready")

    def answers(self, org):
        """Whether the agent is up; one that has ended says at once why."""
        ended = self.agents[org].poll()
        if ended is not None:
            del self.agents[org]
            last = (self.at / f"{org}.log").read_text(encoding="utf-8").splitlines()[-10:]
            raise AssertionError(f"{org}: agent ended with {ended}: " + "\n".join(last))
        return self.command(org, "agent", "status").returncode == 0

    def start_all(self):
        for org in PEOPLE:
            self.start(org)
        self.until(lambda: self.run("bleu", "agent", "status")["peers"] == 1, 10, "connected")

    def kill(self, org, how=signal.SIGKILL):
        agent = self.agents.pop(org)
        agent.send_signal(how)
        agent.wait(timeout=20)

    @staticmethod
    def until(done, seconds, what):
        """Asks again and again; the time it took."""
        began = time.monotonic()
        while True:
            answer = done()
            if answer:
                return time.monotonic() - began
            if time.monotonic() - began > seconds:
                raise AssertionError(f"not within {seconds} s: {what}")
            time.sleep(0.02)

    def block_at_once(self, count):
        """Pre-authorises that every domain is blocked at both, up to `count` of them."""
        playbook = self.run("delos", "playbook", "import",
                            ROOT / "playbooks/library/block-standing.json")["playbooks"][0]
        terms = self.run("delos", "approval", "preauthorise", playbook["id"], "--type", "domain",
                         "--count", count, "--trigger", "indicator", "--as", "anna")["terms"]
        self.until(lambda: self.run("bleu", "playbook", "list")["playbooks"] and
                   self.run("bleu", "approval", "standing")["standing"], 10, "terms at Bleu")
        self.run("bleu", "approval", "preauthorise", "--join", terms, "--as", "bruno")
        self.until(lambda: all(len(self.run(org, "approval", "standing")["standing"][0]["have"]) == 2
                               for org in PEOPLE), 10, "terms signed by both")

    def performed(self, org):
        """How often each effect took place at the block list of `org`, by (value, effect), as its
        actuator counted them."""
        ledger = (self.at / org / "edl.txt.effects").read_text(encoding="utf-8")
        return {(words[6], words[0]): int(words[2]) for words in map(str.split, ledger.splitlines())}

    def all_blocked_once(self, org, values):
        """Each of `values` by one effect, performed one time, whatever was killed meanwhile."""
        began = time.monotonic()
        while missing := values - {value for value, _ in self.performed(org)}:
            assert time.monotonic() - began < 20, (org, "not blocked", len(missing), sorted(missing)[:20])
            time.sleep(0.1)
        performed = self.performed(org)
        twice = {effect: count for effect, count in performed.items() if count != 1}
        assert not twice, (org, twice)
        blocked = sorted(value for value, _ in performed)
        assert len(set(blocked)) == len(blocked), (org, "one value, two effects", blocked)
        said = [(e["run"], e["step"], e["target"]) for e in self.run(org, "effect", "list")["effects"]
                if e["org"] == org]
        assert len(set(said)) == len(said) and sorted(e[2] for e in said) == blocked, (org, said)

    def feed(self, org, line):
        with socket.create_connection(("127.0.0.1", self.ports[org]["syslog"]), 5) as stream:
            stream.sendall(line.encode() + b"\n")


def main(tests):
    """Runs the functions (those that the command line names, if any); ends on the counting line."""
    passed = failed = 0
    named = sys.argv[1:]
    for test in (t for t in tests if not named or t.__name__ in named):
        try:
            test()
            passed += 1
        except Exception as error:  # pylint: disable=broad-except
            failed += 1
            print(f"FAILED {test.__name__}: {error!r}")
    print(f"{passed} passed, {failed} failed")
    raise SystemExit(1 if failed else 0)
