"""Evaluate the expressions in which formulas are written, without running Python code.

    text -> Python's own parser -> a short list of what may stand in it -> value, or written out

Numbers, names, `+ - * / ^`, comparisons (1 where they hold, 0 else), `and`, `or`, `a if b else c`,
and the functions min, max, ln, sqrt, round. No text is ever run as code; whatever is not on the
list raises ValueError.
"""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

Value = float | str
"""What a name may stand for: a number, or the key of a choice such as `female`."""

_LONGEST = 400
_LARGEST_POWER = 1000

_BINARY: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SIGNS: dict[type[ast.operator], tuple[str, int]] = {
    ast.Add: ("+", 1),
    ast.Sub: ("-", 1),
    ast.Mult: ("*", 2),
    ast.Div: ("/", 2),
    ast.Pow: ("^", 4),
}
"""How an operator is written, and how tightly it binds."""

_COMPARED: dict[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "min": min,
    "max": max,
    "ln": math.log,
    "sqrt": math.sqrt,
    "round": lambda value: float(Decimal(f"{value:.9f}").quantize(Decimal(1), ROUND_HALF_UP)),
}
_WHOLE = 5
"""Binds tighter than any operator."""


def evaluate(text: str, names: Mapping[str, Value] | None = None) -> float:
    """Return the value of an expression; ValueError where it has none.

    >>> evaluate("weight / height ^ 2", {"weight": 80.0, "height": 2.0})
    20.0
    >>> evaluate("(0.85 if sex == female else 1) * (age >= 65)", {"sex": "female", "age": 70.0})
    0.85
    """
    try:
        found = _value(_tree(text), names or {})
    except (ArithmeticError, OverflowError) as error:
        raise ValueError(f"The expression {text!r} has no value: {error}.") from error
    if not math.isfinite(found):
        raise ValueError(f"The expression {text!r} has no finite value.")
    return found


def substitute(text: str, names: Mapping[str, Value], shown: Mapping[str, str]) -> str:
    """Return an expression with its names replaced, each condition by the side that holds.

    `shown` says how the number behind a name is written.

    >>> substitute("w * (0.85 if sex == female else 1)", {"sex": "male", "w": 70.0}, {"w": "70"})
    '70 * 1'
    """
    return _write(_tree(text), names, shown)[0]


def names_in(text: str) -> frozenset[str]:
    """Return the names that stand in an expression, those of choices and functions left out."""
    tree = _tree(text)
    beside = {
        id(node)
        for each in ast.walk(tree)
        for node in (
            [each.func]
            if isinstance(each, ast.Call)
            else each.comparators
            if isinstance(each, ast.Compare)
            else []
        )
        if isinstance(node, ast.Name)
    }
    return frozenset(
        node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and id(node) not in beside
    )


def round_half_up(value: float, places: int) -> str:
    """Return a number with so many decimals, halves away from zero as people round.

    >>> round_half_up(2.345, 2), round_half_up(-0.04, 1)
    ('2.35', '0.0')
    """
    text = str(Decimal(f"{value:.9f}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP))
    return text.lstrip("-") if not text.strip("-0.") else text


@lru_cache(maxsize=4096)
def _tree(text: str) -> ast.expr:
    if len(text) > _LONGEST or "**" in text:
        raise ValueError("The expression is too long, or not in the grammar.")
    try:
        return ast.parse(text.replace("^", "**"), mode="eval").body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"The expression {text!r} is not in the grammar.") from error


def _value(node: ast.expr, names: Mapping[str, Value]) -> float:
    match node:
        case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
            return float(number)
        case ast.Name(id=name) if name in names:
            value = names[name]
            if isinstance(value, str):
                raise ValueError(f"{name} is no number.")
            return float(value)
        case ast.BinOp(left=left, op=ast.Pow(), right=right):
            base, power = _value(left, names), _value(right, names)
            if abs(power) > _LARGEST_POWER or (base < 0 and power != int(power)):
                raise ValueError("The power has no value here.")
            return float(base**power)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            return _BINARY[type(op)](_value(left, names), _value(right, names))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
            try:
                return float(_FUNCTIONS[name](*(_value(each, names) for each in args)))
            except TypeError as error:
                raise ValueError(f"{name} has not the parts that it needs.") from error
        case ast.IfExp(test=test, body=body, orelse=other):
            return _value(body if _holds(test, names) else other, names)
        case ast.Compare() | ast.BoolOp():
            return float(_holds(node, names))
    raise ValueError("The expression is not in the grammar.")


def _holds(node: ast.expr, names: Mapping[str, Value]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_holds(each, names) for each in values)
        case ast.BoolOp(op=ast.Or(), values=values):
            return any(_holds(each, names) for each in values)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.Eq()], comparators=[ast.Name(id=key)]):
            return names[name] == key
        case ast.Compare(left=left, ops=ops, comparators=others) if all(
            type(op) in _COMPARED for op in ops
        ):
            sides = [_value(each, names) for each in (left, *others)]
            return all(
                _COMPARED[type(op)](one, two)
                for op, one, two in zip(ops, sides[:-1], sides[1:], strict=True)
            )
    raise ValueError("The condition is not in the grammar.")


def _write(node: ast.expr, names: Mapping[str, Value], shown: Mapping[str, str]) -> tuple[str, int]:
    """Return a part written out, and how tightly its outermost operator binds."""
    match node:
        case ast.Name(id=name):
            text = shown.get(name) or f"{names[name]:g}"
            return text, 0 if text.startswith("-") else _WHOLE
        case ast.Constant(value=int() | float() as number):
            return f"{number}", _WHOLE
        case ast.IfExp(test=test, body=body, orelse=other):
            return _write(body if _holds(test, names) else other, names, shown)
        case ast.UnaryOp(operand=operand):
            return f"-{_within(operand, 3, names, shown)}", 3
        case ast.Call(func=ast.Name(id=name), args=args):
            parts = ", ".join(_write(each, names, shown)[0] for each in args)
            return f"{name}({parts})", _WHOLE
        case ast.BinOp(left=left, op=op, right=right):
            sign, bound = _SIGNS[type(op)]
            first = _within(left, bound + (sign == "^"), names, shown)
            second = _within(right, bound + (sign != "^"), names, shown)
            return f"{first} {sign} {second}", bound
    return f"{_value(node, names):g}", _WHOLE


def _within(
    node: ast.expr, least: int, names: Mapping[str, Value], shown: Mapping[str, str]
) -> str:
    text, bound = _write(node, names, shown)
    return text if bound >= least else f"({text})"
