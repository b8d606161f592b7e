#!/usr/bin/env python3
"""The shipped drill: three organisations as real processes, every expectation met."""
import json
import subprocess
import time

from federation import TOCSIN, main


def the_rhine_drill_meets_every_expectation_within_a_minute():
    began = time.monotonic()
    done = subprocess.run([str(TOCSIN), "drill", "run", "rhine", "--json"], capture_output=True,
                          text=True, timeout=120, stdin=subprocess.DEVNULL)
    report = json.loads(done.stdout)
    missed = [e for e in report.get("expectations", []) if not e["met"]]
    assert done.returncode == 0 and report["passed"], (report.get("error"), missed)
    assert time.monotonic() - began <= 60


if __name__ == "__main__":
    main([the_rhine_drill_meets_every_expectation_within_a_minute])
