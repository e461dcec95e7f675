"""Write sentences that state the facts of a relation, in one of many forms.

    name + relation + items -> one sentence that states them and nothing more

Every sentence names its relation in words that the proof can look for.
"""

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from knowledge.lessons.facts import urgent_flags
from knowledge.lessons.facts.fact_page import PageFact, first_of
from knowledge.lessons.facts.source_notes import LEVELS
from knowledge.lessons.realize import (
    articles,
    chinese_sentences,
    chinese_texts,
    english_texts,
    letter_case,
)
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import InteractionsWords, RelationSentencesWords
from knowledge.records import Language
from knowledge.vocabulary import INVERSE, RELATIONS

_WHOLE_EN = re.compile(
    r"(?:A|An|The) [^.]*?(?<!\bthat)(?<!\bwhich)(?<!\bwho) (?:is|are|was|refers|occurs|means) "
    r"(?:an?|the|one|any|to|when|in)\b"
)
_PURPOSE = re.compile(
    r"(?:prevention|prophylaxis|induction|reversal|contracept|smoking cessation|termination)\b|"
    r".*\b(?:prevention|prophylaxis|contraception|analgesia|anaesthesia|anesthesia|sedation|"
    r"support|abortion|vaccination|cessation)$",
    re.IGNORECASE,
)
"""Purposes of a medicine that are no illness that it treats."""
_IMPERATIVE = re.compile(r"(?:Give|Do|Record|Call|Seek|Keep|Stop|Avoid|Never|Take|Start|Go) ")
_SHORT_EN = re.compile(
    r"(?:A|An|The) (?!.*\b(?:that|which|who|whose|where)\b.* is )(?:[\w'/-]+ "
    r"){1,4}is "
)
_FINITE = re.compile(
    r"\b(?:is|are|was|were|has|have|can|may|describes?|refers?|occurs?|means?|involves?|develops?|"
    r"affects?|causes?|results?|consists?|arises?)\b"
)
_VERB_APART = re.compile(r"[,)] (?:is|are|was|were|refers to|occurs|means|describes)\b")
"""A verb after a comma or a bracket belongs to a whole sentence."""
_AGREES = re.compile("<([^|>]*)[|]([^>]*)>")
_WITH_OBJECT = re.compile("«([^|»]*)[|]([^»]*)»")
_SINGULAR = re.compile(
    r"(?:ss|us|is|itis|osis|abetes|ies|erpes|easles|umps|ickets|ingles|ives|sthenes|lens|aws|"
    r"AIDS|ABS|ascites|pancreas|biceps|[A-Z]S)$"
)
_MANY = ("children", "men", "women", "people")
_EITHER = re.compile(r"\w+(?:ive|ic|al|ous|ed|y) or \w+(?:ive|ic|al|ous|ed|y) \w+[^s]s$")
"""Two adjectives before one plural noun: depressive or psychotic symptoms."""
_CLASS = re.compile(
    r"\band [\w -]*(?:inhibitors|antagonists|agonists|blockers|agents|medicines|drugs|diuretics)$"
)
"""A class of medicines that act on two things: "serotonin and noradrenaline inhibitors"."""
_FIELD = re.compile(r"(?:infectious diseases|paediatrics|pediatrics|(?:obst|ger)\w*rics|pa?edics)$")
"""A department that ends like a plural."""
_HEAD = re.compile(
    r" (?:of|in|between|on|with|without|after|during|for|from|to|at|by|behind|under|around|near|"
    r"inside|over|and|or) "
)
"""What follows the noun that a verb agrees with."""

