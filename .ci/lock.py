"""Resolve the requirements once for all platforms and write them in three files (`make lock`).

    pyproject.toml -> requirements.lock       what medchat needs at run time, with hashes
                      requirements-dev.lock   what tests and documents need besides, with hashes
                      constraints.txt         all versions, torch's and extras' too, without hashes

Versions that stand in constraints.txt are kept where they fit; delete a line there to have that
package resolved anew. torch is in none of the hashed files: see the decision on it in docs/.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[1]
CONSTRAINTS = CHECKOUT / "constraints.txt"
LOCK = CHECKOUT / "requirements.lock"
DEV_LOCK = CHECKOUT / "requirements-dev.lock"
NOTE = "# Written by `make lock` from pyproject.toml.\n"
_PIN = re.compile(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)")


def main() -> None:
    """Write the three files."""
    everything = _resolve(CONSTRAINTS, "--extra", "dev", "--extra", "docs")
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as pins:
        pins.write("".join(_plain(block) + "\n" for block in everything.values()))
        pins.flush()
        needed = _resolve(Path(pins.name))
        develop = _resolve(Path(pins.name), "--extra", "dev", "--extra", "docs")
    torch = f"torch=={_torch()}"
    constraints = sorted([*map(_plain, everything.values()), torch], key=str.casefold)
    more = [block for name, block in develop.items() if needed.get(name) != block]
    LOCK.write_text(NOTE + "".join(needed.values()), encoding="utf-8")
    DEV_LOCK.write_text(NOTE + "".join(more), encoding="utf-8")
    CONSTRAINTS.write_text(NOTE + "\n".join(constraints) + "\n", encoding="utf-8")


def _resolve(pins: Path, *flags: str) -> dict[str, str]:
    """Return the resolved packages: name and marker -> requirement with its hashes."""
    command = [
        sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", *flags,
        "--constraint", str(pins), "--universal", "--python-version", "3.11",
        "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url",
        "--no-emit-package", "torch", "--quiet",
    ]  # fmt: skip
    done = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    blocks = re.findall(r"^\S.*(?:\n +\S.*)*\n", done.stdout, re.MULTILINE)
    return {block.split(" \\")[0]: block for block in blocks if _PIN.match(block)}


def _plain(block: str) -> str:
    return block.split(" \\")[0].strip()


def _torch() -> str:
    for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines():
        pin = _PIN.match(line)
        if pin and pin[1] == "torch":
            return pin[2]
    raise SystemExit("constraints.txt must name the version of torch")


if __name__ == "__main__":
    main()
