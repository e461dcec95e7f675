"""The command line: every command helps, mistakes are one sentence, results are JSON."""

import ast
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from knowledge.datasets.imports.imported_rows import ImportedFile
from knowledge.datasets.teacher_server import TeacherOptions
from knowledge.lessons import build
from knowledge.lessons.build_options import DEFAULTS, BuildOptions
from medchat.cli import errors, main
from medchat.settings import load
from medchat.storage import conversations

PACKAGE = Path(main.__file__).parent
HEAVY = {
    "torch", "transformers", "peft", "faiss", "gradio", "sqlalchemy", "sentence_transformers",
    "langchain_core", "langchain_openai", "fastapi", "alembic", "tantivy", "rich", "numpy",
}  # fmt: skip


def commands(group=None, path=()):
    """Walk all commands as (words, command)."""
    group = group or typer.main.get_command(main.app)
    for name, command in group.commands.items():
        yield (*path, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*path, name))


COMMANDS = dict(commands())
LEAVES = {words: command for words, command in COMMANDS.items() if not hasattr(command, "commands")}


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help(run, words):
    command = COMMANDS[words]
    assert command.help, f"medchat {' '.join(words)} has no help"
    status, out, err = run(*words, "--help")
    assert (status, err) == (0, "")
    assert "Usage: medchat" in out


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_every_command_has_an_example_that_names_it(words):
    example = LEAVES[words].epilog or ""
    assert example.startswith(f"Example: medchat {' '.join(words)}")


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_an_unknown_flag_is_one_sentence(run, words):
    status, out, err = run(*words, "--no-such-flag")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1
    assert "--no-such-flag" in err
    assert f"medchat {' '.join(words)} --help" in err


@pytest.mark.parametrize("words", LEAVES, ids=" ".join)
def test_the_body_of_a_command_is_short(words):
    (function,) = ast.parse(inspect.getsource(LEAVES[words].callback)).body
    statements = sum(isinstance(node, ast.stmt) for node in ast.walk(function)) - 2
    assert statements <= 12, f"medchat {' '.join(words)} has {statements} statements"


def test_help_loads_nothing_heavy():
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "medchat.cli", "--help"],
        capture_output=True, text=True, check=True, cwd=PACKAGE.parent.parent,
    )  # fmt: skip
    loaded = {line.rsplit("|", 1)[1].strip().split(".")[0] for line in told.stderr.splitlines()}
    assert "Commands:" in told.stdout
    assert loaded.isdisjoint(HEAVY), loaded & HEAVY


def test_bare_medchat_shows_help_and_version_its_version(run):
    status, out, _ = run()
    assert status == 0 and "Commands:" in out
    status, out, _ = run("--version")
    assert status == 0 and out.startswith("medchat ")


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["frobnicate"], "frobnicate"),
        (["kb", "show", "no-such-id"], "no-such-id"),
        (["kb", "add", "/no/such/file.xml"], "/no/such/file.xml"),
        (["kb", "add", "https://example.org/a.html"], "https://example.org/a.html"),
        (["kb", "add", "ftp://example.org/a.xml", "--allow-fetch"], "ftp://example.org/a.xml"),
        (["kb", "add", "http://127.0.0.1:1/a", "--allow-fetch"], "http://127.0.0.1:1/a"),
        (["kb", "entity", "zorblatosis"], "zorblatosis"),
        (["kb", "merges", "zorblatosis"], "zorblatosis"),
        (["kb", "split", "zorblatosis", "x"], "zorblatosis"),
        (["kb", "split", "gout", "no-such-source"], "no-such-source"),
        (["kb", "rollback", "99"], "99"),
        (["kb", "diff", "1", "99"], "99"),
        (["kb", "search"], "--queries"),
        (["kb", "search", "gout", "--top", "0"], "--top"),
        (["kb", "search", "gout", "--language", "fr"], "--language"),
        (["ask"], "--questions"),
        (["ask", "x", "--questions", "y"], "--questions"),
        (["ask", "--questions", "/no/such.jsonl"], "/no/such.jsonl"),
        (["ask", "gout", "--writer", "gpt"], "--writer"),
        (["build-data"], "--out"),
        (["build-data", "--check", "/no/such/folder"], "/no/such/folder"),
        (["finetune", "--round", "one"], "--round"),
        (["finetune", "--round", "1", "--recipe", "nope"], "nope"),
        (["finetune", "--round", "1", "--base", "/no/such/base"], "/no/such/base"),
        (["recipes", "show", "nope"], "nope"),
        (["adapters", "show", "mini/round-9"], "mini/round-9"),
        (["adapters", "promote", "mini/round-9"], "mini/round-9"),
        (["adapters", "rollback"], "promoted"),
        (["history", "show", "gone"], "gone"),
        (["history", "export", "gone", "--out", "x.md"], "gone"),
        (["evaluate"], "promoted"),
    ],
    ids=" ".join,
)
def test_a_mistake_is_one_sentence_and_one_json_object(engine, run, words, named):
    status, out, err = run(*words)
    assert (status, out) == (2, "")
    sentences = [line for line in err.splitlines() if not line.startswith("read data")]
    assert len(sentences) == 1
    assert named in err
    command = COMMANDS.get(tuple(words[:2])) or COMMANDS.get(tuple(words[:1]))
    if command and any("--json" in option.opts for option in command.params):
        status, out, err = run(*words, "--json")
        error = json.loads(err)["error"]
        assert status == 2 and set(error) == {"what", "where", "remedy"}


