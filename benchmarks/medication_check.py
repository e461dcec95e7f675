"""How often the medication check names a listed interaction with its severity, and invents none.

    python benchmarks/medication_check.py --data DIR

Pairs of DDInter's tables (restricted/ddi/ddinter) beside the starter's medicines: 300 that a table
lists with a level, worded in English, with one letter wrong, with brand names and in Chinese; 300
that no table lists. There is no peer: other open chatbots leave interactions to the model.
"""

import argparse
import csv
import itertools
import random
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import yaml

from knowledge.ingest import starter, updates
from knowledge.text.names import normalise
from medchat.answering.medication.medication_rules import LEVELS
from medchat.chat import Chat, open_chat
from medchat.settings import Settings
from medchat.storage.database import open_engine

ENGLISH = (
    "Can {a} be given with {b}?",
    "Is it safe to take {a} together with {b}?",
    "Does {a} interact with {b}?",
    "The patient is on {a}. May I add {b}?",
    "{a} and {b}: any interaction?",
)
CHINESE = ("{a}能和{b}一起用吗？", "{a}与{b}有相互作用吗？", "病人在吃{a}，可以加用{b}吗？")
NOTHING = ("Nothing is recorded", "没有记录不等于")
WORDS = {"major": ("major", "重度"), "moderate": ("moderate", "中度"), "minor": ("minor", "轻度")}
WORSE = ("contraindicated", "禁忌", "not recommended")

Pair = tuple[str, str]


def main() -> None:
    """Print a line for each wording of listed pairs, and for unlisted ones."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=300)
    given = parser.parse_args()
    tables = sorted((given.data / "restricted/ddi/ddinter").glob("*.csv"))
    levels = dict(_read(tables))
    pick = random.Random(13)
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder))
        records = [path for path in starter.files() if path.suffix == ".yaml"]
        engine = open_engine(settings)
        updates.add(engine, settings.home, [*records, *tables])
        chat = open_chat(settings, writer="quote", engine=engine)
        listed = _listed(levels, chat, pick, given.pairs)
        _report_listed(chat, listed, levels)
        _report_unlisted(chat, _unlisted(levels, pick, given.pairs), _starter_pairs())


def _read(tables: Sequence[Path]) -> Iterator[tuple[Pair, str]]:
    for path in tables:
        with path.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                one, other = sorted((row["Drug_A"], row["Drug_B"]))
                yield (one, other), row["Level"].lower()


def _listed(
    levels: Mapping[Pair, str], chat: Chat, pick: random.Random, count: int
) -> list[tuple[str, Pair, str]]:
    """Return questions with their wording and pair: a quarter of each wording."""
    pairs = sorted(pair for pair, level in levels.items() if level in WORDS)
    pick.shuffle(pairs)
    names = {name: _names(chat, name) for name in sorted({name for pair in pairs for name in pair})}
    chosen: list[tuple[str, Pair, str]] = []
    for wording in ("plain", "misspelt", "brand", "chinese"):
        worded = (_worded(wording, pair, names, pick) for pair in pairs)
        questions = (
            (wording, pair, text) for pair, text in zip(pairs, worded, strict=True) if text
        )
        chosen += itertools.islice(questions, count // 4)
    return chosen


def _names(chat: Chat, name: str) -> tuple[str, str]:
    """Return a brand name and a Chinese name of a medicine, empty where there is none."""
    named = chat.search().graph.named(name)
    texts = named[0].names if named else ()
    brands = [each.text for each in texts if each.language == "en" and each.text[:1].isupper()]
    brand = next((each for each in brands if normalise(each) != normalise(name)), "")
    return brand, next((each.text for each in texts if each.language == "zh"), "")


def _worded(
    wording: str, pair: Pair, names: Mapping[str, tuple[str, str]], pick: random.Random
) -> str:
    one, other = pair
    english = pick.choice(ENGLISH)
    if wording == "misspelt":
        longer = max(pair, key=len)
        if len(longer) < 8 or not longer.isalpha():
            return ""
        wrong = _misspell(longer, pick)
        return english.format(
            a=wrong if longer == one else one, b=wrong if longer == other else other
        )
    if wording == "brand":
        brands = [names[each][0] or each for each in pair]
        return english.format(a=brands[0], b=brands[1]) if brands != list(pair) else ""
    if wording == "chinese":
        chinese = [names[each][1] for each in pair]
        return pick.choice(CHINESE).format(a=chinese[0], b=chinese[1]) if all(chinese) else ""
    return english.format(a=one, b=other)


def _misspell(name: str, pick: random.Random) -> str:
    """Leave out, double or exchange one letter behind the first two."""
    place = pick.randrange(2, len(name) - 1)
    how = pick.randrange(3)
    if how == 0:
        return name[:place] + name[place + 1 :]
    if how == 1:
        return name[:place] + name[place] + name[place:]
    return name[:place] + name[place + 1] + name[place] + name[place + 2 :]


def _unlisted(levels: Mapping[Pair, str], pick: random.Random, count: int) -> list[Pair]:
    names = sorted({name for pair in levels for name in pair})
    found: list[Pair] = []
    while len(found) < count:
        one, other = sorted(pick.sample(names, 2))
        if (one, other) not in levels:
            found.append((one, other))
    return found


def _starter_pairs() -> set[frozenset[str]]:
    """Return what the starter's files relate, pairs and classes, read without the check."""
    records = [
        record
        for path in starter.files()
        if path.suffix == ".yaml"
        for record in yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)[
            "records"
        ]
    ]
    called: dict[str, str] = {}
    groups: dict[str, set[str]] = {}
    for record in records:
        own = normalise(record["en"][0])
        called.update({normalise(name): own for name in record["en"]})
        for member in record.get("member", ()):
            groups.setdefault(own, set()).add(normalise(member.split(" = ")[0]))
    found: set[frozenset[str]] = set()

    def members(name: str) -> set[str]:
        own = called.get(name, name)
        return {own, *groups.get(own, ())}

    for record in records:
        own = normalise(record["en"][0])
        if record.get("duplication"):
            found |= {frozenset(pair) for pair in itertools.combinations(members(own), 2)}
        for text in record.get("interaction", ()):
            other = normalise(text.split("] ")[-1].split(" = ")[0].split(" >> ")[0])
            pairs = itertools.product(members(own), members(other))
            found |= {frozenset(pair) for pair in pairs}
    return found


