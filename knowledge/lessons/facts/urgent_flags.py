"""Tell which red flags and findings press, and which conditions nobody has to guess.

red flag -> whether it lets nobody wait -> told before what was asked for
words of a patient -> whether to be seen at once, soon, or neither

Findings that alarm stand in `alarm_findings.yaml`, grave conditions also in
`grave_conditions.yaml`.
"""

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import Literal, NamedTuple, cast

from knowledge.lessons.facts import rule_files, treatment_windows
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.records import Language

Alarm = Literal["now", "soon", ""]
"""How soon somebody is to be seen who has a finding."""

_PRESSING = re.compile(
    r"must not (?:be )?delay|not (?:be )?delayed|do not delay|(?<!help )at once|immediate|"
    r"without delay|within (?:about )?(?!48|72)\w+ (?:minutes|hours)|call an ambulance|"
    r"urgent surgery|(?:critical|intensive) care|"
    "延误|立即(?!急诊|就医|求助)|立刻|马上|(?<!48)(?<!72)(?:分钟|小时)内|呼叫急救",
    re.IGNORECASE,
)
_EMERGENCY = re.compile("emergenc|急诊|急症|紧急|急救", re.IGNORECASE)
_CLAUSE = re.compile(r"\b(?:that|which|who)(?: (?:not|never|\w+ly))? \w+", re.IGNORECASE)
_STATED = re.compile(
    r"^(?:give|do|record|call|seek|keep|stop|avoid|never|take|start|go|see|get|refer|admit|send|ask|"
    r"check|watch|contact|treat|exclude|consider|suspect|look|beware|if|when|any|there|it|do not)\b"
    r"(?! of\b)|"
    r"\b(?:is|are|was|were|be|being|has|have|had|can|cannot|could|may|might|must|should|shall|will|"
    r"would|do|does|needs?|requires?|suggests?|means?|signals?|points? to|calls? for|indicates?|"
    r"warrants?|deserves?|demands?|raises?|makes?|causes?|leads?|occurs?|heralds?|mandates?|"
    r"prompts?|reflects?|implies|imply|seek|call|go to|works?|warns?)\b",
    re.IGNORECASE,
)
"""What says of a sign what it means or calls for."""

_STATED_ZH = re.compile(
    "[须需要是请勿]|(?<!反)应|(?<!行)为|立即|即刻|急[诊症救送]|紧急|提示|表明|说明|意味|可能|可致|"
    "导致|引起|就医|就诊|住院|警惕|考虑|注意|不[可宜]|禁[用忌止]|避免|及时|尽快|迅速|"
    "效果|读数|可重复|属(?!性)|最好"
)

_ACTION = re.compile(
    r"\b(?:emergenc\w*|at once|immediate\w*|urgent\w*|call|ambulance|hospital|seek|same[- ]day|"
    r"doctor|without delay|needs?|requires?|must|cannot wait|admission|admit|refer\w*|assess\w*|"
    r"treat(?:ed)?|surgery|endoscopy|imaging|investigat\w*|prompt\w*|stop|do not|never|go to|"
    r"come back|review|help)\b",
    re.IGNORECASE,
)
_MEASURED = re.compile(
    r"\b(?:electrocardiogra\w+|ECG|mmol|pH|INR|low platelets|red-cell fragments|white cell count|"
    r"(?:potassium|calcium|sodium|creatinine|bilirubin|lactate) (?:of|above|below)|CT|X-ray|"
    r"forehead sparing|pleural infection|pulsus|prolonged QT|intravenous \w+ with|"
    r"hyperkalaemia|uraemic|hypoxia|peritonism|diagnostic tap|tachycardia or anaemia)\b",
    re.IGNORECASE,
)
_DANGER_EN = re.compile(
    r"confus|drows|severe|sudden|breath|chest pain|shock|perforat|peritonit|(?:vomiting|coughing) "
    r"blood|seiz|collapse|faint|rigid|jaundice|stroke|sepsis|storm|coma\b|embol|crisis|cyanosis|"
    r"thunderclap|weakness|paralys",
    re.IGNORECASE,
)
"""What an English text on a sign has where it says what to do; signs that only a clinic finds; and
words of a danger that does not wait."""
_WHERE_TO_GO_ZH = re.compile(
    "就医|就诊|求助|急诊[^，。]*|急救|呼救|救护|送[医院]|住院|复诊|来院|评估|检查(?!而)|查[血心]|影像|手术|停止|停药|"
    "[须需应]先?(?:排除|排查|除外|监测|监护|筛查)|处置|[须需应](?:尽快|均应)?[做行]"
)
_DANGER_ZH = re.compile(
    "重症|重度发作|急性重度|脓毒|肾盂肾炎|霹雳|恶性综合征|危及|肌强直|休克|出血|剧烈|嗜睡|意识|穿孔|梗阻|呼吸困难|抽搐|惊厥|昏迷|晕厥|胸痛|瘫|无力|破裂|坏死|失明|视力"
)
_MANAGEMENT_ZH = re.compile(
    "效果|读数|可重复|不要服|均应|应?缓慢|不可|不应|不宜|切勿|避免|禁[用忌止]|过快"
)
"""How a red flag says what to do; and how one is worded that tells no sign, but how to treat."""

