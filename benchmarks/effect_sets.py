"""Held-out questions of a third kind, which neither the lessons nor the peers' rows were made from.

    files of real data -> questions with their answers -> each with wrong answers of the same kind

Wrong answers are those of other questions of the same set and kind, of about the same length, so
that neither subject area nor length gives the right one away. Texts are cut, to bound the cost.
"""

import csv
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from retrieval_sets import every_medquad_pair

from finetune.templates.rendering import Language

ANSWER = {"en": 160, "zh": 60}
QUESTION = {"en": 300, "zh": 120}
EVIDENCE = {"en": 600, "zh": 250}
"""Characters of a text that are kept, by language."""

_NEAREST = 12
_WRONG = 3
_OPTION = re.compile(r"^([A-E])[ .、]\s*(.+)$")
_MARK = re.compile(r"[（(][A-E、]+[对错][）)]")


@dataclass(frozen=True, slots=True)
class Question:
    """A question, what may be read for it, and answers of which `right` is the true one's index."""

    set: str
    group: str
    language: Language
    text: str
    answers: tuple[str, ...]
    right: int
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question with its one answer; wrong ones come from pairs of the same `kind`."""

    kind: str
    text: str
    answer: str
    evidence: tuple[str, ...] = ()


def read(real: Path, each: int, seed: int = 1) -> list[Question]:
    """Return up to `each` questions of every set, and of exams half as many."""
    pairs: list[tuple[str, str, Language, Iterator[_Pair]]] = [
        ("MedQuAD", "knowledge", "en", _medquad(real)),
        ("iCliniq", "knowledge", "en", _icliniq(real / "restricted/dialogue_en/icliniq_a")),
        ("cMedQA", "knowledge", "zh", _toyhom(real / "restricted/dialogue_zh/toyhom_sample")),
        ("CMtMedQA", "knowledge", "zh", _cmtmedqa(real / "open/dialogue_zh/cmtmedqa_a")),
        ("BioASQ", "reading", "en", _bioasq(real / "restricted/lit_qa/bioasq_7_9")),
        ("PubMedQA conclusion", "reading", "en", _pubmedqa(real)),
    ]
    chosen: list[Question] = []
    for name, group, language, found in pairs:
        chosen += _with_wrong_answers(name, group, language, list(found), each, seed)
    options: list[Iterator[Question]] = [
        _cmexam(real, "CMExam explained", "reading"),
        _cmexam(real, "CMExam", "exams"),
        _exam(real / "open/exam_en/medqa_train/med_qa_5options_train.jsonl", "MedQA"),
        _exam(real / "open/exam_en/medmcqa_train/medmc_qa_train.jsonl", "MedMCQA"),
        _decisions(real),
    ]
    for questions in options:
        every = list(questions)
        random.Random(seed).shuffle(every)
        chosen += every[: each // 2 if every[0].group == "exams" else each]
    return chosen


def _with_wrong_answers(
    name: str, group: str, language: Language, pairs: list[_Pair], each: int, seed: int
) -> list[Question]:
    """Give each of `each` pairs three answers to others, among the twelve nearest in length."""
    pick = random.Random(seed)
    cut = [
        _Pair(
            one.kind,
            _short(one.text, QUESTION[language]),
            _short(one.answer, ANSWER[language]),
            tuple(_short(text, EVIDENCE[language]) for text in one.evidence),
        )
        for one in pairs
        if len(one.text) > 5 and len(one.answer) > 20
    ]
    pick.shuffle(cut)
    by_kind: dict[str, list[_Pair]] = {}
    for one in cut:
        by_kind.setdefault(one.kind, []).append(one)
    questions: list[Question] = []
    for one in cut:
        size = len(one.answer)
        others = [
            other.answer
            for other in sorted(by_kind[one.kind], key=lambda pair: abs(len(pair.answer) - size))
            if other.text != one.text and other.answer != one.answer
        ]
        if len(others) < _WRONG or len(questions) == each:
            continue
        answers = [one.answer, *pick.sample(others[:_NEAREST], min(_WRONG, len(others)))]
        pick.shuffle(answers)
        right = answers.index(one.answer)
        questions.append(
            Question(name, group, language, one.text, tuple(answers), right, one.evidence)
        )
    return questions


def _short(text: str, most: int) -> str:
    """Return a text's first characters, up to the end of a word."""
    flat = " ".join(text.split())
    if len(flat) <= most:
        return flat
    return re.sub(r"(?<=\s)\S*$", "", flat[: most + 1]).rstrip() if flat.isascii() else flat[:most]