_NUMBER = re.compile(r"\[([^|\]]*)\|([^\]]*)\]")
_LARGE = re.compile(r"\{[A-Z]+\}")
_PART = re.compile(r"\{([A-Za-z]+)\}")
_ARTICLE = re.compile(r"^(?:A|An|The) (?=\w)")
_ARTICLE_ANY = re.compile(r"^(?:an?|the) (?=\w)")
_ASIDE = re.compile(
    r"\s*\([^)]*\)|, (?:also|sometimes|previously|formerly|or) [^,.]*(?=,)|,(?= is\b)"
)
"""Other names between a name and its verb: "arthritis (JIA), also known as JRA, is ..."."""
_SENTENCE_EN = re.compile(
    r"^[^,;]*?\b(?:is|are|was|were|can be|may be|refers?|occurs?|means|has|have)\b|"
    r"^(?:any|all|in|when|if|there|this|these|it|people|because)\b|[.!?] [A-Z]",
    re.IGNORECASE,
)
_DOES = re.compile(
    "acts|affects|allows|binds|blocks|boosts|calms|causes|clears|contains|controls|corrects|"
    "crosses|damages|decreases|delays|destroys|dilates|does|eases|ends|enhances|fights|harms|helps|"
    "improves|"
    "increases|induces|inhibits|keeps|kills|limits|loosens|lowers|makes|mimics|narrows|"
    "neutrali[sz]es|numbs|opens|prevents|produces|promotes|protects|provides|raises|reduces|"
    "relaxes|relieves|removes|replaces|requires|restores|reverses|shrinks|slows|softens|"
    "steadies|stimulates|stops|strengthens|supplies|suppresses|thins|treats|widens|works"
)
"""Verbs at the start of a text that says what a medicine does."""
_MAIN = re.compile(
    r"(?:(?!\b(?:that|which|who|whose|where|when|if|because|as|after|before|until|while|once|since|"
    r"although)\b)[^.;])*?(?<!,) "
    r"(?:is|are|was|were|refers to|occurs|means|describes) "
)
"""A text with a verb of its own, which no clause begins before."""

_RELATIVE = re.compile(r"\b(?:that|which|who|whose|where)\b|;")
_GOES_ON = re.compile(r"(?:\b(?:and|or|that|which|who|where|can|may|to|not)|;[^;]*)(?: \w+ly)? ?$")
_NO_NOUN = re.compile(
    "(?:Any|All|There|In|On|At|For|When|If|After|Before|Because|Although|During|To|As|While|By|"
    "With) "
)
_HEAD_OF_TEXT = re.compile(
    r" (?:that|which|who|whose|where|used|taken|given|made|set|related|caused|within|as)\b|[;,]"
)
"""What begins a clause within a noun phrase, and what follows its noun."""

_ON_SOMETHING = ("precaution", "interaction_advice")
"""Relations whose texts may begin with what they are on: "egg allergy: may be given"."""

_USED_IN = {
    "pregnancy": re.compile("pregnan"),
    "breastfeeding": re.compile("breast-?fe"),
    "children": re.compile(r"\bchild"),
    "renal": re.compile("kidney|renal"),
    "liver": re.compile("liver|hepatic"),
}
"""Words of a text that say already in whom a medicine is used."""

_USED = re.compile(
    r"(?:(?:Not|Usually|Best|Long|Only|Often|Never|Rarely|Generally|Commonly) )*(?:to be )?"
    r"(?:used|avoided|recommended|continued|contraindicated|given|preferred|reserved|safe|unsafe|"
    r"stopped|dosed|among|one of)\b",
    re.IGNORECASE,
)
"""A text that goes on after "is": whose name stands in it only before."""

_USED_FOR = f"medicine{INVERSE}"
_ONE_OF_SEVERAL = re.compile(r"\[(?:one|[^]|]* one of)\b")
"""How a use is told as one of those that a medicine has."""

_CAN = re.compile("(?:May|Can|Must|Should) ")
_REFERS = re.compile("(?:It|Its|They|Their) ")
_AN = re.compile("[aeio]|8|un|H[A-Z0-9]|NMDA|SGLT|ACE|If")
_A_SOUND = {False: "a", True: "an"}


_STOPS = ".。"
_JOINTS_ZH = ("和", "、", "以及", "、", "及", "与")
_ADDED_ZH = ("，以及", "，还有")


