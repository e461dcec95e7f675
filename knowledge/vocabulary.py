"""The closed list of entity kinds and relations, named once, in English and Chinese.

Readers map their fields to these; search, lessons, checks and screens know no others. How relations
answer, accompany, word and oppose one another is part of each relation and stands nowhere else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from knowledge.records import Language


@dataclass(frozen=True, slots=True)
class EntityKind:
    """A kind of entity."""

    id: str
    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation from a subject to an object entity, or to a text where `object` is None.

    `en` and `zh` name it in front of a list ("symptoms: fever; cough"). The cues are words of a
    question that ask for it, lower case. `inverse_en`, `inverse_zh` name it seen from the object.

    The rest says how it stands to other relations, given by their ids:
    `companions` belong to the answer where it is asked for and known;
    facts of `answered_by` answer where it has none of its own, the nearest first;
    its facts may be stated in the words of `stated_as` ("X causes Y" of a side effect);
    `suggested_by` are relations whose words, in prose on the subject, suggest that the prose tells
    of it too, though their facts would be no answer;
    `opposes` are relations that cannot be right of the same two entities.
    A `single` relation has one answer for each subject; the objects of a `consequence` follow from
    its subject; one that `warns` matters between two named entities even where nobody asks for it.
    """

    id: str
    subjects: tuple[str, ...]
    object: str | None
    en: str
    zh: str
    cues_en: tuple[str, ...]
    cues_zh: tuple[str, ...]
    inverse_en: str = ""
    inverse_zh: str = ""
    symmetric: bool = False
    companions: tuple[str, ...] = ()
    answered_by: tuple[str, ...] = ()
    stated_as: tuple[str, ...] = ()
    suggested_by: tuple[str, ...] = ()
    opposes: tuple[str, ...] = ()
    single: bool = False
    consequence: bool = False
    warns: bool = False

    def label(self, language: Language) -> str:
        """Return the relation's name in a language."""
        return self.en if language == "en" else self.zh


KINDS: dict[str, EntityKind] = {
    kind.id: kind
    for kind in (
        EntityKind("condition", "condition", "疾病"),
        EntityKind("symptom", "symptom or sign", "症状或体征"),
        EntityKind("test", "test", "检查"),
        EntityKind("treatment", "treatment", "治疗方法"),
        EntityKind("medicine", "medicine", "药物"),
        EntityKind("factor", "cause or risk factor", "病因或危险因素"),
        EntityKind("department", "department", "科室"),
        EntityKind("body_part", "body part", "部位"),
        EntityKind("food", "food", "食物"),
    )
}


INVERSE = "~"
"""Ends the id of a relation that is seen from its object's side."""


def _relation(
    id: str,
    subjects: tuple[str, ...],
    object: str | None,
    names: str,
    cues_en: str,
    cues_zh: str,
    inverse: str = "|",
    **stance: Any,  # noqa: ANN401 -- the fields of Relation from `symmetric` on, under their names
) -> Relation:
    en, zh = names.split("|")
    inverse_en, inverse_zh = inverse.split("|")
    return Relation(
        id,
        subjects,
        object,
        en,
        zh,
        tuple(cues_en.split("|")),
        tuple(cues_zh.split("|")),
        inverse_en,
        inverse_zh,
        **stance,
    )


_ANY = tuple(KINDS)
_ILLNESS = ("condition", "symptom")
_DRUG = ("medicine",)