_GRAVE = re.compile(
    r"heart attack|infarct|(?<!sun)\bstroke|embol|dissection|seps|septic|(?<!viral )meningitis|"
    r"encephalitis|epiglottitis|torsion|ketoacid|hyperosmolar|anaphyla|ectopic preg|pneumothorax|"
    r"tamponade|status epilepticus|peritonitis|perforat|strangulat|ruptur|\bshock\b|cauda equina|"
    r"cord compression|compartment syndrome|acute liver failure|respiratory failure|heat stroke|"
    r"orbital cellulitis|necroti[sz]ing|overdose|pulmonary (?:o)?edema|tetanus|rabies|eclampsia|"
    r"mesenteric isch|angle-closure|intussusception|placental abruption|(?:sub|epi|extra)dural h|"
    r"subarachnoid h|intracranial h(?!ypert)|(?:giant cell|temporal|cranial) arteritis|"
    r"intracerebral h|delirium|stevens|epidermal necrolysis|acute pancreatitis|appendicitis|"
    r"(?:bowel|intestinal) obstruction|(?<!sclerosing )(?<!biliary )cholangitis|"
    r"hypertensive (?:emerg|cris)|acute coronary|"
    r"peritonsillar|thyroid storm|adrenal crisis|neutropenic|malaria|limb ischa|"
    r"retinal (?:detach|artery)|"
    r"transient isch|guillain|"
    r"hepatic encephalopathy|cerebral (?:o)?edema|hypoglyc|deep vein|variceal bleed|"
    r"(?:fractured?|fracture of the) (?:neck|skull|spine|hip)|cervical fracture|"
    r"gastrointestinal bleed|thrombotic thrombocytop|"
    "巨细胞(?:性)?动脉炎|颞动脉炎|短暂性脑缺血|吉兰|格林巴利|肝性脑病|脑水肿|低血糖|深静脉|消化道出血|静脉曲张破裂|颅骨骨折|颈椎骨折|髋部骨折|"
    "血栓性血小板|心肌梗死|心肌梗塞|卒中|脑梗|脑出血|蛛网膜下腔出血|栓塞|主动脉夹层|败血症|脓毒|脑膜炎|脑炎|"
    "会厌|扭转|酮症|过敏性休克|异位妊娠|宫外孕|气胸|填塞|穿孔|绞窄|嵌顿|破裂|休克|呼吸衰竭|"
    "肺水肿|中暑|热射病|狂犬|破伤风|子痫|胎盘早剥|肠梗阻|肠套叠|坏死性筋膜|危象|闭角型|硬膜[下外]|"
    "谵妄|史蒂文斯|表皮坏死松解|急性胰腺炎|阑尾炎|(?<!硬化性)(?<!慢性)胆管炎|肠系膜|高血压急症|急性冠|扁桃体周|疟疾|"
    "急性肢体缺血|视网膜(?:脱离|[中动])|粒细胞缺乏",
    re.IGNORECASE,
)
"""Conditions that kill or maim within hours or days where nobody treats them."""

