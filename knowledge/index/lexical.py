"""Index and search passages with BM25 over words and Chinese character pairs, in tantivy.

    text -> terms (English stems, Chinese pairs) -> tantivy's segments -> passages that share terms

The index only holds terms: texts stay in the catalogue. Segments are never changed once written,
so a generation links those of its parent and adds its own. Terms are of simplified characters;
segments of early versions hold traditional ones too, so these are looked for as well.
"""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from knowledge.durable import link_or_copy
from knowledge.index.indexed_passages import IndexedPassage
from knowledge.records import Progress, silent
from knowledge.text.characters import CJK, character_pairs
from knowledge.text.scripts import fold_script, traditional_forms
from knowledge.text.stop_words import QUESTION_PHRASES_ZH, QUESTION_WORDS_EN

if TYPE_CHECKING:
    import tantivy

TITLE_TIMES = 3
"""A title stands so many times before the text that it heads: a passage is about both."""

LOCKS = (".tantivy-meta.lock", ".tantivy-writer.lock")
"""Files that tantivy leaves in a folder while it works; they are no part of an index."""

_ANALYSER = "medchat"
_HEAP = 64_000_000
_FIRST_CJK = CJK[0]
_WORDS = re.compile(f"[{CJK}]+|[^\\W_{CJK}]+")
_ASCII_WORDS = re.compile("[a-z0-9]+")
_IS_CJK = re.compile(f"[{CJK}]")

_RUN_ZH = re.compile(f"(?P<before>(?<=[A-Za-z0-9]))?[{CJK}]+(?P<after>(?=[A-Za-z0-9]))?")
_STOP_ZH = re.compile("|".join(QUESTION_PHRASES_ZH))


@dataclass(frozen=True, slots=True)
class Match:
    """A passage that shares terms with the question, and its BM25 score."""

    id: str
    score: float


def split_words(text: str) -> list[str]:
    """Return words in lower case and runs of Chinese as pairs of characters.

    >>> split_words("Fever in 2型糖尿病")
    ['fever', 'in', '2', '型糖', '糖尿', '尿病']
    """
    plain = unicodedata.normalize("NFKC", text).lower()
    if plain.isascii():
        return _ASCII_WORDS.findall(plain)  # the same, and several times quicker
    plain = fold_script(plain)
    found: list[str] = []
    for run in _WORDS.findall(plain):
        if run < _FIRST_CJK or not _IS_CJK.match(run):
            found.append(run)
        else:
            found += character_pairs(run)
    return found


def terms(text: str) -> list[str]:
    """Return the terms of a text: words with English endings cut off, and Chinese pairs."""
    return list(_analyser().analyze(" ".join(split_words(text))))


def distinct_terms(text: str) -> set[str]:
    """Return the terms of a text, each once; quicker than `terms`, for words come back."""
    return set(map(_STEMS.__getitem__, split_words(text))) - {""}


class _Stems(dict[str, str]):
    """Words without their English endings; nothing where a word is too long to be indexed.

    A dict that fills itself, since a search looks up some thousand words and a call for each would
    take a fifth of its time.
    """

    def __missing__(self, word: str) -> str:
        if len(self) >= _MOST_STEMS:
            self.clear()
        stem = self[word] = next(iter(_analyser().analyze(word)), "")
        return stem


_STEMS = _Stems()
_MOST_STEMS = 100_000


def query_terms(question: str) -> list[str]:
    """Return the distinct terms of a question that say what it is about."""
    without = _STOP_ZH.sub(" ", fold_script(question))
    spoken = " ".join(word for word in split_words(without) if word not in QUESTION_WORDS_EN)
    return list(dict.fromkeys(_analyser().analyze(spoken)))


def chinese_query_runs(question: str) -> list[str]:
    """Return the runs of Chinese characters of a question that say what it is about.

    A single character is what a name or a word that only asks leaves over, and says nothing; beside
    a Latin letter it is part of a word.

    >>> chinese_query_runs("低钠血症的纠正速度是多少？")
    ['低钠血症', '纠正速度']
    >>> chinese_query_runs("|期能用维A酸吗")
    ['维', '酸']
    """
    plain = unicodedata.normalize("NFKC", _STOP_ZH.sub(" ", fold_script(question)))
    found = _RUN_ZH.finditer(plain)
    return [run[0] for run in found if len(run[0]) > 1 or run.lastgroup]


@lru_cache(maxsize=1)
def _analyser() -> "tantivy.TextAnalyzer":
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    return (
        TextAnalyzerBuilder(Tokenizer.whitespace())
        .filter(Filter.remove_long(60))
        .filter(Filter.stemmer("english"))
        .build()
    )


