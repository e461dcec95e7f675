"""Tell which red flags press, and which conditions nobody has to guess.

red flag -> whether it lets nobody wait -> told before what was asked for
"""

import re
from collections.abc import Sequence

from knowledge.lessons.facts.fact_page import FactPage, PageFact

_PRESSING = re.compile(
    r"must not (?:be )?delay|not (?:be )?delayed|do not delay|(?<!help )at once|immediate|"
    r"without delay|within (?:about )?\w+ (?:minutes|hours)|call an ambulance|"
    "延误|立即(?!急诊|就医|求助)|立刻|马上|(?:分钟|小时)内|呼叫急救",
    re.IGNORECASE,
)
_EMERGENCY = re.compile("emergenc|急诊|急症|紧急|急救", re.IGNORECASE)
_SEEN = re.compile(
    r"\b(?:burns?|sunburn|scalds?|frostbite|bites?|stings?|(?:near-?)?drowning|electrocution)\b|"
    "烧伤|烫伤|灼伤|冻伤|晒伤|咬伤|蜇伤|电击伤|溺水",
    re.IGNORECASE,
)
"""What befalls somebody who knows of it: no complaint leads to it."""


def presses(flag: PageFact) -> bool:
    """Say whether a red flag tells of something that cannot wait for hours."""
    return _PRESSING.search(flag.text) is not None


def first_told(flags: Sequence[PageFact]) -> PageFact | None:
    """Return the red flag to tell where one is told: one that presses, if there is any."""
    urgent = (each for each in flags if _EMERGENCY.search(each.text))
    return next((each for each in flags if presses(each)), next(urgent, None))


def is_known_to_whom_it_befell(page: FactPage) -> bool:
    """Say whether a condition needs no guess: who was burned or bitten says so."""
    return _SEEN.search(page.name) is not None