def test_an_unknown_setting_is_one_sentence(run, monkeypatch):
    monkeypatch.setenv("MEDCHAT_WRITTER", "quote")
    status, out, err = run("kb", "status", "--json")
    assert (status, out) == (2, "")
    assert "MEDCHAT_WRITER?" in json.loads(err)["error"]["remedy"]


def test_a_home_that_is_a_file_is_one_sentence(run, home):
    home.parent.mkdir(parents=True, exist_ok=True)
    home.write_text("not a folder", encoding="utf-8")
    status, out, err = run("kb", "status")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and str(home) in err


def test_a_file_that_is_no_database_is_one_sentence(run, home):
    home.mkdir(parents=True)
    (home / "medchat.db").write_text("x" * 4096, encoding="utf-8")
    status, out, err = run("kb", "status")
    assert (status, out) == (2, "")
    assert len(err.splitlines()) == 1 and "medchat.db" in err


def test_ctrl_c_is_130_and_bugs_keep_their_traceback():
    def interrupted():
        raise KeyboardInterrupt

    def broken():
        raise ZeroDivisionError

    assert errors.guarded(interrupted, as_json=False) == 130
    with pytest.raises(ZeroDivisionError):
        errors.guarded(broken, as_json=False)


def test_ask_answers_in_text_and_in_json(engine, run):
    status, out, _ = run("ask", "What causes gout?")
    assert status == 0
    assert out.splitlines()[0] == "Causes of gout include urate crystals [1]."
    assert "[1] Gout" in out
    status, out, err = run("ask", "痛风的病因是什么？", "--json")
    document = json.loads(out)
    assert (status, err, document["language"]) == (0, "", "zh")
    assert document["answer"] == "痛风的病因有尿酸盐结晶[1]。"


def test_ask_continues_and_keeps_silent(engine, run):
    run("ask", "What causes gout?")
    _, out, _ = run("ask", "and its symptoms?", "--continue", "--json")
    assert "joint pain" in json.loads(out)["answer"]
    run("ask", "What are the symptoms of gout?", "--no-log")
    (only,) = conversations.conversations(engine)
    assert only.messages == 4


def test_ask_answers_a_file(engine, run, tmp_path):
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"id": 7, "question": "What causes gout?"}\n\n{"id": "b", "question": "谁赢了？"}\n',
        encoding="utf-8",
    )
    status, out, _ = run("ask", "--questions", str(path))
    lines = [json.loads(line) for line in out.splitlines()]
    assert status == 0
    assert [(line["id"], line["abstained"]) for line in lines] == [(7, False), ("b", True)]
    assert conversations.conversations(engine) == []
    path.write_text('{"id": 7, "question": "What causes gout?"}\n{"id": 8}\n', encoding="utf-8")
    status, out, err = run("ask", "--questions", str(path))
    assert (status, out) == (2, "") and "line 2" in err


