"""Join Chinese texts of a graph to the name of what they tell of.

    name + relation + text -> one sentence that holds the text unchanged

How a text begins and ends says what joins it: "是" for a noun, "能" for what a medicine does.
"""

import random
import re

from knowledge.lessons.realize import chinese_sentences
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import RelationSentencesWords
from knowledge.vocabulary import RELATIONS

_OWN_TITLE = re.compile("^(?:治疗周期|治愈率)")
_WHOLE_ZH = re.compile("^(?:无|有|具有|没有)传染性$")
_NOBODY = re.compile(
    "无|所有|均可|任何|不限|不详|多见|常见|好发|多发|居多|以上|以下|发生|者多|较多|为多|最多|高发|"
    "易患|发病$|起病$|多于|高于|家族史|遗传|体质$"
)
_WHOM = re.compile("^(?:主要|最)?(?:见于|[好多]发于|[多常]见于|多发生于|发生于|可发生于)")
_DEFINES = re.compile("^(?:一种|一类|一组|由|指|是)")
_DOES_ZH = re.compile(
    "^(?:可(?!逆性)|能|仅|只|用于|适用于|在|通过|有(?=传染|效|助)|具有|须|需)|^对.*(?:有效|敏感|无效)$"
)
_ACTS_ZH = re.compile(
    "^(?:阻断|抑制|降低|减轻|减少|增加|增强|缓解|松弛|清除|杀灭|促进|扩张|刺激|替代|补充|治疗|预防(?!性)|结合|"
    "拮抗|激动|延长|延缓|控制|提高|改善|保护|中和|溶解|逆转|恢复|升高|止)"
)
_KIND_ZH = re.compile(
    "(?:药|剂|素|苗|膏|液|针|片|水|[A-Za-z]|物|体|酶|盐|酸|酮|类|苷|他汀|晶|结石|(?<!血)糖|复方|疗法|治疗|检查|发作|状态|急症|出血|病|症|炎|癌|瘤|征|疾患|感染|障碍|食物|油|手术|疗法|治疗|检查)$"
)
"""How a text begins that says what a medicine does, and how one ends that says what a thing is."""
_MEDICINE_ZH = re.compile(
    "(?:药|剂|素|苗|膏|液|针|片|盐|(?<!血)糖|复方|物|酸|酮|类|他汀|抗体|食物|油)$"
)
_ACRONYM_ZH = re.compile("的[A-Za-z][A-Za-z0-9-]*$")
_OF_KIND_ZH = re.compile("的[^的]{1,14}$")
"""A text that says by a noun at the end of its first clause what a thing is."""
_IN_USE_ZH = re.compile("^(?:治疗|预防|用于)[^，。；]*时[^，。；]")
_ON_USE_ZH = re.compile(
    "服|每日|用药|给药|用于|合用|静脉(?:给|滴|注|使用)|注射|时可|时恢复|起效|mg"
)
_BEGINS_USE_ZH = re.compile(
    "每[日周天](?!排|大|至少|超|少)|[睡餐饭]前|[餐饭]后|随餐|空腹|口服|静脉(?:给|滴|注)|注射|外用|含服"
)
_GOES_ON_ZH = re.compile("[是指为，（(能可由常多见又主会属通有用具在也与]")
_WAY = re.compile("[^，。；：不无未非]{1,14}(?:传播|传染)")
_BY_WAY = re.compile("^(?:主要)?(?:通过|经).*(?:传播|传染)")
_NO_SPREAD = re.compile("^(?:不|无|非|没有|一般不|本身不|通常不)[^，。；]*(?:传染|传播|感染)")
_FROM_ANIMALS = re.compile("虫媒|蚊|蜱|虱|蚤|螨|叮|咬|动物|昆虫|媒介|伤口")
"""Ways of an illness that one person does not give to another."""
_GOES_ON_FROM_NAME = re.compile(
    "(?:通常|一般|多数?(?!是)|大多|往往|常|可(?!见)|会|终身|慢性|急性|起初|起病|突然|骤然|逐渐|缓慢|反复|属|病程|预后|不能|难以|"
    "很少|少数|目前|若|如|一旦|经(?:治疗|手术)|规范|及时|早期|不治疗|不及时|未治疗|持续|补足|数)"
)
"""How a text on the course or the outlook begins that goes on from the name."""

_ORDER = re.compile("立即|立刻|马上|不要|不可|切勿|应(?!用)|须|呼叫")
"""How a red flag begins that says what to do and names no sign."""

