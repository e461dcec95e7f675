"""Tamper with rows of every style in many ways; the proof finds each, and loses no sound row."""

import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from test_styles import graph  # noqa: F401 - a fixture

from knowledge.datasets.row_ids import id_of
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.lessons.dataset_check import FILES, check, read_lessons
from knowledge.lessons.templates.loader import LANGUAGES
from knowledge.lessons.verify import stock_sentences
from knowledge.lessons.verify.prover import Prover

sys.path.insert(0, str(Path(__file__).parents[3] / "benchmarks"))

from tampered_sets import SETS
from tampering import changed_rows
from tampering_kinds import KINDS, SOUND, Others


@pytest.fixture(scope="module")
def prover(graph):  # noqa: F811
    return Prover(*graph)


@pytest.fixture(scope="module")
def rows(graph, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("rows") / "data"
    build.build(*graph, folder, BuildOptions(limit=320, seed=3))
    return [row for name in FILES for row in read_lessons(folder / name)]


@pytest.fixture(scope="module")
def small(graph, tmp_path_factory):  # noqa: F811
    folder = tmp_path_factory.mktemp("small") / "data"
    build.build(*graph, folder, BuildOptions(limit=40, seed=3, parallel=True))
    return folder


def test_no_sound_row_is_lost(rows, prover):
    assert [fault for fault in prover.faults(rows) if fault] == []


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in SOUND])
def test_a_tampered_row_is_found(kind, rows, prover):
    pick = random.Random(kind)
    wrong = [
        replace(row, id=id_of(row))
        for row in changed_rows(rows, KINDS[kind], Others(rows), 4, pick)
    ]
    missed = [row for row, fault in zip(wrong, prover.faults(wrong), strict=True) if not fault]
    assert missed == []


@pytest.mark.parametrize("kind", SETS)
def test_a_tampered_set_is_found(kind, graph, small, prover, tmp_path):  # noqa: F811
    import shutil

    assert check(*graph, small, prover=prover).faults == []
    shutil.copytree(small, tmp_path / "copy")
    if SETS[kind](tmp_path / "copy", random.Random(kind)):
        assert check(*graph, tmp_path / "copy", prover=prover).faults


@pytest.mark.parametrize("language", LANGUAGES)
def test_stock_sentences_that_direct_somebody_are_reviewed(language):
    assert stock_sentences.unreviewed(language) == []
    every = {
        text
        for keys in stock_sentences.stock().values()
        for key in keys
        for text in stock_sentences.templates(key, language)
    }
    assert set(stock_sentences._listed_stock()["reviewed"][language]) <= every


def test_every_table_that_states_facts_is_there():
    keys = [*stock_sentences.STATING, *stock_sentences.STATING_ONE, *stock_sentences.TELLING]
    assert all(stock_sentences.templates(key, "en") for key in keys)
