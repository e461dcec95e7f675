"""List the words that state each relation, and check that a sentence states it undenied.

relations of a sentence + its words outside of names -> what frames explain is taken out
                                                     -> what is wrong with the rest, or nothing
"""

import re
from functools import cache, lru_cache

from knowledge.records import Language
from knowledge.text.denial import is_denied
from knowledge.text.qualifiers import find_qualifiers

_SAID: dict[str, tuple[str, str]] = {
    "symptom": (
        r"symptom|complain|cause|present|bring|give rise|produce|notice|report|develop|\bhave\b|"
        r"show (?:itself|up)|appear|announce|fit",
        "症状|表现|不适|可能有|会有|可有|可以有|出现|感到|觉得|自觉|伴|见于|引起|带来|诉说|经历|"
        "发觉|发生|可能会有|可能是",
    ),
    "sign": (r"\bsigns?\b|examin|reveal|show", "体征|查体|体检|检查.*身体|可见|可发现"),
    "cause": (
        r"caus|due to|lead to|result|bring on|brought on",
        "病因|引起|导致|造成|诱发|原因|起因|成因",
    ),
    "risk_factor": (r"\brisk", "危险因素|风险|高危"),
    "test": (
        r"\btests?\b|investigat|work-up|check|confirm|look(?:ed)? into|diagnos|arrange|find out|"
        r"suspect",
        "检查|诊断|确诊|化验|检测|鉴别|查清|查一查|明确|判断|核实|查|完善|项目|这一项|做",
    ),
    "first_line": (r"first-line|first line|starts? with|first choice", "一线|首选"),
    "treatment": (r"treat|therap|manag", "治疗|疗法|治"),
    "medicine": (
        r"medicine|medication|drug|prescri|\buse[ds]?\b|\bgiven\b|treat",
        "药|用于|使用|可用|可以用|能用|选用|服用|处方|应用|给予|开|治|应对|患者用|病人用|用途",
    ),
    "complication": (r"complicat|lead to|result in", "并发|引起|引发|造成|带来|合并"),
    "prevention": (r"prevent|risk|avoid|protect|vaccin|reduc|lower", "预防|避免|防"),
    "department": (
        r"department|clinic|refer|specialist|appointment|seen in|sees",
        "科室|就诊|挂|看|接诊|收治|求治|到.*查|找.*的医生",
    ),
    "red_flag": (r"red flag|warning|urgent|emergency|do not wait|seek help", "警示|危险|警惕|立即"),
    "body_part": (r"\bsites?\b|affect|part of the body", "部位|累及|病变"),
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
    "breastfeeding": (r"breastfeed|breast-feed|lactat|breast milk", "哺乳|母乳"),
    "children": (r"child|paediatric|infant", "儿童|小儿|婴"),
    "renal": (r"kidney|renal", "肾"),
    "liver": (r"liver|hepatic", "肝"),
    "precaution": (r"precaution|caution|care", "注意|慎"),
    "interaction_advice": (r"interact", "相互作用|合用"),
    "duplication": (r"duplicat", "重复"),
    "cross_allergy": (r"allerg|cross-react", "过敏"),
    "member": (r"class|member|belong", "类|属于|包括"),
}
"""What a sentence must say, outside of names, of the relation that it states (English, Chinese)."""

_NEVER: dict[str, tuple[str, str]] = {
    "associated_with": (
        r"treat|therap|prescri|recommend|first-line|\btake\b|medicine|cure|is caused by",
        "治疗|首选|服用|用药|疗法|吃药|一线|建议使用",
    ),
    "contraindication": (
        r"recommend|is safe|are safe|\bsuitable|can be used|may be used|first-line|is indicated|"
        r"treats?\b|used for",
        "推荐|首选|适用|可以使用|可以用|可用于|宜用|放心|安全|适应证",
    ),
    "diet_avoided": (r"good to eat|is recommended|are recommended", "宜吃|推荐|多吃"),
    "interaction": (r"\bsafe\b|recommend", "安全|放心|推荐"),
    "side_effect": (r"treats?\b|used for|recommend", "治疗|用于|推荐"),
    "risk_factor": (r"\blower|reduc|decreas|protect|prevent", "降低|减少|减小|减轻|预防|保护"),
    "cause": (r"prevent|protect|\bcure", "预防|保护|治愈"),
    "complication": (r"prevent|protect|\bcure", "预防|保护|治愈"),
}
"""What a sentence must not say, outside of names, where it states such a relation."""

