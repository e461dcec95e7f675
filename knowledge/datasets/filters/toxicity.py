"""Drop rows with insults, slurs, obscene offers and calls to violence.

    text -> stems that occur -> pattern of each that does -> reason

The lists are short on purpose: they hold what no consultation needs, and not what medicine talks
about. So no part of the body is in them, no act, no infection and its transmission, and no death;
"kill", "die" and 自杀 count only where an answer tells somebody to. Who asks for harm and is
refused is not abusive; insults count in questions, too.
"""

import re

from knowledge.datasets import reasoning
from knowledge.records import Language, Lesson

INSULT = "abuse: an insult or a slur"
OBSCENE = "abuse: an obscene offer"
VIOLENCE = "abuse: a call to violence or self-harm"

Stems = tuple[tuple[str, str], ...]
"""What must occur in small letters, since looking for it is cheap, and the pattern that decides."""

_YOU = r"\b(?:you|your|u)\b[^.?!]{0,20}"

_INSULTS: dict[Language, Stems] = {
    "en": (
        ("fuck", r"\b(?:mother)?fuck(?:s|ed|er|ers|ing)?\b"),
        ("shithead", r"\bshitheads?\b"),
        ("bullshit", r"\bbullshit\b"),
        ("asshole", r"\bassholes?\b"),
        ("arsehole", r"\barseholes?\b"),
        ("bastard", r"\bbastards?\b"),
        ("bitch", r"\b(?:son of a )?bitch(?:es)?\b"),
        ("cunt", r"\bcunts?\b"),
        ("whore", r"\bwhores?\b"),
        ("slut", r"\bsluts?\b"),
        ("wanker", r"\bwankers?\b"),
        ("nigger", r"\bniggers?\b"),
        ("faggot", r"\bfaggots?\b"),
        ("kike", r"\bkikes?\b"),
        ("wetback", r"\bwetbacks?\b"),
        ("retard", _YOU + r"\bretards?\b"),
        ("idiot", _YOU + r"\bidiots?\b(?!ic)"),
        ("moron", _YOU + r"\bmorons?\b"),
        ("imbecile", _YOU + r"\bimbeciles?\b"),
        ("scum", _YOU + r"\bscum\b"),
        ("stupid", r"\byou(?:'re| are)? (?:so |all |really )?stupid\b"),
    ),
    "zh": (
        ("傻", "傻[逼b屄比叉x]|你(?:真|个|这个?|们)?(?:大)?傻[瓜子蛋]"),
        ("煞笔", "煞笔"),
        ("操你", "操你"),
        ("肏", "肏"),
        ("日你", "日你(?:妈|娘|大爷|先人)"),
        ("草泥马", "草泥马"),
        ("你妈的", "(?<!告诉)(?<!问)你妈的(?!病|血|检查|情况|症状|年|身|腿|腰|头|药|眼|心|胃|肺)"),
        ("王八", "王八(?:蛋|羔子)"),
        ("混蛋", "混蛋"),
        ("滚", "(?:给我|你|快)滚(?:开|蛋|远)|滚蛋"),
        ("贱", "贱(?:人|货|种)"),
        ("婊", "婊"),
        ("骚货", "骚货"),
        ("杂种", "(?:狗|小|野)杂种|你(?:个|这)?杂种"),
        ("狗娘养", "狗娘养"),
        ("狗日", "狗日的"),
        ("脑残", "脑残"),
        ("蠢", "蠢(?:货|猪|驴)|你(?:真|太|这么)蠢"),
        ("白痴", "你(?:真|就|个|这|们)?(?:是|个)?白痴"),
        ("智障", "你(?:真|就|个|这|们)?(?:是|个)?智障"),
        ("废物", "你(?:真|就|个|这|们)?(?:是|个)?废物"),
        ("死全家", "死全家"),
        ("黑鬼", "黑鬼"),
        ("支那", "支那(?:人|猪)"),
        ("棒子", "高丽棒子"),
    ),
}
_OBSCENE: dict[Language, Stems] = {
    "en": (
        ("gangbang", r"\bgangbangs?\b"),
        ("sexting", r"\bsexting\b"),
        ("sexy", r"\bsexy (?:girls?|boys?|babes?|chats?|videos?|pics?|photos?)\b"),
        ("sex chat", r"\b(?:hot|live|free) sex chats?\b"),
        ("nude", r"\b(?:nudes|nude (?:pics?|photos?|videos?|girls?|boys?))\b"),
        ("xxx", r"\bxxx (?:videos?|movies?|pics?|site)\b"),
        ("porn", r"\b(?:free|watch|hot|best) porn(?:o|ography)?\b|\bporn ?(?:site|hub|video)s?\b"),
        ("escort", r"\bescort (?:girls?|service|agency)\b"),
    ),
    "zh": (
        ("约炮", "约炮"),
        ("裸聊", "裸聊"),
        ("援交", "援交"),
        ("色情", "色情(?:网站|视频|图片|小说|服务)"),
        ("黄色", "黄色(?:网站|小说)"),
        ("成人", "成人(?:网站|视频|电影|小说)"),
        ("上门", "(?:小姐|美女|学生妹)上门|上门(?:特服|小姐)"),
        ("做爱视频", "做爱视频"),
    ),
}
_VIOLENCE: dict[Language, Stems] = {
    "en": (
        ("kill", r"\b(?:go (?:and )?|should |must |just |why not |better )kill "
         r"(?:yourself|your ?self|himself|herself|him|her|them)\b"),
        ("die", r"\byou (?:should|deserve to|ought to|had better) die\b|\bgo (?:and )?die\b"),
        ("hang yourself", r"\bhang yourself\b"),
        ("yourself", r"\b(?:shoot|stab|drown|poison|starve) yourself\b"),
        ("wrist", r"\b(?:slit|cut) (?:your|her|his) wrists?\b"),
        ("beat", r"\b(?:just |should |must )beat (?:her|him|them|your \w+) (?:up|hard)\b"),
        ("stab", r"\b(?:should|must|just|go and) stab (?:her|him|them)\b"),
        ("strangle", r"\b(?:should|must|just|go and) strangle (?:her|him|them)\b"),
    ),
    "zh": (
        ("去死", "(?:你|他|她|就|快|该|可以)去死|去死吧"),
        ("自杀", "(?:你|就|快|可以|不如|干脆)(?:去)?自杀(?:吧|算了|好了)|不如自杀"),
        ("割腕", "(?:去|就|不如)割腕(?:吧|算了)?"),
        ("跳楼", "(?:去|就|不如)跳楼(?:吧|算了)"),
        ("上吊", "(?:去|就|不如)上吊(?:吧|算了)"),
        ("弄死", "弄死(?:他|她|你)"),
        ("打死", "打死(?:他|她|你)(?:吧|算了|才)|往死里打"),
        ("砍死", "砍死(?:他|她|你)"),
        ("捅死", "捅死(?:他|她|你)"),
        ("掐死", "掐死(?:他|她|你)(?:吧|算了)"),
    ),
}  # fmt: skip
"""Looked for in answers only: a patient may tell of such thoughts."""


