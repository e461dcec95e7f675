"""Measure what lessons teach, beside the peers' rows: one model, the same steps, other questions.

MEDCHAT_REAL_DATA=DIR OMP_NUM_THREADS=1 python benchmarks/lesson_effect.py [--home HOME]

    our rows, the peers' rows -> equal tokens of each language -> rounds of equal steps, three seeds
    -> which of four answers to a held-out question is the likeliest, and the loss of the true one

Chosen before anything was measured:

- *Knowledge*, the first main measure: questions without evidence (MedQuAD, iCliniq; cMedQA,
  CMtMedQA). Our rows stand as the peers' do, question and answer alone ("closed").
- *Reading*, the second: the evidence stands in the prompt as chat shows it (BioASQ's snippets,
  PubMedQA's results, CMExam's explanations). Our rows stand as a recipe shows them, over their own
  evidence among distractors ("open"); the peers' have none, and stand as they are.
- Beside them: exams, where a model of this size is expected at chance; the loss of the true answer
  per character, which style decides as much as content; and a model of the same shape from random
  weights, which tells what the rows teach from what the base knew before.

An answer's score is the logarithm of its probability after the prompt less that after an empty
question, so that a fluent answer does not win by its fluency (domain-conditional PMI: Holtzman and
others, "Surface Form Competition", 2021). Intervals: 95 %, bootstrap over questions, each with the
mean of its differences over the seeds; beside them the least and the greatest of the seeds.
Held-out texts are kept out of both sides (`--exclude`, and its gate on the peers' rows).
ChatDoctor's rows lose the instruction that all of them share: it would only take their tokens.
"""

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from effect_sets import Question, read
from machine import describe

from finetune import dataset, evaluate, model, trainer
from finetune.bases import base_records
from finetune.dataset import Row
from finetune.model import Student
from finetune.packing import pack
from finetune.recipe import RoundPlan
from finetune.recipes import recipe_reader
from finetune.rows.examples import make_examples
from finetune.templates import rendering
from finetune.templates.rendering import Language, Rendered
from medchat.composition import TEXT_TOOLS

GRAPHS = (
    "restricted/kg_zh/medicalgraph_a/*.csv",
    "restricted/instruct_en/chatdoctor/format_dataset.csv",
    "restricted/kg_en/hetionet/*",
    "restricted/kg_en/sider4/indications.tsv",
    "open/kg_en/doid/*.obo",
    "open/kg_en/indications/*.tsv",
    "restricted/lit_pubmed_xml/*.xml",
    "open/lit_jats/evidence_inference_val/PMC[12]*.nxml",
)
PEERS: dict[Language, str] = {
    "en": "restricted/instruct_en/chatdoctor/chatdoctor5k_a.json",
    "zh": "restricted/instruct_zh/huatuo_llama_a/llama_data_a.json",
}
LANGUAGES: tuple[Language, ...] = ("en", "zh")
RATE = {"mini": 1e-3, "smollm2": 1e-3, "random": 1.5e-3}
"""Learning rates: the recipes' for their adapters, and what the mini model was made with."""

MAIN = (("knowledge", "ours, closed"), ("reading", "ours, open"))
ALL_ARMS = ("ours, closed", "ours, open", "peers")
ARMS = {"mini": ALL_ARMS, "smollm2": ALL_ARMS, "random": ("ours, closed", "peers")}
ASKED = {
    "mini": ("knowledge", "reading", "exams"),
    "smollm2": ("knowledge", "reading", "exams"),
    "random": ("knowledge",),
}
"""Groups of questions by base: what starts from nothing learns no reading in so few steps."""

Answered = dict[str, list[tuple[float, float]]]
"""Set -> for each question: 1 where the true answer was the likeliest, and its loss a character."""