_SOON = re.compile(
    r"leuk(?:a)?emia|endocarditis|type 1 diabetes|pyelonephritis|kidney infection|diverticulitis|"
    r"pelvic inflammatory|\bIgA vasculitis|Henoch|myocarditis|"
    r"\b(?:hypo|hyper)(?:natr|kal|calc)a?emia|optic neuritis|orbital|"
    "白血病|心内膜炎|1型糖尿病|肾盂肾炎|憩室炎|盆腔炎|IgA血管炎|过敏性紫癜|心肌炎|"
    "[高低](?:钠|钾|钙)血症|视神经炎",
    re.IGNORECASE,
)
"""Conditions of which a suspicion does not wait for a free appointment."""

_SEEN = re.compile(
    r"\b(?:burns?|sunburn|scalds?|frostbite|bites?|stings?|(?:near-?)?drowning|electrocution|concussion|"
    r"altitude sickness|compartment syndrome|hypothermia|heat ?stroke|heat exhaustion|"
    r"alcohol withdrawal|contusion|dumping syndrome)\b|"
    "挫伤|倾倒综合征|"
    "酒精戒断|烧伤|烫伤|灼伤|冻伤|晒伤|咬伤|蜇伤|电击伤|溺水|脑震荡|高原病|高山病|中暑|热射病|低体温|筋膜[间隔]*室",
    re.IGNORECASE,
)
"""What befalls somebody who knows of it: no complaint leads to it."""


_OF_TREATMENT = re.compile(
    r"\b(?:after|following) (?:\w+ )?(?:surgery|operation|transplant\w*)|"
    r"\b(?:during|on|under) (?:\w+ )?(?:chemotherapy|treatment|dialysis|immunosuppress\w*)|"
    r"\bwhile (?:taking|on)\b|\bdespite (?:[\w-]+ ){0,3}(?:treatment|diet)|"
    r"\bwithdrawal of \w+ic medicine|\bglucocorticoids?\b|\bis corrected\b|"
    "术后|长期使用|突然停(?:用|药)|(?:化疗|放疗|治疗|用药|服药|透析)(?:期间|中|后)|(?:服用|使用|应用)[^，。]*(?:期间|者|时)|移植后|饮食后仍",
    re.IGNORECASE,
)
"""Red flags of somebody who is operated on, or takes a medicine, for the condition."""


_NO_SIGN = re.compile(
    r"\bstopp(?:ed|ing) (?:it )?(?:abruptly|suddenly)|\bworks? best within|"
    r"\bdo not give [\w ]+ alone|"
    "不要单用|不可单用|不可突然停|不可骤停|效果最好|读数可正常|可重复注射",
    re.IGNORECASE,
)
"""Red flags on how something is treated: they name nothing by which somebody knows a danger."""


_THAT_DAY = re.compile(
    r"\bneeds? [^.;]*\bsame[- ]day\b|[须需应][^。；，]{0,6}当[日天]", re.IGNORECASE
)
"""How a red flag says that somebody is to be seen later on the day."""


def names_no_sign(flag: PageFact) -> bool:
    """Say whether a red flag tells how to treat, and nothing that whoever is ill could notice.

    >>> names_no_sign(PageFact("f", "长期使用的激素不可突然停用。", ""))
    True
    """
    return _NO_SIGN.search(flag.text) is not None


def presses(flag: PageFact) -> bool:
    """Say whether a red flag tells of something that cannot wait for hours."""
    return _PRESSING.search(flag.text) is not None


def is_of_that_day(text: str) -> bool:
    """Say whether a red flag lets somebody wait until later on the day.

    >>> is_of_that_day("A hot joint needs same-day assessment."), is_of_that_day("须当日评估。")
    (True, True)
    >>> is_of_that_day("Chest pain needs an ambulance."), is_of_that_day("须立即急诊。")
    (False, False)
    """
    return _THAT_DAY.search(text) is not None


