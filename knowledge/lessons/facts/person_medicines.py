"""Know which medicines are not for everybody, and which cautions a list that names them needs.

    medicine + condition + person + what a case tells -> is the person offered it
    medicines of a list + condition -> keys of the cautions that are told with it

Sleeping pills are dangerous for the old, some medicines harm the unborn, and some of a list must
not be taken together. The rules stand in `person_medicines.yaml`.
"""

import re
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple, cast

from knowledge.lessons.facts import rule_files

_LOCAL = re.compile(
    r"\b(?:eye|ear|nasal|nose|topical|ointment|cream|gel|lotion|inhaled)\b|"
    "滴[眼耳]|外用|软膏|乳膏|凝胶|鼻喷|吸入",
    re.IGNORECASE,
)
"""Forms that act where they are put."""

Trait = Literal["old", "pregnant", "man", "woman"]
"""What somebody may be; whoever may be a man or a woman has both."""


class _Rule(NamedTuple):
    """Medicines by their names, where a rule on them counts, and for whom they are unfit."""

    key: str
    named: re.Pattern[str]
    of: re.Pattern[str]
    but: re.Pattern[str]
    beside: re.Pattern[str]
    partner: re.Pattern[str] | None
    not_for: frozenset[Trait]

    def counts_in(self, condition: str) -> bool:
        """Say whether the rule counts for those who have a condition."""
        return bool(self.of.search(condition)) and not self.but.search(condition)


def is_unfit(medicine: str, condition: str, traits: Collection[Trait], told: str) -> bool:
    """Say whether a medicine is not offered to somebody of whom a case tells something.

    >>> is_unfit("zopiclone", "insomnia", ["old"], ""), is_unfit("zopiclone", "insomnia", [], "")
    (True, False)
    >>> is_unfit("佐匹克隆", "失眠症", [], "响亮打鼾"), is_unfit("螺内酯", "心力衰竭", ["man"], "")
    (True, False)
    """
    return any(
        rule.counts_in(condition)
        and rule.named.search(medicine)
        and (rule.not_for.intersection(traits) or rule.beside.search(told))
        for rule in _rules()
    )


def cautions(condition: str, named: Sequence[str]) -> tuple[str, ...]:
    """Return the keys of the cautions that a list of treatments needs, the gravest first.

    >>> cautions("Parkinson's disease", ["rasagiline", "selegiline"])
    ('not_together',)
    >>> cautions("痤疮", ["异维A酸", "螺内酯"]), cautions("gout", ["colchicine"])
    (('unborn', 'by_sex'), ())
    """
    taken = [each for each in named if not _LOCAL.search(each)]
    found = [rule.key for rule in _rules() if rule.counts_in(condition) and _are_named(rule, taken)]
    if "antibiotic" in found:  # which speaks of pregnancy as well
        found = [each for each in found if each != "unborn"]
    return tuple(dict.fromkeys(found))


def _are_named(rule: _Rule, named: Sequence[str]) -> bool:
    own = [each for each in named if rule.named.search(each)]
    if rule.partner is None:
        return bool(own)
    return any(rule.partner.search(each) for one in own for each in named if each != one)


@cache
def _rules() -> tuple[_Rule, ...]:
    held = cast(dict[str, list[dict[str, Any]]], rule_files.read("person_medicines"))
    return tuple(_read(key, row) for key, rows in held.items() for row in rows)


def _read(key: str, row: dict[str, Any]) -> _Rule:
    def pattern(part: str, otherwise: str) -> re.Pattern[str]:
        return re.compile(row.get(part, otherwise), re.IGNORECASE)

    return _Rule(
        key,
        pattern("named", ""),
        pattern("of", ""),
        pattern("but", "(?!)"),
        pattern("beside", "(?!)"),
        pattern("with", "") if "with" in row else None,
        frozenset(cast(Sequence[Trait], row.get("not_for", ()))),
    )
