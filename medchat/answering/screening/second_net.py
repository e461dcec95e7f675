"""Tell by the words of a short message what no rule caught: emergency, self-harm, harm asked for.

    message -> runs of characters and words, cues of requests, readings -> a score for each kind

A linear model over counts; `benchmarks/screening_net.py` trains it from the sentences in
`examples/` and chooses the scores that count. Deterministic, and numpy is all it needs.
"""

import re
import zlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from knowledge.records import Language
from medchat.answering.screening import rules, vital_signs
from medchat.answering.screening.literals import LiteralIndex
from medchat.answering.screening.statements import clauses, fold

Kind = Literal["self-harm", "harmful", "emergency"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""What a message may be of, in the order in which it is told."""

BUCKETS = 1 << 16
"""How many numbers runs of characters and words are hashed to."""

WEIGHTS = "second_net.safetensors"

_MOST_EN, _MOST_ZH = 260, 110
"""The net was trained on short messages and says nothing of one with more characters."""

_FEWEST_WORDS, _FEWEST_SIGNS = 3, 4
"""A message of fewer words, in Chinese signs, says too little to be judged by them."""

_CHINESE = re.compile("[\u4e00-\u9fff]")
_WORD = re.compile(r"[^\W\d_][\w'-]*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")
_APART = re.compile(r"[^\w'%?]+")
_RUNS_EN, _RUNS_ZH = (2, 5), (1, 4)
_CUE = 3.0
"""How much more a cue counts than a run of characters."""

_U = np.uint64
_Hashes = NDArray[np.uint64]
_PRIME, _MIX = _U(0x9E3779B1), _U(0xBF58476D1CE4E5B9)


@dataclass(frozen=True, slots=True)
class Net:
    """The weights of each kind by hash, their constants, and the scores from which on they count.

    `thresholds` are for English and for Chinese messages.
    """

    weights: NDArray[np.float32]
    constants: NDArray[np.float32]
    thresholds: NDArray[np.float32]


@cache
def load() -> Net:
    """Return the net, read once in a process."""
    from safetensors.numpy import load as read

    content = files("medchat.answering.screening").joinpath(WEIGHTS).read_bytes()
    held = read(content)
    weights = held["weights"].astype(np.float32) * held["scales"][:, None]
    return Net(weights, held["constants"], held["thresholds"])


def likely(message: str) -> Kind | None:
    """Return what kind a message most likely is; None for an ordinary one, or one too long.

    What only asks, and speaks of nobody, is no emergency.
    """
    text = fold(message).strip()
    chinese = _CHINESE.search(text) is not None
    long = len(text) >= _FEWEST_SIGNS if chinese else len(_WORD.findall(text)) >= _FEWEST_WORDS
    if not long or len(text) > (_MOST_ZH if chinese else _MOST_EN):
        return None
    net = load()
    over = scores(text, net) - net.thresholds[int(chinese)]
    found = {kind: float(each) for kind, each in zip(KINDS, over, strict=True) if each >= 0}
    if "emergency" in found and all(each.asks and not each.someone for each in clauses(text)):
        del found["emergency"]
    return max(found, key=lambda kind: found[kind], default=None)


def scores(text: str, net: Net) -> NDArray[np.float32]:
    """Return the score of each kind, from 0 to 1, for a folded message."""
    hashes, counts = features(text)
    total = net.weights[:, hashes] @ counts + net.constants
    return np.asarray(1 / (1 + np.exp(-total)), dtype=np.float32)


def features(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the hashes of what a folded message holds, each once, and how much each counts."""
    runs = np.unique(_runs(text).astype(np.int64))
    one = np.float32(1 / np.sqrt(len(runs)))
    cues = np.array([zlib.crc32(each.encode()) % BUCKETS for each in _cues(text)], dtype=np.int64)
    counts = np.full(len(runs) + len(cues), one, dtype=np.float32)
    counts[len(runs) :] *= _CUE
    return np.concatenate([runs, cues]), counts


def _runs(text: str) -> _Hashes:
    """Return the hashes of all runs of characters and, in English, of words and pairs of words."""
    bare = _NUMBER.sub(lambda number: "0" if len(number[0]) == 1 else "00", text)
    bare = f" {_APART.sub(' ', bare).strip()} "
    signs = np.array([ord(sign) for sign in bare], dtype=np.uint64)
    chinese = _CHINESE.search(bare) is not None
    shortest, longest = _RUNS_ZH if chinese else _RUNS_EN
    found, run = [], np.zeros(len(signs), dtype=np.uint64)
    for length in range(1, min(longest, len(signs)) + 1):
        run = run[: len(signs) - length + 1] * _PRIME + signs[length - 1 :] + _U(1)
        if length >= shortest:
            found.append(_mixed(run ^ _U(length * 0x51ED27)))
    if not chinese:
        words = np.array([zlib.crc32(word.encode()) for word in bare.split()], dtype=np.uint64)
        found += [_mixed(words), _mixed(words[:-1] * _U(31) + words[1:] * _U(7))]
    return np.concatenate(found)


def _mixed(hashes: _Hashes) -> _Hashes:
    hashes = (hashes ^ (hashes >> _U(29))) * _MIX
    return (hashes ^ (hashes >> _U(32))) % _U(BUCKETS)


def _cues(text: str) -> list[str]:
    """Return the cues of requests that a folded message holds, and how its readings lie."""
    possible = _index().possible(text, _CUES_OF)
    found = [name for name, any_of in possible.items() if any(p.search(text) for p in any_of)]
    if any(sign.isdigit() for sign in text) and (readings := vital_signs.read(text)):
        beyond = any(rules.is_beyond(each.sign, each.value) for each in readings)
        found.append("readings beyond" if beyond else "readings usual")
    return sorted(found)


_CUES_OF: tuple[Language, ...] = ("en",)
"""The cues of both languages are indexed as if of one."""


@cache
def _index() -> LiteralIndex:
    return LiteralIndex({name: {"en": all_} for name, all_ in rules.load().request_cues.items()})