def state_facts(
    name: str,
    relation: str,
    items: Sequence[PageFact],
    language: Language,
    pick: random.Random,
) -> str:
    """Return one sentence, or the text itself with an introduction, that states some facts.

    The facts are of one relation, and either all name entities or are texts, mostly one.
    """
    if not items[0].object:
        return _told(name, relation, _joined(items, language), language, pick)
    words = load(RelationSentencesWords, language)
    table = words.with_subject.get(relation) or (_plain(relation, language),)
    if relation == "symptom" and language == "zh":
        table = tuple(chinese_sentences.call_findings(table, _said(items)))
    if items[0].level:
        table = load(InteractionsWords, language).with_subject[items[0].level]
    if (
        relation == _USED_FOR and len(items) == 1 and language == "en"
    ):  # a single one is not called all there is
        table = tuple(each for each in table if _ONE_OF_SEVERAL.search(each))
    if language == "en" and any(_PURPOSE.match(each) for each in (name, *_said(items))):
        table = tuple(each for each in table if "treat" not in each) or table
    return fill_with_items(table, name, items, language, pick)


def state_briefly(
    relation: str,
    items: Sequence[PageFact],
    language: Language,
    pick: random.Random,
    *,
    clause: bool = False,
) -> str:
    """Return one short sentence without the subject's name, or nothing where there is none.

    Whoever uses it sees to it that the subject has been named.
    """
    table = load(RelationSentencesWords, language).without_subject.get(relation, ())
    if relation == "symptom" and language == "zh":
        table = tuple(chinese_sentences.call_findings(table, _said(items)))
    if items[0].level:
        table = load(InteractionsWords, language).without_subject[items[0].level]
    return (
        fill_with_items(table, "", items, language, pick, clause=clause)
        if table and items[0].object
        else ""
    )


def state_further(
    relation: str, items: Sequence[PageFact], language: Language, pick: random.Random
) -> str:
    """Return a sentence on what else there is of a relation, or nothing."""
    template = load(RelationSentencesWords, language).further.get(relation, "")
    if not template or not items[0].object:
        return ""
    return fill_with_items((template,), "", items, language, pick)


def split_by_level(items: Sequence[PageFact]) -> Iterator[list[PageFact]]:
    """Yield the facts of each level, the most severe first: one sentence states one level."""
    for level in (*LEVELS, ""):
        if same := [item for item in items if item.level == level]:
            yield same


def drop_repeated_treatments(
    groups: Iterable[tuple[str, Sequence[PageFact]]], most: int
) -> Iterator[tuple[str, list[PageFact]]]:
    """Yield at most so many facts of each relation, perhaps none.

    A treatment or medicine that the first line named before is not named again.
    """
    first: set[str] = set()
    for relation, items in groups:
        again = first if relation in ("treatment", "medicine") else set()
        kept = [item for item in items if item.object not in again]
        kept = list(first_of(relation, kept, most))
        if relation == "first_line":
            first = {item.object for item in kept}
        yield relation, kept


def state_together(
    name: str,
    groups: Sequence[tuple[str, Sequence[PageFact]]],
    language: Language,
    pick: random.Random,
) -> str:
    """Return one sentence that states the facts of several relations, the name said once.

    Without a name it is left to what was said before.
    """
    relation, items = groups[0]
    text = "" if name else state_briefly(relation, items, language, pick)
    text = text or state_facts(name, relation, items, language, pick)
    for relation, items in groups[1:]:
        clause = state_briefly(relation, items, language, pick, clause=True)
        text = text.rstrip(_STOPS) + ("; " if language == "en" else "；") + clause
    return text


def fill_with_items(
    templates: Sequence[str],
    name: str,
    items: Sequence[PageFact],
    language: Language,
    pick: random.Random,
    *,
    clause: bool = False,
    **parts: str,
) -> str:
    """Return one of the sentences of some templates, filled with items in their order."""
    fit = chinese_sentences.fit_to_items if language == "zh" else english_texts.fit_to_people
    templates = fit(templates, [item.said for item in items])
    template = grammar.draw(templates, pick)
    if language == "zh" and len(items) == 1:
        template = chinese_sentences.for_single_item(template)
    names = [item.said for item in items]
    if "{a}" in template or "{A}" in template:
        ends = template.endswith(("{a}。", "{a}."))
        plain = language == "zh" and chinese_sentences.joins_by_and(template)
        parts["a"] = "、".join(names) if plain else join_names(names, language, pick, ends=ends)
    if "{o}" in template:
        parts["o"] = join_names(names, language, pick, either=True)
    return fill(template, language, len(items), clause=clause, s=name, **parts)


