"""Plant thirteen kinds of errors in sound rows, and see which the gates and the proof catch.

python benchmarks/planted_errors.py [--each 250] [--home HOME]

Without a home the starter knowledge is read into one. Sound rows are those that a build keeps. Each
error goes into a row of its own, which then passes the gates and the proof of a build without the
row that it was made of (near duplicates after it). A third of the swapped facts change the answer
only, a third the row's quote and objects with it, a third also the fact that the row names. Errors
of calculations are planted in rows of the style `tools`, of which some more are built. Beside
what was caught at all stands what was caught by the gate that is there for it. Exit status 1 where
less than 99 % of a kind are caught, or more than 1 % of the sound rows are lost.
"""

import argparse
import json
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from kills import Hashed
from machine import describe
from planted_sums import changed_input, other_formula, swapped_unit, wrong_result
from sqlalchemy import Engine, func, select

from knowledge.datasets import filtering
from knowledge.datasets.filtering import Candidate, FilterReport
from knowledge.graph.catalog import CatalogBase, FactRow, NameRow, connect
from knowledge.index import generations
from knowledge.ingest import starter, updates
from knowledge.lessons import build, pipeline
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import read_lessons
from knowledge.lessons.styles.style_registry import STYLES
from knowledge.lessons.verify.prover import Prover
from knowledge.lessons.workers import NOT_PROVEN
from knowledge.records import Lesson, LessonMessage
from knowledge.text.sentences import sentence_spans
from knowledge.vocabulary import INVERSE

Plant = Callable[[Lesson, random.Random], Lesson | None]

NEAR = "near duplicate"

_DOSE = re.compile(
    r"\d+(?:\.\d+)?(?= ?(?:mg|g|ml|mcg|µg|毫克|克|片|次|days?|weeks?|hours?|天|周|%))"
)
_MEANT: dict[str, str | tuple[str, ...]] = {
    "leaked prompt": "leakage",
    "personal data": "personal data",
    "abuse": "abuse",
    NEAR: ("near duplicate", "repetition"),
    "evaluation item": "overlap",
}
"""How the reason begins of the gate that is there for a kind; the proof is for the others."""

_GREETING = {"en": "Good morning. ", "zh": "早上好，"}
_LEAKS = {
    "en": (
        "Based on the provided context, {}",
        "As an AI language model, I must say: {}",
        "{} (interview; evaluation; consultation)",
        "### Response: {}",
        "According to the knowledge base, {}",
        "Chat Doctor says: {}",
    ),
    "zh": (
        "根据提供的知识，{}",
        "作为一个AI语言模型，{}",
        "知识库显示，{}",
        "根据上述资料，{}",
        "根据患者的描述回答：{}",
        "你是一名专业的医疗助手。{}",
    ),
}
_PERSONAL = {
    "en": (
        "My name is {first} {last}. ",
        "I am Mrs. {last}. ",
        "Write to {first}.{last}@example.org. ",
        "Call me at (212) 555-0{three}. ",
        "My SSN is 5{two}-22-1{three}. ",
        "MRN: 00{three}{three}. ",
        "I live at {two} Elm Street, Springfield. ",
        "Date of birth: 03/05/19{two}. ",
    ),
    "zh": (
        "我叫王{zh}，",
        "我的手机是138{three}{three}{two}，",
        "住院号：2023{three}{two}。",
        "李{zh}医生您好，",
        "我的微信：wx{three}{three}，",
        "家住北京市海淀区中关村路{two}号。",
        "出生日期：19{two}年3月5日。",
        "邮箱{first}@example.org，",
    ),
}
_ABUSE = {
    "en": (
        "{} What a stupid question, you idiot.",
        "{} Stop whining, bitch.",
        "{} Fuck off and find somebody else.",
        "{} Or just kill yourself.",
        "You deserve to die. {}",
        "{} See free sex chats on my site.",
        "{} Sexy girls wait for you here.",
        "{} Just beat her up if she complains.",
        "You moron. {}",
        "{} Only sluts get this.",
    ),
    "zh": (
        "{}你这么蠢还来问。",
        "{}滚蛋，别来烦我。",
        "傻逼，{}",
        "{}不如自杀算了。",
        "{}你去死吧。",
        "{}想约炮请加我。",
        "{}更多内容见色情网站。",
        "{}得这病的都是贱人。",
        "你个白痴，{}",
        "{}弄死他就好了。",
    ),
}
_DENIED = {
    "en": (
        (" can be ", " cannot be "),
        (" is used", " is never used"),
        (" are used", " are not used"),
        (" is given", " is not given"),
        (" include ", " do not include "),
        (" includes ", " does not include "),
        (" may ", " does not "),
        ("Yes, ", "No, "),
        (" is ", " is not "),
        (" are ", " are not "),
        (" can ", " cannot "),
    ),
    "zh": (
        ("可以用", "不能用"),
        ("可用于", "禁用于"),
        ("可选", "不可选"),
        ("可以", "不可以"),
        ("可能", "不会"),
        ("包括", "不包括"),
        ("可出现", "不会出现"),
        ("需要", "不需要"),
        ("适合", "不适合"),
        ("有", "没有"),
        ("是", "不是"),
    ),
}


