"""Fit Chinese templates and lists to the names that stand in them.

    template + names -> "such as" only of several, no word twice, a verb that the name goes with
    names of one list -> the same without synonyms

Nothing here says more than the template or the list did.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache

from knowledge.lessons.facts import reportable_findings

_MARKED = ("并发症", "检查", "不良反应", "副作用", "体征")
_SUCH_AS = re.compile(
    r"(\{a\})等(并发症|检查|不良反应|副作用|体征|症状|表现|不适|情况|药物|药|方法|手段|食物|病症)?"
)
_AGAIN = re.compile(r"(检查|症状|表现|手段|药物|副作用|并发症)(等|这[一项些])\1")
_MORE = {"等": "等", "这些": "这几种", "这一": "这一种", "这项": "这一种"}
_MORE_TESTS = {"等": "等项目", "这些": "这些项目", "这一": "这一项", "这项": "这一项"}
_HAPPENS = re.compile(
    "(?:骨折|脱位|损伤|外伤|开放伤|破裂|中毒|扭伤|撕裂|撕裂伤|烧伤|烫伤|冻伤|咬伤|螫伤|擦伤|挫伤|"
    "切割伤|异物|破水|"
    "出血|难产|流产|早产|梗死|梗塞|栓塞|窒息|休克|猝死)$"
)
"""Conditions that happen to somebody: the verb "get" does not go with them."""

_PURPOSE = re.compile(
    "(?:流产|引产|催产|促宫颈成熟|麻醉|镇静|避孕|手术|准备|检查|移植|抗凝|解救|补充|替代|支持)$|"
    "^(?:预防|诊断|紧急避孕|逆转|戒烟|解救)"
)
_HEALING = re.compile(
    r"(?:治疗|医治)\)?\{[ao]\}|\{[ao]\}(?:\(?\|?患者|病人)|(?:治疗|医治)\|[^()]*\)\{[ao]\}|\{a\}[^。]*治疗。|病症|疾病"
)
_TO_HEAL = re.compile(
    r"(?:用于|用来|能)?(?:\((?:治疗|医治)\|(?:治疗|医治)\)|治疗|医治)(?=\{[ao]\})"
)
"""What a medicine is for that is no illness, and sentences that would call it one."""

_REACTS = re.compile("对.*过敏|(?:妊娠|怀孕|哺乳期?|分娩|阳性|家族史)$")
_HAVING = re.compile(r"(?:存在|有|出现|遇到|碰到)\)?\{[ao]\}")
PEOPLE = re.compile(
    "(?:者|人|人群|患者|病人|妇女|孕妇|产妇|儿童|婴儿|婴幼儿|新生儿|早产儿|女性|男性)$"
)
_OF_PEOPLE = re.compile(
    r"(?:存在|有|出现|遇到|碰到)\)?\{o\}|\{[ao]\}\)?(?:的人|时|\(时|\(的情况|的情况)"
)
"""Names of people who are not given a medicine, and templates that take a name for an illness."""

_BARE = re.compile(r"^\{o\}的人")
"""A template in which a name tells whom it is about without a word such as "have"."""

_WATCHED = re.compile("(?:留意|注意|观察|关注|留心).*表现")
_ALTERNATIVES = re.compile(r"\(([^()]*症状[^()]*)\)")
"""Templates that ask somebody to watch for findings, and groups that may call those symptoms."""

_JOINED = re.compile(r"[与和同跟]\{a\}")
_GOT = re.compile(r"(?:得了|患上|患有|罹患|患|得)\{s\}")

_TESTED = re.compile(
    "检|查|诊|验|试验|测|造影|片|CT|MRI|成像|显像|显象|扫|超|多普勒|X线|培养|镜|图|活|穿刺|分析|"
    "鉴定|透|评|描记|摄|计数|探|"
    "钡|染色|反应|电泳|电位|监护|筛选|冲洗|引流|排查|定量|定性|杂交|化验|血沉|抗体|抗原|酶|素|功"
    "能|常规|项|[A-Za-z0-9]$|"
    "血糖|血脂|分泌量|浓度|水平|比值|计|标志物|数|时间|因子|指数|清除率"
)
_SEEN = re.compile(
    "(?:皮损|皮疹|毛发|颜色|体温|脉搏|体位|性状|形态|形状|大小|体型|活动度|压力|硬度|紧张度|运动|"
    "表情|面容|语态|味觉|"
    "视力|色觉|痛觉|温度觉|震动觉|病理学|寄生虫|脓液|血液|粘液|细胞|分泌物|淋巴结|鼓膜|中耳|外耳"
    "道|鼻中隔|鼻前庭|甲状腺|"
    "包块|肿块|征|痛|杂音|畸形|强直|棘波|尖波|整体观|渗透压|气味|状态|肤色|虫卵|孢子|杆菌|螺旋体|"
    "氧分压|染色体|基因|清洁度|裂隙灯|血尿酸|尿酸|血氨|血肌酐|尿素氮)$"
)
"""Names of what a test looks at, which do not say that it is a test."""

_ALIKE = (
    ("氏反应", "反应"), ("干性咳嗽", "干咳"), ("小儿干咳", "干咳"),
    ("心血管内科", "心内科"), ("骨外科", "骨科"), ("肾脏内科", "肾内科"), ("泌尿科", "泌尿外科"),
    ("皮肤性病科", "皮肤科"), ("耳鼻咽喉科", "耳鼻喉科"), ("普通外科", "普外科"),
    ("呼吸科", "呼吸内科"),
    ("疼痛", "痛"), ("疼", "痛"), ("发烧", "发热"), ("低烧", "低热"), ("肚子", "腹"),
    ("腹部", "腹"), ("象", "像"),
    ("皮肤瘙痒", "瘙痒"), ("食欲不振", "食欲减退"), ("食欲下降", "食欲减退"), ("纳差", "食欲减退"),
    ("疲乏", "乏力"), ("疲劳", "乏力"), ("颅内高压", "颅内压增高"), ("气急", "气促"),
    ("心慌", "心悸"), ("粘", "黏"), ("蚀", "食"), ("痠", "酸"), ("搔", "瘙"), ("综合症", "综合征"),
    ("浮肿", "水肿"), ("脱落", "脱离"),
)  # fmt: skip
_LOOSE = re.compile("性|的|疗法|治疗|检查法|检查|脏|感染|[（(].*[）)]")
_PARTS = re.compile("[与和及、]|伴")


def fit_to_items(templates: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Return the templates that the names of a list fit: nobody "has" an allergy worded as a verb.

    >>> fit_to_items(["有{o}时不能用{s}。", "{o}的人不能用{s}。"], ["对该药过敏"])
    ['{o}的人不能用{s}。']
    >>> fit_to_items(["{s}用于治疗{a}。", "{s}用于{a}。"], ["药物流产"])
    ['{s}用于{a}。']
    """
    if any(_PURPOSE.search(name) for name in names):
        templates = [each for each in templates if not _HEALING.search(each)] or templates
    if not all(PEOPLE.search(name) or _REACTS.search(name) for name in names):
        templates = [each for each in templates if not _BARE.search(each)] or templates
    if any(PEOPLE.search(name) for name in names):
        templates = [each for each in templates if not _OF_PEOPLE.search(each)] or templates
    if not any(_REACTS.search(name) for name in names):
        return templates
    return [each for each in templates if not _HAVING.search(each)] or templates