_TABLE = (
    _relation(
        "description",
        _ANY,
        None,
        "description|简介",
        "what is|what are|define|definition|describe|tell me about|overview",
        "是什么|什么是|介绍|定义|概述",
    ),
    _relation(
        "symptom",
        _ILLNESS,
        "symptom",
        "symptoms|症状",
        "symptom|symptoms|present|presents|presentation|feel|complain|features|manifest",
        "症状|表现|不舒服|感觉",
        "conditions with this symptom|可见于",
        companions=("sign",),
        # red flags are the urgent ones among symptoms and signs
        answered_by=("sign", "red_flag", "associated_with"),
    ),
    _relation(
        "sign",
        _ILLNESS,
        "symptom",
        "signs|体征",
        "sign|signs|examination|physical finding|findings",
        "体征|查体|体检所见",
        "conditions with this sign|可见于",
        answered_by=("symptom", "red_flag", "associated_with"),
    ),
    _relation(
        "cause",
        _ILLNESS,
        "factor",
        "causes|病因",
        "cause|causes|caused|why|aetiology|etiology|due to|reason",
        "病因|原因|引起|为什么|怎么得|导致",
        "can cause|可引起",
        answered_by=("risk_factor", "associated_with"),
    ),
    _relation(
        "risk_factor",
        _ILLNESS,
        "factor",
        "risk factors|危险因素",
        "risk factor|risk factors|at risk|predispose|who gets|more likely",
        "危险因素|高危|易患|诱因|哪些人",
        "raises the risk of|增加以下疾病的风险",
        # who is affected is a risk of theirs, but no cause
        answered_by=("cause", "population", "associated_with"),
    ),
    _relation(
        "test",
        _ILLNESS,
        "test",
        "tests|检查",
        "test|tests|diagnose|diagnosed|diagnosis|investigation|"
        "investigations|workup|work-up|confirm|imaging|check",
        "检查|化验|诊断|确诊|检测|怎么查",
        "used to investigate|用于检查",
    ),
    _relation(
        "first_line",
        _ILLNESS,
        "treatment_or_medicine",
        "first-line treatment|一线治疗",
        "first-line|first line|initial treatment|treatment of choice|drug of choice|start with",
        "一线|首选|初始治疗",
        "first-line treatment for|一线用于",
        answered_by=("medicine", "treatment"),
        stated_as=("treatment", "medicine"),
    ),
    _relation(
        "treatment",
        _ILLNESS,
        "treatment",
        "treatments|治疗",
        "treat|treats|treated|treatment|treatments|therapy|manage|managed|management|cure",
        "治疗|怎么治|疗法|处理|怎么办",
        "treats|用于治疗",
        companions=("first_line", "medicine"),
        answered_by=("first_line", "medicine"),
        # a diet may be the treatment, as in coeliac disease, but a list of good food is none;
        # and what prevents an illness does not treat it
        suggested_by=("diet_recommended", "prevention"),
    ),
    _relation(
        "medicine",
        _ILLNESS,
        "medicine",
        "medicines|药物",
        "medicine|medicines|medication|medications|drug|drugs|prescribe|pharmacological",
        "药|用药|药物|吃什么药",
        "used for|用于",
        companions=("first_line",),
        answered_by=("first_line", "treatment"),
        # any medicine is a treatment, but not every medicine of the list is of first line
        stated_as=("treatment",),
    ),
    _relation(
        "complication",
        _ILLNESS,
        "condition",
        "complications|并发症",
        "complication|complications|lead to|long-term effect|consequence|untreated",
        "并发症|后果|发展成|并发",
        "complication of|是以下疾病的并发症",
        stated_as=("cause",),
        # prose on emergencies often tells complications; a list of red flags holds none
        suggested_by=("red_flag",),
        consequence=True,
    ),
    _relation(
        "prevention",
        _ILLNESS,
        None,
        "prevention|预防",
        "prevent|prevents|prevented|prevention|avoid getting|reduce the risk|vaccine",
        "预防|避免|防止",
    ),
    _relation(
        "department",
        _ILLNESS,
        "department",
        "department|就诊科室",
        "department|specialist|specialty|clinic|refer|which doctor|see whom",
        "科室|挂什么科|哪个科|看什么科|挂号",
        "sees patients with|接诊",
    ),
    _relation(
        "red_flag",
        _ILLNESS,
        None,
        "red flags|警示征象",
        "red flag|red flags|emergency|urgent|urgently|warning sign|warning signs|seek help|danger",
        "警示|危险信号|紧急|急诊|立即就医|危急",
        suggested_by=("complication",),
    ),
    _relation(
        "body_part",
        _ILLNESS,
        "body_part",
        "site|部位",
        "where|body part|site|organ|affects which",
        "部位|哪里|器官",
        "site of|是以下疾病的部位",
    ),
    _relation(
        "population",
        _ILLNESS,
        None,
        "people affected|易感人群",
        "age|who|people|population|common in",
        "人群|年龄|什么人|易感",
        answered_by=("risk_factor",),
    ),
    _relation(
        "transmission",
        _ILLNESS,
        None,
        "transmission|传染性",
        "contagious|infectious|transmit|transmitted|transmission|spread|catch",
        "传染|传播",
        single=True,
    ),
    _relation(
        "course",
        _ILLNESS,
        None,
        "course|病程",
        "how long|duration|course|last",
        "多久|多长时间|病程|疗程|周期",
    ),
    _relation(
        "prognosis",
        _ILLNESS,
        None,
        "prognosis|预后",
        "prognosis|cure rate|outlook|survival|curable",
        "治愈|预后|能治好|存活",
    ),
    _relation(
        "diet_recommended",
        _ILLNESS,
        "food",
        "recommended food|宜吃",
        "eat|food|diet",
        "吃什么|饮食|宜吃|食疗",
        "recommended in|适宜用于",
        # what is to be avoided says what is left; what is good says nothing of what is not
        answered_by=("diet_avoided",),
    ),
    _relation(
        "diet_avoided",
        _ILLNESS,
        "food",
        "food to avoid|忌吃",
        "not eat|avoid eating|food to avoid",
        "不能吃|忌口|忌吃|忌食",
        "to be avoided in|不宜用于",
        suggested_by=("diet_recommended",),
        opposes=("diet_recommended",),
    ),
    _relation(
        "associated_with",
        _ILLNESS,
        "any",
        "statistically associated with|统计上相关",
        "associated|association|related|linked",
        "相关|有关",
        "statistically associated with|统计上相关",
        symmetric=True,
    ),
    _relation(
        "drug_class",
        _DRUG,
        None,
        "drug class|药物类别",
        "class|type of drug|kind of drug|kind of medicine",
        "类别|哪类药|属于什么药",
        single=True,
    ),
    _relation(
        "side_effect",
        _DRUG,
        "symptom",
        "side effects|不良反应",
        "side effect|side effects|adverse|adverse effects|reactions",
        "副作用|不良反应",
        "side effect of|是以下药物的不良反应",
        stated_as=("cause",),
        # who must not have a medicine is not what it does, but prose tells both together
        suggested_by=("contraindication",),
        consequence=True,
        warns=True,
    ),
    _relation(
        "contraindication",
        _DRUG,
        "condition",
        "contraindications|禁忌证",
        "contraindication|contraindications|contraindicated|should not take|"
        "must not|not be used|avoid in|who should not|be stopped|be withheld",
        "禁忌|禁用|不能用|慎用|不宜使用|停用|停药",
        "contraindicated medicines|禁用药物",
        answered_by=("pregnancy",),
        # both are asked for by "what to avoid in gout"
        suggested_by=("diet_avoided",),
        opposes=("medicine", "first_line", "treatment"),
        warns=True,
    ),
    _relation(
        "interaction",
        _DRUG,
        "medicine",
        "interactions|相互作用",
        "interact|interacts|interaction|interactions|together with|combine|combined",
        "相互作用|一起吃|同时服用|合用|联用|配伍",
        "interactions|相互作用",
        symmetric=True,
        warns=True,
    ),
    _relation(
        "dose_limit",
        _DRUG,
        None,
        "dose limit|剂量上限",
        "dose|maximum|max dose|how much|limit|dosage",
        "剂量|最大|用量|上限|最多",
        single=True,
    ),
    _relation(
        "monitoring",
        _DRUG,
        None,
        "monitoring|监测",
        "monitor|monitored|monitoring",
        "监测|监护|随访",
    ),
    _relation(
        "pregnancy",
        _DRUG,
        None,
        "use in pregnancy|妊娠期使用",
        "pregnancy|pregnant",
        "妊娠|怀孕|孕妇",
        single=True,
    ),
    _relation(
        "breastfeeding",
        _DRUG,
        None,
        "use while breastfeeding|哺乳期使用",
        "breastfeeding|breast-feeding|breastfeed|lactation|nursing mother",
        "哺乳|母乳喂养",
        answered_by=("pregnancy",),
    ),
    _relation(
        "children",
        _DRUG,
        None,
        "use in children|儿童使用",
        "used in children|use in children|paediatric use|pediatric use",
        "儿童用药|小儿用药|儿童能用|小孩能用",
    ),
    _relation(
        "renal",
        _DRUG,
        None,
        "use in kidney disease|肾功能不全时使用",
        "used in renal impairment|used in kidney disease|renal dose|renal dosing",
        "肾功能不全用药|肾功能不全能用|肾功能不全剂量",
    ),
    _relation(
        "liver",
        _DRUG,
        None,
        "use in liver disease|肝功能不全时使用",
        "used in liver disease|used in hepatic impairment|hepatic dosing",
        "肝功能不全用药|肝功能不全能用|肝功能不全剂量",
    ),
    _relation(
        "precaution",
        _DRUG,
        None,
        "precautions|注意事项",
        "precaution|precautions|used with caution|use with caution",
        "注意事项",
        answered_by=("contraindication",),
    ),
    _relation(
        "interaction_advice",
        _DRUG,
        None,
        "advice on interactions|相互作用处理",
        "advice on interactions|manage the interaction",
        "相互作用处理|相互作用怎么处理",
        answered_by=("interaction",),
    ),
    _relation(
        "duplication",
        _DRUG,
        None,
        "duplicate treatment|重复用药",
        "duplicate treatment|duplicate therapy|therapeutic duplication",
        "重复用药",
    ),
    _relation(
        "cross_allergy",
        _DRUG,
        "medicine",
        "cross-reactive allergies|交叉过敏",
        "cross-reactive|cross-reactivity|cross-allergy|cross-react",
        "交叉过敏",
        symmetric=True,
    ),
    _relation(
        "member",
        _DRUG,
        "medicine",
        "members of the class|所含药物",
        "members of the class|belong to the class",
        "所含药物|这一类药有哪些",
        "belongs to the class|所属类别",
    ),
)