_HEDGE: dict[str, tuple[str, ...]] = {
    "en": (
        r"(?:that|this|it) is (?:not a|no) diagnosis",
        r"(?:which|that alone|that) does not (?:prove that|show a cause)",
        r"though figures cannot replace",
        r"but (?:statistics|figures|correlations) (?:cannot|do not) (?:replace|stand in for)",
        r"though (?:statistics|figures|correlations) (?:cannot|do not) (?:replace|stand in for)",
        r"and no statement on causes",
        r"(?:as )?a hint and no more|, no more than a pointer",
        r"the data say this and no more",
    ),
    "zh": (
        "但?这?(?:并)?不(?:等于诊断|说明因果)",
        "有没(?!有)",
    ),
}
"""Denials of any relation that deny something else: a cause, a diagnosis."""

_ABSENT: dict[str, tuple[str, ...]] = {
    "en": (
        r"less likely, (?:given|considering) the absence of",
        r"^\W*the absence of\s*, which\s+can (?:cause|bring on|produce), does not rule out",
        r"; that nothing of the kind is reported does not rule it out",
        r"^\W*with\s+absent, a symptom of",
        r"^\W*the absence of\s*, which\s+can (?:cause|produce|bring on), (?:speaks(?: "
        r"rather)?|counts) against",
        r"^\W*as\s+is absent, a symptom of",
        r"down the list, (?:given|considering) the absence of",
        r"(?:given|considering|in view of) the absence of\s*, to which it is (?:ti|link|connect)ed",
        r"with\s+absent, the statistical (?:case|argument) for",
        r"would have (?:spoken|counted) statistically for\s*, (?:but|and) is absent",
        r"(?:as|since)\s+(?:is absent|was denied|is missing)\s*,",
        r"gets less statistical|loses statistical",
        r"^\W*since there is no\s*, which\s+can (?:cause|produce),",
        r"^\W*with(?:out| no sign of)\s*, one of the symptoms of\s*, that is less likely",
        r"(?:would|might) be expected to (?:cause|produce)\s*, which is absent here",
    ),
    "zh": (
        "(?:尚未|并未|未)出现",
        "但不能[单仅]凭这一点排除|不过[仍还]不能据此排除|但[仍还]不能排除",
        "(?:目前|眼下)没有这一(?:症状|表现)",
        "由于(?:未出现|尚未出现|缺少|未见)",
        "(?:依据|证据)不足",
        "可能性(?:较小|小一些)，因为",
        "(?:所以|因此|故)(?:\\s*|这个病|后者)的可能性(?:较小|小一些)",
        "(?:目前|眼下)(?:未|并未|没有)(?:提到|出现)",
        "(?:目前|眼下)却没有这一(?:症状|表现)",
        "(?:目前|眼下)没有出现",
        "您(?:并未|尚未|未曾)出现",
    ),
}
"""Denials that a patient has a finding, where the relation itself is stated."""

_EXCLUDED: dict[str, tuple[str, ...]] = {
    "en": (
        r"^\W*(?:rule out|exclude)\s+first, since it can cause",
        r"has to be (?:ruled out|excluded) first, as it cannot wait",
        r": exclude it early",
    ),
    "zh": ("要先排除的是", "耽误不得", "病情凶险，[须应](?:首先|先)排除"),
}
"""Words for a condition that is dangerous and to be excluded, where its symptom is stated."""

_UNRECORDED: dict[str, tuple[str, ...]] = {
    "en": (
        r"the sources tell of no (?:contraindication in the presence of|interaction with)\s+, "
        r"which does not exclude one",
        r"no source here tells of an? (?:contraindication in the presence of|interaction with)\s+, "
        r"and that is no proof that there is none",
        r"the one to (?:rule out|avoid)|^\W*rule out\s|^\W*the medicine to avoid here",
    ),
    "zh": (
        "应排除|不宜用的是",
        "资料没有提到它(?:在\\s*时禁用|与\\s*有相互作用)，但"
        "(?:这不能排除(?:别的风险|二者会相互影响)|没有提到不等于(?:可以放心使用|没有，合用前仍要核对))",
    ),
}
"""Denials that anything is recorded against a medicine, which the proof looks up."""