@dataclass(frozen=True, slots=True)
class _Thing:
    """An entity by one of its names, and a fact of which it is the object."""

    name: str
    id: str
    fact: str


class Planter:
    """Makes planted rows of sound ones, with what the graph holds."""

    def __init__(self, engine: Engine, pick: random.Random) -> None:
        self._pick = pick
        with engine.connect() as connection:
            query = select(FactRow.relation, FactRow.object_id, func.min(FactRow.id))
            facts = connection.execute(query.group_by(FactRow.relation, FactRow.object_id)).all()
            names: dict[str, list[str]] = {}
            for id, text in connection.execute(select(NameRow.entity_id, NameRow.text)):
                names.setdefault(id, []).append(text)
        self._by_relation: dict[tuple[str, bool], list[_Thing]] = {}
        self._names: dict[bool, list[str]] = {False: [], True: []}
        for relation, id, fact in facts:
            for text in names.get(id or "", ()):
                chinese = _is_chinese(text)
                thing = _Thing(text, str(id), str(fact))
                self._by_relation.setdefault((relation, chinese), []).append(thing)
                if len(text) > 2:
                    self._names[chinese].append(text)

    def swapped(self, lesson: Lesson, pick: random.Random) -> Lesson | None:
        """Say another thing of the same relation in place of one that is true."""
        objects = [str(name) for name in _list(lesson.meta.get("objects"))]
        relation = str(lesson.meta.get("relation", "")).removesuffix(INVERSE)
        others = self._by_relation.get((relation, lesson.language == "zh"), [])
        answer = lesson.messages[-1].content
        whole = " ".join(message.content for message in lesson.messages).lower()
        said = [name for name in objects if name.lower() in answer.lower()]
        if not said or not others or any(m in lesson.meta for m in ("declined", "refused")):
            return None
        old = pick.choice(said)
        other = pick.choice(others)
        if other.name.lower() in whole or len(other.name) < 3:
            return None
        place = answer.lower().index(old.lower())
        wrong = _answering(lesson, answer[:place] + other.name + answer[place + len(old) :])
        depth = pick.randrange(3)
        if depth == 0:
            return wrong
        told = [other.name if name == old else name for name in objects]
        sources = tuple(
            replace(each, quote=_exchanged(each.quote, old, other.name)) for each in lesson.sources
        )
        wrong = replace(wrong, meta={**lesson.meta, "objects": told}, sources=sources)
        if depth == 1:
            return wrong
        place = objects.index(old)
        sources = tuple(
            replace(each, id=other.fact) if place == index else each
            for index, each in enumerate(sources)
        )
        entities = tuple(
            other.id if place + 1 == index else each for index, each in enumerate(lesson.entities)
        )
        return replace(wrong, sources=sources, entities=entities)

    def foreign(self, lesson: Lesson, pick: random.Random) -> Lesson | None:
        """Add a thing that no fact of the row names."""
        new = pick.choice(self._names[lesson.language == "zh"])
        whole = " ".join(message.content for message in lesson.messages).lower()
        if new.lower() in whole:
            return None
        answer = lesson.messages[-1].content
        stem = answer.rstrip("。.!！?？")
        tail = f"、{new}。" if lesson.language == "zh" else f" and {new}."
        return _answering(lesson, stem + tail)


