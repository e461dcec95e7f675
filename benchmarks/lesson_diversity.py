"""Measure how varied the answers of lessons are, beside ChatDoctor's and BenTsao's own data sets.

MEDCHAT_REAL_DATA=DIR python benchmarks/lesson_diversity.py [--home HOME] [--rows 20000]

Samples are of equal size: as many answers, or as many words (characters in Chinese), of each side.
Without a home one is made from the graphs and the literature of MEDCHAT_REAL_DATA, which takes
minutes.
"""

import argparse
import json
import math
import os
import random
import re
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from machine import describe

SAMPLE = {"answers": 2_500, "bleu": 1_000, "characters": 400_000, "tokens": 60_000}
OPENING = {"en": 3, "zh": 4}
GRAPHS = (
    "restricted/kg_zh/medicalgraph_a/disease_a.csv",
    "restricted/instruct_en/chatdoctor/format_dataset.csv",
)
PEERS = {
    "en": ("ChatDoctor 5k", "restricted/instruct_en/chatdoctor/chatdoctor5k_a.json"),
    "zh": ("BenTsao", "restricted/instruct_zh/huatuo_llama_a/llama_data_a.json"),
}
_TOKEN = {"en": re.compile(r"[a-z0-9]+(?:['’-][a-z0-9]+)*|[^\w\s]"), "zh": re.compile(r"\S")}


def main() -> None:
    """Build lessons, read the peers' answers, and print every measure of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, help="a home that holds knowledge already")
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=11)
    chosen = parser.parse_args()
    real = os.environ.get("MEDCHAT_REAL_DATA")
    if not real:
        raise SystemExit("MEDCHAT_REAL_DATA names no folder of real data, which hold the peers.")
    with tempfile.TemporaryDirectory() as folder:
        home = chosen.home or Path(folder) / "home"
        if chosen.home is None:
            literature = sorted((Path(real) / "restricted/lit_pubmed_xml").glob("*.xml"))
            _medchat(home, "kb", "add", *(Path(real) / graph for graph in GRAPHS), *literature)
        out = Path(folder) / "data"
        size = ("--limit", chosen.rows, "--seed", chosen.seed)
        _medchat(home, "build-data", "--out", out, *size)
        lessons = out / "train.jsonl"
        print(f"Machine: {describe()}\n")
        print("| language | measure | ours | peer |\n|---|---|---|---|")
        for language, (name, path) in PEERS.items():
            ours, theirs = _ours(lessons, language), _peer(Path(real) / path)
            for title, mine, other in compared(ours, theirs, language):
                print(f"| {language} | {title} | {mine:.3f} | {other:.3f} ({name}) |")


def compared(
    ours: Sequence[str], theirs: Sequence[str], language: str
) -> list[tuple[str, float, float]]:
    """Return the measures of both sides; all but self-BLEU are better when they are higher."""
    sides = [_shuffled(answers) for answers in (ours, theirs)]
    count = min(SAMPLE["answers"], *map(len, sides))
    tokens = [[_TOKEN[language].findall(each.lower()) for each in side] for side in sides]
    bleu = min(SAMPLE["bleu"], count)
    words = min(SAMPLE["tokens"], *(sum(map(len, side)) for side in tokens))
    return [
        (
            "incompressibility, 400,000 characters",
            incompressibility(sides[0]),
            incompressibility(sides[1]),
        ),
        (
            f"distinct-2, {words:,} tokens",
            distinct(tokens[0], words),
            distinct(tokens[1], words),
        ),
        (
            f"self-BLEU, {bleu:,} answers",
            self_bleu(tokens[0][:bleu]),
            self_bleu(tokens[1][:bleu]),
        ),
        (
            f"entropy of openings in bits, {count:,} answers",
            openings(tokens[0][:count], OPENING[language]),
            openings(tokens[1][:count], OPENING[language]),
        ),
    ]


def incompressibility(answers: Sequence[str]) -> float:
    """Return what zlib leaves of the answers in their order, as a share of their bytes."""
    blob = "\n".join(answers)[: SAMPLE["characters"]].encode()
    return len(zlib.compress(blob, 9)) / len(blob)


def distinct(answers: Sequence[Sequence[str]], words: int) -> float:
    """Return the share of different bigrams within so many tokens (Li et al., 2016)."""
    pairs: list[tuple[str, ...]] = []
    seen = 0
    for answer in answers:
        if seen >= words:
            break
        seen += len(answer)
        pairs += zip(answer, answer[1:], strict=False)
    return len(set(pairs)) / len(pairs)


def self_bleu(answers: Sequence[Sequence[str]]) -> float:
    """Return the mean BLEU-4 of each answer against all others (Zhu et al., 2018).

    For each n-gram its two highest counts are kept with the answer that holds the first, so that
    "all others" costs no second pass; counts of nothing are smoothed by one half.
    """
    highest: dict[tuple[str, ...], list[int]] = {}
    for place, answer in enumerate(answers):
        for gram, count in _grams(answer).items():
            best = highest.setdefault(gram, [0, -1, 0])
            if count > best[0]:
                highest[gram] = [count, place, best[0]]
            else:
                best[2] = max(best[2], count)
    lengths = sorted(map(len, answers))
    total = 0.0
    for place, answer in enumerate(answers):
        grams = _grams(answer)
        logs = 0.0
        for size in range(1, 5):
            own = {gram: count for gram, count in grams.items() if len(gram) == size}
            kept = 0
            for gram, count in own.items():
                best = highest[gram]
                kept += min(count, best[2] if best[1] == place else best[0])
            logs += math.log((kept or 0.5) / max(1, sum(own.values()))) / 4
        nearest = min(lengths, key=lambda length: (abs(length - len(answer)), length))
        total += math.exp(logs) * min(1.0, math.exp(1 - nearest / max(1, len(answer))))
    return total / len(answers)


def openings(answers: Sequence[Sequence[str]], size: int) -> float:
    """Return the entropy of the first few tokens of the answers, in bits."""
    counts = Counter(tuple(answer[:size]) for answer in answers)
    total = sum(counts.values())
    return -sum(count / total * math.log2(count / total) for count in counts.values())


def _grams(answer: Sequence[str]) -> Counter[tuple[str, ...]]:
    return Counter(
        tuple(answer[start : start + size])
        for size in range(1, 5)
        for start in range(len(answer) - size + 1)
    )


def _shuffled(answers: Sequence[str]) -> list[str]:
    mixed = [*answers]
    random.Random(0).shuffle(mixed)
    return mixed


def _ours(path: Path, language: str) -> list[str]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        message["content"]
        for row in rows
        if row["language"] == language
        for message in row["messages"]
        if message["role"] == "assistant"
    ]


def _peer(path: Path) -> list[str]:
    """Read a file of rows with an `output`: one JSON array, or one row a line."""
    text = path.read_text(encoding="utf-8")
    if text.lstrip().startswith("["):
        return [row["output"] for row in json.loads(text)]
    return [json.loads(line)["output"] for line in text.splitlines() if line.strip()]


def _medchat(home: Path, *arguments: object) -> None:
    command = [sys.executable, "-m", "medchat.cli", *map(str, arguments)]
    environment = {**os.environ, "MEDCHAT_HOME": str(home)}
    subprocess.run(command, check=True, env=environment, stderr=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