_MEANT: dict[str, dict[str, tuple[str, ...]]] = {
    "en": {
        "symptom": (*_ABSENT["en"], *_EXCLUDED["en"]),
        "associated_with": _ABSENT["en"],
        "test": (r"to confirm\s+or rule it out",),
        "medicine": _UNRECORDED["en"],
        "first_line": _UNRECORDED["en"],
        "contraindication": (
            r"^\W*no\W",
            r"\bcontraindications?\b",
            r"(?<!not )(?<!never )\bcontraindicated (?:in|with)",
            r"(?:are|is)\s+contraindicated",
            r"(?:are|is)\s+to be avoided",
            r"(?:should|must) not be (?:used|given)",
            r"(?:please )?do not (?:take|use)",
            r"must not be used here",
            r"who should not",
        ),
        "interaction": (
            r"^\W*do not combine",
            r"^\W*not without (?:asking|advice)",
            r"^\W*please do not combine them",
            r"^\W*no,",
            r"it does not rule the pair out",
            r"contraindicat\w*",
        ),
        "diet_avoided": (
            r"^\W*no\W",
            r"(?:advised|food|foods) to avoid",
            r"^\W*avoid\b",
            r"better not eat",
            r"(?:are|is)\s+to be avoided in",
        ),
        "red_flag": (r"^\W*do not wait if (?:this happens|you see this)", r"one thing not to miss"),
        "prevention": (r"avoid",),
        "side_effect": (r"unwanted",),
    },
    "zh": {
        "symptom": (*_ABSENT["zh"], *_EXCLUDED["zh"]),
        "associated_with": _ABSENT["zh"],
        "medicine": _UNRECORDED["zh"],
        "first_line": _UNRECORDED["zh"],
        "contraindication": (
            "禁忌证?",
            "禁用(?:于)?",
            "(?:不应|不能|不可)(?:使用|用于?)",
            "^\\W*(?:不能用|不可以|不能)，",
            "请不要使用",
        ),
        "interaction": (
            "^先别急",
            "^\\W*不要自行合用",
            "^\\W*不能，",
            "不[能可]合用",
            "并非绝对不能同用",
            "(?:合用)?属于(?:合用)?禁忌",
        ),
        "diet_avoided": ("^\\W*不宜，", "忌吃|忌食", "应?避免吃?|要避免", "不宜用于"),
        "complication": ("不能大意",),
        "red_flag": ("不能等",),
        "prevention": ("避免",),
    },
}
"""How frames deny where the relation means a denial, or something else is denied in passing.

What such a phrase covers is taken out of a sentence; any denial that is left denies the fact.
"""


_QUALIFYING: dict[str, frozenset[str]] = {
    "dose_limit": frozenset({"amount"}),
    "pregnancy": frozenset({"population"}),
    "breastfeeding": frozenset({"population"}),
    "children": frozenset({"population"}),
    "population": frozenset({"population"}),
    "prognosis": frozenset({"certainty"}),
}
"""Kinds of qualifiers that name a relation where it is stated."""

_OF_NAME = re.compile(r"\ban? (?=\s{2})", re.IGNORECASE)
"""The article of a name, which is blank by now: frames are told without it."""


@cache
def _pattern(relation: str, place: int, never: bool) -> re.Pattern[str]:
    return re.compile((_NEVER if never else _SAID)[relation][place], re.IGNORECASE)


@cache
def _meant(relations: frozenset[str], language: Language) -> re.Pattern[str]:
    table = _MEANT[language]
    meant = [each for relation in sorted(relations) for each in table.get(relation, ())]
    return re.compile("|".join((*meant, *_HEDGE[language])), re.IGNORECASE)


@lru_cache(maxsize=1 << 15)
def fault(frame: str, named: frozenset[str], texts: frozenset[str], language: Language) -> str:
    """Return what is wrong with the words around the names of a sentence, or an empty text.

    `named` are the relations that it states of entities, `texts` those of which it tells a text.
    A sentence must say each relation and must deny nothing: a denial that no frame of its
    relations explains makes it unproven, whatever it may have meant.
    """
    place = 0 if language == "en" else 1
    stated = named | texts
    if not stated:
        return ""
    if language == "en":
        frame = _OF_NAME.sub(" ", frame)
    left = _meant(stated, language).sub(" ", frame)
    for relation in sorted(stated - texts):
        if not _pattern(relation, place, False).search(frame):
            return f"a sentence does not say the relation {relation}"
        if relation in _NEVER and _pattern(relation, place, True).search(left):
            return f"a sentence turns the sense of {relation}"
    if is_denied(left):
        return f"a sentence denies {min(stated)}"
    for found in find_qualifiers(left):
        if not any(found.kind in _QUALIFYING.get(relation, ()) for relation in stated):
            return f"a sentence adds {found.cue!r}, which {min(stated)} does not say"
    return ""