def main() -> None:
    """Build, train, score, and print every measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home that holds knowledge already")
    parser.add_argument("--tokens", type=int, default=60_000, help="of each language and side")
    parser.add_argument("--questions", type=int, default=100, help="of each set, of exams half")
    parser.add_argument("--bases", default="mini,random")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--save", type=Path, help="a JSON file for what each question came to")
    chosen = parser.parse_args()
    if not (root := os.environ.get("MEDCHAT_REAL_DATA")):
        raise SystemExit("MEDCHAT_REAL_DATA names no folder of real data, which hold the peers.")
    real = Path(root)
    questions = read(real, chosen.questions)
    with tempfile.TemporaryDirectory() as name:
        rows = _sides(real, chosen.home, Path(name), questions)
    print(f"Machine: {describe()}\n", flush=True)
    found: dict[str, list[Answered]] = {}
    for base in chosen.bases.split(","):
        arms = ARMS[base]
        sides = {arm: _shown(rows, arm, base) for arm in arms}
        asked = [one for one in questions if one.group in ASKED[base]]
        found[f"{base}: untrained"] = [answer(_fresh(base, 1), asked)]
        for seed in range(1, chosen.seeds + 1):
            drawn = {arm: _draw(sides[arm], chosen.tokens, seed) for arm in arms}
            steps = min(len(_steps(one, base, seed)) for one in drawn.values())
            for arm, learned in drawn.items():
                began = time.process_time()
                student = _fresh(base, seed)
                fit = trainer.fit(student, pack(learned, 1024), _round(base, steps), seed=seed)
                found.setdefault(f"{base}: {arm}", []).append(answer(student, asked))
                _tell(base, arm, seed, learned, fit, time.process_time() - began)
                if chosen.save:
                    chosen.save.write_text(json.dumps(found))
    _report(found, questions)


def answer(student: Student, questions: Sequence[Question]) -> Answered:
    """Score every answer of every question."""
    student.model.eval()
    alone: dict[str, float] = {}
    found: Answered = {}
    empty = [{"role": "user", "content": ""}]
    for one in questions:
        missing = [text for text in one.answers if text not in alone]
        if missing:
            alone |= zip(missing, _logarithms(student, empty, missing), strict=True)
        after = _logarithms(student, _prompt(one), one.answers)
        gains = [score - alone[text] for score, text in zip(after, one.answers, strict=True)]
        right = float(gains.index(max(gains)) == one.right)
        true = one.answers[one.right]
        found.setdefault(one.set, []).append((right, -after[one.right] / len(true)))
    return found


def _prompt(one: Question) -> list[rendering.Message]:
    if one.evidence:
        return rendering.grounded(one.text, one.evidence, one.language)
    return [{"role": "user", "content": one.text}]


def _logarithms(
    student: Student, prompt: Sequence[rendering.Message], answers: Sequence[str]
) -> list[float]:
    """Return the log-probability of each answer after a prompt, which is read once for all.

    The end of the answer does not count: answers are cut.
    """
    import torch

    asked = rendering.prompt_ids(student.tokenizer, prompt)
    wanted = [_spoken(student, prompt, one) for one in answers]
    longest = max(map(len, wanted))
    rows = torch.tensor([[*ids, *[0] * (longest - len(ids))] for ids in wanted])
    with torch.inference_mode(), model.autocast(student, "auto"):
        read_once = student.model(input_ids=torch.tensor([asked]), use_cache=True, logits_to_keep=1)
        kept: Any = read_once.past_key_values
        kept.batch_repeat_interleave(len(wanted))
        first = read_once.logits.expand(len(wanted), 1, -1)
        rest = student.model(input_ids=rows, past_key_values=kept, use_cache=True).logits
        scores = torch.cat([first, rest[:, :-1]], 1).float().log_softmax(-1)
        said = scores.gather(2, rows.unsqueeze(2)).squeeze(2).double()
    return [float(said[place, : len(ids)].sum()) for place, ids in enumerate(wanted)]


def _spoken(student: Student, prompt: Sequence[rendering.Message], text: str) -> list[int]:
    whole = rendering.render(student.tokenizer, [*prompt, {"role": "assistant", "content": text}])
    ids = [id for id, learn in zip(whole.ids, whole.learn, strict=True) if learn]
    return ids[:-1] if ids[-1] == student.tokenizer.eos_token_id else ids


def _fresh(base: str, seed: int) -> Student:
    """Return a base with a new adapter, or a model of the mini's shape that knows nothing yet."""
    import torch
    from transformers import AutoModelForCausalLM

    student = model.load(_folder(base), precision="float32")
    if base != "random":
        return model.attach(student, recipe_reader.load(base).lora, seed)
    torch.manual_seed(seed)
    network: Any = AutoModelForCausalLM.from_config(student.model.config)
    return replace(student, model=network.float())


