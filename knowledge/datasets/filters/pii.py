"""Find personal data by its form, to drop or to mask what names or reaches a living person.

    text -> cue -> pattern -> check digits -> kinds and places

Only what has a form is found: numbers, addresses, names after a cue such as "my name is". A name in
running text without a cue has none; rows from conversations still need a person's eye.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from knowledge.datasets import reasoning
from knowledge.records import Language, Lesson

PERSONAL = "personal data: "

Check = Callable[[str], bool]


@dataclass(frozen=True, slots=True, eq=False)
class PersonalDataPattern:
    """How one kind of personal data is found and masked.

    `cues` are words of which one must occur, since looking for them is far cheaper than the
    pattern; without cues the pattern is tried where the text has a long number. The group `it` of
    the pattern is what is masked.
    """

    name: str
    mask: dict[Language, str]
    cues: tuple[str, ...]
    pattern: re.Pattern[str]
    check: Check = bool


def _digits(text: str) -> list[int]:
    return [int(sign) for sign in text if sign.isdigit()]


def _is_card(text: str) -> bool:
    """Check digits of a payment card (Luhn, ISO/IEC 7812-1)."""
    digits = _digits(text)
    doubled = (2 * digit - 9 * (digit > 4) for digit in digits[-2::-2])
    return len(set(digits)) > 1 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


def _is_resident(text: str) -> bool:
    """Check digit of a Chinese resident identity number (GB 11643)."""
    total = sum(int(sign) * (1 << (17 - place)) for place, sign in enumerate(text[:17]))
    return "10X98765432"[total % 11] == text[17].upper()


def _is_address(text: str) -> bool:
    return all(int(part) < 256 for part in text.split("."))


_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏窦章苏潘葛范彭郎鲁韦马苗"
    "凤花方俞任袁柳鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐时傅卞齐康伍余元顾孟黄穆萧尹姚邵湛汪祁毛狄"
    "臧戴宋茅庞熊纪舒屈项祝董梁杜阮蓝闵季贾路娄江童颜郭梅盛林钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫"
    "房裘缪干解应宗丁宣邓洪包左石崔吉龚程邢裴陆荣翁荀羊惠甄曲封储靳段焦谷侯全班仰秋仲伊宫宁仇栾甘祖"
    "武符刘景詹龙叶司郜黎薄印宿白怀邰从鄂索赖卓屠池乔胥闻党翟谭劳姬申扶堵冉宰桑桂牛寿边燕冀尚农温庄"
    "晏柴瞿阎充慕连习艾鱼容向古易慎戈廖庾终居衡步都耿满弘匡国文寇广东殴沃利蔚越隆师巩厍聂晁勾敖融冷訾"
    "辛阚那简饶曾关相查后荆红游隋"
)
_TITLE = r"(?:Dr|Mr|Mrs|Ms|Prof|Miss)\.? "
_CAPITAL = "[A-Z\u00c0-\u00de\u0100-\u017f\u0391-\u03a9]"
_WORD = rf"{_CAPITAL}[^\W\d_][^\W\d_'’-]*"
_NAME = rf"{_WORD}(?: (?:[A-Z]\. )?{_WORD}){{0,2}}"
_STREET = "Street|St|Avenue|Ave|Road|Rd|Lane|Ln|Drive|Boulevard|Blvd|Court|Ct|Place|Square|Way"


def _both(en: str, zh: str) -> dict[Language, str]:
    return {"en": f"[{en}]", "zh": f"[{zh}]"}


PATTERNS: tuple[PersonalDataPattern, ...] = (
    PersonalDataPattern(
        "e-mail address",
        _both("e-mail", "邮箱"),
        ("@",),
        re.compile(r"(?P<it>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"),
    ),
    PersonalDataPattern(
        "network address",
        _both("address", "地址"),
        ("http", "www."),
        re.compile(r"(?P<it>(?:https?://|www\.)[^\s，。；）)]+)"),
    ),
    PersonalDataPattern(
        "network address",
        _both("address", "地址"),
        (),
        re.compile(r"(?<![\d.])(?P<it>\d{1,3}(?:\.\d{1,3}){3})(?![\d.])"),
        _is_address,
    ),
    PersonalDataPattern(
        "identity number",
        _both("identity number", "证件号"),
        (),
        re.compile(r"(?<!\d)(?P<it>[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx])(?![\dXx])"),
        _is_resident,
    ),
    PersonalDataPattern(
        "identity number",
        _both("identity number", "证件号"),
        (),
        re.compile(r"(?<![\d-])(?P<it>(?!000|666)\d{3}-(?!00)\d{2}-(?!0000)\d{4})(?![\d-])"),
    ),
    PersonalDataPattern(
        "payment card",
        _both("card number", "卡号"),
        (),
        re.compile(r"(?<![\d.])(?P<it>[2-6]\d{3}(?:[ -]?\d){8,15})(?![\d.])"),
        _is_card,
    ),
    PersonalDataPattern(
        "bank account",
        _both("account", "账号"),
        (),
        re.compile(r"\b(?P<it>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?)\b"),
    ),
    PersonalDataPattern(
        "telephone number",
        _both("telephone", "电话"),
        (),
        re.compile(
            r"(?<![\d.])(?P<it>(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}"
            r"|0\d{2,3}-\d{7,8}"
            r"|(?:\+?1[ .-]?)?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}(?: ?x ?\d+|x\d+)?"
            r"|\+\d{1,3}(?:[ .-]?\(?\d{2,5}\)?){2,5}|00\d{2}[ -]?\d{2,4}(?:[ -]?\d{2,4}){2,3}"
            r"|\(0\d{2,4}\) ?\d{3,4}[ -]?\d{3,4}|0\d{3,4} \d{3} ?\d{3,4})(?!\d|\.\d)"
        ),
    ),
    PersonalDataPattern(
        "telephone number",
        _both("telephone", "电话"),
        (),
        re.compile(
            r"(?:电话|手机|微信|QQ|WeChat|WhatsApp|phone|call me)(?:号码?|群| number)?"
            r"(?: is| at| on|是|为|：|:)?\s?(?P<it>[A-Za-z(]?[\w-]*\d[\d ()-]{4,}\w*)",
            re.IGNORECASE,
        ),
    ),
    PersonalDataPattern(
        "record number",
        _both("record number", "病历号"),
        (),
        re.compile(
            r"(?:MRN|record (?:number|no\.?)|patient ID|病历号|住院号|门诊号|就诊卡号?|"
            r"身份证号?码?|医保卡号?)(?: is|是|为|：|:|#)? ?#?(?P<it>[A-Za-z]{0,3}-?\d{4,}[\d-]*)",
            re.IGNORECASE,
        ),
    ),
    PersonalDataPattern(
        "date of birth",
        _both("date of birth", "出生日期"),
        (),
        re.compile(
            r"(?:born on|date of birth|\bDOB|出生于|出生日期|生日)(?: is|是|为|：|:)? ?"
            r"(?P<it>\d{1,4}[-/年.]\d{1,2}[-/月.]\d{1,4}日?|\d{1,2} [A-Z][a-z]+,? \d{4}"
            r"|[A-Z][a-z]+ \d{1,2},? \d{4})",
            re.IGNORECASE,
        ),
    ),
    PersonalDataPattern(
        "name",
        _both("name", "姓名"),
        ("name is",),
        re.compile(rf"\b[Mm]y (?:[a-z]+ )?name is (?P<it>{_NAME})"),
    ),
    PersonalDataPattern(
        "name",
        _both("name", "姓名"),
        ("Dr", "Mr", "Ms", "Prof", "Miss "),
        re.compile(rf"\b{_TITLE}(?P<it>{_NAME})"),
    ),
    PersonalDataPattern(
        "name",
        _both("name", "姓名"),
        ("egards", "incerely", "ame:", "User:"),
        re.compile(rf"(?:[Rr]egards,?|[Ss]incerely,?|[Nn]ame:|User:)\s+(?P<it>{_NAME})"),
    ),
    PersonalDataPattern(
        "name",
        _both("name", "姓名"),
        ("我叫", "我是", "姓名", "名叫"),
        re.compile(
            rf"(?:我叫|名叫|姓名(?:是|为|：|:)) ?(?P<it>[{_SURNAMES}][\u4e00-\u9fff]{{1,2}})"
            rf"(?=[，。,.；;！!\s（(、]|$|今年|性别)"
        ),
    ),
    PersonalDataPattern(
        "name",
        _both("姓名", "姓名"),
        ("医生", "大夫", "医师", "主任", "教授"),
        re.compile(
            rf"(?<![\u4e00-\u9fff])(?:你好|您好|请问|谢谢|感谢)?"
            rf"(?P<it>(?![问关对从于由向经应任]|谢谢|感谢)[{_SURNAMES}][\u4e00-\u9fff]{{0,2}}?)"
            rf"(?=(?:主任)?(?:医生|大夫|医师|教授))"
        ),
    ),
    PersonalDataPattern(
        "postal address",
        _both("address", "地址"),
        (),
        re.compile(rf"\b(?P<it>\d{{1,5}} (?:{_WORD} ){{1,3}}(?:{_STREET}))\b"),
    ),
    PersonalDataPattern(
        "postal address",
        _both("address", "地址"),
        ("live at ", "lives at ", "ddress"),
        re.compile(r"(?:\blives? at |\b[Aa]ddress(?: is|:) )(?P<it>\d+[A-Za-z]? [^.;\n]{3,60})"),
    ),
    PersonalDataPattern(
        "postal address",
        _both("address", "地址"),
        ("住址", "家住", "地址", "住在"),
        re.compile(
            r"(?:住址|家住|地址|住在)(?:是|为|：|:)?(?P<it>[\u4e00-\u9fffA-Za-z0-9]{2,25}?"
            r"(?:路|街|道|巷|小区|村|弄)[\u4e00-\u9fff]{0,6}\d+[号室栋弄-])"
        ),
    ),
)

_CUED = {
    "en": [(cue, kind) for kind in PATTERNS for cue in kind.cues if cue.isascii()],
    "zh": [(cue, kind) for kind in PATTERNS for cue in kind.cues],
}
_CUE = re.compile("|".join(re.escape(cue) for cue, _ in _CUED["zh"]))
_NUMBERED = [kind for kind in PATTERNS if not kind.cues]
_NUMBER = re.compile(r"\d[\d.]\d")


def find_personal_data(text: str) -> Iterator[tuple[PersonalDataPattern, int, int]]:
    """Yield what is personal in a text: its kind, and where it begins and ends."""
    plain = text.isascii()
    kinds = []
    if plain or _CUE.search(text):
        kinds = [kind for cue, kind in _CUED["en" if plain else "zh"] if cue in text]
    if _NUMBER.search(text):
        kinds += _NUMBERED
    if not kinds:
        return
    for kind in dict.fromkeys(kinds):
        for found in kind.pattern.finditer(text):
            if kind.check(found["it"]):
                yield kind, found.start("it"), found.end("it")


def check_pii(lesson: Lesson) -> str:
    """Return why a row with personal data of a known form is dropped, or an empty text."""
    text = "\n".join([each.content for each in lesson.messages] + [reasoning.brought(lesson)])
    found = next(find_personal_data(text), None)
    return PERSONAL + found[0].name if found else ""


def mask_text(text: str, language: Language) -> str:
    """Return a text with its personal data replaced by what it was.

    >>> mask_text("My name is Ann Lee, write to ann@lee.org.", "en")
    'My name is [name], write to [e-mail].'
    """
    spans = sorted(
        (start, -end, kind.mask[language]) for kind, start, end in find_personal_data(text)
    )
    done, place = "", 0
    for start, end, mask in spans:
        if start >= place:
            done += text[place:start] + mask
            place = -end
    return done + text[place:]


def mask_lesson(lesson: Lesson) -> Lesson:
    """Return a lesson with the personal data of its messages and of its reasoning masked."""
    thought = reasoning.brought(lesson)
    masked = {reasoning.BROUGHT: mask_text(thought, lesson.language)} if thought else {}
    return replace(
        lesson,
        meta={**lesson.meta, **masked},
        messages=tuple(
            replace(message, content=mask_text(message.content, lesson.language))
            for message in lesson.messages
        ),
    )
