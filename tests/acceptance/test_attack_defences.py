#!/usr/bin/env python3
"""The table of defences fits the sources as they stand; `./dev attacks` takes each of them out."""
import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "attacks"))

import defence_table  # noqa: E402
from federation import main  # noqa: E402


def every_defence_and_its_test_are_where_the_table_says():
    faults = defence_table.faults(ROOT)
    assert not faults, "\n  " + "\n  ".join(faults)


if __name__ == "__main__":
    main([every_defence_and_its_test_are_where_the_table_says])
