"""Write and read calls of the knowledge base in the one grammar that rows hold them in.

entity + attribute -> lookup("Gout", "tests") -> entity + attribute
"""

import re

from knowledge.records import Language
from knowledge.vocabulary import INVERSE, RELATIONS

RESULT: dict[Language, str] = {"en": "RESULT: ", "zh": "查询结果："}
"""What begins the message that brings the result of a call."""

_CALL = re.compile(r'lookup\("([^"\n]+)", "([^"\n]+)"\)')


def write_call(entity: str, attribute: str) -> str:
    """Return a call.

    >>> write_call("Gout", "tests")
    'lookup("Gout", "tests")'
    """
    return f'lookup("{entity}", "{attribute}")'


def read_call(text: str) -> tuple[str, str] | None:
    """Return the entity and the attribute of a text that is a call and nothing else.

    >>> read_call('lookup("Gout", "tests")'), read_call('Sure: lookup("Gout", "tests")')
    (('Gout', 'tests'), None)
    """
    found = _CALL.fullmatch(text)
    return (found[1], found[2]) if found else None


def attribute_name(relation: str, language: Language) -> str:
    """Return what a call names a relation: its label, seen from the entity.

    >>> attribute_name("medicine", "en"), attribute_name("medicine~", "en")
    ('medicines', 'used for')
    """
    known = RELATIONS[relation.removesuffix(INVERSE)]
    if not relation.endswith(INVERSE):
        return known.label(language)
    return known.inverse_en if language == "en" else known.inverse_zh
