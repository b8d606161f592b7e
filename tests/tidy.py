#!/usr/bin/env python3
"""Keep the house: arrows between folders, system calls in real_* only, a twin test for every
source, no file over 400 lines, no word that does not belong."""
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LINES_MAX = 400
FLOORS = ["crypto", "mesh", "playbooks", "agents"]
# Within a top folder: what each room may include besides itself.
ROOMS = {
    "mesh/world": [],
    "mesh/wire": ["mesh/world"],
    "mesh/store": ["mesh/world", "mesh/wire"],
    "mesh/sync": ["mesh/world", "mesh/wire", "mesh/store"],
    "playbooks/detect": [],
    "playbooks/damage": [],
    "playbooks/incidents": [],
    "playbooks/act": [],
    "playbooks/runs": ["playbooks/act"],
    "agents/home": [],
    "agents/http": [],
    "agents/siem": ["agents/http"],
    "agents/cli": ["agents/home"],
    "agents/drill": ["agents/home"],
    "agents/bench": ["agents/home"],
    # The daemon is a composition root.
    "agents/agent": ["agents/home", "agents/http", "agents/siem"],
}
SYSTEM = re.compile(
    r'#include <(boost/asio|unistd\.h|sys/|fcntl\.h|netinet|arpa/|poll\.h|spawn\.h|signal\.h|'
    r'thread|mutex|condition_variable|fstream|semaphore|filesystem>.*create)|'
    r'\b(system_clock|steady_clock)::now|\bstd::(thread|jthread|mutex)\b|\brandombytes_')
FORBIDDEN = re.compile(r'://(deb|security|ftp|registry)\.[a-z]|(^|[^a-z.])/(work|farm)/[a-z.]')
INCLUDE = re.compile(r'^#include "([^"]+)"', re.M)

passed, failures = 0, []


def check(name, problems):
    global passed
    if problems:
        failures.append(name)
        print(f"FAILED {name}")
        for problem in problems[:40]:
            print(f"  {problem}")
    else:
        passed += 1


def files():
    try:
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                                capture_output=True, text=True)
        names = listed.stdout.split("\n") if listed.returncode == 0 else []
    except FileNotFoundError:  # A fresh machine may have no git.
        names = []
    if not names:
        found = [p.relative_to(ROOT) for p in ROOT.rglob("*") if p.is_file()]
        names = [str(p) for p in found if not p.parts[0].startswith(("build", ".git")) and
                 "__pycache__" not in p.parts]
    return [n for n in names if n and (ROOT / n).is_file()]


def main():
    names = files()
    code = [n for n in names if n.endswith((".cpp", ".hpp"))]
    ours = [n for n in code if n.split("/")[0] in FLOORS]
    text = {n: (ROOT / n).read_text(encoding="utf-8", errors="replace") for n in code}

    upward, siblings = [], []
    for name in ours:
        floor = FLOORS.index(name.split("/")[0])
        room = "/".join(name.split("/")[:2])
        for target in INCLUDE.findall(text[name]):
            top = target.split("/")[0]
            if top not in FLOORS:
                continue
            other = "/".join(target.split("/")[:2])
            if FLOORS.index(top) > floor:
                upward.append(f"{name} includes {target}")
            elif top == name.split("/")[0] and other != room and room in ROOMS:
                if other not in ROOMS[room]:
                    siblings.append(f"{name} includes {target}")
    check("no include climbs to a higher floor", upward)
    check("rooms of one floor include only what they may", siblings)

    rooms = {"/".join(n.split("/")[:2]) for n in ours if n.count("/") > 1 and "/pch/" not in n}
    check("every room is known to this check", sorted(rooms - set(ROOMS)))

    system = []
    for name in ours:
        if pathlib.Path(name).name.startswith("real_"):
            continue
        for number, line in enumerate(text[name].split("\n"), 1):
            if SYSTEM.search(line):
                system.append(f"{name}:{number}: {line.strip()}")
    check("the operating system is called in real_* only", system)

    tests = {n for n in code if n.startswith("tests/")}
    twins = []
    for name in ours:
        if name.endswith(".cpp") and name not in ("agents/main.cpp", "crypto/json_library.cpp"):
            if "tests/" + name[:-4] + "_test.cpp" not in tests:
                twins.append(name)
    check("every source has a twin test", sorted(twins))

    long = [f"{n}: {text[n].count(chr(10))} lines" for n in code if text[n].count("\n") > LINES_MAX]
    check(f"no file over {LINES_MAX} lines", long)

    headers = [n for n in ours if n.endswith(".hpp") and not text[n].startswith("// ")]
    check("every header opens with why it exists", headers)

    words = []
    for name in names:
        if name == "tests/tidy.py" or (ROOT / name).stat().st_size > 2_000_000:
            continue
        body = (ROOT / name).read_text(encoding="utf-8", errors="replace")
        for number, line in enumerate(body.split("\n"), 1):
            if FORBIDDEN.search(line):
                words.append(f"{name}:{number}: {line.strip()[:100]}")
    check("no registry host and no path of one machine", words)

    print(f"{passed} passed, {len(failures)} failed")
    sys.exit(1 if failures else 0)


if __name__ == "__main__":
    main()
