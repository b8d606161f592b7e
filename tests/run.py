#!/usr/bin/env python3
"""Run every test program of a build folder and end on one line that counts the tests.

usage: tests/run.py BUILD [WORD...]   only programs or scripts whose name holds a WORD
"""
import os
import pathlib
import re
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
SECONDS_MAX = 1500
CASES = re.compile(r"<OverallResultsCases successes=\"(\d+)\" failures=\"(\d+)\"")
SCRIPT = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$", re.M)


def programs(build):
    """Catch2 programs of the build, in order of their name."""
    found = [p for p in (build / "tests").rglob("test_*") if p.is_file() and os.access(p, os.X_OK)]
    return sorted(found)


def scripts():
    return [ROOT / "tests" / "tidy.py"] + sorted((ROOT / "tests" / "acceptance").glob("test_*.py"))


def run(command, environment):
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS_MAX, env=environment,
                              cwd=ROOT, stdin=subprocess.DEVNULL)
        return done.returncode, done.stdout.decode(errors="replace"), done.stderr.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        text = (late.stdout or b"").decode(errors="replace")
        return -1, text, f"stopped after {SECONDS_MAX} s"


def failures_of(xml):
    """The failing test cases of a Catch2 XML report, with what they said."""
    out = []
    for case in re.split(r"(?=<TestCase )", xml)[1:]:
        if 'success="false"' in case.split("<OverallResult ")[-1]:
            out.append(case[:3000])
    return out


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    build = pathlib.Path(sys.argv[1]).resolve()
    words = sys.argv[2:]
    environment = dict(os.environ, TOCSIN_BUILD=str(build))
    environment.setdefault("ASAN_OPTIONS", "detect_leaks=1:abort_on_error=1")
    environment.setdefault("TSAN_OPTIONS", "halt_on_error=1:second_deadlock_stack=1")
    passed = failed = skipped = 0
    for path in programs(build) + scripts():
        name = path.name
        if words and not any(word in name for word in words):
            continue
        began = time.monotonic()
        if path.suffix == ".py":
            code, out, err = run([sys.executable, str(path)], environment)
            counts = SCRIPT.findall(out)
            good, bad, left = (int(n or 0) for n in counts[-1]) if counts else (0, 1, 0)
            shown = out if bad or code else ""
        else:
            code, out, err = run([str(path), "-r", "xml", "-d", "yes"], environment)
            counts = CASES.search(out)
            good, bad = (int(n) for n in counts.groups()) if counts else (0, 1)
            left = out.count("skipped: the shared data")
            good -= min(left, good)
            shown = "\n".join(failures_of(out))
        if code != 0 and bad == 0:
            bad = 1
        verdict = "ok" if bad == 0 else "FAILED"
        print(f"{name:32} {good:5} passed {bad:3} failed {left:3} skipped  "
              f"{time.monotonic() - began:7.1f} s  {verdict}", flush=True)
        if bad:
            print(shown[-8000:])
            print(err[-8000:], flush=True)
        passed, failed, skipped = passed + good, failed + bad, skipped + left
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