def call_findings(templates: Sequence[str], names: Sequence[str]) -> Sequence[str]:
    """Return the templates for findings: what only an examination shows is no symptom to watch for.

    >>> call_findings(["{s}的(症状|表现)有{a}。", "请注意有无{a}，这是{s}的表现。"], ["收缩期杂音"])
    ['{s}的(表现)有{a}。']
    """
    if all(map(reportable_findings.is_felt, names)):
        return templates
    called = [_ALTERNATIVES.sub(_without_symptom, each) for each in templates]
    return [
        each for each in called if "症状" not in each and not _WATCHED.search(each)
    ] or templates


def _without_symptom(found: re.Match[str]) -> str:
    kept = [each for each in found[1].split("|") if "症状" not in each]
    return f"({'|'.join(kept)})" if any(kept) else found[0]


def is_purpose(name: str) -> bool:
    """Say whether a medicine is used for something that is no illness: an anaesthetic, a test."""
    return _PURPOSE.search(name) is not None


def call_purpose(template: str, name: str) -> str:
    """Return a template that does not call it an illness what a medicine is used for.

    >>> call_purpose("{s}可以用于治疗{o}。", "药物流产"), call_purpose("{s}可治疗{o}。", "痛风")
    ('{s}可以用于{o}。', '{s}可治疗{o}。')
    """
    return _TO_HEAL.sub("用于", template) if _PURPOSE.search(name) else template


