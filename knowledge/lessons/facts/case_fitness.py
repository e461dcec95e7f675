"""Tell what a case leaves out: unfit treatment, denials of what was told, kin as rivals.

findings of a case -> whether treatment is told, and which finding nobody with them denies
two conditions -> whether one is a form, cause or consequence of the other
medicine + words of a paragraph -> whether the paragraph lacks its grave side effect
"""

import re
from collections.abc import Iterable, Sequence

from knowledge.lessons.facts.fact_page import FactPage, PageFact

_UNTREATED = re.compile(
    "tonsillitis|pharyngitis|sore throat|sinusitis|bronchitis|otitis media|"
    "扁桃体炎|咽炎|鼻窦炎|支气管炎|中耳炎",
    re.IGNORECASE,
)
_WISH_FOR_CHILD = re.compile(r"\binfertil|\bsubfertil|不孕|不育", re.IGNORECASE)
"""Conditions that need antibiotics by criteria only, and what the usual medicines would prevent."""

_STOPS_SMOKING = re.compile("smoking cessation|stop(?:ping)? smoking|戒烟", re.IGNORECASE)
_SMOKES = re.compile("smok|tobacco|吸烟|烟草", re.IGNORECASE)

_VAGUE_HISTORY = re.compile(
    r"\bcontact with (?:a|an infected) (?:case|person)|processed meat|"
    "^chronic (?:illness|disease)$|"
    "^(?:infection|viral infection|physical (?:stimuli|triggers)|irritants?|allergens?|winter|"
    "autumn and winter|caffeine|radon|Epstein.Barr virus|city living|urban living|"
    "childbearing age|reproductive age)$|"
    "^(?:密切)?接触(?:病例|患者|病人)|加工肉|^慢性(?:疾)?病$|"
    "^(?:感染|病毒感染|物理刺激|刺激物|过敏原|接触过敏原|咖啡因|氡|EB病毒|冬季|秋冬季节|城市生活|育龄)$",
    re.IGNORECASE,
)
"""What nobody's history is told by: a case of what, which illness, what is eaten how often."""

_ONE_COMPLAINT = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        "bowel habit|diarrh|constipation|loose stool|tenesmus|defaecat|defecat|"
        "排便(?!.*疼)|大便|腹泻|便秘|里急后重",
        "breath|dyspn|orthopn|呼吸困难|气促|气短|端坐呼吸|憋气",
        "vision|visual|blind spot|scotoma|视力|视物|视野|盲点|暗点",
        "fever|chills|rigor|temperature|发热|发烧|寒战|高热|低热",
        "weight loss|losing weight|体重(?:减轻|下降)|消瘦",
        "sleep|insomnia|early morning waking|night-time waking|失眠|睡|早醒|夜间醒",
    )
)
"""Who has one of these does not deny another of its line."""

_COMPLAINT = re.compile(
    r"\b(?:back|neck|chest|abdominal|pelvic|joint|knee|hip|shoulder|heel) pain$|lumbago|"
    "^(?:慢性|急性)?(?:下?腰背?|颈肩?|胸|腹|盆腔|关节|膝|髋|肩|足跟)疼?痛$",
    re.IGNORECASE,
)
"""Names that say only where it hurts: a case concludes what is behind it."""

_KIN = tuple(
    re.compile(each, re.IGNORECASE)
    for each in (
        "heart failure|pulmonary o?edema|cardiomyopathy|心力?衰竭?|肺水肿|心肌病",
        "dyspepsia|peptic ulcer|gastric ulcer|duodenal ulcer|gastritis|消化不良|溃疡病|消化性溃疡|"
        "[胃肠]溃疡|胃炎",
    )
)
"""Conditions of a line are forms or causes of each other."""

_FOLLOWING = ("complication", "cause", "risk_factor")

_GRAVE_EFFECTS = (
    ("desmopressin|去氨加压素", "hyponatr|low sodium|sodium|低钠|血钠"),
    (r"\w(?:azepam|azolam)\b|西泮|唑仑|咪达唑仑", "dependen|respiratory depress|依赖|呼吸抑制"),
    (
        "morphine|oxycodone|codeine|tramadol|fentanyl|methadone|"
        "吗啡|羟考酮|可待因|曲马多|芬太尼|美沙酮",
        "dependen|respiratory depress|依赖|成瘾|呼吸抑制",
    ),
    ("clozapine|氯氮平", "agranulocyt|neutropen|粒细胞"),
    (
        "levetiracetam|carbamazepine|lamotrigine|phenytoin|topiramate|clonidine|baclofen|"
        "左乙拉西坦|卡马西平|拉莫三嗪|苯妥英|托吡酯|可乐定|巴氯芬",
        "withdraw|abrupt|stopp(?:ed|ing) suddenly|sudden stop|停药|突然停",
    ),
)
_GRAVE = tuple(
    (re.compile(of, re.IGNORECASE), re.compile(says, re.IGNORECASE)) for of, says in _GRAVE_EFFECTS
)
"""Medicines, and what a paragraph on them may not lack."""