def _folder(base: str) -> str:
    """Return where a base lies: a base of the home of this user, or the mini model."""
    from medchat.settings import load

    return base_records.find(load().home, base) if base == "smollm2" else "mini"


def _round(base: str, steps: int = 0) -> RoundPlan:
    return RoundPlan(max_steps=steps, learning_rate=RATE[base], batch_tokens=2048)


def _steps(rows: Sequence[Rendered], base: str, seed: int) -> list[list[int]]:
    return trainer.schedule(pack(rows, 1024).rows, _round(base), seed)


def _sides(
    real: Path, home: Path | None, work: Path, questions: Sequence[Question]
) -> dict[str, dict[Language, list[Row]]]:
    """Return the rows of each side and language, in an order of no meaning."""
    held_out = work / "held_out.jsonl"
    with held_out.open("w", encoding="utf-8") as file:
        for one in questions:
            row = {"question": one.text, "answers": one.answers, "evidence": one.evidence}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    if home is None:
        home = work / "home"
        paths = [path for pattern in GRAPHS for path in sorted(real.glob(pattern))]
        _medchat(home, "kb", "add", *paths)
    found: dict[str, dict[Language, list[Row]]] = {"ours": {}, "peers": {}}
    for language in LANGUAGES:
        out = work / language
        _medchat(
            home,
            "build-data",
            "--out",
            out,
            "--language",
            language,
            "--limit",
            3000,
            "--seed",
            11,
            "--exclude",
            held_out,
        )
        found["ours"][language] = list(dataset.read(out).train)
        found["peers"][language] = _peer(real / PEERS[language], language, held_out)
    return found


def _shown(
    rows: dict[str, dict[Language, list[Row]]], arm: str, base: str
) -> dict[Language, list[Rendered]]:
    """Return the rows of an arm as tokens of a base."""
    side, _, evidence = arm.partition(", ")
    tokenizer = model.tokenizer(_folder(base))
    plan = replace(recipe_reader.load("mini"), evidence=evidence or "closed")
    shown = {}
    for language, some in rows[side].items():
        examples, _ = make_examples(some, some, tokenizer, plan, 1, TEXT_TOOLS)
        shown[language] = [one.tokens for one in examples]
    return shown


def _peer(path: Path, language: Language, held_out: Path) -> list[Row]:
    """Read a peer's rows, one JSON array or one row a line, less what overlaps the questions."""
    from knowledge.datasets.filters.contamination import ContaminationFilter
    from knowledge.records import Lesson, LessonMessage

    text = path.read_text(encoding="utf-8")
    lines = [] if text.lstrip().startswith("[") else text.splitlines()
    raw = [json.loads(line) for line in lines if line.strip()] or json.loads(text)
    pairs = [(one["input"] or one["instruction"], one["output"]) for one in raw]
    lessons = [
        Lesson(
            id=str(place),
            messages=(LessonMessage("user", asked), LessonMessage("assistant", said)),
            language=language,
            style="peer",
            sources=(),
            entities=(),
            split_key="",
            licence="",
        )
        for place, (asked, said) in enumerate(pairs)
    ]
    reasons = ContaminationFilter([held_out])(lessons)
    print(f"{path.name}: {sum(map(bool, reasons))} of {len(pairs)} rows overlap", file=sys.stderr)
    return [
        Row(
            lesson.id,
            tuple({"role": each.role, "content": each.content} for each in lesson.messages),
            language,
            (),
            (),
            None,
            (),
        )
        for lesson, reason in zip(lessons, reasons, strict=True)
        if not reason
    ]