def is_of_treatment(flag: PageFact) -> bool:
    """Say whether a red flag is about somebody who is treated already: no suspicion calls for it.

    >>> is_of_treatment(PageFact("f", "化疗期间发热属于急症。", ""))
    True
    >>> is_of_treatment(PageFact("f", "Fever with a stiff neck is an emergency.", ""))
    False
    """
    return _OF_TREATMENT.search(flag.text) is not None


def is_emergency(flag: PageFact) -> bool:
    """Say whether a red flag tells of an emergency, or of what cannot wait for hours."""
    return tells_emergency(flag.text)


def tells_emergency(text: str) -> bool:
    """Say whether words tell of an emergency, or of what cannot wait for hours."""
    return bool(_PRESSING.search(text) or _EMERGENCY.search(text))


def is_sign(text: str, language: Language) -> bool:
    """Say whether a red flag only names a sign: it says neither what it means nor what to do.

    >>> is_sign("fever that lasts", "en"), is_sign("A rigid belly needs help.", "en")
    (True, False)
    """
    if language == "zh":
        return _STATED_ZH.search(text) is None
    return _STATED.search(_CLAUSE.sub("", text)) is None


def means_danger(text: str) -> bool:
    """Say whether a red flag names a danger that does not wait, in whatever words.

    >>> means_danger("剧烈腹痛或出血提示重症登革热"), means_danger("单侧鼻塞提示肿瘤")
    (True, False)
    """
    return bool(tells_emergency(text) or _DANGER_ZH.search(text) or _DANGER_EN.search(text))


def leaves_open_what_to_do(text: str, language: Language) -> bool:
    """Say whether a red flag tells a sign and what it means, and not what to do.

    >>> leaves_open_what_to_do("突发剧烈背痛提示椎体骨折", "zh")
    True
    >>> leaves_open_what_to_do("不能排尿须立即急诊就医", "zh"), leaves_open_what_to_do("高热", "zh")
    (False, False)
    >>> leaves_open_what_to_do("Agitation suggests thyroid storm.", "en")
    True
    """
    if is_sign(text, language):
        return False
    if language == "en":
        return _ACTION.search(text) is None
    return not (_WHERE_TO_GO_ZH.search(text) or _MANAGEMENT_ZH.search(text))


def is_for_patients(flag: PageFact, language: Language) -> bool:
    """Say whether whoever is ill can notice what a red flag names: no tracing, no result.

    Only English flags are asked.
    """
    return language == "zh" or _MEASURED.search(flag.text) is None


def is_grave(page: FactPage) -> bool:
    """Say whether a condition is an emergency wherever it is not treated already."""
    return is_grave_name(page.name)


@lru_cache(maxsize=1 << 15)
def is_grave_name(name: str) -> bool:
    """Say whether a name is that of a condition which is an emergency."""
    kinds = _grave_kinds()
    return bool(_GRAVE.search(name) or kinds.grave.search(name)) and not kinds.none.search(name)


def is_of_the_hour(page: FactPage) -> bool:
    """Say whether a condition may kill within the hour: only an ambulance takes one there."""
    return _grave_kinds().of_the_hour.search(page.name) is not None and is_grave(page)


class _GraveKinds(NamedTuple):
    """Patterns of the names of emergencies, of those of the hour, and of what only sounds so."""

    grave: re.Pattern[str]
    of_the_hour: re.Pattern[str]
    none: re.Pattern[str]


@cache
def _grave_kinds() -> _GraveKinds:
    kinds = cast(dict[str, list[str]], rule_files.read("grave_conditions"))
    none = kinds.pop("no_emergency")
    every = [each for kind in kinds.values() for each in kind]
    named = (every, kinds["within_the_hour"], none)
    return _GraveKinds(*(re.compile("|".join(names), re.IGNORECASE) for names in named))


def alarm_of(texts: Iterable[str], language: Language) -> Alarm:
    """Return how soon somebody is to be seen of whom some words tell."""
    told = "\n".join(texts)
    if any(all(each.search(told) for each in group) for group in _alarming_together(language)):
        return "now"
    for alarm in ("now", "soon"):
        if _alarming(alarm, language).search(told):
            return alarm
    return ""