def _report_listed(
    chat: Chat, listed: Sequence[tuple[str, Pair, str]], levels: Mapping[Pair, str]
) -> None:
    right, asked, missed = Counter[str](), Counter[str](), []
    began = time.perf_counter()
    for wording, pair, text in listed:
        said = chat.ask(text, log=False).text
        asked[wording] += 1
        place = LEVELS[levels[pair]][0]
        accepted = [words for level, words in WORDS.items() if LEVELS[level][0] <= place]
        held = any(word in said for words in (*accepted, WORSE) for word in words)
        right[wording] += held
        if not held:
            missed.append((text, levels[pair], said[:160]))
    each = 1000 * (time.perf_counter() - began) / max(1, len(listed))
    for wording, count in asked.items():
        print(f"listed, {wording}: named with severity {right[wording]} of {count}")
    print(f"listed, all: {right.total()} of {asked.total()}, {each:.0f} ms each")
    for text, level, said in missed[:20]:
        print(f"- missed: {text} [{level}] {said!r}")


def _report_unlisted(chat: Chat, pairs: Sequence[Pair], known: set[frozenset[str]]) -> None:
    told = related = alarms = 0
    for number, (one, other) in enumerate(pairs):
        said = chat.ask(ENGLISH[number % len(ENGLISH)].format(a=one, b=other), log=False).text
        if any(words in said for words in NOTHING):
            told += 1
        elif frozenset((normalise(one), normalise(other))) in known:
            related += 1
        elif any(word in said for words in (*WORDS.values(), WORSE) for word in words):
            alarms += 1
            print(f"- alarm: {one} + {other}: {said[:160]!r}")
        else:
            print(f"- untold: {one} + {other}: {said[:160]!r}")
    rest = len(pairs) - related
    print(f"unlisted: told as such {told} of {rest} ({related} more are related by the starter)")
    print(f"unlisted: false alarms {alarms} of {rest}")


if __name__ == "__main__":
    main()
