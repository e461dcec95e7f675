"""The whole story at toy size, through the command line, on the files it leaves behind.

records and a note -> generation -> lessons -> proof -> round 1 -> round 2 -> answer -> feedback
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from toy_finetune import base, recipe
from toy_home import NOTE, RECORDS

from medchat.cli import main

Shell = Callable[..., str]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run one command; return what it printed on stdout."""

    def run(*words: str) -> str:
        monkeypatch.setattr(sys, "argv", ["medchat", *words])
        with pytest.raises(SystemExit) as ended:
            main.main()
        told = capsys.readouterr()
        assert ended.value.code == 0, told.err + told.out
        return told.out

    return run


def test_from_files_to_an_answer(
    shell: Shell, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shape = recipe(base()).values()
    shape["rounds"] = [{**each, "max_steps": 2} for each in shape["rounds"]]
    # after two steps no answer ends by itself; of so few tokens none has to
    shape["evaluation"] = {**shape["evaluation"], "max_new_tokens": 4}
    (tmp_path / "toy.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(shape))))
    (tmp_path / "records.yaml").write_text(RECORDS, encoding="utf-8")
    (tmp_path / "note.md").write_text(NOTE, encoding="utf-8")
    data = tmp_path / "data"

    shell("kb", "add", str(tmp_path / "records.yaml"), str(tmp_path / "note.md"))
    assert (home / "knowledge" / "CURRENT").read_text().strip() == "gen-000001"
    assert (home / "knowledge" / "gen-000001" / "MANIFEST.json").is_file()

    shell("build-data", "--out", str(data), "--limit", "60", "--seed", "3")
    shell("build-data", "--check", str(data))

    for number in ("1", "2"):
        words = ("finetune", "--recipe", str(tmp_path / "toy.yaml"), "--round", number)
        shell(*words, "--data", str(data))
    ledger = json.loads(shell("adapters", "list", "--json"))
    assert [entry["round"] for entry in ledger] == [1, 2]
    assert ledger[0]["parent"] is None and ledger[1]["parent"] == ledger[0]["name"]
    for entry in ledger:
        folder = home / "adapters" / entry["name"]
        assert (folder / "MANIFEST.json").is_file()
        assert list(folder.glob("*.safetensors"))

    monkeypatch.setenv("MEDCHAT_BASE", str(base()))
    answer = json.loads(shell("ask", "What causes gout?", "--json"))
    assert not answer["abstained"]
    assert all(sentence["support"] == "supported" for sentence in answer["sentences"])
    assert "urate crystals" in answer["answer"]

    history = shell("history", "list", "--json")
    assert answer["conversation"] in history