def alarms_with_age(texts: Iterable[str], language: Language) -> bool:
    """Say whether one of some findings may mean a cancer in or past middle life.

    >>> alarms_with_age(["early satiety"], "en"), alarms_with_age(["头晕"], "zh")
    (True, False)
    """
    return any(_alarming("with_age", language).search(each) for each in texts)


def needs_ambulance(texts: Iterable[str], language: Language) -> bool:
    """Say whether nobody with some findings goes to hospital by themselves.

    >>> needs_ambulance(["syncope"], "en"), needs_ambulance(["肩尖痛", "腹痛"], "zh")
    (True, True)
    >>> needs_ambulance(["testicular pain"], "en")
    False
    """
    return any(_alarming("by_ambulance", language).search(each) for each in texts)


def is_weighed(text: str, language: Language, *, lasts: bool = False) -> bool:
    """Say whether a finding calls for a grave condition among the possibilities of a case.

    >>> is_weighed("chest pain", "en"), is_weighed("breathlessness", "en", lasts=True)
    (True, False)
    """
    kinds = ("weighed",) if lasts else ("weighed", "weighed_when_new")
    return any(_alarming(each, language).search(text) for each in kinds)


def alarm_of_case(page: FactPage, findings: Iterable[str]) -> Alarm:
    """Return how soon somebody is to be seen who may have a condition, and has some findings."""
    told = list(findings)
    soon = _SOON.search(page.name) or treatment_windows.closes(page.name, told)
    return alarm_of(told, page.language) or ("soon" if soon else "")


@cache
def _alarming_together(language: Language) -> tuple[tuple[re.Pattern[str], ...], ...]:
    """Return the groups of findings that alarm together, a pattern for each of a group."""
    return tuple(
        tuple(re.compile(each.strip(), re.IGNORECASE) for each in group.split(" + "))
        for group in alarm_findings()["together"][language]
    )


@cache
def alarm_findings() -> dict[str, dict[str, list[str]]]:
    """Return the findings that alarm, by how soon they are to be seen and language.

    `together` holds groups of which all must be told: then somebody is to be seen at once.
    """
    return cast(dict[str, dict[str, list[str]]], rule_files.read("alarm_findings"))


@cache
def _alarming(alarm: str, language: Language) -> re.Pattern[str]:
    start = r"\b" if language == "en" else ""
    listed = "|".join(map(re.escape, alarm_findings()[alarm][language]))
    return re.compile(f"{start}(?:{listed})", re.IGNORECASE)


def first_told(flags: Sequence[PageFact]) -> PageFact | None:
    """Return the red flag to tell where one is told: one that presses, if there is any."""
    urgent = (each for each in flags if _EMERGENCY.search(each.text))
    return next((each for each in flags if presses(each)), next(urgent, None))


_TRAVELLED = re.compile(
    r"\b(?:malaria|typhoid|dengue|yellow fever|schistosom\w+|leishman\w+|ebola|lassa|cholera|"
    r"plague|rabies|anthrax)\b|"
    "疟疾|伤寒|登革|黄热病|血吸虫|利什曼|埃博拉|拉沙热|霍乱|鼠疫|狂犬病|炭疽",
    re.IGNORECASE,
)
"""What nobody has who was not where it is caught, of which a case does not tell."""

_TAKEN = re.compile(
    r"\boverdose|\bpoisoning|serotonin syndrome|neuroleptic malignant|"
    "过量|中毒$|5-羟色胺综合征|血清素综合征|恶性综合征",
    re.IGNORECASE,
)


def is_told_by_history(page: FactPage) -> bool:
    """Say whether what was met or taken tells a condition, rather than complaints."""
    return bool(_SEEN.search(page.name) or _TAKEN.search(page.name) or _TRAVELLED.search(page.name))


def is_known_to_whom_it_befell(page: FactPage) -> bool:
    """Say whether complaints alone lead to no condition: who was burned or abroad says so."""
    return bool(_SEEN.search(page.name) or _TRAVELLED.search(page.name))
