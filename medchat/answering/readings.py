"""Tell what of a question was read otherwise than it is written, and of what the answer speaks.

readings of the question, what is cited -> sentences before the answer
"""

from collections.abc import Mapping
from dataclasses import replace

from knowledge.search.reading.question_reading import Reading
from knowledge.text.scripts import in_traditional
from knowledge.text.sentences import join_sentences
from medchat.answering.answer import Answer, Language, Sentence
from medchat.answering.understanding import Question

_SAID: Mapping[str, Mapping[Language, str]] = {
    "read": {"en": "Read {pairs}.", "zh": "已将{pairs}。"},
    "pair": {"en": "“{written}” as “{read}”", "zh": "“{written}”读作“{read}”"},
    "wider": {
        "en": "“{written}” is {meant}; the knowledge base holds it only as a part of “{read}”.",
        "zh": "“{written}”指{meant}，知识库只在“{read}”之下有其内容。",
    },
    "product": {
        "en": "“{written}” holds {read} among other substances; the answer is on {read} alone.",
        "zh": "“{written}”是含有{read}的复方制剂，以下只涉及{read}。",
    },
    "members": {
        "en": "Nothing of this is recorded for “{named}” as a class; of medicines in it:",
        "zh": "资料中没有对“{named}”整类的记载，以下为该类中各药的记载：",
    },
    "kinds": {
        "en": "Nothing of this is recorded for “{named}” as such; of “{cited}”:",
        "zh": "资料中没有对“{named}”本身的记载，以下为“{cited}”的记载：",
    },
}


_MEDICINE = "medicine:"


def tell_readings(answer: Answer, asked: Question) -> Answer:
    """Return an answer that begins with how the question was read, where that needs telling."""
    said = [*_read(answer, asked), *_members(answer, asked)]
    if not said:
        return answer
    texts = [in_traditional(text) if asked.traditional else text for text in said]
    sentences = tuple(Sentence(text, (), "none", 0.0) for text in texts)
    return replace(
        answer,
        text=join_sentences([*texts, answer.text]) if answer.text else join_sentences(texts),
        sentences=(*sentences, *answer.sentences),
    )


def _read(answer: Answer, asked: Question) -> list[str]:
    """Say what was read otherwise; a result says by its name what an abbreviation was read as."""
    named = {"abbreviation"} if answer.calculations else set()
    told = [reading for reading in asked.readings if reading.told and reading.sort not in named]
    plain = [each for each in told if not each.meant and each.sort != "product"]
    said = []
    if plain:
        joint = "，" if asked.language == "zh" else ", "
        pairs = joint.join(_worded("pair", each, asked) for each in plain)
        said.append(_SAID["read"][asked.language].format(pairs=pairs))
    said += [
        _worded("wider" if each.meant else "product", each, asked)
        for each in told
        if each not in plain
    ]
    return said


def _worded(form: str, reading: Reading, asked: Question) -> str:
    return _SAID[form][asked.language].format(
        written=reading.written, read=reading.read, meant=reading.meant
    )


def _members(answer: Answer, asked: Question) -> list[str]:
    """Say that what is cited is recorded of members of a class, or kinds, and not of the name."""
    if any(sentence.part == "candidate" for sentence in answer.sentences):
        return []  # a differential names its conditions itself
    facts = [citation for citation in answer.citations if citation.kind == "fact"]
    subjects = [citation.id.partition("#")[0] for citation in facts]
    cited = [each for each, id in zip(facts, subjects, strict=True) if id in asked.members]
    if answer.model.base == "rules" or not cited or answer.abstained:
        return []
    if not asked.entities.isdisjoint(subjects):
        return []
    drugs = cited[0].id.startswith(_MEDICINE)
    others = [each.text for each in asked.mentions if not each.entities[0].startswith(_MEDICINE)]
    named = list(asked.classes) if drugs else others
    quoted = [each.quote.casefold() for each in answer.citations if each.kind == "passage"]
    if not named or any(name.casefold() in quote for name in named for quote in quoted):
        return []
    joint = "”、“" if asked.language == "zh" else "” and “"
    titles = dict.fromkeys(citation.title for citation in cited)
    said = _SAID["members" if drugs else "kinds"][asked.language]
    return [said.format(named=joint.join(named), cited=joint.join(titles))]
