import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import torch

BENCHMARK = Path(__file__).resolve().parents[2] / "benchmarks" / "step_speed.py"


def run(*options):
    return subprocess.run(
        [sys.executable, str(BENCHMARK), *options],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(BENCHMARK.parents[1])},
    )


@pytest.mark.parametrize("size", ["tiny", "tiny-glm"])
def test_the_same_batches_give_the_losses_of_the_trainer(size):
    ways = "plain,trl,medchat" if size == "tiny" else "plain,medchat"
    done = run("--size", size, "--ways", ways, "--threads", "1", "--steps", "2")
    assert done.returncode == 0, done.stderr
    figures = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", done.stdout, re.MULTILINE))
    losses = [
        [float(each) for each in figures[f"{size}, {way}: loss of each step"].split(", ")]
        for way in ("plain", "medchat")
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)
    assert float(figures[f"{size}, packing, whole set"].rstrip("%")) > 99
    for way in ways.split(","):
        assert float(figures[f"{size}, {way}: useful tokens per second"].replace(",", "")) > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what happens without a GPU")
def test_without_a_gpu_the_gpu_part_is_refused_plainly():
    done = run("--gpu")
    assert done.returncode == 2
    assert done.stderr.strip() == "There is no GPU that torch can use: run this where one is."
    assert not done.stdout
