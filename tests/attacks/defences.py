#!/usr/bin/env python3
"""Take out one defence after another and see the test of its attack fail.

usage: tests/attacks/defences.py BUILD [WORD...]   only rows whose text holds a WORD ("attack 10")

Works in a copy of the checkout and of BUILD (needs its size on the disk, and is taken away at the
end); the checkout is not touched. The rows are in defence_table.py."""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import defence_table

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD_SECONDS_MAX = 1200
TEST_SECONDS_MAX = 600
JOBS = "2"
CASES = re.compile(r"<OverallResultsCases successes=\"(\d+)\" failures=\"(\d+)\"")
COUNTS = re.compile(r"^(\d+) passed, (\d+) failed", re.M)


def run(command, folder, seconds, **environment):
    """Exit code and output; a code of None says that it took too long."""
    try:
        done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, timeout=seconds,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        return done.returncode, done.stdout.decode(errors="replace")
    except subprocess.TimeoutExpired as late:
        return None, (late.stdout or b"").decode(errors="replace")


class Copy:
    """The checkout and its build at another place, with their times, so that nothing is stale."""

    def __init__(self, build):
        self.folder = tempfile.TemporaryDirectory(prefix="tocsin-defences-")
        self.root = pathlib.Path(self.folder.name)
        self.build = self.root / "build"
        listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=ROOT,
                                check=True, capture_output=True, text=True).stdout
        for name in filter(None, listed.split("\0")):
            if (ROOT / name).is_file():
                (self.root / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy2(ROOT / name, self.root / name)
        subprocess.run(["cp", "-a", str(build), str(self.build)], check=True)
        self.plan = self.moved(build, self.build / "build.ninja")
        for joined in self.build.glob("*/lib*.a.p/*-unity*.cpp"):
            self.moved(build, joined)

    def moved(self, build, file):
        """The text of this file of the build, which from now on names the copy; its time stays."""
        about, text = file.stat(), file.read_text(encoding="utf-8")
        text = text.replace(str(build), str(self.build)).replace(str(ROOT), str(self.root))
        file.write_text(text, encoding="utf-8")
        os.utime(file, ns=(about.st_atime_ns, about.st_mtime_ns))
        return text

    def ninja(self, targets):
        return run(["ninja", "-j", JOBS, "-C", str(self.build), *targets], self.root, BUILD_SECONDS_MAX)

    def object_of(self, source):
        """What this source compiles to, as Meson names it: alone, or joined with others."""
        top, rest = source.split("/", 1)
        objects = self.build / top / f"lib{top}.a.p"
        for joined in objects.glob(f"{top}-unity*.cpp"):
            made = objects / f"meson-generated_{joined.name}.o"
            if f"/{source}>" in joined.read_text(encoding="utf-8") and \
                    f"build {made.relative_to(self.build)}:" in self.plan:
                return made
        return objects / (rest.replace("/", "_") + ".o")

    def take_out(self, edits):
        """Applies the edits; returns what puts everything back without compiling again. Ninja
        believes an object whose time it knows, so that time stays, and the archive is made anew."""
        kept = {}
        for file, old, new in edits:
            path, made = self.root / file, self.object_of(file)
            text = path.read_text(encoding="utf-8")
            if file not in kept:
                kept[file] = (path.stat(), text, made.stat(), made.read_bytes())
            path.write_text(text.replace(old, new), encoding="utf-8")
        for file in kept:  # What Ninja knows of a joined object are the checkout's sources.
            self.object_of(file).unlink(missing_ok=True)

        def put_back():
            for file, (about, text, about_made, made) in kept.items():
                (self.root / file).write_text(text, encoding="utf-8")
                os.utime(self.root / file, ns=(about.st_atime_ns, about.st_mtime_ns))
                compiled = self.object_of(file)
                if compiled.is_file():
                    about_made = compiled.stat()
                compiled.write_bytes(made)
                os.utime(compiled, ns=(about_made.st_atime_ns, about_made.st_mtime_ns))
                (compiled.parent.parent / f"lib{file.split('/')[0]}.a").unlink(missing_ok=True)
        return put_back


def targets_of(row):
    return defence_table.SCRIPTS.get(row.program, [row.program])


def test(copy, row):
    """How many of the row's tests passed and failed, and what was said."""
    if row.program in defence_table.SCRIPTS:
        code, said = run([sys.executable, row.program, row.test], copy.root, TEST_SECONDS_MAX,
                         TOCSIN_BUILD=str(copy.build))
        counts = COUNTS.findall(said)
        if "skipped:" in said:
            return (0, 0), said
    else:
        name = row.test.replace(",", "\\,").replace("[", "\\[")
        code, said = run([str(copy.build / row.program), name, "-r", "xml"], copy.root, TEST_SECONDS_MAX)
        counts = CASES.findall(said)
    if code is None or not counts:
        return None, said
    return tuple(int(n) for n in counts[-1]), said


def check_whole(copy, rows):
    """Every test passes while nothing is taken out. Returns the complaints."""
    out = []
    for program, targets in {row.program: targets_of(row) for row in rows}.items():
        code, said = copy.ninja(targets)
        if code != 0:
            return [f"{program} does not build:\n{said[-3000:]}"]
    for row in {(row.program, row.test): row for row in rows}.values():
        counts, said = test(copy, row)
        if counts == (0, 0) and "skipped:" in said:
            print(f"left out, because it is skipped here: {row.test}")
        elif not counts or counts[0] < 1 or counts[1] != 0:
            out.append(f"{row.test!r} fails with every defence in place:\n{said[-3000:]}")
    return out


def try_row(copy, row):
    """Empty when the test noticed, else what went wrong."""
    put_back = copy.take_out(row.edits)
    try:
        code, said = copy.ninja(targets_of(row))
        if code != 0:
            return f"does not build without it:\n{said[-2000:]}"
        counts, said = test(copy, row)
        if counts is None:
            return f"the test ended without a count:\n{said[-1000:]}"
        if counts == (0, 0) and "skipped:" in said:
            return "skipped"
        return "" if counts[1] > 0 else "the test did not notice"
    finally:
        put_back()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the copy is taken away
    build, words = pathlib.Path(sys.argv[1]).resolve(), sys.argv[2:]
    stale = defence_table.faults(ROOT)
    if stale:
        sys.exit("the table no longer fits the sources:\n  " + "\n  ".join(stale))
    rows = [row for row in defence_table.ROWS
            if not words or any(word in f"attack {row.attack} {row.defence} {row.test}" for word in words)]
    copy = Copy(build)
    broken = check_whole(copy, rows)
    if broken:
        sys.exit("\n".join(broken))
    passed = failed = skipped = 0
    for row in rows:
        began = time.monotonic()
        wrong = try_row(copy, row)
        verdict = {"": "noticed", "skipped": "skipped"}.get(wrong, "FAILED")
        passed += verdict == "noticed"
        skipped += verdict == "skipped"
        failed += verdict == "FAILED"
        print(f"{row.attack:3} {verdict:8} {time.monotonic() - began:6.1f} s  {row.defence:58} {row.test[:70]}",
              flush=True)
        if verdict == "FAILED":
            print("    " + wrong.replace("\n", "\n    "), flush=True)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    sys.exit(1 if failed or not passed else 0)


if __name__ == "__main__":
    main()
