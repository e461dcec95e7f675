"""How often the true condition is among the first of a differential.

    python benchmarks/differential.py --data DIR     vignettes and cases, in the home in force

Vignettes with a diagnosis (open/safety/avey_a) that the knowledge base holds, in two halves: the
weights of the ranking were chosen on the first. Cases made of the graph's own findings, half of
each condition's, in other words than the graph's where `LAY` has some. There is no peer: no open
medical chatbot that was found ranks conditions without a model.
"""

import argparse
import hashlib
import json
import random
import time
from collections.abc import Sequence
from pathlib import Path

from knowledge.records import Language
from knowledge.search.searcher import Search, open_search
from medchat.answering.differential.ranking import FindingsIndex, rank
from medchat.answering.differential.reported import Reported, read_findings, read_risks
from medchat.answering.screening import patient_facts
from medchat.answering.screening.statements import fold
from medchat.settings import load
from medchat.storage.database import open_engine

PARTS = ("demographics", "chief_complaints", "presentation", "absent_findings",
         "physical_history", "social_history")  # fmt: skip

LAY: dict[Language, dict[str, str]] = {
    "en": {
        "fatigue": "I have been dog-tired", "fever": "I feel feverish", "headache": "my head aches",
        "shortness of breath": "I get puffed walking upstairs and short of breath",
        "nausea": "I feel queasy", "vomiting": "I keep throwing up", "itching": "I itch all over",
        "weight loss": "I have lost a lot of weight", "weight gain": "I have gained 10 pounds",
        "abdominal pain": "my belly hurts", "joint pain": "my knees ache badly",
        "loss of appetite": "I have no appetite", "palpitations": "my heart flutters",
        "frequent urination": "I pee all the time and often", "sore throat": "my throat is sore",
        "constipation": "I am constipated", "diarrhoea": "I have loose stools",
        "dizziness": "I am light-headed", "low mood": "I feel down", "syncope": "I fainted",
    },
    "zh": {
        "乏力": "浑身没劲", "发热": "发烧", "头痛": "头疼", "呼吸困难": "喘不上气", "恶心": "想吐",
        "呕吐": "吐了好几次", "体重减轻": "瘦了很多", "体重增加": "胖了不少", "瘙痒": "身上很痒",
        "腹痛": "肚子疼", "关节痛": "关节疼", "食欲减退": "吃不下饭", "心悸": "心慌",
        "尿频": "小便次数多", "咽痛": "嗓子疼", "便秘": "大便干结", "腹泻": "拉肚子",
        "头晕": "头昏", "情绪低落": "心情很差", "晕厥": "晕倒过一次",
    },
}  # fmt: skip


def main() -> None:
    """Print one line for each set: how often it is first, and among the first three."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    given = parser.parse_args()
    settings = load()
    search = open_search(open_engine(settings), settings.home)
    began = time.perf_counter()
    index = FindingsIndex.of(search.graph)
    print(f"{len(index.known)} conditions read in {time.perf_counter() - began:.1f} s")
    path = given.data / "open/safety/avey_a/avey_a.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    halves: list[list[tuple[str, set[str]]]] = [[], []]
    for row in rows:
        held = _held(row["correct_diagnosis"], search, index)
        if held:
            half = int(hashlib.sha1(json.dumps(row).encode()).hexdigest(), 16) % 2
            halves[half].append((". ".join(row[part] for part in PARTS), held))
    report("vignettes, the half that weights were chosen on", halves[1], search, index)
    report("vignettes, the other half", halves[0], search, index)
    for language in ("en", "zh"):
        report(f"cases of the graph, {language}", _cases(search, index, language), search, index)


def report(
    name: str, cases: Sequence[tuple[str, set[str]]], search: Search, index: FindingsIndex
) -> None:
    """Print how often a case's condition is first and among the first three, and the time."""
    first = three = 0
    began = time.perf_counter()
    for text, held in cases:
        who = patient_facts.read(fold(text))
        sexes = who.findings & {"female", "male"}
        sex = "f" if sexes == {"female"} else "m" if sexes == {"male"} else ""
        age = None if who.months is None else who.months / 12
        read: Reported = read_findings(text, search.linker)
        risks = read_risks(text, search.linker)
        ranked = [fit.condition for fit in rank(read, index, sex, age, risks)[:3]]
        first += bool(held & set(ranked[:1]))
        three += bool(held & set(ranked))
    each = 1000 * (time.perf_counter() - began) / max(1, len(cases))
    print(f"{name}: first {first}, among three {three} of {len(cases)}, {each:.0f} ms each")


def _held(diagnosis: str, search: Search, index: FindingsIndex) -> set[str]:
    """Return the conditions with findings that a diagnosis names by nearly all its letters."""
    return {
        id
        for mention in search.linker.find(diagnosis)
        if len(mention.text) >= 0.8 * len(diagnosis)
        for id in mention.entities
        if id in index.known
    }


def _cases(search: Search, index: FindingsIndex, language: Language) -> list[tuple[str, set[str]]]:
    """Return a case of every condition with four findings or more: half of them, shuffled."""
    pick = random.Random(7)
    cases = []
    for condition, known in sorted(index.known.items()):
        if len(known) < 4:
            continue
        chosen = pick.sample(known, max(3, len(known) // 2))
        said = []
        for each in chosen:
            entity = search.graph.entity(each.entity)
            if entity is not None:
                own = [name.text for name in entity.names if name.language == language]
                said += [LAY[language].get(own[0], own[-1])] if own else []
        text = "，".join(said) + "。" if language == "zh" else ", ".join(said) + "."
        cases.append((text, {condition}))
    return cases


if __name__ == "__main__":
    main()
