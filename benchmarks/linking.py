"""Find entities in annotated texts, beside plain longest match over the same names; and how fast.

python benchmarks/linking.py --data DIR

DIR is laid out as `MEDCHAT_REAL_DATA`. English: the adverse reactions that experts marked in the
sections of 101 drug labels, with names from SIDER, HPO, DOID's and Hetionet's lists. Chinese: the
symptoms marked in 527 patients' first words (DXY), with names from QASystemOnMedicalKG's lists and
HPO. What counts is each distinct name of a text, in the form in which names are compared. What was
found beside the marked names counts as wrong, though labels also name uses, and patients findings
that nobody marked. Speed: the same names and made ones, 500,000 in all.
"""

import argparse
import ast
import csv
import json
import random
import re
import resource
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from machine import table

from knowledge.graph.linker import KnownName, Linker
from knowledge.text.names import clean, is_debris, language_of, normalise

Text = tuple[str, set[str]]
"""A text and the names that are marked in it, in the form in which names are compared."""

NAMES = 500_000


def main() -> None:
    """Score both languages, then load and ask half a million names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--wrong", action="store_true", help="Print what was missed and added.")
    options = parser.parse_args()
    rows: list[tuple[str, str]] = []
    english, chinese = _english_names(options.data), _chinese_names(options.data)
    for title, names, texts in (
        ("English labels", english, list(_labels(options.data))),
        ("Chinese patients", chinese, list(_patients(options.data))),
    ):
        rows.append((f"{title}: texts, marked names", f"{len(texts)}, {_marked(texts)}"))
        finders = {
            "linker": _linked(Linker(_called(names))),
            "plain longest match": _plain(names),
        }
        for who, find in finders.items():
            rows.append((f"{title}: precision, recall, F1 of {who}", _scores(find, texts)))
        if options.wrong:
            _print_wrong(finders["linker"], texts)
    table(rows + _speed(english | chinese, options.data))


def _called(names: set[str]) -> list[KnownName]:
    return [
        KnownName(name, "condition", name, normalise(name), language_of(name), True)
        for name in sorted(names)
    ]


def _linked(linker: Linker) -> Callable[[str], set[str]]:
    return lambda text: {normalise(mention.text) for mention in linker.find(text)}


def _plain(names: set[str]) -> Callable[[str], set[str]]:
    """Return what most systems do: the longest name at each place, case apart."""
    known = {name.lower() for name in names if len(name) > 1}
    longest = max(map(len, known))

    def find(text: str) -> set[str]:
        text = text.lower()
        found, place = set(), 0
        while place < len(text):
            for end in range(min(len(text), place + longest), place + 1, -1):
                if text[place:end] in known and _parted(text, place) and _parted(text, end):
                    found.add(normalise(text[place:end]))
                    place = end
                    break
            else:
                place += 1
        return found

    return find


def _parted(text: str, place: int) -> bool:
    """Say whether no Latin word runs over a place."""
    around = text[max(0, place - 1) : place + 1]
    return not (len(around) == 2 and around.isascii() and around.isalnum())


def _scores(find: Callable[[str], set[str]], texts: list[Text]) -> str:
    right = found = 0
    for text, marked in texts:
        names = find(text)
        found += len(names)
        right += len(names & marked)
    precision, recall = right / found, right / _marked(texts)
    f1 = 2 * precision * recall / (precision + recall)
    return f"{precision:.3f}, {recall:.3f}, {f1:.3f}"


def _marked(texts: list[Text]) -> int:
    return sum(len(marked) for _, marked in texts)


def _print_wrong(find: Callable[[str], set[str]], texts: list[Text]) -> None:
    missed: Counter[str] = Counter()
    added: Counter[str] = Counter()
    for text, marked in texts:
        names = find(text)
        missed.update(marked - names)
        added.update(names - marked)
    print("Missed most:", missed.most_common(60))
    print("Added most:", added.most_common(60))


def _labels(data: Path) -> Iterator[Text]:
    path = data / "open/druglabel/onsides_train/demner-fushman-train-labels.json"
    for label in json.loads(path.read_text(encoding="utf-8")):
        events = label["adverse_events"]
        if label["section_name"] == "adverse reactions":
            # The marks name a text of the whole label; only what stands in this section counts.
            text = " ".join(label["section_text"].split())
            marked = {str(event[0]) for event in events if str(event[0]) in text.lower()}
            yield text, {normalise(name) for name in marked}


def _patients(data: Path) -> Iterator[Text]:
    path = data / "restricted/dialogue_zh/dxy/dxy_dialog_data_dialog_v2.txt"
    for part in path.read_text(encoding="utf-8").splitlines():
        for talk in ast.literal_eval(part.partition("@")[2]) if "@" in part else ():
            text = talk["self_repo"]
            goal = talk["goal"]
            slots = {*goal["origin_inform_slots"], *goal["explicit_inform_slots"]}
            marked = {name for name in slots if name in text}
            if marked:
                yield text, {normalise(name) for name in marked}


def _english_names(data: Path) -> set[str]:
    names = {row["side_effect_name"] for row in _rows(data, "restricted/kg_en/sider4", "side-*")}
    names |= {row["source_value"] for row in _rows(data, "open/kg_bilingual/hpo_zh", "*.tsv")}
    kinds = {"Disease", "Symptom", "Side Effect"}
    nodes = _rows(data, "restricted/kg_en/hetionet", "*nodes.tsv")
    names |= {row["name"] for row in nodes if row["kind"] in kinds}
    for path in (data / "open/kg_en/doid").glob("*.obo"):
        names |= set(re.findall("^name: (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE))
    return _clean(names)


def _chinese_names(data: Path) -> set[str]:
    names = {row["translation_value"] for row in _rows(data, "open/kg_bilingual/hpo_zh", "*.tsv")}
    for kind in ("disease", "symptom"):
        path = data / f"restricted/kg_zh/qamedicalkg_dict/{kind}.txt"
        names |= set(path.read_text(encoding="utf-8").splitlines())
    return _clean(names)


def _clean(names: set[str]) -> set[str]:
    tidy = {clean(name) for name in names if name}
    return {name for name in tidy if name and not is_debris(name)}


def _rows(data: Path, folder: str, pattern: str) -> list[dict[str, str]]:
    (path,) = (data / folder).glob(pattern)
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, delimiter="\t"))


def _speed(names: set[str], data: Path) -> list[tuple[str, str]]:
    called = _called(_many(names))
    before = _memory()
    start = time.process_time()
    linker = Linker(called)
    loading, memory = time.process_time() - start, _memory() - before
    rows = [
        ("names; processor seconds to load; MiB", f"{NAMES:,}; {loading:.1f}; {memory:.0f}"),
    ]
    for language, texts in (("English", _labels(data)), ("Chinese", _patients(data))):
        whole = " ".join(text for text, _ in texts)
        pieces = [whole[start : start + 1000] for start in range(0, 50_000, 1000)]
        linker.find("An unknwon word makes the forms of all known ones. " + pieces[0])
        took = []
        for piece in pieces:
            start = time.process_time()
            linker.find(piece)
            took.append(1000 * (time.process_time() - start))
        rows.append(
            (
                f"1,000 {language} characters, processor ms: median, worst of 50",
                f"{statistics.median(took):.1f}, {max(took):.1f}",
            )
        )
    return rows


def _many(names: set[str]) -> set[str]:
    """Return half a million names: the given ones, and others put together from their parts."""
    pick = random.Random(1)
    english = sorted(name for name in names if name.isascii())
    chinese = sorted(name for name in names if not name.isascii())
    many = set(names)
    while len(many) < NAMES:
        many.add(f"{pick.choice(english).split()[0]} {pick.choice(english)}"[:80])
        many.add(pick.choice(chinese)[: pick.randint(2, 4)] + pick.choice(chinese))
    return many


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
