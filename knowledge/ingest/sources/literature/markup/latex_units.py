r"""Write numbers, quantities and formulas of chemistry of LaTeX packages as plain text.

    \qty{3}{\milli\gram\per\litre} -> 3 mg/L; \num{1e-3} -> 1 × 10⁻³; \ce{H2O} -> H₂O

These commands of siunitx and mhchem are replaced before a text or formula is read; what they hold
and is not known is a hole.
"""

import re
from collections.abc import Callable

from knowledge.ingest.sources.literature.markup import raised_figures
from knowledge.text.holes import HOLE

_GROUP = r"\s*\{((?:[^{}]|\{[^{}]*\})*)\}"
_COMMAND = re.compile(
    r"\\(SIrange|qtyrange|SIlist|qtylist|numrange|numlist|SI|qty|num|si|unit|ang|ce)(?![A-Za-z])"
    rf"(?:\s*\[[^\[\]]*\])?{_GROUP}(?:(?:\s*\[[^\[\]]*\])?{_GROUP})?(?:{_GROUP})?"
)
_ARGUMENTS = {"SIrange": 3, "qtyrange": 3, "SIlist": 2, "qtylist": 2, "numrange": 2, "SI": 2}
_ARGUMENTS |= {"qty": 2}
"""Arguments of each command that has more than one."""

_NUMBER = re.compile(r"([+-]?[\d.,\s]*(?:\(\d+\))?)(?:[eEdD]([+-]?\d+))?")
_PREFIXES = {
    **{"yocto": "y", "zepto": "z", "atto": "a", "femto": "f", "pico": "p", "nano": "n"},
    **{"micro": "µ", "milli": "m", "centi": "c", "deci": "d", "deca": "da", "deka": "da"},
    **{"hecto": "h", "kilo": "k", "mega": "M", "giga": "G", "tera": "T", "peta": "P"},
}
_UNITS = {
    **{"gram": "g", "gramme": "g", "metre": "m", "meter": "m", "second": "s", "mole": "mol"},
    **{"ampere": "A", "kelvin": "K", "candela": "cd", "litre": "L", "liter": "L", "hertz": "Hz"},
    **{"pascal": "Pa", "joule": "J", "watt": "W", "volt": "V", "ohm": "Ω", "newton": "N"},
    **{"becquerel": "Bq", "gray": "Gy", "sievert": "Sv", "katal": "kat", "dalton": "Da"},
    **{"bar": "bar", "mmHg": "mmHg", "minute": "min", "hour": "h", "day": "d", "percent": "%"},
    **{"degree": "°", "degreeCelsius": "°C", "celsius": "°C", "tonne": "t", "angstrom": "Å"},
    **{"kilogram": "kg", "farad": "F", "tesla": "T", "lumen": "lm", "lux": "lx", "coulomb": "C"},
    **{"electronvolt": "eV", "decibel": "dB", "hectare": "ha", "neper": "Np", "siemens": "S"},
    **{"fg": "fg", "pg": "pg", "ng": "ng", "ug": "µg", "mg": "mg", "g": "g", "kg": "kg"},
    **{"pm": "pm", "nm": "nm", "um": "µm", "mm": "mm", "cm": "cm", "dm": "dm", "m": "m"},
    **{"km": "km", "ns": "ns", "us": "µs", "ms": "ms", "s": "s", "ul": "µL", "uL": "µL"},
    **{"ml": "mL", "mL": "mL", "l": "L", "L": "L", "hl": "hL", "fmol": "fmol", "pmol": "pmol"},
    **{"nmol": "nmol", "umol": "µmol", "mmol": "mmol", "mol": "mol", "kmol": "kmol"},
    **{"kPa": "kPa", "Pa": "Pa", "MPa": "MPa", "kJ": "kJ", "J": "J", "mW": "mW", "W": "W"},
    **{"mV": "mV", "V": "V", "kHz": "kHz", "MHz": "MHz", "Hz": "Hz", "K": "K", "kV": "kV"},
}
_POWERS_BEFORE = {"square": "²", "cubic": "³"}
_POWERS_AFTER = {"squared": "²", "cubed": "³"}
_TOKEN = re.compile(r"\\([A-Za-z]+)\s*|\{([^{}]*)\}|([^\\{}])")
_LITERAL = re.compile(r"[^\\{}_$]*(?:[\^_]\{[^{}\\]*\}[^\\{}$]*)*")
_SCRIPT = re.compile(r"\^(?:\{([^{}]*)\}|([+-]?\d))")
_CHEMICAL = re.compile(r"((?:\d*(?:[A-Z][a-z]?|[()\[\]])\d*)+)(?:\^?\{?(\d?[+-])\}?)?")


