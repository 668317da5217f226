"""Run a Python module in a process whose clock stands still: python -m scripts.fixed_clock 2026-11-20T12:00:00+00:00 MODULE …

For pictures that are the same each time they are taken. Nothing that serves people runs like this.
"""

import runpy
import sys
from datetime import datetime

import time_machine


def main() -> None:
    """Stop the clock and become the module."""
    when, module, *arguments = sys.argv[1:]
    time_machine.travel(datetime.fromisoformat(when), tick=False).start()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
