"""Senses: by which words a sentence says a relation, and by which it would turn it round.

    relations of a sentence + its words outside of names -> what is wrong with them, or nothing

This file knows nothing of rows or of the graph.
"""

import re
from collections.abc import Collection
from functools import cache

from knowledge.records import Language

_SAID: dict[str, tuple[str, str]] = {
    "symptom": (
        r"symptom|complain|cause|present|bring|give rise|produce|notice|report|develop|\bhave\b|"
        r"show itself|appear|announce|fit",
        "症状|表现|不适|可能有|会有|可有|可以有|出现|感到|觉得|自觉|伴|引起|带来|诉说|经历|发觉|发生|可能会有|可能是",
    ),
    "sign": (r"\bsigns?\b|examin|reveal|show", "体征|查体|体检|可见|可发现"),
    "cause": (r"caus|due to|lead to|result", "病因|引起|导致|造成|诱发|原因|起因|成因"),
    "risk_factor": (r"\brisk", "危险因素|风险|高危"),
    "test": (
        r"\btests?\b|investigat|work-up|check|confirm|diagnos|arrange|find out",
        "检查|诊断|确诊|化验|检测|鉴别|查清|查一查|明确|判断|核实|查|完善",
    ),
    "first_line": (r"first-line|first line|starts? with|first choice", "一线|首选"),
    "treatment": (r"treat|therap|manag", "治疗|疗法|治"),
    "medicine": (
        r"medicine|medication|drug|prescri|\buse[ds]?\b|\bgiven\b|treat",
        "药|用于|使用|可用|可以用|能用|选用|服用|处方|应用|开|治|应对|患者用|病人用",
    ),
    "complication": (r"complicat|lead to|result in", "并发|引起|引发|造成|带来|合并"),
    "prevention": (r"prevent|risk|avoid|protect|vaccin|reduc|lower", "预防|避免|防"),
    "department": (
        r"department|clinic|refer|specialist|appointment|seen in",
        "科室|就诊|挂|看|接诊|求治",
    ),
    "red_flag": (r"red flag|warning|urgent|emergency|do not wait|seek help", "警示|危险|警惕|立即"),
    "body_part": (r"\bsites?\b|affect|part of the body", "部位|累及"),
    "population": (r"affected|who gets|people|seen in", "人群|多见于"),
    "transmission": (r"transmi|spread|contag|infectious", "传染|传播"),
    "course": (r"course|last|how long", "病程|周期|疗程"),
    "prognosis": (r"prognos|outlook", "预后|治愈"),
    "diet_recommended": (r"recommended|advised to eat", "宜吃|适宜|可以|多吃"),
    "diet_avoided": (r"avoid|not eat", "忌|避免|不宜"),
    "associated_with": (r"statistic|associat|correlat", "统计"),
    "drug_class": (r"drug class|belongs to|class of", "类别|属于"),
    "side_effect": (r"side effect|unwanted|adverse", "不良反应|副作用"),
    "contraindication": (
        r"contraindicat|should not|must not|do not|not be|avoid",
        "禁忌|禁用|不应|不能|不宜|不可|请不要",
    ),
    "interaction": (r"interact", "相互作用|合用"),
    "dose_limit": (r"dose|limit|maximum", "剂量|用量|最大"),
    "monitoring": (r"monitor|check", "监测|检查|复查"),
    "pregnancy": (r"pregnan|breastfeed", "妊娠|孕|哺乳"),
}
"""What a sentence must say, outside of names, of the relation that it states (English, Chinese)."""

_NEVER: dict[str, tuple[str, str]] = {
    "associated_with": (
        r"treat|therap|prescri|recommend|first-line|\btake\b|medicine|cure|is caused by|"
        r"^\W*no,|\b(?:not|never|cannot) (?:\w+ ){0,3}?(?:statistic|associat|link|correlat|belong|"
        r"fit|connect|tied|found|find|go with|goes with|seen|share|recorded|appear|have|include|"
        r"what|one to|to consider)|"
        r"\bno (?:\w+ ){0,2}?(?:associat|link|correlation|connection)",
        "治疗|首选|服用|用药|疗法|吃药|一线|建议使用|不包括|"
        "(?:没有?|不|无|并非)[^，。；]{0,4}?(?:统计|关联|相关|联系|有关)",
    ),
    "contraindication": (
        r"recommend|is safe|are safe|\bsuitable|can be used|may be used|first-line|is indicated|"
        r"treats?\b|used for|(?:not|never|cannot be|hardly) contraindicat|no contraindication|"
        r"\bis not a (?:reason|contraindication)|contraindication[^.]{0,80}? (?:is|are) not\b|"
        r"do(?:es)? not include",
        "(?:不是|并非|不属于|没有|无)[^，。；]{0,4}?禁|不禁|不包括|推荐|首选|适用|可以使用|可以用|可用于|宜用|放心|安全|适应证",
    ),
    "diet_avoided": (r"good to eat|is recommended|are recommended", "(?<!不)宜吃|推荐|多吃"),
    "interaction": (
        r"\bsafe\b|recommend|no interaction|(?:not|never|cannot) interact|not taken|not on record|"
        r"do(?:es)? not include",
        "安全|放心|推荐|没有相互|无相互|不存在",
    ),
    "side_effect": (r"treats?\b|used for|recommend|never causes", "治疗|用于|推荐|不会"),
}
"""What a sentence must not say, outside of names, where it states such a relation."""

_DENIED = {
    "en": re.compile(
        r"\b(?:not|cannot|no|never|avoid|contraindicated|stop|without)\b|n['’]t\b", re.IGNORECASE
    ),
    "zh": re.compile("不(?!良|适)|禁|忌|避免|停用|勿|没(?!药)|并非|无需"),
}
_PLAIN = {
    "symptom", "sign", "cause", "risk_factor", "test", "first_line", "treatment", "medicine",
    "complication", "department", "body_part", "diet_recommended", "side_effect",
}  # fmt: skip
"""Relations whose sentences deny nothing: a denial would turn them round."""

_WARNING = {"red_flag", "contraindication", "diet_avoided", "interaction"}
"""Relations whose introduction may deny: "do not wait if this happens"."""

_HEDGED = {
    "en": re.compile(r"this is not a diagnosis|does not prove|does not show", re.IGNORECASE),
    "zh": re.compile("不等于|不说明|并不说明"),
}


@cache
def _pattern(relation: str, place: int, never: bool) -> re.Pattern[str]:
    return re.compile((_NEVER if never else _SAID)[relation][place], re.IGNORECASE)


def fault(frame: str, named: Collection[str], texts: Collection[str], language: Language) -> str:
    """Return what is wrong with the words around the names of a sentence, or an empty text.

    `named` are the relations that it states of entities, `texts` those of which it tells a text.
    """
    place = 0 if language == "en" else 1
    frame = _HEDGED[language].sub(" ", frame)
    stated = {*named, *texts}
    for relation in sorted(stated - set(texts)):
        if not _pattern(relation, place, False).search(frame):
            return f"a sentence does not say the relation {relation}"
        if relation in _NEVER and _pattern(relation, place, True).search(frame):
            return f"a sentence turns the sense of {relation}"
    plain = stated <= _PLAIN or (texts and not _WARNING & set(texts))
    if stated and plain and _DENIED[language].search(frame):
        return f"a sentence denies {min(stated)}"
    return ""