def _draw(side: dict[Language, list[Rendered]], tokens: int, seed: int) -> list[Rendered]:
    """Draw rows until each language has so many tokens, to within the last row."""
    drawn: list[Rendered] = []
    for language, rows in side.items():
        order = list(rows)
        random.Random(f"{seed}:{language}").shuffle(order)
        left = tokens
        for one in order:
            if left <= 0:
                break
            drawn.append(one)
            left -= len(one.ids)
        if left > 0:
            print(f"{language}: {left} tokens are missing", file=sys.stderr)
    return drawn


def _tell(
    base: str,
    arm: str,
    seed: int,
    rows: Sequence[Rendered],
    fit: trainer.TrainingRun,
    seconds: float,
) -> None:
    answers = sum(sum(one.learn) for one in rows)
    print(
        f"{base}, {arm}, seed {seed}: {len(rows)} rows, {len(fit.curve)} steps, "
        f"{fit.tokens} tokens ({answers} of answers), loss {fit.curve[0].loss:.2f} to "
        f"{fit.curve[-1].loss:.2f}, {seconds:.0f} processor seconds with its scores",
        flush=True,
    )


def _report(found: dict[str, list[Answered]], questions: Sequence[Question]) -> None:
    groups: dict[str, list[str]] = {}
    for one in questions:
        members = groups.setdefault(one.group, [])
        if one.set not in members:
            members.append(one.set)
    for which, title in enumerate(("true answer the likeliest", "loss of the true answer")):
        print(f"\n| {title} | {' | '.join(found)} |\n|---|{'---|' * len(found)}")
        for group, sets in groups.items():
            for name, members in ((f"**{group}**", sets), *((one, [one]) for one in sets)):
                told = [_mean(runs, members, which) for runs in found.values()]
                print(f"| {name} | {' | '.join(told)} |")
        print(
            f"\n| ours less the peers': {title} | difference | 95 % | of the seeds |\n"
            "|---|---|---|---|"
        )
        for base, arms in ARMS.items():
            for arm in arms[:-1] if f"{base}: peers" in found else ():
                ours, theirs = found[f"{base}: {arm}"], found[f"{base}: peers"]
                for group, sets in groups.items():
                    if group not in ASKED[base]:
                        continue
                    mark = " (main)" if base != "random" and (group, arm) in MAIN else ""
                    for name, members in (
                        (f"**{group}**{mark}", sets),
                        *((one, [one]) for one in sets),
                    ):
                        print(
                            f"| {base}, {arm}: {name} | {_compared(ours, theirs, members, which)} |"
                        )


def _mean(runs: Sequence[Answered], sets: Sequence[str], which: int) -> str:
    values = [one[which] for run in runs for name in sets for one in run.get(name, ())]
    return f"{sum(values) / len(values):.3f}" if values else "–"


def _compared(
    ours: Sequence[Answered], theirs: Sequence[Answered], sets: Sequence[str], which: int
) -> str:
    seeds = [
        [
            mine[which] - other[which]
            for name in sets
            for mine, other in zip(run[name], peer[name], strict=True)
        ]
        for run, peer in zip(ours, theirs, strict=True)
    ]
    means = [sum(one) / len(one) for one in seeds]
    questions = [(sum(each) / len(each), 1.0) for each in zip(*seeds, strict=True)]
    low, high = evaluate.bootstrap_interval(questions) or (0.0, 0.0)
    total = sum(means) / len(means)
    return f"{total:+.3f} | {low:+.3f} to {high:+.3f} | {min(means):+.3f} to {max(means):+.3f}"


def _medchat(home: Path, *arguments: object) -> None:
    command = [sys.executable, "-m", "medchat.cli", *map(str, arguments)]
    environment = {**os.environ, "MEDCHAT_HOME": str(home)}
    subprocess.run(command, check=True, env=environment, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