def build(
    folder: Path,
    parent: Path | None,
    passages: Sequence[IndexedPassage],
    removed_documents: Collection[str] = (),
    progress: Progress = silent,
) -> None:
    """Write an index of the parent's passages, without those of removed documents, and new ones."""
    from tantivy import Document

    folder.mkdir(parents=True)
    if parent is not None:
        _link_all(parent, folder)
        if not passages and not removed_documents:
            return
    index = _opened(folder) if parent is not None else _blank(folder)
    # One thread: the same passages give the same segments, and a small update stays small.
    writer = index.writer(_HEAP, 1)
    for document in removed_documents:
        writer.delete_documents_by_term("document", document)
    for count, piece in enumerate(passages, 1):
        title = [] if _stands_in(piece.title) else split_words(piece.title)
        writer.add_document(
            Document(
                id=piece.id,
                document=piece.document,
                title=" ".join(title),
                text=" ".join([*title * TITLE_TIMES, *split_words(piece.text)]),
            )
        )
        if count % 1000 == 0:
            progress("indexing words", count, len(passages))
    writer.commit()
    writer.wait_merging_threads()
    for lock in LOCKS:
        (folder / lock).unlink(missing_ok=True)


def _stands_in(title: str) -> bool:
    """Say whether a title is but the beginning of its text, cut short, and says nothing new."""
    return "…" in title


def _blank(folder: Path) -> "tantivy.Index":
    from tantivy import Index, SchemaBuilder

    schema = (
        SchemaBuilder()
        .add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
        .add_text_field("document", tokenizer_name="raw", index_option="basic")
        .add_text_field("title", tokenizer_name=_ANALYSER, index_option="freq")
        .add_text_field("text", tokenizer_name=_ANALYSER, index_option="freq")
        .build()
    )
    return _with_analyser(Index(schema, path=str(folder)))


def _link_all(parent: Path, folder: Path) -> None:
    # Tantivy writes each file once and replaces its two lists by renaming: links stay untouched.
    for file in sorted(parent.iterdir()):
        if file.name not in LOCKS:
            link_or_copy(file, folder / file.name)


def _opened(folder: Path) -> "tantivy.Index":
    from tantivy import Index

    return _with_analyser(Index.open(str(folder)))


def _with_analyser(index: "tantivy.Index") -> "tantivy.Index":
    index.register_tokenizer(_ANALYSER, _analyser())
    return index


class LexicalIndex(Protocol):
    """What finds passages by their words."""

    @property
    def size(self) -> int:
        """How many passages there are."""

    def find(self, terms: Sequence[str], top: int, title_weight: float) -> list[Match]:
        """Return the passages that share terms, best first.

        `title_weight` is the factor of a term's score in the title, added to that in the text.
        """

    def holds(self, term: str) -> bool:
        """Say whether any passage or title holds a term."""

    def rarity(self, term: str) -> float:
        """Return how telling a term is."""


class MissingLexicalIndex:
    """The words of a generation whose index of them is damaged: they find nothing.

    Every term counts as held and as telling as any other, so that vectors alone decide.
    """

    size = 0

    def find(self, terms: Sequence[str], top: int, title_weight: float) -> list[Match]:
        """Return nothing."""
        return []

    def holds(self, term: str) -> bool:
        """Claim to hold the term."""
        return True

    def rarity(self, term: str) -> float:
        """Return the same for all."""
        return 1.0


class TantivyIndex:
    """The words of one generation."""

    def __init__(self, folder: Path) -> None:
        self._index = _opened(folder)
        self._searcher = self._index.searcher()
        self.size: int = self._searcher.num_docs
        self._early: dict[str, list[str]] = {}

    def find(self, terms: Sequence[str], top: int, title_weight: float) -> list[Match]:
        """Return the passages that share terms, best first.

        `title_weight` is the factor of a term's score in the title, added to that in the text.
        """
        from tantivy import Occur, Query

        if not terms or not self.size:
            return []
        schema = self._index.schema
        parts: list[tuple[Occur, Query]] = []
        for term in (form for each in terms for form in (each, *self._early_forms(each))):
            title = Query.term_query(schema, "title", term, "freq")
            parts.append((Occur.Should, Query.term_query(schema, "text", term, "freq")))
            parts.append((Occur.Should, Query.boost_query(title, title_weight)))
        hits = self._searcher.search(Query.boolean_query(parts), top, count=False).hits
        return [Match(str(self._searcher.doc(place)["id"][0]), score) for score, place in hits]

    def ids(self) -> set[str]:
        """Return the ids of all passages; it reads each of them."""
        from tantivy import Query

        everything = self._searcher.search(Query.all_query(), max(1, self.size), count=False).hits
        return {str(self._searcher.doc(place)["id"][0]) for _, place in everything}

    def holds(self, term: str) -> bool:
        """Say whether any passage or title holds a term."""
        forms = (term, *self._early_forms(term))
        fields = ("text", "title")
        return any(self._searcher.doc_freq(field, form) for form in forms for field in fields)

    def rarity(self, term: str) -> float:
        """Return how telling a term is: high for one that few passages or none hold."""
        forms = (term, *self._early_forms(term))
        holding = sum(self._searcher.doc_freq("text", form) for form in forms)
        holding = min(holding, self.size)
        return log(1 + (self.size - holding + 0.5) / (holding + 0.5))

    def _early_forms(self, term: str) -> list[str]:
        """Return the traditional spellings of a term that segments of early versions hold."""
        if term.isascii():
            return []
        held = self._early.get(term)
        if held is None:
            if len(self._early) >= _MOST_STEMS:
                self._early.clear()
            forms = traditional_forms(term)
            fields = ("text", "title")
            held = self._early[term] = [
                form
                for form in forms
                if any(self._searcher.doc_freq(field, form) for field in fields)
            ]
        return held