def check_toxicity(lesson: Lesson) -> str:
    """Return why a row is dropped for its tone, or an empty text."""
    thought = [reasoning.brought(lesson)]
    every = "\n".join([message.content for message in lesson.messages] + thought).lower()
    may = [language for language in _LANGUAGES if _may_hold(every, language)]
    if not may:
        return ""
    said = [each.content for each in lesson.messages if each.role != "user"]
    answers = "\n".join(said + thought).lower()
    # A Chinese row may hold English words, and the other way round.
    for language in may:
        for reason, stems, text in (
            (INSULT, _INSULTS[language], every),
            (OBSCENE, _OBSCENE[language], every),
            (VIOLENCE, _VIOLENCE[language], answers),
        ):
            if any([stem in text and re.search(pattern, text) for stem, pattern in stems]):
                return reason
    return ""


def _may_hold(text: str, language: Language) -> bool:
    """Say whether a text may have a stem of a language, since most have none of either."""
    if language == "en":
        return text.isascii() or _WORD.search(text) is not None
    return not text.isascii() and _CHINESE.search(text) is not None


_LANGUAGES: tuple[Language, ...] = ("en", "zh")
_WORD = re.compile("[a-z]{3}")
"""No English stem is shorter, or has another sign before its third letter."""

_CHINESE = re.compile(
    "|".join(stem for table in (_INSULTS, _OBSCENE, _VIOLENCE) for stem, _ in table["zh"])
)