_BY_EFFECT = re.compile("antimuscarinic|anticholinergic|抗胆碱", re.IGNORECASE)
_CALLED_OTHERWISE = re.compile(
    "amitriptyline|chlorphen|promethazine|diphenhydramine|阿米替林|氯苯那敏|异丙嗪|苯海拉明",
    re.IGNORECASE,
)
"""A class by what medicines do as well, and those that are antihistamines and antidepressants."""


def allows_treatment(page: FactPage, told: Sequence[PageFact]) -> bool:
    """Say whether the usual treatment of a condition fits whoever has some findings."""
    if _UNTREATED.search(page.name):
        return False
    if is_in_acute_form(page, told):
        return False
    return not any(_WISH_FOR_CHILD.search(item.text) for item in told)


def is_in_acute_form(page: FactPage, told: Iterable[PageFact]) -> bool:
    """Say whether findings are those of the acute form of what else lasts for years."""
    texts = [item.text for item in told]
    return any(of.search(page.name) and any(map(at.search, texts)) for of, at in _IN_ACUTE_FORM)


_UNFIT = (
    (
        "loperamide|diphenoxylate|antidiarrh|洛哌丁胺|地芬诺酯|止泻",
        "constipat|distension|distended|vomit|blood|fever|obstruct|ulcerative|crohn|difficile|"
        "infect|便秘|腹胀|呕吐|便血|血性|发热|梗阻|溃疡性结肠|克罗恩|艰难梭菌|感染",
    ),
    (
        r"\bsenna\b|bisacodyl|macrogol|lactulose|laxative|番泻叶|比沙可啶|聚乙二醇|乳果糖|泻药",
        "vomit|obstruct|diarrh|呕吐|梗阻|腹泻",
    ),
)
_UNFIT_STEPS = tuple(
    (re.compile(of, re.IGNORECASE), re.compile(where, re.IGNORECASE)) for of, where in _UNFIT
)
"""What is done, and findings or possibilities with which it does harm."""

_ACUTE_FORM = (("glaucoma|青光眼", "eye pain|halo|nausea|headache|眼痛|虹视|恶心|头痛"),)
_IN_ACUTE_FORM = tuple(
    (re.compile(of, re.IGNORECASE), re.compile(where, re.IGNORECASE)) for of, where in _ACUTE_FORM
)
"""Conditions whose lasting form is treated otherwise than the acute one, and what tells that."""


def does_no_harm(item: PageFact, possible: str) -> bool:
    """Say whether a step does no harm with what a case tells and weighs, as one text.

    >>> stops = PageFact("f", "loperamide", "loperamide", "medicine:loperamide")
    >>> does_no_harm(stops, "diarrhoea"), does_no_harm(stops, "diarrhoea constipation")
    (True, False)
    """
    return not any(of.search(item.text) and at.search(possible) for of, at in _UNFIT_STEPS)


def fits_habits(item: PageFact, told: Iterable[PageFact]) -> bool:
    """Say whether a step fits what was told: nobody stops smoking who was not asked for it."""
    return not _STOPS_SMOKING.search(item.text) or any(_SMOKES.search(each.text) for each in told)


def tells_history(text: str) -> bool:
    """Say whether a risk factor can be told of somebody's history as it is named.

    >>> tells_history("close contact with a case"), tells_history("diabetes")
    (False, True)
    """
    return not _VAGUE_HISTORY.search(text)


def can_be_denied(item: PageFact, told: Iterable[PageFact]) -> bool:
    """Say whether somebody with some findings may say that there is none of another."""
    own = [each.text for each in told]
    return not any(line.search(item.text) and any(map(line.search, own)) for line in _ONE_COMPLAINT)


def is_complaint(name: str) -> bool:
    """Say whether a name is that of a complaint, which no case concludes.

    >>> is_complaint("chronic low back pain"), is_complaint("腰痛"), is_complaint("偏头痛")
    (True, True, False)
    """
    return _COMPLAINT.search(name) is not None


def are_kin(page: FactPage, other: FactPage) -> bool:
    """Say whether two conditions are forms or causes of each other by their names."""
    return any(each.search(page.name) and each.search(other.name) for each in _KIN)


def follows(page: FactPage, other: FactPage) -> bool:
    """Say whether one of two conditions is recorded as a cause or consequence of the other."""
    return any(
        item.object == two.id
        for one, two in ((page, other), (other, page))
        for relation in _FOLLOWING
        for item in one.entity_facts(relation)
    )


def lacks_grave_effect(name: str, text: str) -> bool:
    """Say whether a paragraph on a medicine leaves out what may do most harm.

    >>> lacks_grave_effect("desmopressin", "It may cause headache.")
    True
    >>> lacks_grave_effect("地西泮", "可引起依赖。"), lacks_grave_effect("aspirin", "")
    (False, False)
    """
    return any(of.search(name) and not says.search(text) for of, says in _GRAVE)


def is_class_by_effect(of: str, medicine: str) -> bool:
    """Say whether a class is not what a medicine is called by: it has such an effect beside others.

    >>> is_class_by_effect("antimuscarinics", "promethazine")
    True
    >>> is_class_by_effect("抗胆碱药", "阿托品"), is_class_by_effect("NSAIDs", "ibuprofen")
    (False, False)
    """
    return bool(_BY_EFFECT.search(of) and _CALLED_OTHERWISE.search(medicine))