def test_chat_goes_on_until_an_empty_line(engine, run, monkeypatch):
    lines = iter(["What causes gout?", "and its symptoms?", ""])
    monkeypatch.setattr("builtins.input", lambda prompt: next(lines))
    status, out, _ = run("chat")
    assert status == 0
    assert "urate crystals" in out and "joint pain" in out
    assert [each.messages for each in conversations.conversations(engine)] == [4]


def test_kb_counts_searches_and_shows(engine, run, tmp_path):
    _, out, _ = run("kb", "status", "--json")
    status = json.loads(out)
    assert (status["generation"], status["documents"], status["passages"]) == (1, 1, 2)
    assert status["languages"]["en"]["documents"] == 1
    assert {each["format"] for each in status["sources"]} == {"medchat-records", "markdown"}
    assert sum(each["documents"] for each in status["sources"]) == 1
    _, out, _ = run("kb", "search", "metformin contrast eGFR", "--json")
    hit = json.loads(out)["hits"][0]
    assert {
        "rank",
        "id",
        "kind",
        "title",
        "text",
        "year",
        "type",
        "score",
        "why",
        "document",
    } <= set(hit)
    assert set(hit["why"]) == {"dense", "lexical", "graph"}
    _, out, _ = run("kb", "search", "metformin contrast eGFR", "--language", "en", "--top", "1")
    assert "why: meaning" in out and "speaks of" in out and "metformin" in out
    queries = tmp_path / "queries.jsonl"
    queries.write_text('{"id": 1, "query": "gout"}\n{"id": 2, "query": "痛风"}\n', encoding="utf-8")
    _, out, _ = run("kb", "search", "--queries", str(queries))
    assert [json.loads(line)["id"] for line in out.splitlines()] == [1, 2]
    _, out, _ = run("kb", "show", "note:metformin:en#1", "--json")
    assert json.loads(out)["text"].startswith("Metformin and the kidney")
    for words in (["list"], ["list", "--documents"], ["generations"], ["search", "gout"]):
        code, out, _ = run("kb", *words)
        assert code == 0 and out
    _, out, _ = run("kb", "list", "--json")
    source = next(each for each in json.loads(out) if each["documents"])
    by_id, by_title = (run("kb", "list", "--source", source[name])[1] for name in ("id", "title"))
    assert by_id == by_title and by_id.count("\n") >= source["documents"]
    code, _, told = run("kb", "list", "--source", "No such source")
    assert code and "No such source" in told


def test_kb_entity_shows_facts_with_sources(engine, run):
    _, out, _ = run("kb", "entity", "T2DM", "--json")
    entity = json.loads(out)
    assert entity["names"] == {"en": ["Type 2 diabetes", "T2DM"], "zh": ["2型糖尿病"]}
    facts = {fact["relation"]: fact for fact in entity["facts"]}
    assert facts["first_line"]["object"]["name"] == "metformin"
    assert facts["prevention"]["value"]["zh"] == "减重可降低风险。"
    assert all(fact["sources"] and fact["conflicts"] == [] for fact in entity["facts"])
    _, out, _ = run("kb", "entity", "2型糖尿病")
    assert "first_line: metformin" in out


def test_kb_adds_removes_and_rolls_back(engine, run, tmp_path):
    note = tmp_path / "new.md"
    note.write_text("# Gout and cherries\n\nCherries are eaten in gout.\n", encoding="utf-8")
    status, out, _ = run("kb", "add", str(note), "--source", "Fruit", "--licence", "CC0", "--json")
    assert status == 0 and json.loads(out)["generation"] == 2
    _, out, _ = run("kb", "diff", "1", "2", "--json")
    (added,) = json.loads(out)["documents_added"]
    run("kb", "remove", added)
    _, out, _ = run("kb", "rollback", "2", "--json")
    assert json.loads(out) == {"generation": 4, "content_of": 2}
    _, out, _ = run("kb", "status", "--json")
    assert json.loads(out)["documents"] == 2
    run("kb", "retract", added)
    assert run("kb", "verify")[0] == 0
    _, out, _ = run("kb", "gc", "--keep", "1", "--json")
    assert json.loads(out)["folders"]


