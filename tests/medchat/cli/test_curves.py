"""Curves in the terminal: while a round trains, after it, and in `medchat adapters show`."""

import math

import pytest
from toy_finetune import trained

from finetune.training.curve_logs import RoundLog
from finetune.training.round_progress import Tick
from medchat.cli import terminal_curve, training_commands
from medchat.cli.progress import show_progress
from medchat.cli.training_progress import TrainingProgress


@pytest.mark.parametrize(
    ("values", "width", "drawn"),
    [
        ([], 8, ""),
        ([3.0], 8, "▁"),
        ([2.0, 2.0], 8, "▁▁"),
        ([7, 6, 5, 4, 3, 2, 1, 0], 8, "█▇▆▅▄▃▂▁"),
        ([8, 6, 4, 2, 1, 1], 3, "█▃▁"),
        ([math.nan, 1.0, math.inf, 0.0], 8, "█▁"),
    ],
)
def test_a_curve_on_one_line(values, width, drawn):
    assert terminal_curve.line(values, width) == drawn


def test_a_curve_as_a_plot():
    assert terminal_curve.plot([3.0, 2.0, 1.0, 0.0], height=2) == ["3.000 █▃", "0.000 ██▆▁"]
    assert terminal_curve.plot([]) == []
    many = terminal_curve.plot([math.exp(-n / 100) for n in range(500)], width=40, height=6)
    assert len(many) == 6
    assert len(many[-1].split(" ", 1)[1]) == 40
    assert many[0].startswith("0.9")


def test_the_loss_is_told_while_training(capsys, tmp_path):
    with show_progress() as report:
        progress = TrainingProgress(report, RoundLog((), tmp_path))
        for step in range(1, 9):
            progress(Tick("train", step, 8, 9.0 - step, 100.0))
        progress(Tick("self-test", 0, None))
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("train: 8 in ")
    assert lines[0].endswith("loss 1.000 █▇▆▅▄▃▂▁")
    assert "loss" not in lines[1]


def test_what_a_round_did_is_told_with_its_curve():
    curve = [{"step": 1, "loss": 3.0}, {"step": 2, "loss": 1.5}]
    assert training_commands._curve_lines(curve) == ["loss 3.000 to 1.500 █▁"]
    assert training_commands._curve_lines(None) == []


def test_an_adapter_is_shown_with_its_curve(home, run):
    trained().copy(home)
    status, said, _ = run("adapters", "show", "toy/round-1")
    assert status == 0
    assert "█" in said


def test_curves_that_cannot_be_logged_are_refused_before_anything_is_read(home, run):
    status, _, err = run("finetune", "--round", "1", "--curves", "excel")
    assert status == 2
    assert "--curves" in err
    assert "tensorboard, wandb" in err
