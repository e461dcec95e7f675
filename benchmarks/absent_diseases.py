"""Ask for diseases that the knowledge base does not hold, and for all that it holds.

python benchmarks/absent_diseases.py --data DIR [--names 400] [--show]   (in the home in force)

Absent are those names of ChatDoctor's databases, and of a Chinese collection of diseases, that
neither an entity bears nor a passage holds. Asked for one, an answer must abstain, tell nothing of
its sources beside the alert of an emergency, or say first that they do not speak of that name, or
of those (children, older people) whom the name names. Every name of every condition that the base
has facts on is asked for too, and must be answered without such words. Answers are quotations.
"""

import argparse
import csv
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from machine import table
from sqlalchemy import select

from knowledge.graph.catalog import DocumentRow, EntityRow, FactRow, NameRow
from knowledge.records import Language
from knowledge.text.names import language_of, normalise
from medchat.answering.answer import Answer
from medchat.answering.relevance import speaks_of_patient
from medchat.chat import Chat, open_chat
from medchat.settings import load

ASKED: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "treatment": ("What is the treatment of {}?", "How is {} treated?"),
        "symptom": ("What are the symptoms of {}?",),
        "test": ("Which tests are done for {}?",),
        "cause": ("What causes {}?",),
    },
    "zh": {
        "treatment": ("{}怎么治疗？", "{}怎么办？"),
        "symptom": ("{}有哪些症状？",),
        "test": ("{}要做哪些检查？",),
        "cause": ("{}的病因是什么？",),
    },
}
"""How a relation is asked for."""

_PATIENTS = ("newborns", "children", "older", "pregnancy")
_ANSWERED_BY = {"treatment": ("treatment", "first_line", "medicine")}


def main() -> None:
    """Ask for what is absent and for what is there, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--names", type=int, default=400, help="absent names of each language")
    parser.add_argument("--show", action="store_true", help="print what failed")
    options = parser.parse_args()
    chat = open_chat(load(), writer="quote")
    rows: list[tuple[str, str]] = []
    readers: dict[Language, Callable[[Path], Iterable[str]]] = {"en": _chatdoctor, "zh": _chinese}
    for language, read in readers.items():
        names = absent(chat, read(options.data))
        chosen = names[:: max(1, len(names) // options.names)][: options.names]
        abstained, said, wrong = 0, 0, []
        for place, name in enumerate(chosen):
            question = _worded(language, place, name)
            answer = chat.ask(question, log=False)
            tells_nothing = answer.abstained or not answer.citations
            abstained += tells_nothing
            said += not tells_nothing and says_other(answer, name)
            if not tells_nothing and not says_other(answer, name):
                wrong.append(f"{question}\n    {answer.text[:240]}")
        rows += [
            (f"{language}: absent names, of which asked", f"{len(names):,} · {len(chosen)}"),
            (f"{language}: abstained", f"{abstained / len(chosen):.3f}"),
            (f"{language}: said to be of another", f"{said / len(chosen):.3f}"),
            (f"{language}: both", f"{(abstained + said) / len(chosen):.3f}"),
        ]
        if options.show:
            print(*wrong, sep="\n")
    for language, questions in present(chat).items():
        lost = []
        for question, name in questions:
            answer = chat.ask(question, log=False)
            if answer.abstained or says_other(answer, name):
                lost.append(f"{question}\n    {answer.text[:240]}")
        share = 1 - len(lost) / len(questions)
        rows.append(
            (f"{language}: answered, of {len(questions):,} on what it holds", f"{share:.3f}")
        )
        if options.show:
            print(*lost, sep="\n")
    table(rows)


def absent(chat: Chat, names: Iterable[str]) -> list[str]:
    """Return those names that no entity bears and no document holds."""
    linker = chat.search().linker
    with chat.engine.connect() as connection:
        texts = connection.execute(select(DocumentRow.title, DocumentRow.text)).all()
    held = normalise("\n".join(f"{title}\n{text}" for title, text in texts))
    found = []
    for name in dict.fromkeys(names):
        whole = any(each.text == name for each in linker.find(name))
        if not whole and normalise(name) not in held:
            found.append(name)
    return found


def present(chat: Chat) -> dict[Language, list[tuple[str, str]]]:
    """Return a question for every name of a condition on which there are facts, with the name."""
    with chat.engine.connect() as connection:
        names = connection.execute(
            select(NameRow.entity_id, NameRow.text)
            .join(EntityRow, EntityRow.id == NameRow.entity_id)
            .where(EntityRow.kind == "condition")
        ).all()
        facts = connection.execute(select(FactRow.subject_id, FactRow.relation)).all()
    told: dict[str, set[str]] = {}
    for subject, relation in facts:
        told.setdefault(subject, set()).add(relation)
    questions: dict[Language, list[tuple[str, str]]] = {"en": [], "zh": []}
    for entity, name in names:
        language = language_of(name)
        for relation, wordings in ASKED[language].items():
            if told.get(entity, set()) & set(_ANSWERED_BY.get(relation, (relation,))):
                questions[language].append((wordings[0].format(name), name))
                break
    return questions


def says_other(answer: Answer, name: str) -> bool:
    """Say whether an answer opens with a sentence of its own that names what was asked for.

    Or it names the patients of whom the name speaks, and its sources do not: 小儿肥胖.
    """
    first = answer.sentences[0] if answer.sentences else None
    if first is None or first.support != "none" or first.citations:
        return False
    quoted = re.findall("“(.+?)”", first.text)
    if any(
        speaks_of_patient(name, who) and speaks_of_patient(first.text, who) for who in _PATIENTS
    ):
        return True
    return any(normalise(each) in normalise(name) or normalise(name) in normalise(each)
               for each in quoted)  # fmt: skip


def _worded(language: Language, place: int, name: str) -> str:
    wordings = [wording for each in ASKED[language].values() for wording in each]
    return wordings[place % len(wordings)].format(name)


def _chatdoctor(data: Path) -> Iterator[str]:
    folder = data / "restricted/instruct_en/chatdoctor"
    for file in ("format_dataset.csv", "disease_database_mini.csv"):
        with (folder / file).open(encoding="utf-8", errors="replace", newline="") as rows:
            for row in csv.DictReader(rows):
                name = re.sub(r"\s*\([^)]*\)", "", row["disease"] or "").strip()
                if name.isascii() and len(name) > 3:
                    yield name[0].lower() + name[1:] if name[1:].islower() else name


def _chinese(data: Path) -> Iterator[str]:
    path = data / "restricted/kg_zh/medicalgraph_a/disease_a.csv"
    with path.open(encoding="gb18030", errors="replace", newline="") as rows:
        for row in csv.DictReader(rows):
            name = (row["name"] or "").strip()
            if "..." not in name and re.fullmatch("[\u4e00-\u9fff]{2,}", name):
                yield name


if __name__ == "__main__":
    main()