def test_verify_tells_of_damage_and_doctor_too(engine, run, home):
    assert run("doctor")[0] == 0
    manifest = home / "knowledge" / "gen-000001" / "MANIFEST.json"
    manifest.write_text("{}", encoding="utf-8")
    status, out, _ = run("kb", "verify")
    assert status == 1 and "MANIFEST" in out
    status, out, _ = run("doctor", "--json")
    findings = {each["name"]: each["state"] for each in json.loads(out)["findings"]}
    assert status == 1 and findings["knowledge"] == "broken"


def test_history_and_feedback(engine, run, tmp_path):
    _, out, _ = run("ask", "What causes gout?", "--json")
    answer = json.loads(out)
    _, out, _ = run("history", "list", "--json")
    assert [each["id"] for each in json.loads(out)] == [answer["conversation"]]
    _, out, _ = run("history", "search", "urate", "--json")
    assert len(json.loads(out)) == 1
    _, out, _ = run("history", "show", answer["conversation"][:8])
    assert "## Sources" in out
    target = tmp_path / "visit.json"
    assert run("history", "export", answer["conversation"], "--out", str(target))[0] == 0
    assert json.loads(target.read_text(encoding="utf-8"))["bibliography"]
    id = conversations.rate(
        engine, answer["message"], "down", "too short", "Urate crystals cause gout."
    )
    _, out, _ = run("feedback", "list", "--waiting", "--json")
    assert [each["id"] for each in json.loads(out)] == [id]
    assert run("feedback", "approve", id)[0] == 0
    assert run("feedback", "approve", "gone")[0] == 1
    assert run("feedback", "export", "--out", str(tmp_path / "preference.jsonl"))[0] == 0
    assert run("history", "delete", answer["conversation"][:8])[0] == 0
    assert conversations.conversations(engine) == []


def test_database_commands(run, home, tmp_path):
    _, out, _ = run("db", "current", "--json")
    assert json.loads(out)["current"] is None
    assert run("db", "upgrade")[0] == 0
    _, out, _ = run("db", "current", "--json")
    values = json.loads(out)
    assert values["current"] == values["newest"]
    assert run("db", "backup", "--out", str(tmp_path / "copy.db"))[0] == 0
    assert (tmp_path / "copy.db").stat().st_size > 0


def test_data_is_built_and_proven(engine, run, tmp_path):
    out_folder = tmp_path / "lessons"
    status, out, _ = run("build-data", "--out", str(out_folder), "--limit", "20", "--json")
    assert status == 0 and json.loads(out)["rows"] > 0
    status, out, _ = run("build-data", "--check", str(out_folder), "--json")
    report = json.loads(out)
    assert status == 0 and report["proven"] == report["rows"]
    train = out_folder / "train.jsonl"
    text = train.read_text(encoding="utf-8")
    assert "metformin" in text
    train.write_text(text.replace("metformin", "measles"), encoding="utf-8")
    status, out, _ = run("build-data", "--check", str(out_folder), "--json")
    assert status == 1 and json.loads(out)["faults"]