def _said(items: Sequence[PageFact]) -> list[str]:
    return [item.said for item in items]


def stated_relations(language: Language) -> tuple[str, ...]:
    """Return the relations that have sentences, including those seen from the object."""
    words = load(RelationSentencesWords, language)
    return tuple(dict.fromkeys((*words.with_subject, *words.before_text)))


def fill(
    template: str, language: Language, count: int, *, clause: bool = False, **parts: str
) -> str:
    """Fill a template; a capital key stands for its small one at the start of a sentence.

    A `clause` goes on within a sentence, and so does not begin with a capital.

    >>> fill("[A sign|Signs] of {s} [is|include] {a}.", "en", 2, s="gout", a="pain and heat")
    'Signs of gout include pain and heat.'
    """
    chosen = (
        chinese_sentences.fit_verb(template, parts.get("s", "")) if language == "zh" else template
    )
    if "[" in chosen:
        single = count == 1 and not (language == "en" and is_plural(parts.get("a", "")))
        chosen = _NUMBER.sub(lambda match: match[1] if single else match[2], chosen)
    if "<" in chosen:
        chosen = _AGREES.sub(lambda match: match[1 + is_plural(parts.get("s", ""))], chosen)
    if "«" in chosen:
        chosen = _WITH_OBJECT.sub(lambda match: match[1 + is_plural(parts.get("o", ""))], chosen)
    if _LARGE.search(chosen):
        parts |= {key.upper(): text[:1].upper() + text[1:] for key, text in parts.items()}
    if language == "zh":
        return chinese_sentences.drop_repeated_words(chosen.format(**parts))
    text = _PART.sub(lambda match: _part(chosen[: match.start()], parts[match[1]]), chosen)
    return text if clause else text[:1].upper() + text[1:]


def _part(before: str, text: str) -> str:
    """Return what is filled in, without its article where the words before it leave no room."""
    return articles.without_article(text) if articles.leaves_no_article(before) else text


def names_people(name: str, language: Language) -> bool:
    """Say whether a contraindication is who is not given a medicine, rather than an illness.

    >>> names_people("children under 2 years", "en"), names_people("痛风", "zh")
    (True, False)
    """
    text = chinese_sentences if language == "zh" else english_texts
    return text.PEOPLE.search(name) is not None


def is_plural(name: str) -> bool:
    """Say whether an English name takes a plural verb.

    >>> is_plural("kidney stones"), is_plural("rabies"), is_plural("bleeding between periods")
    (True, False, False)
    """
    if _EITHER.match(name) or _CLASS.search(name):
        return True
    if _FIELD.search(name):
        return False
    if letter_case.BINOMIAL.fullmatch(name):
        return False
    last = _HEAD.split(name)[0].split(" ")[-1] if name else ""
    if last in _MANY:
        return True
    return last.endswith("s") and (
        last[:1].isupper() and last[1:2].isupper() or not (_SINGULAR.search(last))
    )


def join_names(
    texts: Sequence[str],
    language: Language,
    pick: random.Random | None = None,
    either: bool = False,
    ends: bool = False,
) -> str:
    """Join names as running text does; names with commas of their own are set off by semicolons.

    `either` joins the last by "or", as after a denial; `ends` says that a sentence ends there.

    >>> join_names(["thirst", "fatigue", "weight loss"], "en")
    'thirst, fatigue and weight loss'
    >>> join_names(["口渴", "乏力"], "zh")
    '口渴和乏力'
    """
    if len(texts) < 2:
        return "".join(texts)
    if language == "zh":
        return _listing_zh(texts, pick, either, ends)
    word = "or" if either else "and"
    if any(", " in text for text in texts):
        if len(texts) == 2 and ", " in texts[0]:
            texts = (texts[1], texts[0])
        apart = f" {word} " if len(texts) == 2 and ", " not in texts[0] else f"; {word} "
        return "; ".join(texts[:-1]) + apart + texts[-1]
    joint = f" {word} "
    if any(f" {word} " in text for text in texts):
        joint = f", {word} " if either else ", as well as " if len(texts) > 2 else " as well as "
    elif pick and len(texts) > 2:
        joint = (joint, joint, joint, f", {word} ", f", {word} ")[int(5 * pick.random())]
    return ", ".join(texts[:-1]) + joint + texts[-1]