RELATIONS: dict[str, Relation] = {relation.id: relation for relation in _TABLE}

TREATING = ("first_line", "treatment", "medicine")
"""Relations that tell what an illness is treated with, the first line first."""

SINGLE = tuple(relation.id for relation in _TABLE if relation.single)
"""Relations of which a subject has one answer: another source's other answer is a conflict."""


OBJECT_KINDS: dict[str, tuple[str, ...]] = {
    "treatment_or_medicine": ("medicine", "treatment"),
    "any": tuple(KINDS),
}
"""Object slots that admit several kinds; the first is assumed where the source does not say."""


def base_relation(relation: str) -> str:
    """Return a relation's id without the mark of the side that it is seen from.

    >>> base_relation("medicine~"), base_relation("symptom")
    ('medicine', 'symptom')
    """
    return relation.removesuffix(INVERSE)


def from_object(relation: str) -> str:
    """Return a relation as what its facts end in sees it; a symmetric one is the same to both.

    >>> from_object("medicine"), from_object("interaction")
    ('medicine~', 'interaction')
    """
    return relation if RELATIONS[relation].symmetric else relation + INVERSE


def accepted_relations(asked: Sequence[str], *, prose: bool = False) -> frozenset[str]:
    """Return the relations whose facts, or whose words in prose, answer what is asked.

    >>> sorted(accepted_relations(["side_effect"]))
    ['cause', 'side_effect']
    """
    accepted = set(asked)
    for relation in (RELATIONS[id] for id in asked):
        accepted.update(relation.answered_by, relation.stated_as)
        if prose:
            accepted.update(relation.suggested_by)
    return frozenset(accepted)


@cache
def confusable_relations(relation: str) -> frozenset[str]:
    """Return a relation with those of which one may be taken for an answer on the other.

    All are seen from the side that the relation is seen from.

    >>> sorted(confusable_relations("medicine~"))
    ['first_line~', 'medicine~', 'treatment~']
    """
    base = base_relation(relation)
    near = {base, *RELATIONS[base].answered_by}
    near.update(other.id for other in _TABLE if base in other.answered_by)
    return frozenset(each + relation[len(base) :] for each in near)


def are_opposed(one: str, other: str) -> bool:
    """Say whether two relations cannot both be right of the same two entities.

    >>> are_opposed("first_line", "contraindication"), are_opposed("symptom", "sign")
    (True, False)
    """
    return other in RELATIONS[one].opposes or one in RELATIONS[other].opposes