def test_data_of_others_and_approved_feedback_come_in(engine, run, tmp_path):
    answers = [
        json.loads(run("ask", question, "--json")[1])
        for question in ("What causes gout?", "What are the symptoms of gout?")
    ]
    good = conversations.rate(
        engine, answers[0]["message"], "down", "", "Gout comes of crystals in the joints."
    )
    conversations.rate(engine, answers[1]["message"], "up")
    assert run("feedback", "approve", good)[0] == 0
    talks = tmp_path / "talks.json"
    row = {
        "prompt": "My knee hurts when I run.",
        "response": "Rest it for a few days.",
        "history": [],
    }
    talks.write_text(json.dumps([row, {"prompt": "What is asthma like?", "response": "A cough."}]))
    exams = tmp_path / "exams.jsonl"
    exams.write_text('{"question": "My knee hurts when I run."}\n')
    flags = ["--style", "imported", "--import", str(talks), "--import-licence", "CC0-1.0"]
    status, out, _ = run("build-data", "--out", str(tmp_path / "a"), *flags, "--feedback", "--json")
    assert status == 0 and json.loads(out)["styles"] == {"imported": 2}
    text = "".join(
        (tmp_path / "a" / name).read_text() for name in ("train.jsonl", "validation.jsonl")
    )
    assert "crystals in the joints" in text and good in text and "knee" in text
    status, out, _ = run("build-data", "--check", str(tmp_path / "a"), "--json")
    report = json.loads(out)
    assert (status, report["proven"], report["imported"]) == (0, 0, 2)
    out_folder = str(tmp_path / "b")
    status, _, err = run("build-data", "--out", out_folder, *flags, "--exclude", str(exams))
    assert status == 2 and "None of 2 rows came through" in err


def test_rejected_answers_of_imported_pairs_are_told(engine, run, tmp_path):
    pairs = tmp_path / "pairs.json"
    asked = ("My knee hurts when I run.", "How long may I read at night?")
    pair = {"chosen": "Rest for a few days, and come back then.", "rejected": "No idea."}
    pairs.write_text(json.dumps([{"prompt": one, **pair} for one in asked]))
    flags = ["--style", "imported", "--import", str(pairs), "--import-licence", "CC0-1.0"]
    status, out, _ = run("build-data", "--out", str(tmp_path / "a"), *flags)
    assert status == 0 and "2 rows are the chosen answers of imported preference pairs" in out
    status, out, _ = run("build-data", "--out", str(tmp_path / "b"), *flags, "--json")
    assert json.loads(out)["chosen_alone"] == 2


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["--import", "/no/such.json"], "such.json"),
        (["--import-format", "poem", "--import", __file__], "--import-format"),
        (["--exclude", "/no/such.json"], "such.json"),
        (["--personal", "print"], "--personal"),
        (["--engine", "steam"], "--engine"),
        (["--teacher", "nonsense", "--teacher-model", "m"], "--teacher"),
        (["--teacher", "http://127.0.0.1:1/v1"], "--teacher-model"),
    ],
)
def test_wrong_flags_of_build_data_are_told(engine, run, tmp_path, flags, named):
    status, _, err = run("build-data", "--out", str(tmp_path / "x"), "--style", "huatuo", *flags)
    assert status == 2 and named in err and "Traceback" not in err
    assert len(err.strip().splitlines()) == 1
    assert not (tmp_path / "x").exists()


def test_every_flag_of_build_data_reaches_its_option(engine, run, tmp_path, monkeypatch):
    seen = []

    def record(engine, generation, out, options, progress):
        seen.append((generation, out, options))
        return build.BuildReport(out, 0, 0, 0, {}, {}, {}, {})

    monkeypatch.setattr(build, "build", record)
    monkeypatch.setenv("MEDCHAT_TEACHER_KEY", "secret")
    talks, words = tmp_path / "talks.json", tmp_path / "words.txt"
    words.write_text("# what we do not want\ncasino\n", encoding="utf-8")
    flags = {
        **{"--style": "Huatuo, TOOLS", "--language": "ZH", "--limit": "7", "--seed": "5"},
        **{"--workers": "3", "--engine": "ray", "--import": str(talks), "--import-format": "moss"},
        **{"--import-licence": "MIT", "--personal": "mask", "--exclude": str(tmp_path)},
        **{"--licence": "MIT,CC0-1.0", "--keywords": str(words)},
        **{"--teacher": "http://127.0.0.1:1/v1", "--teacher-model": "toy"},
    }
    out = str(tmp_path / "x")
    assert run("build-data", "--out", out, "--feedback", *sum(flags.items(), ()))[0] == 0
    assert run("build-data", "--out", out)[0] == 0
    (generation, folder, options), (_, _, plain) = seen
    assert (generation, folder, plain) == (1, tmp_path / "x", DEFAULTS)
    settings = load()
    teacher = TeacherOptions(
        "http://127.0.0.1:1/v1", "toy", settings.home / "teacher.db", key="secret"
    )
    assert options == BuildOptions(
        styles=("huatuo", "tools"),
        languages=("zh",),
        limit=7,
        seed=5,
        workers=3,
        engine="ray",
        imports=(ImportedFile(talks, "moss", "MIT"),),
        personal="mask",
        exclude=(tmp_path,),
        licences=("MIT", "CC0-1.0"),
        keywords=("casino",),
        teacher=teacher,
    )


