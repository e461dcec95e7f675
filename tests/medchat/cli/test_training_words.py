"""What the training commands say of rows and contexts, without running a round."""

from contextlib import nullcontext

import pytest
from toy_finetune import base, recipe

from medchat import settings as settings_of
from medchat.cli import adapter_lines, training_commands
from medchat.errors import MedchatError


def test_a_round_tells_what_became_of_its_rows():
    data = {"rows": 54, "kept": 52, "left_out": {"too long": 2}, "cut": {"earlier turns": 3}}
    assert training_commands._row_lines(data) == [
        "learned from 52 of 54 rows; left out: 2 too long; shown without: 3 earlier turns"
    ]
    assert training_commands._row_lines({}) == []


@pytest.mark.parametrize("failed", ["", "There is no room."])
def test_a_plan_tells_of_a_trial_only_where_it_failed(failed):
    plan = {"memory_bytes": 9, "seconds": 2.0, "measured": not failed, "samples": ()}
    lines = training_commands._plan_lines({**plan, "trial_failed": failed})
    told = [line.split(maxsplit=1)[1] for line in lines if line.startswith("trial_failed")]
    assert told == ([failed] if failed else [])


def test_rows_are_fitted_into_the_base(tmp_path, capsys):
    home = settings_of.load(home=str(tmp_path))
    mine = recipe(base(), max_tokens=4096)
    assert training_commands._within_context(home, mine).max_tokens == 512
    assert "holds 512 tokens" in capsys.readouterr().err
    assert training_commands._within_context(home, recipe(base())).max_tokens == 384
    assert training_commands._within_context(home, recipe(tmp_path / "none")).max_tokens == 384
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(("restarts", "refused"), [("", False), ("0", False), ("3", True)])
def test_nothing_is_made_anew_at_each_restart(tmp_path, monkeypatch, restarts, refused):
    monkeypatch.setenv("TORCHELASTIC_MAX_RESTARTS", restarts)
    given = (settings_of.load(home=str(tmp_path)), recipe(base()), "1", None)
    assert len(training_commands._wanted(*given, False, None)) == 1
    with pytest.raises(MedchatError, match="--redo again") if refused else nullcontext():
        assert training_commands._wanted(*given, True, None)[0].redo


@pytest.mark.parametrize(
    ("skipped", "promoted", "told"),
    [
        (False, False, ["toy/round-2: refused, and not promoted. Too bad."]),
        (True, False, ["was refused before, and not promoted", "anew: --round 2 --redo"]),
        (True, True, ["was refused before, and promoted by hand", "anew: --round 2 --redo"]),
    ],
)
def test_a_refused_round_says_what_became_of_it(skipped, promoted, told):
    outcome = {
        "name": "toy/round-2",
        "round": 2,
        "skipped": skipped,
        "promoted": promoted,
        "gate": {"refused": True, "reason": "Too bad."},
        "note": "",
        "data": None,
        "curve": None,
    }
    lines = training_commands._outcome_lines([outcome])
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_the_gates_table_tells_no_gain_from_a_loss():
    def check(measure, passed, low, high):
        interval = {"change": (low + high) / 2, "interval": [low, high]}
        return {"measure": measure, "before": 0.5, "after": 0.5, "passed": passed, **interval}

    checks = [check("reward", False, -0.1, 0.1), check("safety", False, -0.4, -0.2)]
    checks += [check("cited", True, -0.1, 0.1)]
    told = adapter_lines.lines({"tokens": 0, "gate": {"checks": checks}})
    assert [line.split(")", 1)[1].strip() for line in told[-3:]] == ["did not improve", "lost", ""]