_ANYBODY = re.compile("^(?:所有|任何|各|全)")
_BY_AGE = re.compile(r"^(?:大于|小于|超过|年龄|\d)[^，。]*(?:岁|月|之间|(?<![少青中老])年)$")
_PEOPLE = re.compile(
    "(?:人|者|人群|儿童|婴儿|幼儿|女性|男性|妇女|[孕产]妇|[男女][孩童]|成员|青年|工人|学生)$"
)
_MOSTLY = re.compile("[^，。；]+(?:居多|多见|为多|较多|最多|者多)")
_NO_GROUP = re.compile("无|没有|不限|不详")
_IS_SAID = re.compile("见于|好发|多发|发生于|居多|最多|常见|多见|发病|起病")
_EXAMINED = re.compile("^[^，；。]{2,10}(?:检查|监测|筛查)$")
_NOT_WATCHED = re.compile("监测|筛查|治疗前|用药前|复查|检查")
"""In what is watched: what is done, rather than what is measured."""
_FORBIDDEN = re.compile(
    "^(?!.*(?:可用|适用|慎用.*禁|除非|除外)).*(?:(禁用|慎用|忌用|不宜使用|禁止使用)|病人|患者|者|人群|妇女|儿童|婴儿)$"
)
_STATES = re.compile("可|能|有助|降低|减少|应|须|保护|尚无")
"""What a text on prevention states, rather than tells somebody to do."""

_TITLED = {
    "precaution": "使用{s}时要注意{v}",
    "interaction_advice": "关于{s}与{v}",
}
"""How a text is told that begins with what it is on: "高血压：升高血压"."""

_ABOUT_USE = ("pregnancy", "breastfeeding", "children", "renal", "liver", "dose_limit")
_SHORT_CAUSE = re.compile("(?!.*(?:引起|导致|所致|造成|本病|由于|与))[^，。；：]{2,14}")
_GOES_WITH_NAME = re.compile("用$|停药$|减量$|最大|调整")
_ON_PEOPLE = re.compile("者|患者|病人|超过")
_NUMBER = re.compile(r"\d")
_ON_USE_VERB = re.compile(
    "用于|不用于|仅|只|不|可|能|应|须|需|避免|禁|慎|常|通常|一般|必要时|确有需要|经验|资料"
)
_WHEN = {
    "pregnancy": "妊娠期",
    "breastfeeding": "哺乳期",
    "renal": "肾功能不全时",
    "liver": "肝功能不全时",
}
"""When a medicine is used, before a text that says so by a verb of its own."""
_USED_FOR = re.compile("(?:可|适|仅|只|不|常)?用于|不宜用于")
_USED_IN = re.compile(
    r"妊娠|孕|哺乳|喂奶|儿童|婴|新生儿|成人|老年|\d+岁|肾功能|肾病|肾衰|透析|肝硬化|肝病|肝功能|严重[肝肾]|eGFR"
)
"""How a text on the use of a medicine begins that names already whom it is about."""


def tell(name: str, relation: str, body: str, pick: random.Random) -> str:
    """Return a sentence, without its stop, that tells a Chinese text of a relation."""
    if relation == "description":
        return describe(name, body)
    if _OWN_TITLE.match(body):
        return f"{name}的{body}"
    if relation == "transmission" and (told := _tell_spread(name, body)):
        return told
    if relation == "population":
        return tell_whom(name, body, pick)
    if relation in ("course", "prognosis") and _GOES_ON_FROM_NAME.match(body):
        return f"{name}{body}"
    if relation == "monitoring" and _EXAMINED.match(body):
        return f"用{name}期间要做{body}"
    if relation == "monitoring" and _NOT_WATCHED.search(body):
        return f"用{name}的人要注意，{body}"
    if relation == "red_flag" and _ORDER.match(body):
        return (
            grammar.draw(load(RelationSentencesWords, "zh").before_advice, pick).format(s=name)
            + body
        )
    if relation == "contraindication" and (found := _FORBIDDEN.search(body)):
        return f"{body}{'' if found[1] else '禁用'}{name}"
    if relation in _TITLED and "：" in body:
        return _TITLED[relation].format(s=name, v=body)
    if relation == "cause" and _SHORT_CAUSE.fullmatch(body):
        return f"{name}的发病与{body}有关"
    if relation in _ABOUT_USE and (told := _tell_use(name, relation, body)):
        return told
    words = load(RelationSentencesWords, "zh")
    intros = words.before_text.get(relation) or (f"{{s}}的{RELATIONS[relation].zh}：",)
    if relation == "prevention" and _STATES.search(body):
        intros = tuple(each for each in intros if not each.startswith("(要")) or intros
    intro = chinese_sentences.fit_verb(grammar.draw(intros, pick), name)
    return intro.format(s=name) + body


