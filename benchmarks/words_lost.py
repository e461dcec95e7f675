"""Words and figures that a reader loses, for each literature format, beside other libraries.

python benchmarks/words_lost.py --data DIR [--made DIR] [--files 200] [--format NAME] [--list 5]

The words of a file are found by a route of their own (`word_truth`). Held is what the passages
have, with the titles of documents and sections. A word is lost where neither it with the word
before nor it with the word after is held; a figure (a number or a sign) needs a word on two sides,
so that a changed sign beside it counts; and what is held less often than the file has it is lost.
Words of a part that is left out whole and is counted, and of sentences that are counted as holed,
are `counted`. Foreign are words that are held and stand nowhere in the file. Lists of references
and the marks that cite them are no text here. Peers that are not installed are skipped.
"""

import argparse
import itertools
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import word_truth
from machine import describe
from made_files import Sample, gather
from word_peers import PEERS, installed
from word_truth import Block, is_figure, soft_tokens, tokens

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.formats import FORMATS
from knowledge.records import DocumentRecord, ReadReport
from knowledge.text import chunking
from knowledge.text.holes import has_hole
from knowledge.text.sentences import split_sentences

ROUTES: dict[str, Callable[[Path], Iterator[Block]]] = {
    "pubmed": word_truth.of_pubmed,
    "jats": word_truth.of_jats,
    "nbib": word_truth.of_lines,
    "ris": word_truth.of_lines,
    "medrag": word_truth.of_plain,
    "csl-json": word_truth.of_plain,
    "bibtex": word_truth.of_plain,
    "docx": word_truth.of_docx,
    "html": word_truth.of_html,
    "markdown": word_truth.of_html,
    "epub": word_truth.of_html,
    "pdf": word_truth.of_html,
    "text": word_truth.of_plain,
}
COUNTED = {
    "ack": "acknowledgements",
    "fn-group": "footnotes behind",
    "glossary": "glossary",
    "notes": "notes behind",
    "bio": "biography",
    "sec": "section around the article",
    "app": "section around the article",
    "OtherAbstract": "abstract",
    "supplementary-material": "supplementary file",
    "trans-abstract": "abstract of another",
    "abstract": "abstract of another",
    "media": "media file",
}
"""How the report names a part that is left out whole, by the element that holds it."""

NOTE_MARK = re.compile(r"\(note ([^()]*)\)")
"""How the reader of JATS writes the mark of a note in a cell, so that "100 mg" is no "100 mga"."""

UNREAD = {"ack", "fn-group", "glossary", "notes", "bio", "supplementary-material", "media"}
"""Elements that are left out wherever they stand; a section may be left out by its title."""

AROUND = re.compile(
    r"^sec: \W*(?:(?:list of )?abbreviations(?: used)?|competing interests?|(?:electronic )?"
    r"supplementary (?:materials?|data)|supporting information|additional (?:files?|information)|"
    r"acknowledge?ments?|funding|pre-publication history|authors?.{0,2} contributions|"
    r"contributors|(?:clinical )?(?:trials? )?registration(?: number)?|consent for publication|"
    r"conflicts? of interests?|additional information and declarations)\W*#",
    re.IGNORECASE,
)
"""Sections that speak of the article, whatever of their words stands elsewhere too."""

ABSENT = 0.3
"""A part of which fewer runs of four words than this share are held is left out whole."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a reader counts as left out: its reasons, and the sentences that are never quoted."""

    reasons: set[str]
    holed: str


@dataclass(slots=True)
class Score:
    """What one reader made of the files of a format."""

    files: int = 0
    refused: list[str] = field(default_factory=list)
    words: int = 0
    figures: int = 0
    lost_words: int = 0
    lost_figures: int = 0
    counted: int = 0
    foreign: Counter[str] = field(default_factory=Counter)
    absent: Counter[str] = field(default_factory=Counter)
    places: Counter[str] = field(default_factory=Counter)
    worst: list[tuple[int, str, list[str]]] = field(default_factory=list)


