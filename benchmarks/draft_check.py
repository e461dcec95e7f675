"""Plant errors in sentences that tell facts, and see which the check of answers stops.

python benchmarks/draft_check.py [--home HOME] [--each 50] [--seed 1] [--show 0]

The facts are those of the newest generation of a home (by default the one in force). Each sentence
stands before its own line and another one as evidence. Sound sentences are what an answer tells,
and what lessons say of the same facts in other words. Exit status 1 where less than 99 % of the
errors are stopped, or more than 2 % of the sound sentences are lost.
"""

import argparse
import os
import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from machine import table
from planted_sentences import KINDS, Told, World
from sqlalchemy import select

from knowledge.graph import verbalize
from knowledge.graph.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.graph.knowledge_graph import KnowledgeGraph
from knowledge.lessons.facts.fact_page import PageFact
from knowledge.lessons.realize import realizer
from knowledge.text.citations import cite
from knowledge.text.sentence_support import FindEntities
from knowledge.vocabulary import INVERSE, RELATIONS, base_relation
from medchat.answering import answer_check, telling
from medchat.answering.answer import Evidence
from medchat.answering.answer_check import CheckedAnswer

MOST = 1500
"""So many lines of facts are told."""


def main() -> int:
    """Plant, check, and print what came through."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--home", type=Path)
    parser.add_argument("--each", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    if options.home:
        os.environ["MEDCHAT_HOME"] = str(options.home)
    from medchat.chat import open_chat
    from medchat.settings import load

    chat = open_chat(load(), writer="quote")
    search = chat.search()
    find = partial(search.linker.find, correct=False)
    graph = KnowledgeGraph(chat.engine, search.generation)
    pick = random.Random(options.seed)
    told = list(_told(chat.engine, graph, find, pick))
    world = World(_names(chat.engine, search.generation), _by_language(told))
    planted, passed = _plant(told, world, find, options, pick)
    sound, lost = _sound(told, find, pick, options.show)
    rows = [(kind, f"{planted[kind] - passed[kind]} of {planted[kind]}") for kind in planted]
    whole, through = sum(planted.values()), sum(passed.values())
    table(
        [
            *rows,
            ("errors stopped", f"{whole - through} of {whole} ({1 - through / whole:.2%})"),
            *((f"sound, {kind}: lost", f"{lost[kind]} of {sound[kind]}") for kind in sound),
        ]
    )
    # other words may be lost where the line is told in their place
    judged = [kind for kind in sound if kind != "in words of lessons"]
    most_lost = max(lost[kind] / sound[kind] for kind in judged)
    return int(through / whole > 0.01 or most_lost > 0.02)


def _told(engine, graph, find, pick) -> Iterator[Told]:  # noqa: ANN001 - the objects of a home
    query = select(FactRow.subject_id, FactRow.relation, FactRow.object_id).where(
        holds(FactRow, graph.generation)
    )
    with engine.connect() as connection:
        rows = connection.execute(query).all()
    keys = {(subject, relation, False) for subject, relation, _ in rows}
    keys |= {(object, relation, True) for _, relation, object in rows if object}
    chosen = sorted(keys)
    pick.shuffle(chosen)
    for subject, relation, inverse in chosen[:MOST]:
        if inverse and RELATIONS[relation].symmetric:
            continue
        for language in ("en", "zh"):
            line = graph.evidence(subject, relation, language, inverse)
            if line is None or not _is_native(line.text, language):
                continue
            piece = Evidence(
                "fact", line.id, "", line.text, 0, len(line.text), language,
                subject=subject, relation=f"{relation}{INVERSE if inverse else ''}",
            )  # fmt: skip
            name = line.entity.name(language)
            empty = verbalize.evidence_line(name, relation, [""], language, inverse=inverse)
            listed = line.text.removeprefix(empty.rstrip(".。")).strip(" .。")
            items = tuple(listed.split("; " if language == "en" else "；"))
            text = telling.tell(piece, find)
            yield Told(piece, text, name, items, RELATIONS[relation].object is None)


def _is_native(text: str, language: str) -> bool:
    """Say whether the names of a line are in its own language, as far as signs tell."""
    signs = len(re.findall("[\u3400-\u9fff]", text))
    return signs == 0 if language == "en" else signs > len(re.findall("[a-z]", text))


def _names(engine, generation: int) -> dict[tuple[str, str], list[str]]:  # noqa: ANN001
    query = (
        select(NameRow.language, EntityRow.kind, NameRow.text)
        .join(EntityRow, EntityRow.id == NameRow.entity_id)
        .where(holds(NameRow, generation), NameRow.rank == 0)
    )
    names: dict[tuple[str, str], list[str]] = {}
    with engine.connect() as connection:
        for language, kind, text in connection.execute(query):
            names.setdefault((language, kind), []).append(text)
    return names


def _by_language(told: list[Told]) -> dict[str, list[Told]]:
    return {
        language: [each for each in told if each.language == language][:40]
        for language in ("en", "zh")
    }


def _plant(told, world, find, options, pick):  # noqa: ANN001, ANN202
    planted: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    for plant in KINDS:
        kind = plant.__name__
        pick.shuffle(told)
        for each in told:
            if planted[kind] == options.each:
                break
            wrong = plant(each, world, pick)
            if not wrong or wrong == each.text or _is_alias(kind, wrong, each, find):
                continue
            other = pick.choice(world.others[each.language])
            planted[kind] += 1
            if _passes(wrong, each, other, find):
                passed[kind] += 1
                if passed[kind] <= options.show:
                    print(f"{kind}: {wrong} <- {each.piece.text} | {other.piece.text}")
    return planted, passed


def _checked(
    text: str, evidence: list[Evidence], find: FindEntities, *, again: bool = False
) -> CheckedAnswer:
    return answer_check.check_draft(cite(text, (1,)), evidence, find, tell_again=again)


def _is_alias(kind: str, wrong: str, told: Told, find: FindEntities) -> bool:
    """Say whether a name without a word of it is another name of the same."""
    if kind not in ("lost_qualifier", "cut_item"):
        return False
    ids = [{id for span in find(text) for id in span.entities} for text in (wrong, told.text)]
    return ids[0] == ids[1]


def _passes(wrong: str, told: Told, other: Told, find: FindEntities) -> bool:
    """Say whether a sentence is shown that the sound one does not hold."""
    checked = _checked(wrong, [told.piece, other.piece], find)
    sound = f"{told.text} {told.piece.text}"
    return any(one.uncited().rstrip(".。 ") not in sound for one in checked.sentences) or any(
        wrong.rstrip(".。") == one.uncited().rstrip(".。 ") for one in checked.sentences
    )


def _sound(told, find, pick, show):  # noqa: ANN001, ANN202
    sound: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for each in told[:600]:
        forms = [("as told", each.text), ("the line", each.piece.text)]
        if not each.is_text and each.piece.relation in realizer.stated_relations(each.language):
            items = [PageFact("", name, name, object=name) for name in each.items]
            said = realizer.state_facts(
                each.subject, each.piece.relation, items, each.language, pick
            )
            forms.append(("in words of lessons", said))
            forms.append(("in words of lessons, shown or told again", said))
        if not each.is_text and len(each.items) > 1:
            some = each.items[: len(each.items) // 2]
            line = verbalize.evidence_line(
                each.subject, base_relation(each.piece.relation), some, each.language,
                inverse=each.piece.relation.endswith(INVERSE),
            )  # fmt: skip
            forms.append(("a part", line))
        for kind, text in forms:
            sound[kind] += 1
            again = kind == "in words of lessons, shown or told again"
            if not _checked(text, [each.piece], find, again=again).sentences:
                lost[kind] += 1
                if lost[kind] <= show:
                    print(f"lost, {kind}: {text} <- {each.piece.text}")
    return sound, lost


if __name__ == "__main__":
    sys.exit(main())
