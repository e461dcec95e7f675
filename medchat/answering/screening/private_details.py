"""Find what tells who a patient is: name, numbers, date of birth, phone, e-mail, address.

    message -> PrivateDetails(searched: without them, recorded: each as its kind, kinds)

Deterministic; the expressions stand in `rules/private_details.yaml`. A name is taken only where a
word, a title or a number beside it says that it names somebody: "Crohn", "Addison" stay.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from knowledge.records import Language
from medchat.answering.screening.rules import read_list

_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林郑谢罗梁宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程"
    "苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝"
    "龚邵钱严覃武戴莫孔向汤高"
)
_TWO_SIGNS = "欧阳|司马|上官|诸葛|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|司徒|端木|独孤"
_GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红建文志海燕玲梅鹏宇浩欣怡婷雪慧颖琳佳嘉"
    "轩梓涵诗晨思雨泽俊博豪凯鑫峰斌辉波飞健亮莉萍琴洁倩晶晓小春凤淑珍惠贞芬月莲荣德福祥胜顺义"
    "珊瑶璐薇蓉雯倩蕾婉琪瑞翔昊睿辰铭哲宏坤坚龙震旭晖栋帆威岩钧"
)
"""Signs of given names that are no words after a surname: 张伟的血压."""

_TAKEN = "\ue000"
_MARK = re.compile(r"\s*\ue000+")


@dataclass(frozen=True, slots=True)
class PrivateDetails:
    """A message without what tells who the patient is, and with each such part as its kind.

    `kinds` are what was found, each once, in the order of the message; empty where nothing was.
    """

    searched: str
    recorded: str
    kinds: tuple[str, ...] = ()


def find_private(message: str, language: Language) -> PrivateDetails:
    """Return a message with what tells who the patient is taken out.

    >>> find_private("My patient John Smith, NHS 943 476 5919, has gout.", "en").searched
    'My patient has gout.'
    """
    held, found = message, []
    for kind, pattern in _patterns():
        for match in [*pattern.finditer(held)]:
            start, end = _span(match)
            if kind == "name" and _is_no_name(held[start:end]):
                continue
            found.append((start, end, kind))
            held = held[:start] + _TAKEN * (end - start) + held[end:]
    if not found:
        return PrivateDetails(message, message)
    found.sort()
    return PrivateDetails(_closed(held), _marked(message, found, language), tuple(_kinds(found)))


def called(kinds: tuple[str, ...], language: Language) -> str:
    """Return how kinds of details are named in a sentence."""
    names = {str(each["kind"]): each["called"][language] for each in read_list("private_details")}
    return ("、" if language == "zh" else ", ").join(str(names[kind]) for kind in kinds)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (str(entry["kind"]), re.compile(_filled(str(text))))
        for entry in read_list("private_details")
        for text in entry["patterns"]
    )


def _filled(text: str) -> str:
    """Return an expression with the surnames and given names in the places left for them."""
    surname = f"(?:{_TWO_SIGNS}|[{_SURNAMES}])"
    return text.replace("{surname}", surname).replace("{given}", f"[{_GIVEN}]")


def _span(match: re.Match[str]) -> tuple[int, int]:
    held: Mapping[str, str | None] = match.groupdict()
    name = "held" if held["held"] is not None else "held2"
    return match.span(name)


@cache
def _no_names() -> frozenset[str]:
    return frozenset(str(word) for word in read_list("no_names"))


def _is_no_name(words: str) -> bool:
    """Say whether words that stand where a name does are none: "Patient Health Questionnaire"."""
    parts = [part.casefold().removesuffix("'s") for part in re.split(r"[\s,]+", words) if part]
    return _TAKEN in words or any(part in _no_names() for part in parts)


def _closed(held: str) -> str:
    """Return a message whose taken parts are gone, with the marks that stood around them."""
    text = _MARK.sub(_TAKEN, held)
    text = re.sub(rf"[(（]\s*{_TAKEN}(?:[,，;；\s]*{_TAKEN})*\s*[)）]", _TAKEN, text)
    text = re.sub(rf"{_TAKEN}(?:\s*[,，;；、/]?\s*(?:and|和)?\s*{_TAKEN})*", _TAKEN, text)
    text = re.sub(rf"[，；、]\s*{_TAKEN}\s*[，；、]", "，", text)
    text = re.sub(rf"[,，;；、]?\s*{_TAKEN}\s*[,，;；、:：]?(?=\s*\S)", " ", text)
    text = text.replace(_TAKEN, "")
    text = re.sub(r"(?<=[\u4e00-\u9fff]) +| +(?=[\u4e00-\u9fff])", "", text)
    text = re.sub(r" +(?=[,.;!?])", "", re.sub(r"[ \t]{2,}", " ", text))
    return text.strip(" ,;:，；、").lstrip(".。 ")


def _marked(message: str, found: list[tuple[int, int, str]], language: Language) -> str:
    parts, last = [], 0
    for start, end, kind in found:
        parts += [message[last:start], f"[{called((kind,), language)}]"]
        last = end
    return "".join([*parts, message[last:]])


def _kinds(found: list[tuple[int, int, str]]) -> list[str]:
    return list(dict.fromkeys(kind for _, _, kind in found))
