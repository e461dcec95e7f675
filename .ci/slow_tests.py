"""Write tests/slow_tests.txt from a run of the whole suite that measured each test.

    make test ARGS="-q --durations=0 --durations-min=0.1" > LOG; python .ci/slow_tests.py LOG...

`make test-fast` leaves out what stands there. A test is slow where all its cases together take
longer than the bound, a module where a fixture that its tests share does. Of several logs each
test's longest time counts.
"""

import re
import sys
from collections import Counter
from pathlib import Path

BOUND = 2.5
"""Seconds of a test with all its cases, on two cores."""

TARGET = Path(__file__).resolve().parents[1] / "tests" / "slow_tests.txt"
_LINE = re.compile(r"\s*([\d.]+)s (call|setup|teardown) +tests/(\S+?\.py)::(\S+)")


def main() -> None:
    """Read the logs that are named on the command line."""
    slow, modules = set(), set()
    for log in sys.argv[1:]:
        tests: Counter[str] = Counter()
        for line in Path(log).read_text(encoding="utf-8").splitlines():
            if found := _LINE.match(line):
                seconds, phase, module, test = float(found[1]), *found.groups()[1:]
                if phase == "setup" and seconds > BOUND:
                    modules.add(module)
                tests[f"{module}::{test.split('[')[0]}"] += seconds
        slow |= {name for name, seconds in tests.items() if seconds > BOUND}
    slow = {name for name in slow if name.partition("::")[0] not in modules} | modules
    head = "# Tests and modules that `make test-fast` leaves out, by .ci/slow_tests.py.\n"
    TARGET.write_text(head + "\n".join(sorted(slow)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