def _listing_zh(texts: Sequence[str], pick: random.Random | None, either: bool, ends: bool) -> str:
    """Join Chinese names, the last few of them set off by a word of their own."""
    if any("、" in text for text in texts):
        whole = [text for text in texts if "、" not in text]
        if either or not pick or len(whole) < len(texts) - 1:
            return "；".join(texts)
        torn = next(text for text in texts if "、" in text)
        return "、".join(whole) + ("，以及" if len(whole) > 1 else "以及") + torn
    if any(sign in text for text in texts for sign in "和与及"):
        return "、".join(texts)
    place, joint = len(texts) - 1, "或" if either else "和"
    if pick and not either:
        joints = (*_JOINTS_ZH, *_ADDED_ZH) if ends and len(texts) > 2 else _JOINTS_ZH
        joint = joints[int(len(joints) * pick.random())]
        if joint[0] == "，":
            place = 2 + int((len(texts) - 2) * pick.random())
    return "、".join(texts[:place]) + joint + "、".join(texts[place:])


def _plain(relation: str, language: Language) -> str:
    label = RELATIONS[relation.removesuffix(INVERSE)].label(language)
    return f"{label} of {{s}}: {{a}}." if language == "en" else f"{{s}}的{label}：{{a}}。"


def _joined(items: Sequence[PageFact], language: Language) -> PageFact:
    """Return one text for several that are told in one sentence."""
    if len(items) == 1:
        return items[0]
    texts, said = (
        [each.rstrip(_STOPS) for each in of]
        for of in zip(*((item.text, item.said) for item in items), strict=True)
    )
    return replace(items[0], text=join_names(texts, language), said=join_names(said, language))


def _told(name: str, relation: str, item: PageFact, language: Language, pick: random.Random) -> str:
    body = item.text.rstrip(_STOPS)
    if relation == "red_flag" and urgent_flags.is_sign(body, language):
        return _tell_sign(name, body, language, pick)
    if language == "zh":
        return chinese_texts.tell(name, relation, body, pick) + "。"
    if relation in _USED_IN and _USED_IN[relation].search(body):
        return _tell_use(name, body, item.said.rstrip(_STOPS))
    article = _ARTICLE.match(body)
    if relation == "description" and (
        body.startswith("The term ")
        or (_plainly(body).startswith(_plainly(name)) and _FINITE.search(body))
    ):
        return _sentence(body)
    whole = article is not None and (
        _WHOLE_EN.match(body) is not None
        or _SHORT_EN.match(body) is not None
        or _MAIN.match(body) is not None
    )
    be = "are" if is_plural(name) else "is"
    if relation == "description" and article and not whole:
        return _sentence(f"{name} {be} {body[:1].lower()}{body[1:]}")
    known = relation == "drug_class" and body.casefold() not in name.casefold()
    if known and not is_plural(body) and pick.random() < 0.8:
        return _sentence(f"{name} {be} {_A_SOUND[_AN.match(body) is not None]} {body}")
    words = load(RelationSentencesWords, "en")
    said = item.said.rstrip(_STOPS)
    if _DOES.fullmatch(body.split(" ")[0].lower()):
        said = body[:1].lower() + body[1:]
    refers = _REFERS.match(body) is not None  # to a name that nobody has said yet
    if refers:
        said = body[:1].lower() + body[1:]
    if relation == "description" and not refers and (joint := _defined(said, be)):
        return _sentence(f"{name}{joint}{said}")
    phrase = _as_phrase(body)
    if relation == "description" and not refers and not phrase:
        return _sentence(body)  # it has a subject of its own
    if relation == "description" and phrase and not refers:
        fits = is_plural(_HEAD_OF_TEXT.split(phrase)[0]) == (be == "are")
        consists = "consist of" if be == "are" else "consists of"
        if fits or name.split(" ")[-1].casefold() not in phrase.casefold():
            return _sentence(f"{name} {be if fits else consists} {phrase}")
    if article:
        said = body[:1].lower() + body[1:]
    if relation == "red_flag" and _IMPERATIVE.match(body):
        return fill(f"{grammar.draw(words.before_advice, pick)} ", language, 1, s=name) + said + "."
    intros = words.before_text.get(relation) or (f"{RELATIONS[relation].en} of {{s}}:",)
    if relation == "description":  # a name at its start keeps it from going on in a sentence
        apart = ":" if said[:1].isupper() else ","
        intros = tuple(each for each in intros if each.endswith(apart)) or intros
    way = relation == "transmission" and _WAY.fullmatch(body) is not None
    if relation == "transmission":
        intros = tuple(each for each in intros if each.endswith("through") == way) or intros
    if way:
        said = body[:1].lower() + body[1:]
    elif relation in _ON_SOMETHING:
        titled = ": " in body  # a text that names what it is on goes on from the words before it
        intros = tuple(each for each in intros if each.endswith(":") != titled) or intros
        said = english_texts.lower_titled(said) if titled else said
    elif relation != "description":
        fit = english_texts.fitting_intros(intros, said)
        intros, said = fit.intros, fit.said
    intro = grammar.draw(intros, pick)
    return fill(f"{intro} ", language, 1, s=name) + said + "."