def expand(text: str) -> str:
    r"""Return a text of LaTeX in which these commands are replaced by what they show.

    >>> expand(r"Give \qty{3}{\milli\gram\per\kilogram} or \SI{5}{mg}.")
    'Give \\text{3 mg/kg} or \\text{5 mg}.'
    """
    return _COMMAND.sub(_write, text) if "\\" in text else text


def _write(found: re.Match[str]) -> str:
    name, *groups = found.groups()
    wanted = _ARGUMENTS.get(name, 1)
    held = [group for group in groups if group is not None]
    if len(held) < wanted:
        return HOLE
    end = found.end(found.lastindex or 1) + 1 if len(held) == wanted else found.end(wanted + 1) + 1
    rest = found.string[end : found.end()]
    return f"\\text{{{_WRITERS[name](*held[:wanted])}}}{rest}"


def _number(written: str) -> str:
    text = written.replace("\\pm", "±").replace("+-", "±").strip()
    if "±" in text:
        return " ± ".join(_number(part) for part in text.split("±"))
    found = _NUMBER.fullmatch(text)
    if found is None or not any(map(str.isdigit, text)):
        return HOLE
    value, power = found[1].strip(), found[2]
    if power is None:
        return value
    raised = f"10{raised_figures.raised(str(int(power)))}"
    return f"{value} × {raised}" if value else raised


def _unit(written: str) -> str:
    """Return a unit, given as words or by commands; powers and prefixes belong to the next one."""
    text = written.strip()
    if "\\" not in text:
        plain = text.replace("~", " ").replace(".", "·")
        if not _LITERAL.fullmatch(text):
            return HOLE
        return _SCRIPT.sub(lambda script: raised_figures.raised(script[1] or script[2]), plain)
    parts: list[str] = []
    prefix = power = ""
    divides = asks = False
    for command, group, sign in _TOKEN.findall(text):
        if command in _PREFIXES:
            prefix = _PREFIXES[command]
        elif command == "per":
            divides = True
        elif command in _POWERS_BEFORE:
            power = _POWERS_BEFORE[command]
        elif command in _POWERS_AFTER and parts:
            parts[-1] += _POWERS_AFTER[command]
        elif command in ("tothe", "raiseto", "of"):
            if command == "raiseto":
                return HOLE
            asks = True
        elif group and asks and parts:
            parts[-1] += (
                raised_figures.raised(group) if group.lstrip("-").isdigit() else f" {group}"
            )
            asks = False
        elif command in _UNITS:
            start = "/" if divides else "·" if parts and not parts[-1].endswith("/") else ""
            parts.append(f"{start}{prefix}{_UNITS[command]}{power}")
            prefix, power, divides = "", "", False
        elif sign == "/":
            divides = True
        elif not (sign.isspace() or sign in ("~", ".", "")) or command or group:
            return HOLE
    return HOLE if prefix or power or divides or asks else "".join(parts).removeprefix("·")


def _quantity(number: str, unit: str) -> str:
    return _with_unit(_number(number), unit)


def _with_unit(number: str, unit: str) -> str:
    written = _unit(unit)
    return (
        f"{number}{written}"
        if written[:1] in ("%", "°") and written != "°C"
        else f"{number} {written}"
    )


def _chemical(written: str) -> str:
    found = _CHEMICAL.fullmatch(written.strip())
    if found is None:
        return HOLE
    lowered = re.sub(
        r"(?<=[A-Za-z)\]])\d+", lambda figure: raised_figures.lowered(figure[0]), found[1]
    )
    return lowered + (raised_figures.raised(found[2]) if found[2] else "")


def _angle(written: str) -> str:
    signs = ("°", "′", "″")
    parts = written.split(";")
    if len(parts) > len(signs):
        return HOLE
    return "".join(f"{_number(part)}{sign}" for part, sign in zip(parts, signs, strict=False))


def _listed(written: str) -> str:
    return ", ".join(_number(part) for part in written.split(";"))


_WRITERS: dict[str, Callable[..., str]] = {
    "SI": _quantity,
    "qty": _quantity,
    "num": _number,
    "si": _unit,
    "unit": _unit,
    "ang": _angle,
    "ce": _chemical,
    "numrange": lambda low, high: f"{_number(low)} to {_number(high)}",
    "numlist": _listed,
    "SIrange": lambda low, high, unit: _with_unit(f"{_number(low)} to {_number(high)}", unit),
    "qtyrange": lambda low, high, unit: _with_unit(f"{_number(low)} to {_number(high)}", unit),
    "SIlist": lambda numbers, unit: _with_unit(_listed(numbers), unit),
    "qtylist": lambda numbers, unit: _with_unit(_listed(numbers), unit),
}