@pytest.mark.parametrize("flags", [(), ("--out", "a", "--check", "b")])
def test_build_data_wants_a_folder_to_write_or_one_to_check(run, flags):
    status, _, err = run("build-data", *flags)
    assert status == 2 and "--out" in err and "--check" in err


def test_recipes_and_adapters_are_listed(run):
    status, out, _ = run("recipes", "--json")
    assert status == 0 and "mini" in json.loads(out)
    _, out, _ = run("recipes", "show", "mini")
    assert "rounds:" in out
    status, out, _ = run("adapters", "list", "--json")
    assert (status, json.loads(out)) == (0, [])


def test_a_round_whose_record_cannot_be_read_is_told_beside_the_list(run, tmp_path, monkeypatch):
    monkeypatch.setenv("MEDCHAT_HOME", str(tmp_path))
    broken = tmp_path / "adapters" / "old" / "round-1"
    broken.mkdir(parents=True)
    (broken / "MANIFEST.json").write_text("{", encoding="utf-8")
    status, out, err = run("adapters", "list", "--json")
    assert (status, json.loads(out)) == (0, [])
    assert "MANIFEST.json cannot be read." in err and f"Delete the folder {broken}" in err


def test_kb_conflicts_are_told_or_said_to_be_none(engine, run):
    code, out, _ = run("kb", "conflicts")
    assert code == 0 and "No facts contradict each other." in out
    code, out, _ = run("kb", "conflicts", "--json")
    assert code == 0 and json.loads(out) == {"conflicts": []}


def test_kb_merges_are_listed_and_split(engine, run, tmp_path):
    assert "Nothing was merged." in run("kb", "merges")[1]
    path = tmp_path / "ward.yaml"
    path.write_text(
        "format: medchat-records\ntitle: Ward\nlicence: CC0-1.0\nrecords:\n"
        "- kind: condition\n  en: [Gout]\n  symptom: [joint pain, fever]\n",
        encoding="utf-8",
    )
    assert run("kb", "add", str(path))[0] == 0
    status, out, _ = run("kb", "merges", "gout", "--json")
    (merge,) = json.loads(out)["merges"]
    assert status == 0 and (merge["how"], merge["term"], merge["facts"]) == ("name", "gout", 2)
    _, out, _ = run("kb", "merges")
    assert "Ward" in out and "2 facts, by name gout" in out
    status, out, _ = run("kb", "split", "gout", merge["source"]["id"], "--json")
    split = json.loads(out)
    assert status == 0 and (split["generation"], split["facts"]) == (3, 2)
    assert split["entity"] == merge["entity"]["id"] != split["part"]
    _, out, _ = run("kb", "merges", "gout")
    assert out.startswith("split in generation 3: Gout") and split["part"] in out
    _, out, _ = run("kb", "entity", split["part"], "--json")
    assert {fact["object"]["name"] for fact in json.loads(out)["facts"]} == {"joint pain", "fever"}
    status, _, err = run("kb", "split", "gout", merge["source"]["id"])
    assert status == 2 and "nothing to split it from" in err and len(err.strip().splitlines()) == 1
    assert run("kb", "verify")[0] == 0