def _tell_sign(name: str, body: str, language: Language, pick: random.Random) -> str:
    """Return a sentence that says to seek help at once for a sign."""
    intro = grammar.draw(load(RelationSentencesWords, language).before_sign, pick)
    if language == "zh":
        return f"{intro.format(s=name)}{body}。"
    first = body.split(" ")[0]
    said = letter_case.lower_first_word(body, {first.lower()})
    return f"{fill(f'{intro} ', language, 1, s=name)}{said}."


_WAY = re.compile(
    r"(?!(?:it|by|through|via|from|in|with|mainly|spread)\b)(?!.*\b(?:is|are)\b)"
    r"(?:[\w-]+,? ){0,6}(?:droplets|bites?|contact|sex|intercourse|needles|blood|food|water|air|"
    "saliva|transfusions?|surfaces|milk|fa?eces)",
    re.IGNORECASE,
)
"""A way by which an illness spreads, and no more than that."""


def _tell_use(name: str, body: str, said: str) -> str:
    """Return a sentence on the use of a medicine, of which the text says already in whom."""
    if _plainly(body).startswith(_plainly(name)):
        return _sentence(body)
    if english_texts.is_clause(said) and _plainly(name) in _plainly(body):
        return _sentence(body)
    if english_texts.is_clause(said):
        return _sentence(f"with {name}, {english_texts.lower_first(said)}")
    if _CAN.match(body) or (not is_plural(name) and _DOES.fullmatch(body.split(" ")[0].lower())):
        return _sentence(f"{name} {english_texts.lower_first(said)}")
    if english_texts.instructs(body):
        return _sentence(f"with {name}, {english_texts.lower_first(said)}")
    if _USED.match(body) or _ARTICLE_ANY.match(said[:1].lower() + said[1:]):
        said = said[:1].lower() + said[1:]
        return _sentence(f"{name} {'are' if is_plural(name) else 'is'} {said}")
    return _sentence(f"{name}: {said}")


def _plainly(text: str) -> str:
    """Return a text as far as two ways of writing one name agree: Cushing's and Cushing."""
    return _ARTICLE_ANY.sub("", text.replace("'s", "").replace("-", " ").casefold())


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _as_phrase(body: str) -> str:
    """Return a text without a verb of its own as it stands within a sentence, else nothing."""
    for place, verb in enumerate(_FINITE.finditer(body)):
        before = body[: verb.start()]
        if not _RELATIVE.search(before) or (place and not _GOES_ON.search(before)):
            return ""
    if _NO_NOUN.match(body):
        return ""
    return letter_case.lower_first_word(body, {body.split(" ")[0].lower()})


def _defined(said: str, be: str) -> str:
    """Return what joins a name to a text that says what it is or does; nothing for a sentence."""
    if be == "is" and _DOES.fullmatch(said.split(" ")[0]):
        return " "
    if _SENTENCE_EN.search(_ASIDE.sub("", said)) or said[:1].isupper():
        return ""
    apart = _VERB_APART.search(said) or (be == "is" and is_plural(said))
    return "" if apart or said.split(" ")[0] == "drops" else f" {be} "