def _medquad(real: Path) -> Iterator[_Pair]:
    for pair in every_medquad_pair(real):
        if pair.question:
            yield _Pair(pair.kind, pair.question, pair.answer)


def _icliniq(folder: Path) -> Iterator[_Pair]:
    for row in json.loads((folder / "icliniqQAs_a.json").read_text(encoding="utf-8")):
        yield _Pair("", row["question_text"], row["answer"])


def _toyhom(folder: Path) -> Iterator[_Pair]:
    path = folder / "sample_internal_medicine.csv"
    with path.open(encoding="gb18030", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield _Pair(row["department"], row["ask"] or "", row["answer"] or "")


def _cmtmedqa(folder: Path) -> Iterator[_Pair]:
    """Yield first turns: later ones mostly say thank you."""
    for row in json.loads((folder / "CMtMedQA_test_a.json").read_text(encoding="utf-8")):
        history = row.get("history") or [[row.get("instruction") or row["instruct"], row["output"]]]
        yield _Pair(row.get("cate1", ""), *history[0][:2])


def _bioasq(folder: Path) -> Iterator[_Pair]:
    for path in sorted(folder.glob("*/*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["questions"]:
            texts = [one["text"] for one in row["snippets"][:3] if len(one["text"]) > 30]
            answer = row["ideal_answer"]
            answer = answer[0] if isinstance(answer, list) else answer
            room = tuple(text[: EVIDENCE["en"] // 3] for text in texts)
            if room:
                yield _Pair(row["type"], row["body"], answer, room)


def _studies(real: Path) -> Iterator[tuple[str, tuple[str, ...], str, str]]:
    """Yield question, results, conclusion and decision of PubMedQA's development half."""
    path = real / "open/lit_qa/pubmedqa_dev500/ori_pqal_dev.json"
    for row in json.loads(path.read_text(encoding="utf-8")).values():
        result = _short(row["CONTEXTS"][-1], EVIDENCE["en"])
        yield row["QUESTION"], (result,), row["LONG_ANSWER"], row["final_decision"]


def _pubmedqa(real: Path) -> Iterator[_Pair]:
    for question, evidence, conclusion, _ in _studies(real):
        yield _Pair("", question, conclusion, evidence)


def _decisions(real: Path) -> Iterator[Question]:
    words = {"yes": "Yes.", "no": "No.", "maybe": "Maybe."}
    for question, evidence, _, decision in _studies(real):
        right = list(words).index(decision)
        answers = tuple(words.values())
        yield Question("PubMedQA decision", "exams", "en", question, answers, right, evidence)


def _cmexam(real: Path, name: str, group: str) -> Iterator[Question]:
    """Yield exam questions; for reading, with the explanation until it names the right option.

    Its marks such as （A对） are taken out, and questions where a wrong option is marked before the
    right one are left out, so that what stands as evidence speaks for one option.
    """
    path = real / "open/exam_zh/cmexam_val_a/cmexam_val_a.jsonl"
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        options = [
            _OPTION.match(one.strip()) for one in row["Options"].replace("\\n", "\n").split("\n")
        ]
        known = {one[1]: one[2].strip() for one in options if one}
        answer, evidence = row["Answer"], ()
        if answer not in known or len(set(known.values())) < 5 or len(row["Question"]) < 6:
            continue
        if group == "reading":
            head, found, _ = (row["Explanation"] or "").partition(f"（{answer}对）")
            if (
                not found
                or _MARK.search(head)
                or len(head) > EVIDENCE["zh"]
                or known[answer] in row["Question"]
            ):
                continue
            evidence = (head.rstrip("，,；;") + "。",)
        yield Question(
            name,
            group,
            "zh",
            row["Question"][: QUESTION["zh"]],
            tuple(known.values()),
            list(known).index(answer),
            evidence,
        )


def _exam(path: Path, name: str) -> Iterator[Question]:
    """Yield exam questions; the end of a long case is kept, where the question stands."""
    for line in path.read_text(encoding="utf-8").splitlines():
        case = json.loads(line)["instances"]
        stem, *options = re.split(r"\n?Option [A-E]:\s*", case["input"].strip())
        stem = re.sub(r"^question:\s*", "", stem.strip(), flags=re.IGNORECASE)
        letter = re.match(r"Answer: \(([A-E])\)", case["output"])
        right = "ABCDE".index(letter[1]) if letter else _index(options, case["output"])
        if 0 <= right < len(options) and len(set(options)) == len(options):
            yield Question(name, "exams", "en", stem[-QUESTION["en"] :], tuple(options), right)


def _index(options: list[str], answer: str) -> int:
    return options.index(answer) if answer in options else -1