def held_by_us(sample: Sample, name: str) -> tuple[str, "Told"]:
    """Return what the passages of a file hold, and what its reader counts as left out."""
    report, parts, holed = ReadReport(), [], []
    for record in reading.read(sample.path, name, report):
        if isinstance(record, DocumentRecord):
            text, spans = chunking.compose_text(record)
            parts.append(record.title)
            holed += [each for each in split_sentences(text) if has_hole(each)]
            last = ""
            for passage in chunking.split_passages("d", text, spans, record.language):
                parts += [passage.section] * (passage.section != last) + [passage.text]
                last = passage.section
    counted = report.left_out.get(reading.HOLED, 0)
    text = NOTE_MARK.sub(r" \1 ", "\n".join(parts))
    return text, Told(set(report.left_out), "\n".join(holed) if counted else "")


def grams(words: Sequence[str], size: int) -> set[tuple[str, ...]]:
    """Return every run of so many words."""
    return set(zip(*(words[start:] for start in range(size)), strict=False))


def lost_in(words: list[str], held: tuple[set[tuple[str, ...]], ...]) -> list[int]:
    """Return the places of the words of a block that are not held."""
    found = []
    for place, word in enumerate(words):
        size = min(3 if is_figure(word) else 2, len(words))
        starts = range(max(0, place - size + 1), min(place, len(words) - size) + 1)
        if not any(tuple(words[start : start + size]) in held[size - 1] for start in starts):
            found.append(place)
    return found


def compare(blocks: list[Block], text: str, told: Told | None, score: Score, name: str) -> None:
    """Add to a score what a text lacks of the blocks of a file, and what it has beyond them."""
    has = tokens(text)
    held = tuple(grams(has, size) for size in (1, 2, 3))
    runs = grams(has, 4)
    holed = tokens(told.holed) if told else []
    counted = tuple(held[size - 1] | grams(holed, size) for size in (1, 2, 3))
    parted = [(block, *soft_tokens(block.text)) for block in blocks]
    split = [(block, words) for block, words, _ in parted]
    may_be = {words[n - 1] + words[n] for _, words, soft in parted for n in soft if n < len(words)}
    absent = _absent_groups(split, runs)
    score.absent.update(group.split("#")[0].lower() for group in absent)
    source = Counter(word for _, words in split for word in words)
    lost, excused, examples, left = Counter[str](), Counter[str](), [], 0
    for block, words, soft in parted:
        joined = [n for n in soft if n < len(words) and (words[n - 1] + words[n],) in held[0]]
        for place in joined:
            excused.update(words[place - 1 : place + 1])
        near = {n for place in joined for n in range(place - 2, place + 2)}
        gone = [place for place in lost_in(words, held) if place not in near]
        if told and _is_counted(block, words, absent, runs, told):
            excused.update(words)
            left += len(words)
            continue
        if told and told.holed:
            still = set(lost_in(words, counted))
            excused.update(words[place] for place in gone if place not in still)
            left += sum(place not in still for place in gone)
            gone = [place for place in gone if place in still]
        if not gone:
            continue
        lost.update(words[place] for place in gone)
        score.places[block.place] += len(gone)
        first = max(0, gone[0] - 4)
        marks = [f"[{w}]" if n in gone else w for n, w in enumerate(words)]
        examples.append((len(gone), f"{block.place}: {' '.join(marks[first : first + 14])}"))
    missing = source - Counter(has) - excused - Counter(holed)
    for word in missing:
        if missing[word] > lost[word]:
            score.places["held less often"] += missing[word] - lost[word]
            examples.append((0, f"held less often: {word} ×{missing[word] - lost[word]}"))
            lost[word] = missing[word]
    score.files += 1
    score.words += sum(source[word] for word in source if not is_figure(word))
    score.figures += sum(source[word] for word in source if is_figure(word))
    figures = sum(lost[word] for word in lost if is_figure(word))
    score.lost_figures += figures
    score.lost_words += lost.total() - figures
    score.counted += left
    score.foreign.update(word for word in has if word not in source and word not in may_be)
    score.worst.append((lost.total(), name, [text for _, text in sorted(examples, reverse=True)]))


def _absent_groups(split: list[tuple[Block, list[str]]], runs: set[tuple[str, ...]]) -> set[str]:
    of: dict[str, list[bool]] = {}
    for block, words in split:
        if block.group:
            of.setdefault(block.group, []).extend(run in runs for run in grams(words, 4))
    return {
        group for group, seen in of.items() if len(seen) > 8 and sum(seen) <= ABSENT * len(seen)
    }


