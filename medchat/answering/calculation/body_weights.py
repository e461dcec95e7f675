"""Choose the weight that a clearance is to be worked out with, where a message says which.

"with adjusted body weight if overweight" -> the weight by sex, height and the rule
"""

import re
from dataclasses import replace

from knowledge.calculators.formulas.formula_registry import FORMULAS
from medchat.answering.calculation.inputs import Inputs
from medchat.answering.calculation.measured_quantities import read_quantities

_ADJUSTED = re.compile(r"(?:adjusted|corrected) (?:body )?weight|\bajbw\b|校正体重|调整体重")
_IDEAL = re.compile(r"ideal (?:body )?weight|\bibw\b|理想体重")
_TOLD = re.compile(
    r"(adjusted|corrected|ideal) (?:body )?weight(?: is| was| of|:|=)? ?(\d{2,3}(?:\.\d+)?) ?kg|"
    r"(校正|调整|理想)体重(?:为|是|:)? ?(\d{2,3}(?:\.\d+)?) ?(?:kg|公斤|千克)"
)
"""The weight of that kind itself is told."""

_BY_SIZE = re.compile(r"overweight|obes|bmi|超重|肥胖")
_OVERWEIGHT, _UNDERWEIGHT = 25.0, 18.5


def choose_weight(found: Inputs, text: str) -> str:
    """Put the weight that a message asks for in the place of the actual one, and return its kind.

    Returns nothing where the actual weight stays. Without a height the height is missing.
    """
    adjusted, ideal = bool(_ADJUSTED.search(text)), bool(_IDEAL.search(text))
    if found.formula.id != "cockcroft-gault" or not (adjusted or ideal):
        return ""
    if not {"sex", "weight"} <= found.given.keys():
        return ""
    told = _TOLD.search(text)
    if told:
        found.given["weight"] = told[2] or told[4]
        return (
            "adjusted" if (told[1] or told[3]).startswith(("adj", "corr", "校", "调")) else "ideal"
        )
    heights = [each for each in read_quantities(text, frozenset({"height"})).get("height", ())]
    sound = [each for each in heights if not each.fault]
    if not sound:
        found.missing.append(FORMULAS["ideal-weight"].input("height"))
        return ""
    height, actual = sound[0].value, float(found.given["weight"])
    size = {"sex": found.given["sex"], "height": f"{height:.6g}"}
    own = FORMULAS["ideal-weight"].exact(size)
    with_actual = {**size, "weight": found.given["weight"]}
    kind = "adjusted" if adjusted else "ideal"
    if _BY_SIZE.search(text):
        index = actual / (height / 100) ** 2
        kind = "adjusted" if index >= _OVERWEIGHT else "ideal"
        if index < _UNDERWEIGHT or (kind == "ideal" and own >= actual):
            return ""
    chosen = own if kind == "ideal" else FORMULAS["adjusted-weight"].exact(with_actual)
    found.given["weight"] = f"{chosen:.6g}"
    reading = found.readings.get("weight")
    if reading is not None:
        found.readings["weight"] = replace(reading, value=chosen, number=f"{chosen:.1f}", unit="kg")
    return kind
