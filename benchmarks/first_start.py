"""Time `make chat` from a clean copy of the checkout to the page, and a second time.

python benchmarks/first_start.py [--port 7899]
"""

import argparse
import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from machine import table

CHECKOUT = Path(__file__).resolve().parent.parent


def main() -> None:
    """Copy the tracked files, start twice, print the seconds until the page answers."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=7899)
    port = parser.parse_args().port
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "medchat"
        names = subprocess.run(
            ["git", "ls-files"], cwd=CHECKOUT, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        for name in names:
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, copy / name)
        environment = {**os.environ, "MEDCHAT_HOME": f"{folder}/home"}
        cold = _until_page(copy, port, environment)
        warm = _until_page(copy, port, environment)
    table(
        [
            ("`make chat` from nothing to the page, seconds", f"{cold:.0f}"),
            ("`make chat` again, seconds", f"{warm:.0f}"),
        ]
    )


def _until_page(copy: Path, port: int, environment: dict[str, str]) -> float:
    began = time.perf_counter()
    server = subprocess.Popen(
        ["make", "chat", f"PORT={port}"], cwd=copy, env=environment, start_new_session=True
    )
    try:
        while time.perf_counter() - began < 3600:
            if server.poll() is not None:
                raise SystemExit(f"make chat ended with status {server.returncode}")
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5):
                    return time.perf_counter() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.5)
        raise SystemExit("the page did not answer within an hour")
    finally:
        os.killpg(server.pid, signal.SIGINT)
        server.wait(timeout=60)


if __name__ == "__main__":
    main()
