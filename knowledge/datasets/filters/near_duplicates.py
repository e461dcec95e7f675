"""Drop rows that share most of their wording with an earlier row, by MinHash and LSH.

    texts -> letters -> hashed runs of letters -> signatures -> bands -> candidates -> estimate

A signature is made by one permutation hashing (Li, Owen and Zhang, 2012) in three rounds; bins that
stay empty borrow from their neighbour (Shrivastava and Li, 2014). Two signatures agree in a place
with a chance equal to the Jaccard similarity of the two sets of runs. Memory is bounded: a row
leaves 126 bytes, and each band a table of fixed size that keeps the latest row of a key.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from knowledge.records import Lesson

NEAR = "near duplicate of an earlier row"

SIMILAR = 0.75
"""Rows are near duplicates from this estimated Jaccard similarity of their runs of letters."""

_BINS = 42
_ROUNDS = 3
_PLACES = _BINS * _ROUNDS
_BANDS, _ROWS = 21, 6
"""Pairs of similarity 0.8 meet in a band with a chance of 0.998, of 0.5 with one of 0.28."""

_SLOTS = 1 << 20
_RUN = 5
_RUN_CHINESE = 3
_SEEDS = np.array([0x9E3779B97F4A7C15, 0x3C6EF372FE94F82A, 0xDAA66D2C7DDF743F], np.uint64)
_CHINESE = 0x2E80
_GAP = "\0" * _RUN
_NONE = bytes(_PLACES)

Signatures = NDArray[np.uint8]


class NearDuplicateFilter:
    """A batch filter that drops what is near to a row that it kept before."""

    def __init__(self, similar: float = SIMILAR) -> None:
        self._least = round(similar * _PLACES)
        self._tables = np.zeros((_BANDS, _SLOTS), np.uint32)
        self._held: Signatures = np.zeros((1, _PLACES), np.uint8)
        self._count = 1  # row 0 stands for an empty slot, and is like no other

    def __call__(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return why lessons are dropped; remember those that are kept."""
        if not lessons:
            return []
        found = _signed(lessons)
        keys = _keys(found)
        known = self._known(found, keys)
        reasons, kept = self._within(found, keys, known)
        self._remember(found[kept], keys[kept])
        return reasons

    def _known(self, found: Signatures, keys: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Say of each row whether one that was kept in an earlier batch is near to it."""
        rows = self._tables[np.arange(_BANDS), keys]
        asking, band = np.nonzero(rows)
        same = (self._held[rows[asking, band]] == found[asking]).sum(axis=1)
        near = np.zeros(len(found), bool)
        near[asking[same >= self._least]] = True
        return near

    def _within(
        self, found: Signatures, keys: NDArray[np.int64], known: NDArray[np.bool_]
    ) -> tuple[list[str], list[int]]:
        """Compare the rows of a batch with each other too, where they share a key."""
        sharing = _sharing(keys)
        latest: dict[tuple[int, int], int] = {}
        reasons, kept = [], []
        for row, (seen, shares) in enumerate(zip(known.tolist(), sharing.tolist(), strict=True)):
            places = list(enumerate(keys[row].tolist())) if shares and not seen else []
            met = {latest[place] for place in places if place in latest}
            if seen or any((found[row] == found[each]).sum() >= self._least for each in met):
                reasons.append(NEAR)
                continue
            latest.update(dict.fromkeys(places, row))
            reasons.append("")
            kept.append(row)
        return reasons, kept

    def _remember(self, found: Signatures, keys: NDArray[np.int64]) -> None:
        end = self._count + len(found)
        if end > len(self._held):
            # By an eighth, and where it lies if that can be: two copies would be hundreds of MiB.
            rows = max(len(self._held) + len(self._held) // 8, end)
            self._held.resize((rows, _PLACES), refcheck=False)
        self._held[self._count : end] = found
        self._tables[np.arange(_BANDS), keys] = np.arange(self._count, end, dtype=np.uint32)[
            :, None
        ]
        self._count = end


def sign_texts(texts: Sequence[str]) -> Signatures:
    """Return the signatures of texts, of shape (texts, 126): equal bytes where minima agree."""
    letters = _letters(texts)
    rows = np.cumsum(letters == 0)[letters != 0].astype(np.int64) // _RUN
    codes = letters[letters != 0].astype(np.uint64)
    runs, owners = _runs(codes, rows)
    minima = np.full((len(texts), _PLACES), np.iinfo(np.uint64).max, np.uint64)
    flat = minima.reshape(-1)
    for turn in range(_ROUNDS):
        hashes = _mixed(runs + _SEEDS[turn])
        bins = ((hashes >> np.uint64(40)) * np.uint64(_BINS) >> np.uint64(24)).astype(np.int64)
        np.minimum.at(flat, owners * _PLACES + turn * _BINS + bins, hashes & np.uint64(0xFFFFFFFF))
    return _filled(minima)


def _signed(lessons: Sequence[Lesson]) -> Signatures:
    """Return the signatures of rows; those that were worked out before are taken as they are."""
    fresh = [place for place, lesson in enumerate(lessons) if lesson.prepared is None]
    if len(fresh) == len(lessons):
        return sign_lessons(lessons)
    known = [lesson.prepared.signature if lesson.prepared else _NONE for lesson in lessons]
    found = np.frombuffer(b"".join(known), np.uint8).reshape(len(lessons), _PLACES).copy()
    if fresh:
        found[fresh] = sign_lessons([lessons[place] for place in fresh])
    return found


def sign_lessons(lessons: Sequence[Lesson]) -> Signatures:
    """Return the signatures of rows, of shape (rows, 126)."""
    return sign_texts([_text(lesson) for lesson in lessons])


def _text(lesson: Lesson) -> str:
    return "".join(message.content for message in lesson.messages)


def _letters(texts: Sequence[str]) -> NDArray[np.uint16]:
    """Return the letters and digits of all texts, small, each text followed by a gap of zeros."""
    whole = "".join(text.replace("\0", " ") + _GAP for text in texts)
    codes = np.frombuffer(whole.encode("utf-16-le", "replace"), np.uint16)
    plain: NDArray[np.uint16] = _plain()[codes]
    kept: NDArray[np.uint16] = plain[(plain != 0) | (codes == 0)]
    return kept


@cache
def _plain() -> NDArray[np.uint16]:
    """Return for each code unit its small letter, or 0 where it is neither letter nor digit."""
    table = np.zeros(1 << 16, np.uint16)
    for code in range(1 << 16):
        sign = chr(code)
        if sign.isalnum():
            small = sign.lower()
            table[code] = ord(small) if len(small) == 1 else code
    return table


def _runs(
    codes: NDArray[np.uint64], rows: NDArray[np.int64]
) -> tuple[NDArray[np.uint64], NDArray[np.int64]]:
    """Return the hash of the run of letters at each place, and the row that it belongs to.

    Runs are shorter where they begin with a Chinese sign, which says as much as a syllable.
    """
    count = len(codes)
    padded = np.concatenate([codes, np.zeros(_RUN, np.uint64)])
    whose = np.concatenate([rows, np.full(_RUN, -1)])
    value = np.zeros(count, np.uint64)
    chinese = codes >= _CHINESE
    inside = np.ones(count, bool)
    for place in range(_RUN):
        step = value * np.uint64(0x100000001B3) + padded[place : place + count]
        value = np.where(chinese, value, step) if place >= _RUN_CHINESE else step
        within = whose[place : place + count] == rows
        inside &= within | chinese if place >= _RUN_CHINESE else within
    return value[inside], rows[inside]


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Spread values over 64 bits (the finaliser of SplitMix64)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed


def _filled(minima: NDArray[np.uint64]) -> Signatures:
    """Return the low byte of each minimum; an empty bin takes that of its neighbour, marked."""
    empty = minima == np.iinfo(np.uint64).max
    values = (minima & np.uint64(0xFF)).astype(np.uint8)
    if not empty.any():
        return values
    place = np.arange(_PLACES)
    source = np.where(empty, -1, place)
    np.maximum.accumulate(source, axis=1, out=source)
    source = np.where(source < 0, source.max(axis=1, keepdims=True), source)
    borrowed: Signatures = np.take_along_axis(values, np.maximum(source, 0), axis=1)
    away = (place - source) % _PLACES
    return (borrowed + away * 31).astype(np.uint8)


def _keys(found: Signatures) -> NDArray[np.int64]:
    """Return the slot of each band of each signature, of shape (rows, bands)."""
    bands = found.reshape(len(found), _BANDS, _ROWS).astype(np.uint64)
    value = np.zeros(bands.shape[:2], np.uint64)
    for place in range(_ROWS):
        value = (value << np.uint64(8)) | bands[:, :, place]
    keys: NDArray[np.int64] = (_mixed(value) & np.uint64(_SLOTS - 1)).astype(np.int64)
    return keys


def _sharing(keys: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Say of each row whether another one has a key of it, in the same band."""
    order = np.argsort(keys, axis=0)
    sorted_keys = np.take_along_axis(keys, order, axis=0)
    same = sorted_keys[1:] == sorted_keys[:-1]
    sharing = np.zeros(len(keys), bool)
    sharing[order[1:][same]] = True
    sharing[order[:-1][same]] = True
    return sharing