def _is_counted(
    block: Block,
    words: list[str],
    absent: set[str],
    runs: set[tuple[str, ...]],
    told: Told,
) -> bool:
    """Say whether the reader names the part in which a block stands as left out."""
    inside = set(block.place.split("/"))
    kinds = inside & UNREAD if "table-wrap-foot" not in inside else set()
    if kinds and "sec" in inside:
        kinds.add("sec")
    if block.group in absent or AROUND.match(block.group):
        kinds.add(block.group.split(":")[0])
    mine = grams(words, 4)
    if mine and sum(run in runs for run in mine) <= ABSENT * len(mine):
        kinds |= inside & {"abstract"}
    return any(COUNTED[kind] in why for kind in kinds for why in told.reasons)


def measure(name: str, samples: list[Sample]) -> dict[str, Score]:
    """Read the files of a format with our reader and each peer that is installed."""
    peers = [(peer, read) for peer, read in PEERS.get(name, ()) if installed(peer)]
    scores = {"medchat": Score(), **{f"{peer} {installed(peer)}": Score() for peer, _ in peers}}
    for sample in samples:
        blocks = list(ROUTES[name](sample.known))
        if not any(tokens(block.text) for block in blocks):
            continue
        ours = scores["medchat"]
        try:
            if detect.detect_format(sample.path) != name:
                ours.refused.append(f"{sample.path.name}: taken for another format")
            compare(blocks, *held_by_us(sample, name), ours, sample.path.name)
        except KnowledgeError as error:
            ours.refused.append(f"{sample.path.name}: {error.what}")
        for peer, read in peers:
            score = scores[f"{peer} {installed(peer)}"]
            try:
                compare(blocks, read(sample.path), None, score, sample.path.name)
            except Exception as error:  # whatever a library raises on a file of its own format
                score.refused.append(f"{sample.path.name}: {type(error).__name__}")
    return scores


def show(name: str, samples: list[Sample], scores: dict[str, Score], listed: int) -> None:
    """Print the rows of a format, and below them what was lost, where, and in which files."""
    origins = Counter(sample.origin for sample in samples)
    said = "; ".join(f"{count} {origin}" for origin, count in origins.items())
    print(f"\n## {name}: {said}\n")
    print("| reader | files | refused | words | lost | figures | lost | counted | foreign |")
    print("|---|---|---|---|---|---|---|---|---|")
    for reader, score in scores.items():
        cells = (
            score.files, len(score.refused), score.words, score.lost_words, score.figures,
            score.lost_figures, score.counted, score.foreign.total(),
        )  # fmt: skip
        print(f"| {reader} | {' | '.join(f'{cell:,}' for cell in cells)} |")
    for peer, _ in PEERS.get(name, ()):
        if not installed(peer):
            print(f"\n{peer}: skipped, not installed (`pip install {peer}`).")
    if name not in PEERS:
        print("\nNo peer: no library reads this format as documents.")
    ours = scores["medchat"]
    print("\nLost by place:", dict(ours.places.most_common(12)))
    print("Parts left out whole:", dict(ours.absent.most_common(40)))
    print("Foreign:", dict(ours.foreign.most_common(30)))
    for said in ours.refused[:listed]:
        print("Refused:", said)
    for count, file, examples in sorted(ours.worst, reverse=True)[:listed]:
        if count:
            print(f"- {file}: {count}")
            for example in itertools.islice(examples, listed):
                print(f"  - {example}")


def main() -> None:
    """Measure each format, and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--made", type=Path)
    parser.add_argument("--files", type=int, default=200)
    parser.add_argument("--format", action="append", default=[])
    parser.add_argument("--list", type=int, default=5)
    options = parser.parse_args()
    print(f"Machine: {describe()}")
    with tempfile.TemporaryDirectory() as folder:
        found = gather(options.data, options.made or Path(folder), options.files, options.format)
        for name, samples in found.items():
            if name not in FORMATS:
                print(f"\n## {name}: skipped, this revision does not read it")
                continue
            show(name, samples, measure(name, samples), options.list)


if __name__ == "__main__":
    main()
