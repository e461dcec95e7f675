"""Proof: what one lesson states, held against the facts that it names.

    row -> its facts as the catalogue holds them -> what the answer may state -> what it does state

Every fact must hold and be stated; every name, value and number of the answer must come from the
row's facts; every sentence must say its relation, in the right sense. This file knows nothing of
how lessons are written.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Engine, select

from knowledge import linker, wording
from knowledge.catalog import EntityRow, FactRow, NameRow, holds
from knowledge.linker import Linker, Mention
from knowledge.merge import chunks
from knowledge.names import normalise
from knowledge.passages import sentences
from knowledge.records import Language, Lesson
from knowledge.vocabulary import RELATIONS

_STOPS = " \t\n.;,。；，、"

_SAID: dict[str, tuple[str, str]] = {
    "symptom": (
        r"symptom|cause|present|may have|show itself|fit",
        "症状|表现|出现|可能会有|可能是",
    ),
    "sign": (r"\bsigns?\b|examin|reveal|show", "体征|查体|体检|可见|可发现"),
    "cause": (r"caus|due to|lead to|result", "病因|引起|导致|原因"),
    "risk_factor": (r"\brisk", "危险因素|风险|高危"),
    "test": (
        r"\btests?\b|investigat|work-up|check|confirm|diagnos|arrange|find out",
        "检查|诊断|确诊|化验|检测",
    ),
    "first_line": (r"first-line|first line|starts? with|first choice", "一线|首选"),
    "treatment": (r"treat|therap|manag", "治疗|疗法|治"),
    "medicine": (
        r"medicine|medication|drug|prescri|used for|given for|uses? of",
        "药|用于|使用|可用|治疗",
    ),
    "complication": (r"complicat|lead to|result in", "并发|引起"),
    "prevention": (r"prevent|risk|avoid|protect|vaccin|reduc|lower", "预防|避免|防"),
    "department": (
        r"department|clinic|refer|specialist|appointment|seen in",
        "科室|就诊|挂|看|接诊",
    ),
    "red_flag": (r"red flag|warning|urgent|emergency|do not wait|seek help", "警示|危险|警惕|立即"),
    "body_part": (r"\bsites?\b|affect|part of the body", "部位|累及"),
    "population": (r"affected|who gets|people|seen in", "人群|多见于"),
    "transmission": (r"transmi|spread|contag|infectious", "传染|传播"),
    "course": (r"course|last|how long", "病程|周期|疗程"),
    "prognosis": (r"prognos|outlook", "预后|治愈"),
    "diet_recommended": (r"recommended|advised to eat", "宜吃|适宜|可以"),
    "diet_avoided": (r"avoid|not eat", "忌|避免|不宜"),
    "associated_with": (r"statistical", "统计"),
    "drug_class": (r"drug class|belongs to|class of", "类别|属于"),
    "side_effect": (r"side effect|unwanted|adverse", "不良反应|副作用"),
    "contraindication": (
        r"contraindicat|should not|must not|do not|not be|avoid",
        "禁忌|禁用|不应|不能|不宜|不可|请不要",
    ),
    "interaction": (r"interact", "相互作用|合用"),
    "dose_limit": (r"dose|limit|maximum", "剂量|用量|最大"),
    "monitoring": (r"monitor|check", "监测|检查|复查"),
    "pregnancy": (r"pregnan|breastfeed", "妊娠|孕|哺乳"),
}
"""What a sentence must say, outside of names, of the relation that it states (English, Chinese)."""

_NEVER: dict[str, tuple[str, str]] = {
    "associated_with": (
        r"treat|therap|prescri|recommend|first-line|\btake\b|medicine|cure|is caused by",
        "治疗|首选|服用|用药|疗法|吃药|一线|建议使用",
    ),
    "contraindication": (
        r"recommend|is safe|are safe|\bsuitable|can be used|may be used|first-line|is indicated|"
        r"treats?\b|used for",
        "推荐|首选|适用|可以使用|可以用|可用于|宜用|放心|安全|适应证",
    ),
    "diet_avoided": (r"good to eat|is recommended|are recommended", "(?<!不)宜吃|推荐|多吃"),
    "interaction": (
        r"\bsafe\b|recommend|no interaction|do(?:es)? not interact",
        "安全|推荐|没有相互|无相互|不存在",
    ),
    "side_effect": (r"treats?\b|used for|recommend|never causes", "治疗|用于|推荐|不会"),
}
"""What a sentence must not say, outside of names, where it states such a relation."""

_DENIED = {
    "en": re.compile(
        r"\b(?:not|no|never|avoid|contraindicated|stop|without)\b|n['’]t\b", re.IGNORECASE
    ),
    "zh": re.compile("不(?!良|适)|禁|忌|避免|停用|勿|没有|并非|无需"),
}
_PLAIN = {
    "symptom", "sign", "cause", "risk_factor", "test", "first_line", "treatment", "medicine",
    "complication", "department", "body_part", "diet_recommended", "side_effect",
}  # fmt: skip
"""Relations whose sentences deny nothing: a denial would turn them round."""

_WARNING = {"red_flag", "contraindication", "diet_avoided", "interaction"}
"""Relations whose introduction may deny: "do not wait if this happens"."""

_HEDGED = {
    "en": re.compile(r"this is not a diagnosis|does not prove|does not show", re.IGNORECASE),
    "zh": re.compile("不等于|不说明|并不说明"),
}
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_CJK = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True)
class _Held:
    """A fact as the catalogue holds it."""

    id: str
    subject: str
    relation: str
    object: str
    value: dict[str, str]


class Prover:
    """Proves lessons against one generation of the graph."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self._engine = engine
        self._generation = generation
        self._linker: Linker = linker.load(engine, generation)
        self._common = frozenset(
            normalise(cue)
            for relation in RELATIONS.values()
            for cue in (*relation.cues_en, *relation.cues_zh, relation.en, relation.zh)
        )

    def faults(self, lessons: Sequence[Lesson]) -> list[str]:
        """Return for each lesson what is wrong with it, or an empty text."""
        ids = [source.id for lesson in lessons for source in lesson.sources]
        facts = self._facts(ids)
        ends = [end for fact in facts.values() for end in (fact.subject, fact.object) if end]
        named = [id for lesson in lessons for id in lesson.entities]
        known = self._names([*ends, *named])
        return [self._fault(lesson, facts, known) for lesson in lessons]

    def _facts(self, ids: Iterable[str]) -> dict[str, _Held]:
        found = {}
        with self._engine.connect() as connection:
            for chunk in chunks(sorted(set(ids))):
                query = select(FactRow).where(
                    FactRow.id.in_(chunk), holds(FactRow, self._generation)
                )
                for row in connection.execute(query):
                    value = {"en": row.value_en, "zh": row.value_zh}
                    object = row.object_id or ""
                    found[row.id] = _Held(row.id, row.subject_id, row.relation, object, value)
        return found

    def _names(self, ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        with self._engine.connect() as connection:
            for chunk in chunks(sorted(set(ids))):
                query = (
                    select(NameRow.entity_id, NameRow.text)
                    .join(EntityRow, EntityRow.id == NameRow.entity_id)
                    .where(NameRow.entity_id.in_(chunk), holds(NameRow, self._generation))
                    .order_by(NameRow.rank, NameRow.id)
                )
                for id, text in connection.execute(query):
                    found.setdefault(id, []).append(text)
        return {id: tuple(names) for id, names in found.items()}

    def _fault(
        self, lesson: Lesson, held: dict[str, _Held], known: dict[str, tuple[str, ...]]
    ) -> str:
        """Return the first thing that is wrong."""
        if len(lesson.messages) < 2 or lesson.messages[-1].role != "assistant":
            return "the row has no question with an answer"
        if not lesson.sources:
            return "the row names no fact"
        for source in lesson.sources:
            if source.kind != "fact" or source.id not in held:
                return f"the fact {source.id} is not in the graph"
        facts = [held[source.id] for source in lesson.sources]
        if len({fact.id for fact in facts}) < len(facts):
            return "a fact is named twice"
        subject = lesson.split_key
        if any(subject not in (fact.subject, fact.object) for fact in facts):
            return "a fact is not about the row's subject"
        proof = _Proof(lesson, facts, known, self._linker, self._common)
        return proof.fault()


class _Proof:
    """The proof of one row whose facts hold."""

    def __init__(
        self,
        lesson: Lesson,
        facts: Sequence[_Held],
        known: dict[str, tuple[str, ...]],
        linker: Linker,
        common: frozenset[str],
    ) -> None:
        self._lesson = lesson
        self._language: Language = lesson.language
        self._facts = facts
        self._known = known
        self._linker = linker
        self._common = common
        self._subject = lesson.split_key
        self._answer = lesson.messages[-1].content
        self._allowed = {self._subject, *(self._other(fact) for fact in facts)} - {""}
        self._masks = self._maskable()
        self._masked_answer = self._masked(self._answer)

    def fault(self) -> str:
        """Return the first thing that is wrong, or an empty text."""
        steps = (
            self._wrong_language,
            self._wrong_entities,
            self._wrong_quotes,
            self._unstated,
            self._wrong_support,
            self._foreign,
            self._wrong_numbers,
            self._wrong_sense,
        )
        return next((found for step in steps if (found := step())), "")

    def _other(self, fact: _Held) -> str:
        if not fact.object:
            return ""
        return fact.object if fact.subject == self._subject else fact.subject

    def _inverse(self, fact: _Held) -> bool:
        return fact.subject != self._subject and not RELATIONS[fact.relation].symmetric

    def _names(self, id: str) -> tuple[str, ...]:
        return self._known.get(id, ())

    def _value(self, fact: _Held) -> str:
        return fact.value[self._language].strip(_STOPS)

    def _maskable(self) -> list[str]:
        """Return the names and values that the row's facts allow, the longest first."""
        names = {
            name.strip(_STOPS) for id in self._allowed for name in self._names(id) if len(name) > 1
        }
        values = {self._value(fact) for fact in self._facts if not fact.object}
        return sorted((names | values) - {""}, key=len, reverse=True)

    def _wrong_language(self) -> str:
        chinese = bool(_CJK.search(self._answer))
        return "" if chinese == (self._language == "zh") else "the answer is in another language"

    def _wrong_entities(self) -> str:
        entities = set(self._lesson.entities)
        if entities != self._allowed:
            return "the row's entities are not those of its facts"
        return ""

    def _wrong_quotes(self) -> str:
        """Write each group's line again and compare: a fact taken away or put in shows here."""
        groups: dict[tuple[str, bool], list[tuple[str, _Held]]] = {}
        for source, fact in zip(self._lesson.sources, self._facts, strict=True):
            groups.setdefault((fact.relation, self._inverse(fact)), []).append((source.quote, fact))
        for (relation, inverse), members in groups.items():
            quotes = {quote for quote, _ in members}
            if len(quotes) > 1:
                return f"the quotes of {relation} differ"
            if not self._line_agrees(
                quotes.pop(), relation, inverse, [each for _, each in members]
            ):
                return f"the quote of {relation} is not the line of its facts"
        return ""

    def _line_agrees(
        self, quote: str, relation: str, inverse: bool, facts: Sequence[_Held]
    ) -> bool:
        for name in self._names(self._subject):
            empty = wording.line(name, relation, [""], self._language, inverse=inverse)
            head, stop = empty[:-1], empty[-1]
            if quote.startswith(head) and quote.endswith(stop):
                listed = quote[len(head) : -1]
                break
        else:
            return False
        apart = "；" if self._language == "zh" else "; "
        left = f"{apart}{listed}{apart}".casefold()
        for fact in facts:
            said = self._names(self._other(fact)) if fact.object else (self._value(fact),)
            forms = (f"{apart}{text.strip(_STOPS).casefold()}{apart}" for text in said)
            found = next((form for form in forms if form in left), "")
            if not found:
                return False
            left = left.replace(found, apart, 1)
        return left in (apart, "")

    def _unstated(self) -> str:
        for fact in self._facts:
            said = self._names(self._other(fact)) if fact.object else (self._value(fact),)
            if not any(_places(text, self._answer) for text in said):
                return f"the answer does not state the fact {fact.id}"
        whole = " ".join(message.content for message in self._lesson.messages)
        if not any(_places(name, whole) for name in self._names(self._subject)):
            return "the row does not name its subject"
        objects = self._lesson.meta.get("objects")
        named = sum(bool(fact.object) for fact in self._facts)
        if isinstance(objects, list) and len(objects) != named:
            return "the row's objects are not those of its facts"
        for name in objects if isinstance(objects, list) else ():
            if not _places(str(name), self._answer):
                return "the answer does not name one of the row's objects"
        return ""

    def _wrong_support(self) -> str:
        support = self._lesson.meta.get("support")
        spans = sentences(self._answer)
        if not isinstance(support, list) or len(support) != len(spans):
            return "the support is not parallel to the sentences of the answer"
        used: set[int] = set()
        for (start, end), indices in zip(spans, support, strict=True):
            if not isinstance(indices, list) or not all(
                isinstance(index, int) and 0 <= index < len(self._facts) for index in indices
            ):
                return "the support names a source that is not there"
            used.update(indices)
            if not indices and "\0" in self._masked_answer[start:end]:
                return "a sentence names something that no fact supports"
        if used != set(range(len(self._facts))):
            return "a fact supports no sentence"
        return ""

    def _masked(self, text: str) -> str:
        """Blank out what the row's facts allow."""
        for mask in self._masks:
            for start in _places(mask, text):
                text = text[:start] + "\0" * len(mask) + text[start + len(mask) :]
        return text

    def _foreign(self) -> str:
        """Look for names of the catalogue that the row's facts do not allow."""
        for mention in self._linker.find(self._answer):
            if mention.corrected or set(mention.entities) & self._allowed:
                continue
            if not self._masked_answer[mention.start : mention.end].strip("\0 ,'’-、"):
                continue
            if not self._is_frame(mention):
                return f"the answer names {mention.text!r}, which its facts do not"
        return ""

    def _is_frame(self, mention: Mention) -> bool:
        return normalise(mention.text) in self._common

    def _wrong_numbers(self) -> str:
        given = {
            number for source in self._lesson.sources for number in _NUMBER.findall(source.quote)
        }
        given |= {
            number
            for id in self._allowed
            for name in self._names(id)
            for number in _NUMBER.findall(name)
        }
        for number in _NUMBER.findall(self._answer):
            if number not in given:
                return f"the number {number} of the answer is in none of its facts"
        return ""

    def _wrong_sense(self) -> str:
        """Hold the words around the names of each sentence against the relations it states."""
        place = 0 if self._language == "en" else 1
        support = self._lesson.meta["support"]
        assert isinstance(support, list)
        for (start, end), indices in zip(sentences(self._answer), support, strict=True):
            frame = self._masked_answer[start:end].replace("\0", " ")
            frame = _HEDGED[self._language].sub(" ", frame)
            assert isinstance(indices, list)
            stated = {self._facts[index].relation for index in indices}
            texts = {
                self._facts[index].relation for index in indices if not self._facts[index].object
            }
            for relation in stated - texts:
                if not re.search(_SAID[relation][place], frame, re.IGNORECASE):
                    return f"a sentence does not say the relation {relation}"
                if relation in _NEVER and re.search(_NEVER[relation][place], frame, re.IGNORECASE):
                    return f"a sentence turns the sense of {relation}"
            plain = stated <= _PLAIN or (texts and not texts & _WARNING)
            if stated and plain and _DENIED[self._language].search(frame):
                return f"a sentence denies {min(stated)}"
        return ""


def _places(text: str, whole: str) -> list[int]:
    """Return where a name or value stands in a text, as whole words where it is Latin."""
    wanted = text.strip(_STOPS)
    # A short acronym counts as it is written: "AS" is no "as".
    cased = len(wanted) <= 4 and wanted.isascii() and wanted.upper() == wanted
    lower = whole if cased else whole.lower()
    wanted = wanted if cased else wanted.lower()
    if not wanted or len(lower) != len(whole):
        return []
    found = []
    place = lower.find(wanted)
    while place >= 0:
        end = place + len(wanted)
        if not (
            _joins(lower[place - 1 : place], wanted[0]) or _joins(wanted[-1], lower[end : end + 1])
        ):
            found.append(place)
        place = lower.find(wanted, place + 1)
    return found


def _joins(left: str, right: str) -> bool:
    """Say whether two neighbouring signs belong to one Latin word or number."""
    return all(sign.isascii() and sign.isalnum() for sign in (left, right))