def polarity(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Deny what is true."""
    if any(mark in lesson.meta for mark in ("declined", "refused", "conflict")):
        return None
    answer = lesson.messages[-1].content
    names = {str(name).lower() for name in _list(lesson.meta.get("objects"))}
    spans = zip(sentence_spans(answer), _list(lesson.meta.get("support")), strict=False)
    for (start, end), proof in spans:
        facts = [lesson.sources[index] for index in _list(proof) if isinstance(index, int)]
        if not facts or any(source.kind == "passage" for source in facts):
            continue  # what states no fact, or quotes, denies none
        for old, new in _DENIED[lesson.language]:
            for found in re.finditer(re.escape(old), answer[start:end]):
                place = start + found.start()
                around = answer[max(0, place - 40) : place + 40].lower()
                if "not not" in answer[start:place] + new + answer[place + len(old) : end]:
                    continue
                if not any(old.strip().lower() in name and name in around for name in names):
                    wrong = answer[:place] + new + answer[place + len(old) :]
                    return _answering(lesson, wrong)
    return None


def dose(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Raise a dose or a duration, or put one where there was none."""
    answer = lesson.messages[-1].content
    found = _DOSE.search(answer)
    if found:
        number = f"{float(found[0]) * pick.choice((2, 5, 10)):g}"
        return _answering(lesson, answer[: found.start()] + number + answer[found.end() :])
    amount = pick.choice((50, 400, 1500))
    stem = answer.rstrip("。.!！?？")
    tail = f"，每日{amount}毫克。" if lesson.language == "zh" else f", {amount} mg a day."
    return _answering(lesson, stem + tail)


def leaked(lesson: Lesson, pick: random.Random) -> Lesson:
    """Let the answer speak of its prompt."""
    return _answering(
        lesson, pick.choice(_LEAKS[lesson.language]).format(lesson.messages[-1].content)
    )


def personal(lesson: Lesson, pick: random.Random) -> Lesson:
    """Let the question say who asks."""
    words = {
        "first": pick.choice(("Ann", "Peter", "Maria", "John", "Ivan")),
        "last": pick.choice(("Lee", "Jones", "Novak", "Smith", "Garcia")),
        "zh": pick.choice(("小明", "丽", "建国", "芳", "伟")),
        "two": pick.randint(40, 99),
        "three": pick.randint(100, 999),
    }
    told = pick.choice(_PERSONAL[lesson.language]).format(**words)
    return _asking(lesson, told + lesson.messages[0].content)


def abusive(lesson: Lesson, pick: random.Random) -> Lesson:
    """Let the answer insult, solicit, or call to violence."""
    return _answering(
        lesson, pick.choice(_ABUSE[lesson.language]).format(lesson.messages[-1].content)
    )


def near(lesson: Lesson, pick: random.Random) -> Lesson | None:
    """Repeat a row with a greeting, another sign, or a slip of the pen."""
    question = lesson.messages[0].content
    length = sum(len(message.content) for message in lesson.messages)
    if length < (40 if lesson.language == "zh" else 120):
        return None  # a greeting is a large part of so short a row
    change = pick.randrange(4)
    if change == 0:
        return _asking(lesson, _GREETING[lesson.language] + question)
    if change == 1:
        place = pick.randrange(len(question) - 1)
        return _asking(lesson, question[:place] + question[place + 1 :])
    if change == 2:
        return _asking(lesson, question.upper() if lesson.language == "en" else question + "谢谢！")
    place = pick.randrange(len(question) - 1)
    swapped = question[:place] + question[place + 1] + question[place] + question[place + 2 :]
    return _asking(lesson, swapped) if swapped != question else None


def evaluation(items: list[str]) -> Plant:
    """Let rows ask what an evaluation set asks, as it stands or within other words."""

    def plant(lesson: Lesson, pick: random.Random) -> Lesson | None:
        item = pick.choice(items)
        if _is_chinese(item) != (lesson.language == "zh"):
            return None
        form = pick.randrange(3)
        asked = (item, item.upper(), _GREETING[lesson.language] + item)[form]
        return _asking(lesson, f"{asked} {lesson.messages[0].content}")

    return plant


def main() -> None:
    """Plant, screen, and print what was caught and what was lost."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--each", type=int, default=250, help="planted errors of each kind")
    parser.add_argument("--sound", type=int, default=4000, help="sound rows to build")
    parser.add_argument(
        "--home", type=Path, help="a home with a knowledge base; the starter's else"
    )
    parser.add_argument("--exams", type=Path, help="an evaluation set; questions made here else")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--missed", action="store_true", help="print planted rows that came through"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(0 if _campaign(options, Path(folder)) else 1)


def _campaign(options: argparse.Namespace, folder: Path) -> bool:
    pick = random.Random(options.seed)
    engine, generation = open_home(options.home, folder)
    exams, items = _exams(options.exams, folder)
    filters = BuildOptions(exclude=(exams,))
    amounts = {"data": (tuple(STYLES), options.sound), "sums": (("tools",), 4 * options.each)}
    for name, (styles, limit) in amounts.items():
        place = folder / name
        wanted = replace(filters, styles=styles, limit=limit, seed=options.seed)
        build.build(engine, generation, place, wanted)
    rows, sums = ([*_rows(folder / name)] for name in amounts)
    pick.shuffle(rows)
    planter = Planter(engine, pick)
    kinds: dict[str, Plant] = {
        "swapped fact": planter.swapped,
        "wrong polarity": polarity,
        "wrong dose": dose,
        "foreign entity": planter.foreign,
        "leaked prompt": leaked,
        "personal data": personal,
        "abuse": abusive,
        NEAR: near,
        "evaluation item": evaluation(items),
    }
    planted = {kind: _planted(plant, rows, options.each, pick) for kind, plant in kinds.items()}
    reckoned: dict[str, Plant] = {
        "wrong result": wrong_result,
        "swapped unit": swapped_unit,
        "changed input": changed_input,
        "other formula": other_formula,
    }
    for kind, plant in reckoned.items():
        planted[kind] = _planted(plant, sums, options.each, pick)
    held = {row.id for row in rows}
    rows += [row for row in sums if row.id not in held]
    began = time.process_time()
    lost, passed, meant = _screened(engine, generation, filters, rows, planted)
    seconds = time.process_time() - began
    total = 2 * len(rows) + sum(map(len, planted.values()))
    print(f"Machine: {describe()}\n\n| kind | planted | caught | share | by its own gate |")
    print("|---|---|---|---|---|")
    good = True
    for kind, wrong in planted.items():
        caught = len(wrong) - len(passed[kind])
        good &= len(wrong) == options.each and caught >= 0.99 * len(wrong)
        share = caught / max(len(wrong), 1)
        print(f"| {kind} | {len(wrong)} | {caught} | {share:.1%} | {meant[kind]} |")
    share = len(lost) / len(rows)
    print(f"| sound rows lost | {len(rows)} | {len(lost)} | {share:.2%} | |")
    print(f"\n{seconds / total * 1e6:.0f} microseconds of one processor a row, proof included.")
    if options.missed:
        for kind, through in passed.items():
            for row in through[:8]:
                print(f"\n{kind}: {row.style}: {[each.content for each in row.messages]}")
        for row, reason in lost[:12]:
            print(f"\nlost: {reason}: {[each.content for each in row.messages]}")
    return good and share <= 0.01


def _rows(folder: Path) -> Iterator[Lesson]:
    """Yield the rows of a dataset folder."""
    for name in ("train.jsonl", "validation.jsonl"):
        yield from read_lessons(folder / name)


def _screened(
    engine: Engine,
    generation: int,
    options: BuildOptions,
    rows: list[Lesson],
    planted: dict[str, list[Lesson]],
) -> tuple[list[tuple[Lesson, str]], dict[str, list[Lesson]], dict[str, int]]:
    """Screen the sound rows, then the planted ones.

    Return what was lost, what came through, and how many the gate meant for a kind caught.
    """
    passed: dict[str, list[Lesson]] = {}
    meant: dict[str, int] = {}
    prover = Prover(engine, generation)

    def proof(lessons: Sequence[Lesson]) -> list[str]:
        return [f"{NOT_PROVEN}{fault}" if fault else "" for fault in prover.faults(lessons)]

    def reasons(wanted: list[Lesson]) -> list[str]:
        judged = pipeline.make_stages(options, engine, generation, FilterReport(), balanced=False)
        return _reasons(
            wanted, options, filtering.chain_stages(filtering.make_stage(proof), judged)
        )

    for kind, wrong in planted.items():
        # Only a near duplicate needs its original: elsewhere that would catch the error too.
        before = rows if kind == NEAR else []
        found = reasons([*before, *wrong])[len(before) :]
        passed[kind] = [row for row, why in zip(wrong, found, strict=True) if not why]
        meant[kind] = sum(why.startswith(_MEANT.get(kind, NOT_PROVEN)) for why in found)
    lost = [(row, why) for row, why in zip(rows, reasons(rows), strict=True) if why]
    return lost, passed, meant


def _reasons(rows: list[Lesson], options: BuildOptions, stages: filtering.FilterStage) -> list[str]:
    """Return why the gates drop each row, or an empty text."""
    seen: list[str] = []

    def watched(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
        for batch in batches:
            seen.extend(reason for _, reason in batch)
            yield batch

    candidates = ((row, "") for row in rows)
    stages = filtering.chain_stages(stages, watched)
    for _ in filtering.apply_filters(
        candidates, pipeline.make_row_filters(options), stages, FilterReport()
    ):
        pass
    return seen


def _planted(plant: Plant, rows: list[Lesson], wanted: int, pick: random.Random) -> list[Lesson]:
    """Return rows with one error each, evenly over the styles as far as they carry it."""
    found: list[Lesson] = []
    for row in pick.sample(rows, len(rows)):
        wrong = plant(row, pick)
        if wrong is not None and wrong.messages != row.messages:
            found.append(replace(wrong, id=f"planted-{len(found)}-{row.id}"))
        if len(found) == wanted:
            break
    return found


def open_home(home: Path | None, folder: Path) -> tuple[Engine, int]:
    """Return a home's catalogue and newest generation; without one, the starter's in a folder."""
    place = home or folder
    engine = connect(f"sqlite:///{place / 'medchat.db'}")
    if home is None:
        CatalogBase.metadata.create_all(engine)
        updates.add(engine, folder, starter.files(), embedding=Hashed())
    number = generations.newest(engine)
    assert number is not None, "the home holds no knowledge"
    return engine, number


def _exams(path: Path | None, folder: Path) -> tuple[Path, list[str]]:
    """Return an evaluation set and its questions; made up of invented cases where none is given."""
    if path is None:
        path = folder / "exams.jsonl"
        signs = ("fever", "a rash", "night sweats", "weight loss", "a swollen knee", "hoarseness")
        zh = ("发热", "皮疹", "盗汗", "消瘦", "膝关节肿胀", "声音嘶哑")
        rows = [
            {"question": text}
            for number in range(200)
            for text in (
                f"A {20 + number % 60}-year-old {'man' if number % 2 else 'lady'} had "
                f"{signs[number % 6]} for {1 + number % 9} weeks; what would you seek next?",
                f"患者{20 + number % 60}岁，{zh[number % 6]}{1 + number % 9}周，下一步应当查什么？",
            )
        ]
        path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    from knowledge.datasets.filters.contamination import read_texts

    asked = [
        text for name, text in read_texts([path]) if re.search("question", name, re.IGNORECASE)
    ]
    return path, [text for text in asked if 15 <= len(text) <= (150 if _is_chinese(text) else 300)]


def _exchanged(text: str, old: str, new: str) -> str:
    place = text.lower().find(old.lower())
    return text if place < 0 else text[:place] + new + text[place + len(old) :]


def _answering(lesson: Lesson, answer: str) -> Lesson:
    return replace(lesson, messages=(*lesson.messages[:-1], LessonMessage("assistant", answer)))


def _asking(lesson: Lesson, question: str) -> Lesson:
    return replace(
        lesson,
        messages=(LessonMessage("user", question), *lesson.messages[1:]),
    )


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _is_chinese(text: str) -> bool:
    return re.search("[\u3400-\u9fff]", text) is not None


if __name__ == "__main__":
    main()
