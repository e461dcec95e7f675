"""Read Chinese disease records: QASystemOnMedicalGraph CSV, QASystemOnMedicalKG JSON.

    row -> fields -> split lists, cleaned names, checked texts -> one condition

Both were scraped from web pages that cut long names with "..." and end lists with a link named
"[详细]". A cut name cannot be repaired: it is left out and counted, never stored.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.streams import csv_rows, encodings, json_records
from knowledge.records import EntityRecord, EntityReference, Name, ReadReport, Record, Statement
from knowledge.text import names

_CSV_COLUMNS = {"name", "alias", "part", "age", "infection", "department", "checklist", "symptom"}
_CSV_TITLE = "QASystemOnMedicalGraph's disease CSV"
_CSV_LISTS = {
    "symptom": "symptom",
    "checklist": "test",
    "treatment": "treatment",
    "drug": "medicine",
    "complication": "complication",
    "department": "department",
    "part": "body_part",
}
_CSV_TEXTS = {
    "age": "population",
    "infection": "transmission",
    "period": "course",
    "rate": "prognosis",
}
_CSV_UNUSED = ("insurance", "money")

_JSON_KEYS = ("cure_way", "cure_department", "get_way", "easy_get", "acompany", "yibao_status")
_JSON_LISTS = {
    "symptom": "symptom",
    "check": "test",
    "cure_way": "treatment",
    "common_drug": "medicine",
    "recommand_drug": "medicine",
    "acompany": "complication",
    "cure_department": "department",
    "do_eat": "diet_recommended",
    "recommand_eat": "diet_recommended",
    "not_eat": "diet_avoided",
}
_JSON_TEXTS = {
    "desc": "description",
    "cause": "cause",
    "prevent": "prevention",
    "easy_get": "population",
    "get_way": "transmission",
    "cure_lasttime": "course",
    "cured_prob": "prognosis",
}
_JSON_UNUSED = ("category", "yibao_status", "get_prob", "cost_money", "drug_detail")

_PREFIXES = {"course": "治疗周期：", "prognosis": "治愈率："}
"""What the column is called in the source, put before a bare figure that would else say nothing."""

_NOTHING = re.compile(r"^(?:暂无.{0,6}|无|没有|未知|不详|不明|[?？\-—/.\s]*)$")
_NO_ANSWER = re.compile(r"^>*\s*(?:应该如何用药|用什么药|详细|更多|查看)")
_MONEY = re.compile(r"\d\s*万?元|收费")
_SHIFTED_NAME = re.compile(r"^[\d\-~～—至到]+\s*(?:个?月|天|周|年|日)")
_BARE_FIGURE = re.compile(
    r"^(?!一般)(?:约|大约|小于|大于)?\s*[<>＞＜≥≤]?\s*[\d一二两三四五六七八九十数半几]"
)
_TOLD = {"course": ("周期", "疗程"), "prognosis": ("率", "治愈")}
_REMARK = re.compile("本病|尚无|目前|必要|请阅读|根据|手术是|者$|为主|为辅$")
"""What marks a treatment of several characters as a remark on treatment."""
_SENTENCE = re.compile(r"[。！？?!：①-⑳]|^约?占|[%％]|(?:左右|以上|以下)$")
_NO_NAME = "sentence in place of a name"
_SPLIT_ALWAYS = "、，；;\t\n\r"
_RATE_WIDTH = 20
_AGE_WIDTH = 39
_LONGEST_TEXT = 800


def recognise_csv(path: Path, start: bytes) -> bool:
    """Say whether a file has the columns of the disease CSV."""
    return set(csv_rows.split_header(encodings.decode_head(path, start))) >= _CSV_COLUMNS


def read_csv(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one condition for each row of the disease CSV."""
    for line, row in csv_rows.read_rows(path, _CSV_COLUMNS, _CSV_TITLE):
        if _is_shifted(row):
            report.skip("row whose columns are out of order", row["name"])
            continue
        aliases = split_names(row["alias"], by_space=False)
        own = _own_names(row["name"], aliases, report)
        if not own:
            continue
        for column in _CSV_UNUSED:
            _count_unused(row.get(column, ""), column, report)
        lists = ((relation, [row.get(key, "")]) for key, relation in _CSV_LISTS.items())
        texts = ((relation, row.get(key, "")) for key, relation in _CSV_TEXTS.items())
        facts = _terms(lists, report) + _texts(texts, report)
        yield EntityRecord("condition", own, tuple(facts), line)


