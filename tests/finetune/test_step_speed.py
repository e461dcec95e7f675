import re
import sys
from pathlib import Path

import pytest
import step_speed
import torch


@pytest.fixture
def run(capsys, monkeypatch):
    """Run the benchmark with options; return its status, what it printed and what it complained."""

    def run(*options):
        monkeypatch.setattr(sys, "argv", ["step_speed.py", *options])
        monkeypatch.setenv("PYTHONPATH", str(Path(step_speed.__file__).parents[1]))
        with pytest.raises(SystemExit) as ended:
            step_speed.main()
        return int(ended.value.code), *capsys.readouterr()

    return run


@pytest.mark.parametrize("size", ["tiny", "tiny-glm"])
def test_the_same_batches_give_the_losses_of_the_trainer(run, size):
    ways = "plain,trl,medchat" if size == "tiny" else "plain,medchat"
    status, told, _ = run("--size", size, "--ways", ways, "--threads", "1", "--steps", "2")
    assert status == 0
    figures = dict(re.findall(r"^\| (.+?) \| (.+?) \|$", told, re.MULTILINE))
    losses = [
        [float(each) for each in figures[f"{size}, {way}: loss of each step"].split(", ")]
        for way in ("plain", "medchat")
    ]
    assert losses[0] == pytest.approx(losses[1], abs=1e-3)
    assert float(figures[f"{size}, packing, whole set"].rstrip("%")) > 99
    for way in ways.split(","):
        assert float(figures[f"{size}, {way}: useful tokens per second"].replace(",", "")) > 0


@pytest.mark.skipif(torch.cuda.is_available(), reason="asks what happens without a GPU")
def test_without_a_gpu_the_gpu_part_is_refused_plainly(run):
    status, told, complained = run("--gpu")
    assert status == 2
    assert complained.strip() == "There is no GPU that torch can use: run this where one is."
    assert not told
