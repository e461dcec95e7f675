"""Recognise by their names the conditions of pregnancy, childbirth and the weeks after it."""

import re

_OF_PREGNANCY = re.compile(
    "pregnan|gestational|partum|eclamp|miscarr|placent|妊娠|孕(?!激素)|产后|产褥|胎盘|流产|子痫",
    re.IGNORECASE,
)


def is_of_pregnancy(name: str) -> bool:
    """Say whether a name is that of what befalls only who is, or was just, pregnant.

    >>> is_of_pregnancy("gestational diabetes"), is_of_pregnancy("孕激素")
    (True, False)
    """
    return _OF_PREGNANCY.search(name) is not None