def for_single_item(template: str) -> str:
    """Return a template for a single item: "such as" would promise more of them.

    >>> for_single_item("要警惕{a}等并发症。"), for_single_item("可用于{a}等。")
    ('要警惕{a}这一并发症。', '可用于{a}。')
    """
    return _SUCH_AS.sub(lambda found: f"{found[1]}{_this(found[2])}", template)


def _this(kind: str | None) -> str:
    if kind not in _MARKED:
        return ""
    return f"这{'项' if kind == '检查' else '一'}{kind}"


def fit_verb(template: str, name: str) -> str:
    """Return a template whose verb goes with the name of the condition.

    >>> fit_verb("得了{s}该怎么办？", "锁骨骨折")
    '发生{s}该怎么办？'
    """
    return (
        _GOT.sub("发生{s}", template) if "{s}" in template and _HAPPENS.search(name) else template
    )


def fits_verb(template: str, name: str) -> bool:
    """Say whether a template needs no other verb for the name of the condition.

    >>> fits_verb("我得了{s}。", "锁骨骨折"), fits_verb("我得了{s}。", "痛风")
    (False, True)
    """
    return fit_verb(template, name) == template


def joins_by_and(template: str) -> bool:
    """Say whether a template joins its list by "and" already, so that the list needs no other.

    >>> joins_by_and("{s}和{a}有相互作用。"), joins_by_and("{s}的症状有{a}。")
    (True, False)
    """
    return _JOINED.search(template) is not None


def drop_repeated_words(text: str) -> str:
    """Return a text without a word that repeats the end of a name.

    >>> drop_repeated_words("可做血常规检查等检查。"), drop_repeated_words("做阴道镜检查这项检查。")
    ('可做血常规检查等项目。', '做阴道镜检查这一项。')
    """
    return _AGAIN.sub(_once_said, text)


def _once_said(found: re.Match[str]) -> str:
    word, more = found[1], found[2]
    return word + (_MORE_TESTS if word == "检查" else _MORE)[more]


@lru_cache(maxsize=1 << 14)
def name_test(name: str) -> str:
    """Return the name of a test within a sentence: a "rash" becomes an "examination of a rash".

    >>> name_test("皮疹"), name_test("血常规")
    ('皮疹检查', '血常规')
    """
    return f"{name}检查" if _SEEN.search(name) and not _TESTED.search(name) else name


@lru_cache(maxsize=1 << 16)
def comparison_key(name: str) -> str:
    """Return a key that is the same for names that mean the same.

    >>> comparison_key("脾显象") == comparison_key("脾显像")
    True
    """
    text = name
    for one, other in _ALIKE:
        text = text.replace(one, other)
    return _LOOSE.sub("", text) or name


def drop_synonyms(names: Iterable[str]) -> list[str]:
    """Return the names of a list without those that mean the same as, or are part of, another.

    >>> drop_synonyms(["脾显象", "脾显像", "恶心", "恶心与呕吐"])
    ['脾显象', '恶心与呕吐']
    """
    known = list(names)
    parts = {
        comparison_key(part)
        for name in known
        if len(found := _PARTS.split(name)) > 1
        for part in found
    }
    seen: set[str] = set()
    kept = []
    for name in known:
        key = comparison_key(name)
        if key not in seen and key not in parts:
            kept.append(name)
        seen.add(key)
    return kept
