"""Find what speaks for or against medicines: with each other, and in a patient.

medicines + patient + rules -> Finding, the most severe first
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

from knowledge.records import Language
from knowledge.text.names import language_of, normalise
from medchat.answering.answer import AlertKind, Severity
from medchat.answering.medication.doses import Dose
from medchat.answering.medication.medication_rules import LEVELS, Medicine, Rule, Rules
from medchat.answering.medication.medicine_wording import cue, say
from medchat.answering.medication.patient import Patient, medicine_id

_GRADES = ("major", "moderate", "minor")
"""Levels that are grades, said as "major interaction"."""

_PREGNANCY = frozenset({"pregnancy", "妊娠"})
_TOLD_ELSEWHERE = _PREGNANCY | {"breastfeeding", "lactation", "哺乳期", "哺乳"}
"""What rules of their own are on, though it stands among the contraindications too."""

_TEXTS = 3
_TWO_YEARS = 2
_SLACK = 1.001
_UNKNOWN_AGE = 1.0
"""Of a child whose age is not told, limits of at least so many years are told."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks for or against a medicine.

    `about` names it in the language of the question, `shown` are the rules whose facts carry it,
    `said` the words of a source; `missing` names what would have to be known to be sure.
    """

    kind: AlertKind
    about: str
    rule: Rule
    said: str
    shown: tuple[Rule, ...]
    missing: str = ""

    @property
    def severity(self) -> Severity:
        """Return how severe it is; what cannot be checked asks for care."""
        return "caution" if self.missing else self.rule.severity

    @property
    def rank(self) -> int:
        """Return its place: the most severe has the lowest."""
        return self.rule.rank


@dataclass(frozen=True, slots=True)
class Check:
    """A check in one language over the rules of a graph."""

    rules: Rules
    language: Language

    def pair(self, one: Medicine, other: Medicine) -> list[Finding]:
        """Return what is recorded of two medicines; of each kind the most severe."""
        both = [*self._interaction(one, other), *self._duplicate(one, other)]
        kinds: dict[str, Finding] = {}
        for each in sorted(both, key=lambda finding: finding.rank):
            kinds.setdefault(each.kind, each)
        return list(kinds.values())

    def _interaction(self, one: Medicine, other: Medicine) -> Iterator[Finding]:
        """Yield the interaction of two medicines; of a class, that of its members the worst."""
        best: tuple[Medicine, Medicine, list[Rule]] | None = None
        for first, second in self._members(one, other):
            found = self.rules.between(first, second, "interaction")
            if found and (best is None or found[0].rank < best[2][0].rank):
                best = (first, second, found)
            if best is not None and best[:2] == (one, other):
                break
        if best is not None:
            first, second, found = best
            worst = found[0]
            advice = next(filter(None, map(self.rules.advice, found[:2])), None)
            names = {"a": first.name, "b": second.name}
            if worst.level and worst.level != "info":
                level = self.level(worst.level)
                how = "pair_level" if worst.level in _GRADES else "pair_strict"
                about = say(how, self.language, level=level, **names)
            else:
                about = say("pair", self.language, **names)
            yield Finding(
                "interaction",
                about,
                worst,
                self._words(found, advice),
                ((worst, advice) if advice else (worst,)),
            )

    def _members(self, one: Medicine, other: Medicine) -> Iterator[tuple[Medicine, Medicine]]:
        """Yield two medicines; then, where one is a class, its members with the other."""
        yield one, other
        ones, others = (self.rules.members(each, self.language) or [each] for each in (one, other))
        if ones == [one] and others == [other]:
            return
        for first in ones:
            for second in others:
                if first.id != second.id:
                    yield first, second

    def _words(self, found: Sequence[Rule], advice: Rule | None) -> str:
        said = advice.words(self.language) if advice else ""
        if not said and not found[0].level:
            said = say("unstated", self.language)
        others = [level for rule in found for level in rule.levels if level != found[0].level]
        if others and not advice:
            levels = ", ".join(self.level(each) for each in dict.fromkeys(others))
            said = f"{said} {say('others', self.language, levels=levels)}".strip()
        return said

    def _duplicate(self, one: Medicine, other: Medicine) -> Iterator[Finding]:
        """Yield what is wrong with two medicines of one class, or of one effect."""
        shared = [id for id in one.ids if id in other.ids]
        for rule in self.rules.of(shared, "duplication"):
            group = self.rules.name(rule.subject, self.language)
            about = say("duplicate", self.language, a=one.name, b=other.name, group=group)
            additive = rule.level in _GRADES
            if additive:
                level = self.level(rule.level)
                about = say("pair_level", self.language, level=level, a=one.name, b=other.name)
            yield Finding(
                "interaction" if additive else "duplicate",
                about,
                rule,
                rule.words(self.language),
                (rule,),
            )

    def level(self, level: str) -> str:
        """Return a level in the language of the check."""
        known = level in LEVELS and level not in ("", "not stated", "unknown")
        return say(f"level_{level}", self.language) if known else level

    def patient(self, medicine: Medicine, patient: Patient) -> list[Finding]:
        """Return what speaks for or against a medicine in a patient."""
        found = [
            *self._allergies(medicine, patient),
            *self._conditions(medicine, patient),
            *self._pregnancy(medicine, patient),
            *self._ages(medicine, patient),
            *self._kidney(medicine, patient),
        ]
        if patient.breastfeeding:
            found += self._texts(medicine, "breastfeeding", "breastfeeding", patient)
        if patient.liver:
            found += self._texts(medicine, "liver", "liver", patient)
        return found

    def _allergies(self, medicine: Medicine, patient: Patient) -> Iterator[Finding]:
        seen: set[str] = set()
        for allergy in patient.allergies:
            id = medicine_id(allergy)
            if not id:
                continue
            other = self.rules.medicine(id, self.language, allergy.text)
            about = say("allergy", self.language, a=medicine.name, b=other.name)
            rules = self._cross_reactive(medicine, other)
            told = rules[0].fact.id if rules and rules[0].fact else id
            if told in seen:
                continue
            seen.add(told)
            if rules:
                words, rule = rules[-1].words(self.language), rules[0]
                if patient.anaphylaxis and cue("anaphylaxis").search(words):
                    named = medicine.name.casefold() in words.casefold()
                    rule = Rule(rule.fact, ("not recommended" if named else "major",))
                yield Finding("allergy", about, rule, words, tuple(rules))
            elif id in medicine.ids or medicine.id in other.ids:
                same = say("same", self.language, a=medicine.name)
                yield Finding("allergy", about, Rule(None, ("avoid",)), same, ())

    def _cross_reactive(self, medicine: Medicine, other: Medicine) -> list[Rule]:
        """Return what makes an allergy to one medicine one to another, with its words."""
        shared = [id for id in medicine.ids if id in other.ids]
        own = [
            rule
            for rule in self.rules.of(shared, "cross_allergy")
            if not rule.object and not rule.about
        ]
        if own:
            return own[:1]
        crossed = self.rules.between(medicine, other, "cross_allergy")
        advice = self.rules.advice(crossed[0]) if crossed else None
        return [*crossed[:1], *([advice] if advice else [])]

    def _conditions(self, medicine: Medicine, patient: Patient) -> Iterator[Finding]:
        against = self.rules.of(medicine.ids, "contraindication")
        words = self.rules.of(medicine.ids, "precaution")
        seen: set[str] = set()
        told = False
        for condition in patient.conditions:
            names = {name for id in condition.entities for name in self.rules.names(id)}
            names.add(normalise(condition.text))
            allergic = cue("allergic").search(condition.text) and any(
                map(medicine_id, patient.allergies)
            )
            if names & _TOLD_ELSEWHERE or allergic or not seen.isdisjoint(condition.entities):
                continue  # told by rules of their own, or told already
            if told and condition.text in patient.implied:
                continue
            seen.update(condition.entities)
            shown = condition.text
            if condition.entities and language_of(shown) != self.language:
                shown = self.rules.name(condition.entities[0], self.language)
            for found in self._condition(medicine, shown, names, against, words):
                told = True
                yield found

    def _condition(
        self,
        medicine: Medicine,
        condition: str,
        names: set[str],
        against: Sequence[Rule],
        words: Sequence[Rule],
    ) -> Iterator[Finding]:
        """Yield what is recorded of a medicine in a condition, or in a severer kind of it."""
        told = next((rule for rule in words if normalise(rule.about) in names), None)
        listed = next(
            (rule for rule in against if not names.isdisjoint(self.rules.names(rule.object))), None
        )
        about = say("contraindication", self.language, a=medicine.name, b=condition)
        if listed or told:
            said = (
                told.words(self.language)
                if told
                else say("contraindicated", self.language, a=medicine.name, b=_opening(condition))
            )
            shown = tuple(each for each in (listed, told) if each is not None)
            rule = shown[0]
            strict = rule if rule.level or told is rule else Rule(rule.fact, ("avoid",))
            yield Finding("contraindication", about, strict, said, shown)
            return
        bare = set(map(bare_condition, names)) - {""}
        for rule in (*against, *words):
            called = self.rules.names(rule.object) if rule.object else {normalise(rule.about)}
            if not bare.isdisjoint(set(map(bare_condition, called))):
                kind = self.rules.name(rule.object, self.language) if rule.object else rule.about
                advice = rule.words(self.language) if not rule.object else ""
                said = say("depends", self.language, b=kind, words=advice).strip()
                yield Finding(
                    "contraindication", about, Rule(rule.fact, ("caution",)), said, (rule,)
                )
                return

    def _pregnancy(self, medicine: Medicine, patient: Patient) -> Iterator[Finding]:
        if not patient.pregnant:
            return
        found = self._texts(medicine, "pregnancy", "pregnancy", patient)
        yield from found
        if any(each.rule.level and each.severity != "info" for each in found):
            return
        if not found and patient.trimester:
            about = say(f"trimester_{patient.trimester}", self.language, a=medicine.name)
            for rule in self.rules.of(medicine.ids, "pregnancy")[:1]:
                words = rule.words(self.language)
                other = Rule(rule.fact, ("another time",))
                yield Finding("pregnancy", about, other, words, (rule,))
        about = say("pregnancy", self.language, a=medicine.name)
        for rule in self.rules.of(medicine.ids, "contraindication"):
            named = self.rules.names(rule.object)
            if named & _PREGNANCY:
                name = self.rules.name(rule.object, self.language)
                said = say("contraindicated", self.language, a=medicine.name, b=_opening(name))
                yield Finding("pregnancy", about, Rule(rule.fact, ("avoid",)), said, (rule,))

    def _ages(self, medicine: Medicine, patient: Patient) -> Iterator[Finding]:
        if patient.age is None and not patient.child:
            return
        about = self._at_age(medicine, patient)
        for relation in ("children", "precaution"):
            for rule in self.rules.of(medicine.ids, relation):
                on_age = any(each.startswith("age") for each in rule.conditions)
                if on_age and holds(rule, patient) is not None:
                    words = rule.words(self.language)
                    yield Finding("age", about, rule, words, (rule,))
                    break

    def _at_age(self, medicine: Medicine, patient: Patient) -> str:
        if patient.age is None:
            return say("age_child", self.language, a=medicine.name)
        if patient.older:
            return say("age_older", self.language, a=medicine.name)
        if patient.age < 1:
            return say("age", self.language, a=medicine.name)
        if patient.age < _TWO_YEARS:
            months = f"{round(patient.age * 12)}"
            return say("age_months", self.language, a=medicine.name, value=months)
        value = f"{patient.age:g}"
        return say("age_years", self.language, a=medicine.name, value=value)

    def _kidney(self, medicine: Medicine, patient: Patient) -> Iterator[Finding]:
        if not patient.kidney and patient.egfr is None:
            return
        about = self._with_kidney(medicine, patient)
        for rule in self.rules.of(medicine.ids, "renal"):
            verdict = holds(rule, patient)
            if verdict is None:
                continue
            missing = "" if verdict else say("egfr", self.language)
            words = rule.words(self.language)
            yield Finding("kidney", about, rule, words, (rule,), missing)
            return

    def _with_kidney(self, medicine: Medicine, patient: Patient) -> str:
        """Name a medicine with the kidney function as it was told."""
        if patient.egfr is None:
            return say("kidney", self.language, a=medicine.name)
        if patient.kidney_words.startswith("stage"):
            stage = patient.kidney_words.removeprefix("stage ")
            return say("kidney_stage", self.language, a=medicine.name, value=stage)
        if patient.kidney_words:
            return say(patient.kidney_words, self.language, a=medicine.name)
        return say("kidney_value", self.language, a=medicine.name, value=f"{patient.egfr:g}")

    def _texts(
        self, medicine: Medicine, relation: str, kind: AlertKind, patient: Patient
    ) -> list[Finding]:
        """Return the texts of a relation that hold in a patient; those with a level if any has."""
        about = say(kind, self.language, a=medicine.name)
        if kind == "pregnancy" and patient.trimester:
            about = say(f"trimester_{patient.trimester}", self.language, a=medicine.name)
        found = [
            rule
            for rule in self.rules.of(medicine.ids, relation)
            if holds(rule, patient) is not None
        ]
        own = [rule for rule in found if rule.subject == medicine.id and rule.level]
        levelled = [rule for rule in found if rule.level]
        # what is said of the medicine itself goes before what is said of its class
        if own and all(rule.severity == "info" for rule in own):
            levelled = own
        chosen = levelled or found
        chosen.sort(key=lambda rule: (rule.rank, rule.subject != medicine.id))
        # the most severe is enough; of rules on trimesters, where none is told, one for each
        by_time = kind == "pregnancy" and not patient.trimester
        told: dict[object, Rule] = {}
        for rule in chosen:
            told.setdefault(rule.conditions if by_time else None, rule)
        if () in told:
            always = told[()]
            told = {
                when: one for when, one in told.items() if one is always or one.rank < always.rank
            }
        return [
            Finding(kind, about, rule, rule.words(self.language), (rule,)) for rule in told.values()
        ][:_TEXTS]


def _opening(name: str) -> str:
    """Return a name as it opens a sentence."""
    return name[:1].upper() + name[1:]


def dose_finding(check: Check, medicine: Medicine, dose: Dose, patient: Patient) -> Finding | None:
    """Return whether a dose is above the maximum that is recorded, or None where none is."""
    language = check.language
    limits = {
        limit.unit: limit
        for limit in map(_limit, check.rules.of(medicine.ids, "dose_limit"))
        if limit is not None
    }
    amount, limit = dose.a_day, limits.get("mg per day")
    if patient.is_young or dose.per_kg:
        limit = limits.get("mg/kg per day")
        if limit is None:
            return None
        if not dose.per_kg and not patient.weight:
            about = say("dose", language, a=medicine.name, value=dose.written)
            words = limit.rule.words(language)
            missing = say("weight", language)
            return Finding("dose", about, limit.rule, words, (limit.rule,), missing)
        amount = dose.a_day if dose.per_kg else dose.a_day / (patient.weight or 1)
        shown = "a_day_kg"
    elif "mg per week" in limits:
        limit, amount, shown = limits["mg per week"], dose.a_day * 7, "a_week"
    else:
        shown = "a_day"
    if limit is None:
        return None
    value = say(shown, language, value=f"{round(amount, 1):,g}")
    about = say("dose", language, a=medicine.name, value=value)
    level = "avoid" if amount > limit.most * _SLACK else "info"
    rule = Rule(limit.rule.fact, (level,))
    return Finding("dose", about, rule, limit.rule.words(language), (rule,))


@dataclass(frozen=True, slots=True)
class _Limit:
    """The most of a medicine that is recorded, in a unit such as "mg per day"."""

    rule: Rule
    most: float
    unit: str


def _limit(rule: Rule) -> _Limit | None:
    for condition in rule.conditions if rule.level == "max" else ():
        number, _, unit = condition.partition(" ")
        return _Limit(rule, float(number), unit)
    return None


def bare_condition(name: str) -> str:
    """Return the name of a condition without how it runs and how severe it is.

    >>> bare_condition("severe angle-closure glaucoma"), bare_condition("闭角型青光眼")
    ('glaucoma', '青光眼')
    """
    return " ".join(cue("qualifier").sub(" ", name).replace("-", " ").split())


def pairs_of(
    medicines: Sequence[Medicine], taken: Sequence[Medicine]
) -> list[tuple[Medicine, Medicine]]:
    """Return each two of the medicines asked about, and each of them with each that is taken."""
    among = list(combinations(medicines, 2))
    asked = {each.id for each in medicines}
    return among + [(one, other) for one in medicines for other in taken if other.id not in asked]


def holds(rule: Rule, patient: Patient) -> bool | None:
    """Say whether a rule holds in a patient; False where that cannot be known, None if it does not.

    A rule on a trimester holds where a pregnancy is told and no trimester.
    """
    if not rule.conditions:
        return True
    verdicts = [_holds(condition, patient) for condition in rule.conditions]
    return True if True in verdicts else False if False in verdicts else None


def _holds(condition: str, patient: Patient) -> bool | None:
    name, _, rest = condition.partition(" ")
    sign, _, number = rest.partition(" ")
    if name == "trimester":
        return True if patient.trimester in (None, int(rest)) else None
    if name == "egfr":
        return _compare(patient.egfr, sign, float(number))
    if name == "age" and patient.age is None:
        young = sign == "<" and float(number) >= _UNKNOWN_AGE
        return False if patient.child and young else None
    return _compare(patient.age, sign, float(number)) if name == "age" else None


def _compare(value: float | None, sign: str, limit: float) -> bool | None:
    if value is None:
        return False
    return True if (value < limit if sign == "<" else value >= limit) else None
