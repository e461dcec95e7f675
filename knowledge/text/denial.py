"""Find the words of a text that deny, in English and Chinese.

    text -> Denial(cue, kind, start, end), from left to right

The one lexicon of denial, for every checker. It has the structure of NegEx: cues by kind, and
pseudo-negations, in which a word of denial denies nothing ("not only", 不良反应). Where several
entries begin at the same place the longest kind counts, in the order of `KINDS`. A checker that
must read some cue otherwise says so where it calls, with its reason; nobody keeps a second list.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

DenialKind = Literal[
    "exception",
    "partial",
    "needless",
    "falsity",
    "ineffective",
    "unrelated",
    "cessation",
    "prohibition",
    "rarity",
    "lack",
    "negation",
]
"""What a cue says: that something is left out of a statement, does not always hold, need not be
done, is not true, does not work, has nothing to do with it, is ended, must not be done, seldom
happens, is missing; or plainly not."""

KINDS: tuple[DenialKind, ...] = get_args(DenialKind)

_ENGLISH: dict[DenialKind, str] = {
    "exception": r"""
        except|excepting|except for|with the exception of|exceptions?|unless|apart from|other than|
        aside from|excluding|save for|but not
        """,
    "partial": r"""
        not always|not all|not every|not everyone|not necessarily|not usually|not routinely|
        not invariably|not entirely|not completely|not fully|not universally
        """,
    "needless": r"""
        unnecessary|unnecessarily|needless|needlessly|not necessary|not needed|not required|
        not need|no need|not require|needn['’]t|not mandatory|not obligatory|unneeded
        """,
    "falsity": r"""
        false|falsely|untrue|wrong|wrongly|incorrect|incorrectly|mistaken|mistakenly|myths?|
        misconceptions?|fallacy|fallacies|den(?:y|ies|ied|ying)|refut(?:e|es|ed|ing)|
        disprov(?:e|es|ed|en|ing)|debunk(?:s|ed)?|contrary|exclud(?:e|es|ed)|
        rul(?:e|es|ed|ing) (?:it |them |this |that )?out|reject(?:s|ed)?|contradict(?:s|ed)?
        """,
    "ineffective": r"""
        ineffective|ineffectual|inefficacious|useless|futile|fail(?:s|ed|ing)?|of no (?:use|benefit|
        value)|no benefit|powerless
        """,
    "unrelated": r"""
        unrelated|unassociated|uncorrelated|unlinked|unconnected|irrelevant|independent|
        independently of|irrespective|regardless
        """,
    "cessation": r"""
        stop(?:s|ped|ping)?|discontinu(?:e|es|ed|ing|ation)|withh(?:old|olds|eld|olding)|
        ceas(?:e|es|ed|ing)|cessation|omit(?:s|ted|ting)?|omission|withdr(?:aw|awn|ew)|
        suspend(?:s|ed)?|halt(?:s|ed)?|interrupt(?:s|ed)?
        """,
    "prohibition": r"""
        avoid(?:s|ed|ing|ance)?|contraindicat(?:e|es|ed|ing)|contra-?indicated|contraindications?|
        prohibit(?:s|ed|ing)?|prohibition|forbid(?:s|den)?|ban(?:s|ned)?|disallowed|unsafe|
        unadvisable|inadvisable|ill-advised|inappropriate|unsuitable|unfit|unacceptable|
        unwise|refrain(?:s|ed)?|abstain(?:s|ed)?
        """,
    "rarity": r"""
        rarely|seldom|hardly|scarcely|barely|unlikely|less likely|least likely|infrequently|
        infrequent|rare|little|negligible|negligibly|uncommon|uncommonly|few
        """,
    "lack": r"""
        without|absent|absence|lack(?:s|ed|ing)?|free of|free from|devoid|missing|nil|negative|
        deprived of
        """,
    "negation": r"""
        not|no|nor|never|none|nothing|neither|nobody|nowhere|cannot|unable|instead|rather|
        non|un(?:treated|used|confirmed|proven|affected)
        """,
}

_CHINESE: dict[DenialKind, str] = {
    "exception": "除外|例外|除非|除(?!外|非|了|湿|皱|颤|去|以|此|痰|臭|热|烦)"
    "[^，。；、]{1,24}?(?:以外|之外|外(?!科|用|周|伤|源|阴|耳|科))|以外|之外|除了?(?=.{1,24}外)",
    "partial": "不一定|未必|不总是|不都是?|并非(?:所有|都|总是|一定)|不是所有|"
    "不完全(?!性|流产|梗阻)|不常规|不尽然",
    "needless": "不必|无需|毋需|无须|毋须|不需要?|不须|没有必要|没必要|无必要|"
    "不用(?=担心|治疗|处理|停|做|去|再|特别|额外|常规)",
    "falsity": "否认|否定|排除(?!诊断|标准)|误区|误解|误以为|谣言|谬误|错误|不实|反而|谈不上|不成立"
    "|不正确|不准确|推翻|证伪|拒(?!绝)|拒绝",
    "ineffective": "无效|失效|徒劳|没有效果|没有作用|无益|没用(?!药|过)|无用(?!药)|不起作用|不奏效",
    "unrelated": "无关|不相关|没有关系|无相关|不相干",
    "cessation": "停用|停药|停服|停止|停掉|中止|终止|撤药|中断|(?<!呼吸)暂停",
    "prohibition": "禁忌|禁|忌|避免|避|勿|莫|(?<![类辨区鉴识特个性判级分差告国派性])别|免",
    "rarity": "罕见|少见|绝少|极少|很少|甚少|较少(?=见|发生|出现|引起|导致)|鲜有|鲜见|难以|不常见?|"
    "不太可能|不大可能|微不足道|可能性不大|可能性(?:很|较)?小",
    "lack": "缺乏|缺少|缺如|缺失|毫无|不含|不伴|阴性",
    "negation": "没有|没|沒|不是|不|并未|未|并无|无|無|并非|非|否",
}

_PSEUDO_ENGLISH: dict[str, str] = {
    r"not only|not just|not merely|not simply|not solely": "introduces 'but also': both hold",
    r"no doubt|without (?:a )?doubt|undoubtedly|not uncommon(?:ly)?|not unlikely|"
    r"not infrequent(?:ly)?|not rare(?:ly)?": "affirms",
    r"(?:no|not) (?:more|less|fewer|later|longer|greater|higher|lower|earlier) than|"
    r"(?:not|never|without) exceed(?:ing)?": "compares with a number",
    r"without delay|no later": "says when",
    r"whether or not|or not": "leaves it open",
    r"gram[- ]negative|rh(?:esus)?[- ]negative|triple[- ]negative|negative pressure|"
    r"false[- ](?:positive|negative)s?|true negatives?": "names a germ, a device or a result",
    r"independent (?:risk|predict\w+|factor\w*|association)": "holds by itself",
    r"mistaken for": "says what it looks like",
    r"absence (?:seizures?|epilepsy|status)": "names an illness",
    r"little (?:finger|toe|by little)|as little as|a little|a few": "measures",
    r"stop codon|one-stop": "names a thing",
    r"failed back|failing heart|heart failing": "names an illness",
    r"free of charge": "tells the price",
    r"rather (?:severe|mild|common|large|small|high|low)": "grades",
    r"non[- ]?steroidal|non[- ]hodgkin\w*|non[- ]small|non[- ]invasive|non[- ]prescription|"
    r"non[- ]selective|non[- ]alcoholic|non[- ]specific|non[- ]\w+": "is a part of a name",
    r"fewer than|few hours|few days|few weeks|few minutes|few months|few years": "measures",
    r"avoidable|unavoidable": "says whether it can be prevented",
    r"banned substances?": "names a list",
}
"""Phrases in which an English word of denial denies nothing, and why."""

_PSEUDO_CHINESE: dict[str, str] = {
    "不仅|不但|不只|不单|不光|非但": "introduces 而且: both hold",
    "不良|不适|不安|不振|不稳|不齐|不调|不宁|不洁|不寐|不爽|不遂|不固|不和|不畅|不匀|不均|不整|"
    "不消化|消化不|不规则|不对称|不典型|不自主|不随意|不平衡|不耐受|不耐(?=热|寒)|不育"
    "|不孕|不饱和": ("names a finding or an illness"),
    "不足(?!以)|不全|功能不|神志不清|言语不清|视物不清|口齿不清|意识不清|久治不愈|经久不愈|出血不止|"
    "高热不退|咳嗽不止|呕吐不止|大小不等|轻重不一|长短不一|形态不一": "describes a finding",
    "不明原因|原因不明的|来源不明|意义不明的|性质不明": "is a part of a name",
    "不同|不断|不等|不久|不时|不料|不妨|不愧": "is one word, and denies nothing",
    "不得不|不能不|不可不|不可缺少|不可或缺|必不可少|不可避免|不容忽视|无法避免|难免|不免|未免|"
    "免不了|不可忽视|不容小觑": "affirms by denying twice",
    "不(?:应|得|宜|能|可|会)?(?:超过|少于|低于|高于|多于|大于|小于|早于|晚于|长于|短于|超出)": (
        "compares with a number"
    ),
    "是不是|能不能|可不可以|会不会|要不要|有没有|有无|有否|是否|能否|可否|会否|应否|与否|需不需要|"
    "该不该|好不好|对不对|否则": "asks, or leaves it open",
    "无力|无菌|无尿|无机|无创|无痛|无氧|无水|无精|无论|无形|无脑|无排卵|无线|无糖|无钠|无脂|无偿|"
    "有无|无名|无定形|无汗|无意识|无反应性|无嗅|无色(?!素)|无味|无害化": "is a part of a name",
    "无疑|毋庸置疑|毫无疑问": "affirms",
    "非甾体|非处方|非常|非洲|非典|非霍奇金|非小细胞|非特异|非酒精|非那|非布|非洛|非索|非奈|非诺|"
    "非手术|非药物|非化脓|非感染|非淋|非创伤|非选择|非结核|非ST|非心源|非肾|非癌|非恶性|非糖尿病|"
    "是非|非胰岛素|非梗阻|非免疫|非过敏": "is a part of a name",
    "未来|未婚|未成年|未满(?!足)": "says when, or who",
    "没药|没食子|淹没|浸没|出没|没收|隐没": "is one word, and denies nothing",
    "失禁|不禁|禁食(?=[、，。；（）()\\d水后前期时相状或和至超]|$)|禁毒|禁区": (
        "names a finding or a measure"
    ),
    "阿莫|他莫昔|拉莫|福莫|尼莫|莫西|莫沙|莫匹|莫米|莫雷|莫达": "is a part of a medicine's name",
    "意料之外|意外": "is one word",
    "除此(?:之外|以外|而外)": "adds something",
    "忌口": "names a diet",
    "避孕|避光|回避|躲避|规避": "names a measure",
    "免疫|免费|赦免|任免|以免": "names something else, or says what for",
    "别嘌|别名|别的|别人|别处|别称|特别|级别|类别|性别|个别|差别|分别|鉴别|辨别|区别|识别|判别": (
        "is one word, and denies nothing"
    ),
    "呼吸暂停|心脏骤停|心跳停止|心搏骤停|骤停|停经": "names a finding",
    "缺乏症|缺乏性|缺失综合征|缺失突变|缺失症": "names an illness",
    "革兰阴性|革兰氏阴性|三阴性|假阴性|真阴性|阴性菌|血清阴性": (
        "names a germ, an illness or a result"
    ),
    "错误率": "names a figure",
    "除外科|除颤|除湿|除皱|除去|祛除|清除|切除|去除|消除|解除|摘除|拔除|扣除|剔除|根除|驱除|免除": (
        "names a measure"
    ),
}
"""Phrases in which a Chinese sign of denial denies nothing, and why."""


@dataclass(frozen=True, slots=True)
class Denial:
    """A cue of denial in a text: its small-letter wording, its kind, where it begins and ends."""

    cue: str
    kind: DenialKind
    start: int
    end: int


def find_denials(text: str, kinds: Collection[DenialKind] = KINDS) -> list[Denial]:
    """Return the denials of some kinds in a text, from left to right.

    >>> [(found.cue, found.kind) for found in find_denials("Not only fever: never without advice.")]
    [('never', 'negation'), ('without', 'lack')]
    >>> [found.cue for found in find_denials("肾功能不全者禁用，并非所有人都不良反应明显。")]
    ['禁', '并非所有']
    """
    found = [
        Denial(match[0].casefold(), kind, match.start(), match.end())
        for match in _matches(text)
        if (kind := _kind(match)) is not None and kind in kinds
    ]
    return sorted(found, key=lambda each: each.start)


def is_denied(text: str, kinds: Collection[DenialKind] = KINDS) -> bool:
    """Say whether a text holds a denial of one of some kinds."""
    return any(_kind(match) in kinds for match in _matches(text))


def _matches(text: str) -> Iterator[re.Match[str]]:
    """Yield the cues and pseudo-negations of a text: first the Chinese ones.

    Each script has an expression of its own: one for both costs twice the time on either.
    """
    if not text.isascii():
        yield from _chinese_pattern().finditer(text)
    yield from _english_pattern().finditer(text)


def _kind(match: re.Match[str]) -> DenialKind | None:
    """Return the kind of a match, or None for a pseudo-negation."""
    return _BY_GROUP.get(match.lastgroup or "")


_BY_GROUP: dict[str, DenialKind] = {**{kind: kind for kind in KINDS}, "contraction": "negation"}
"""The kind that each group of the expressions finds; pseudo-negations have none."""


@cache
def _english_pattern() -> re.Pattern[str]:
    """Return one expression: pseudo-negations first, then the cues, kind by kind."""
    words = {kind: "".join(_ENGLISH[kind].split("\n")).replace("        ", "") for kind in KINDS}
    branches = [rf"(?P<pseudo>{'|'.join(_PSEUDO_ENGLISH)})\b"]
    branches += [rf"(?P<{kind}>{words[kind]})\b" for kind in KINDS]
    return re.compile(rf"\b(?:{'|'.join(branches)})|(?P<contraction>n['’]t)\b", re.IGNORECASE)


@cache
def _chinese_pattern() -> re.Pattern[str]:
    """Return one expression: pseudo-negations first, then the cues, kind by kind."""
    branches = [f"(?P<pseudo>{'|'.join(_PSEUDO_CHINESE)})"]
    branches += [f"(?P<{kind}>{_CHINESE[kind]})" for kind in KINDS]
    return re.compile("|".join(branches), re.IGNORECASE)