def _tell_spread(name: str, body: str) -> str:
    """Join a name to a text on how it spreads: whether it does comes first, where that is plain."""
    if _WHOLE_ZH.match(body):
        return f"{name}{body}"
    if _NO_SPREAD.match(body):
        return f"{name}{'属于' if body.startswith('非') else ''}{body}"
    catching = not _FROM_ANIMALS.search(body)
    if _BY_WAY.match(body):
        return f"{name}会传染，{body}" if catching else f"{name}{body}"
    if _WAY.fullmatch(body):
        return f"{name}{'会传染' if catching else '可以传播'}，传播方式是{body}"
    return ""


def _tell_use(name: str, relation: str, body: str) -> str:
    """Join a name to a text on use in somebody, where the text says in whom or begins with a verb.

    >>> _tell_use("左旋多巴", "pregnancy", "妊娠期经验少")
    '左旋多巴妊娠期经验少'
    >>> _tell_use("硫酸镁", "pregnancy", "用于子痫")
    '妊娠期，硫酸镁用于子痫'
    """
    first = re.split("[，；。：（]", body)[0]
    if name in body:
        return body
    if relation not in _WHEN and _USED_FOR.match(body):
        return f"{name}{body}"
    if _USED_IN.search(first):
        if first.endswith("之一") or (_OF_KIND_ZH.search(first) and _KIND_ZH.search(first)):
            return f"{name}是{body}"
        counted = _NUMBER.search(first) and not _GOES_WITH_NAME.search(first)
        if counted or _ON_PEOPLE.search(first) or not _USED_IN.match(body):
            return f"使用{name}时，{body}"
        return f"{name}{body}"
    if relation in _WHEN and _ON_USE_VERB.match(body):
        return f"{_WHEN[relation]}，{name}{body}"
    return ""


def is_measured(text: str) -> bool:
    """Say whether what is watched is a measure, rather than something that is done.

    >>> is_measured("血压"), is_measured("治疗前筛查结核")
    (True, False)
    """
    return not _NOT_WATCHED.search(text)


def tell_whom(name: str, body: str, pick: random.Random) -> str:
    """Join a name to a text that says whom a condition befalls.

    >>> [tell_whom("痔", each, random.Random(0)) for each in ("多见于成人", "大于45岁", "男性居多")]
    ['痔多见于成人', '痔多见于大于45岁的人', '痔以男性居多']
    >>> tell_whom("扁桃体炎", "5至15岁的青少年", random.Random(0))
    '从人群来看，扁桃体炎多见于5至15岁的青少年'
    """
    if _WHOM.match(body):
        return f"{name}{body}"
    if _ANYBODY.match(body):
        return f"{name}可见于{body}"
    if _BY_AGE.search(body):
        return f"{name}多见于{body}的人"
    if _NO_GROUP.match(body):
        return f"就好发人群而言，{name}{body}"
    if _MOSTLY.fullmatch(body):
        return f"{name}以{body}"
    people = _PEOPLE.search(body) and not _IS_SAID.search(body)
    if not people and (_NOBODY.search(body) or "，" in body):
        return f"{name}的发病特点是{body}"
    intros = load(RelationSentencesWords, "zh").before_text["population"]
    return grammar.draw(intros, pick).format(s=name) + body


def says_kind(body: str) -> bool:
    """Say whether a text says what kind of thing something is, rather than what it does.

    >>> says_kind("一种消炎药"), says_kind("对震颤有效，但可致口干")
    (True, False)
    """
    first = re.split("[，；。]", body)[0]
    return bool(_DEFINES.match(body) or _KIND_ZH.search(first))


def describe(name: str, body: str) -> str:
    """Join a name to a text that says what it is or does.

    >>> describe("纳曲酮", "阻断阿片作用"), describe("布洛芬", "一种消炎药")
    ('纳曲酮能阻断阿片作用', '布洛芬是一种消炎药')
    """
    if body.startswith(name) and _GOES_ON_ZH.match(body.removeprefix(name)):
        return body
    if found := _DEFINES.match(body):
        return f"{name}{'' if found[0] in '是指' else '是'}{body}"
    first = re.split("[，；。]", body)[0]
    acts, does = _ACTS_ZH.match(first), _DOES_ZH.match(first)
    kind = _KIND_ZH.search(first)
    if does and kind and not _MEDICINE_ZH.search(first):
        kind = None  # "用于减轻眩晕发作" says what it is for, not what it is
    if _OF_KIND_ZH.search(first) and (kind or not (acts or does)):
        return f"{name}是{body}"
    if _ACRONYM_ZH.search(first):
        return f"{name}是{body}"
    if _IN_USE_ZH.match(first):
        return f"{name}{body}" if first.startswith("用") else f"用{name}{body}"
    if does:
        return f"{name}{body}"
    if acts:
        return f"{name}能{body}"
    if kind:
        return f"{name}是{body}"
    if _BEGINS_USE_ZH.match(body):
        return f"{name}{body}"
    return f"对于{name}，{body}" if _ON_USE_ZH.search(body) else f"{name}是指{body}"