def recognise_json(path: Path, start: bytes) -> bool:
    """Say whether a file holds objects with the keys of medical.json."""
    text = encodings.decode_head(path, start).lstrip("\ufeff \r\n\t")
    return text[:1] in ("{", "[") and sum(f'"{key}"' in text for key in _JSON_KEYS) >= 3


def read_json(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one condition for each object of medical.json."""
    for line, record in json_records.read_objects(path):
        if not isinstance(record.get("name"), str):
            raise KnowledgeError(
                f"The record at line {line} of {path.name} has no name.",
                where=f"{path}, line {line}",
                remedy='Each record needs a "name".',
            )
        own = _own_names(str(record["name"]), [], report)
        if not own:
            continue
        for key in _JSON_UNUSED:
            _count_unused(record.get(key), key, report)
        lists = ((relation, _strings(record.get(key))) for key, relation in _JSON_LISTS.items())
        texts = (
            (relation, " ".join(_strings(record.get(key)))) for key, relation in _JSON_TEXTS.items()
        )
        facts = _terms(lists, report) + _texts(texts, report)
        yield EntityRecord("condition", own, tuple(facts), line)


def split_names(text: str, by_space: bool = True) -> list[str]:
    """Split a list of names at commas, semicolons and spaces, but not inside brackets.

    A space between two Latin words, or a comma between two digits, belongs to the name.

    >>> split_names("三怕(水声、风)现象 头颅CT [详细]")
    ['三怕(水声、风)现象', '头颅CT']
    """
    text = text.replace("[详细]", " ")
    parts, depth, begin = [], 0, 0
    for found in _TELLING.finditer(text):
        place, sign = found.start(), found[0]
        if sign in "(（":
            depth += 1
        elif sign in ")）":
            depth = max(0, depth - 1)
        elif depth == 0 and _is_separator(text, place, by_space):
            parts.append(text[begin:place])
            begin = place + 1
    parts.append(text[begin:])
    if depth:  # a bracket that never closes must not swallow the rest of the list
        parts[-1:] = re.split(f"[{_SPLIT_ALWAYS}, ]+", parts[-1])
    return [part.strip() for part in parts if part.strip()]


_TELLING = re.compile(f"[(（)）, \u3000\xa0{_SPLIT_ALWAYS}]")
"""The characters at which a list may be split, and brackets."""


def _is_separator(text: str, place: int, by_space: bool) -> bool:
    sign = text[place]
    if sign in _SPLIT_ALWAYS:
        return True
    if sign == ",":
        return not (text[place - 1 : place].isdigit() and text[place + 1 : place + 2].isdigit())
    if sign in " \u3000\xa0":
        return by_space and not _is_within_latin(text, place)
    return False


_WORD = 80


def _is_within_latin(text: str, place: int) -> bool:
    if not text[place - 1 : place].isascii():  # as almost everywhere in a Chinese list
        return False
    # The words beside the space; they are short, and looking through a whole list takes too long.
    before = re.search(r"[^\s、，,；;]+$", text[max(0, place - _WORD) : place])
    after = re.match(r"\s*([^\s、，,；;]+)", text[place : place + _WORD])
    words = (before[0] if before else "", after[1] if after else "")
    plain = all(word and word.isascii() and word[0].isalpha() for word in words)
    return plain and any(word.islower() for word in words)  # "MRI CT" are two tests


def _is_shifted(row: dict[str, str]) -> bool:
    if row.get("") or _SHIFTED_NAME.match(row["name"].strip()):
        return True
    return any(_MONEY.search(row[key]) for key in ("checklist", "symptom", "department"))


def _own_names(name: str, aliases: list[str], report: ReadReport) -> tuple[Name, ...]:
    """Return the names of a condition; none where its first name is cut or no name."""
    first = _name(name, "record whose name is no name", report, short=True)
    if not first:
        return ()
    kept = dict.fromkeys([first])
    for alias in aliases:
        # A single character would be found in almost every Chinese sentence.
        kept.setdefault(_name(alias, "alias that is no name", report))
    return tuple(Name(each, names.language_of(each)) for each in kept if each)


def _name(raw: str, reason: str, report: ReadReport, short: bool = False) -> str:
    """Return a cleaned name, or nothing where it is none; the reason is counted."""
    name, wrong = _check_name(raw, short)
    if wrong:
        report.skip(reason if wrong == _NO_NAME else wrong, raw)
    return name


@lru_cache(maxsize=65536)
def _check_name(raw: str, short: bool) -> tuple[str, str]:
    """Return the cleaned name, or nothing and what is wrong with it."""
    name = names.clean(raw)
    if "..." in raw or "…" in raw:
        return "", "name cut in the source"
    if not name or _NOTHING.search(name) or _NO_ANSWER.search(name):
        return "", "no information"
    if names.is_debris(name) or not names.has_balanced_brackets(name):
        return "", "damaged name"
    if _SENTENCE.search(name) or _MONEY.search(name) or len(name) > 40:
        return "", _NO_NAME
    if len(name) == 1 and not short:
        return "", "name of a single character"
    return name, ""


@lru_cache(maxsize=65536)
def _term(name: str) -> EntityReference:
    return EntityReference((Name(name, names.language_of(name)),))


def _terms(lists: Iterable[tuple[str, list[str]]], report: ReadReport) -> list[Statement]:
    facts: dict[tuple[str, str], Statement] = {}
    for relation, texts in lists:
        for part in (part for text in texts for part in split_names(text)):
            name = _name(part, _NO_NAME, report, relation == "body_part")
            if name and relation == "treatment" and _REMARK.search(name):
                report.skip(_NO_NAME, name)
                name = ""
            if not name:
                continue
            if (relation, name) in facts:
                report.skip("repeated within a record", name)
                continue
            facts[relation, name] = Statement(relation, _term(name))
    return list(facts.values())


def _texts(fields: Iterable[tuple[str, str]], report: ReadReport) -> list[Statement]:
    facts = []
    for relation, raw in fields:
        text = _text(raw, relation, report)
        if text:
            facts.append(Statement(relation, text=(Name(text, "zh"),)))
    return facts


def _text(raw: str, relation: str, report: ReadReport) -> str:
    text = names.tidy(names.unescape(raw).replace("[详细]", " ")).strip(" ,，;；、")
    if not text:
        return ""
    if _NOTHING.search(text):
        report.skip("no information", raw)
        return ""
    misplaced = _MONEY.search(text) or (relation == "transmission" and "人群" in text)
    if misplaced and relation not in ("description", "cause", "prevention"):
        report.skip("text in the wrong column", raw)
        return ""
    whole = _uncut_part(text, relation)
    if whole != text:
        report.skip("text cut in the source", raw)
    if len(whole) > _LONGEST_TEXT:
        report.skip(f"text shortened to {_LONGEST_TEXT} characters", raw)
        whole = _shorten(whole)
    return _with_column_title(_DOUBLED.sub(r"\1", whole), relation)


_DOUBLED = re.compile("([，。；、-])[，。；、-]+")


def _with_column_title(text: str, relation: str) -> str:
    """Put the column's title before a bare figure, unless the text itself says what it counts."""
    bare = relation in _PREFIXES and _BARE_FIGURE.match(text) is not None
    if not bare or any(word in text for word in _TOLD[relation]):
        return text
    return _PREFIXES[relation] + text


def _uncut_part(text: str, relation: str) -> str:
    """Return what is whole of a text; columns of fixed width cut without a mark."""
    if any(mark in text for mark in ("...", "…", "[", "\\x")):
        return _opening_figure(text) if relation == "prognosis" else ""
    wide = relation == "prognosis" and len(text) >= _RATE_WIDTH
    wide = wide or (relation == "population" and len(text) >= _AGE_WIDTH)
    if (wide and text[-1] not in "。%％）)") or not names.has_balanced_brackets(text):
        return _opening_figure(text) if relation == "prognosis" else ""
    return text


_FIGURE = re.compile(r"^[<>＞＜]?\d[\d.]*[%％]?(?:[-~～—]+\d[\d.]*[%％]|(?<=[%％]))(?=[(（，,])")


def _opening_figure(text: str) -> str:
    """Return the figure that opens a cut text, such as 60-70% of "60-70%(以心理疏"."""
    found = _FIGURE.match(text)
    return found[0] if found else ""


def _shorten(text: str) -> str:
    end = max(text.rfind(sign, 0, _LONGEST_TEXT) for sign in "。！？；")
    return text[: end + 1] if end > 0 else text[:_LONGEST_TEXT]


def _strings(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str) and item.strip()]


def _count_unused(value: object, key: str, report: ReadReport) -> None:
    if _strings(value):
        report.skip(f"field {key}: no relation of the vocabulary")
