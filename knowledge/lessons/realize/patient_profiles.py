"""Derive which sex, age and course fit a condition, and describe such patients.

    page -> profile (sex, age, pace that its names allow) -> words of a case

Only what a condition's own names and facts allow is said: no man has ovarian cysts, and
appendicitis does not last a month. Ages and durations belong to questions; answers never repeat
them.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from knowledge.lessons.facts import case_fitness, fact_fitness
from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import realizer
from knowledge.lessons.templates import grammar
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import PatientsWords
from knowledge.records import Language

Sex = Literal["f", "m", ""]
Stage = Literal["baby", "child", "adult", "mature", "old"]
Pace = Literal["sudden", "days", "lasting"]

_FEMALE = re.compile(
    r"ovar|uter(?:us|ine)|\bcervix|cervical cancer|cervicitis|vagin|vulv|menstr|menopaus|pregnan|"
    r"obstetric|gestation|hydatidiform|postpartum|breast|endometri|turner syndrome|eclamp|placent|"
    r"hyperemesis|miscarriage|abortion|lactat|women|female|"
    r"子宫|卵巢|宫颈|阴道|外阴|月经|经期|痛经|闭经|经前|妊娠|孕|产后|产褥|分娩|乳腺|乳房|"
    r"绝经|更年期|胎|女|妇|盆腔炎|输卵管|流产|死产|早产|恶露|带下|崩漏|白带",
    re.IGNORECASE,
)
_MALE = re.compile(
    r"prostat|impoten|priapism|ejaculat|balanit|phimosis|hypospadias|testic|testis|penis|penile|scrot|epididym|erectile|spermat|\bmen\b|"
    r"前列腺|睾丸|阴茎|附睾|阴囊|(?<![酒味糖])精(?![神氨确细])|遗精|早泄|阳痿|阳萎|男|勃起|包皮|龟头|(?<!血管性)血友病",
    re.IGNORECASE,
)
_CHILDBEARING = re.compile(
    "pregnan|gestation|childbirth|obstetric|postpartum|eclamp|placent|hyperemesis|hydatidiform|"
    "miscarriage|妊娠|孕|产后|产褥|分娩|胎|羊水|"
    "难产|流产|宫缩|子宫收缩|产力|产程|临产|哺乳",
    re.IGNORECASE,
)
_MENSTRUAL = re.compile(
    r"menstr|dysmenorrh|menorrh|endometriosis|polycystic ovar|pelvic inflammatory|"
    r"\b(?:heavy|irregular|painful|absent|missed|late|light|delayed|scanty|infrequent|no) "
    r"periods?\b|(?:between|with|during) periods|"
    "月经|经期|经间期|痛经|功血|经前|子宫内膜异位|排卵|多囊卵巢|闭经|黄体",
    re.IGNORECASE,
)
_MENOPAUSE = re.compile("menopaus|绝经|更年期", re.IGNORECASE)
_UNBORN = re.compile(
    "fetal|foetal|cardiac arrest|brain death|sudden (?:cardiac|infant) death|stillbirth|"
    "胎儿|羊水|脐带|死胎|死产|猝死|死亡|自缢|自杀|缢死|溺死|心脏骤停|心跳骤停|复苏",
    re.IGNORECASE,
)
"""Nobody who could be asked has these."""
_PROCEDURE = re.compile(r"(?:ectomy|otomy|ostomy|plasty|scopy|graphy)$")
_BABY = re.compile(
    "infant|neonat|newborn|bronchiolitis|pyloric|edwards? syndrome|patau|poor feeding|episodes of "
    "crying|hypoplastic left heart|transposition of the great|truncus arteriosus|biliary atresia|"
    "necroti[sz]ing enterocolitis|meconium|kernicterus|omphalocele|gastroschisis|"
    "galactos(?:a)?emia|maple syrup|tay.sachs|cradle cap|左心发育不良|大动脉转位|"
    "胆道闭锁|坏死性小肠结肠炎|胎粪|核黄疸|半乳糖血|"
    "新生儿|婴|早产儿|毛细支气管炎|急性细支气管炎|出血性休克和脑病|母乳|喂养困难|阵发性哭闹",
    re.IGNORECASE,
)
_CHILD = re.compile(
    "child|paediatric|pediatric|juvenile|congenital|croup|febrile (?:seizure|convuls)|"
    "热性惊厥|acute otitis media|急性中耳炎|kawasaki|measles|mumps|chickenpox|scarlet|"
    "growth delay|lack of growth|failure to thrive|diaper|ear pulling|barking cough|bedwetting|"
    "attention.deficit|coarctation|tetralogy|fallot|septal defect|patent ductus|hirschsprung|"
    "wilms|neuroblastoma|retinoblastoma|perthes|slipped (?:capital|upper) femoral|duchenne|"
    "rheumatic fever|\\breye|hand,? foot|roseola|fifth disease|erythema infectiosum|rickets|"
    "conduct disorder|oppositional|enuresis|night terror|autis|kwashiorkor|undescended test|"
    "cryptorchid|phenylketon|"
    "cleft (?:lip|palate)|"
    "主动脉缩窄|法洛|间隔缺损|动脉导管未闭|肾母细胞|神经母细胞|视网膜母细胞|风湿热|幼儿急疹|"
    "传染性红斑|夜惊|隐睾|苯丙酮尿|唇裂|腭裂|"
    "抓耳|犬吠样|遗尿|患儿|"
    "小儿|儿童|儿科|幼儿|幼年|先天|少年|学龄|孩|川崎|(?<!荨)麻疹|腮腺炎|水痘|手足口|佝偻|注意缺陷",
    re.IGNORECASE,
)
_OLD = re.compile(
    "older|elderly|senile|dementia|alzheimer|parkinson|cataract|osteopor|macular degen|polymyalgia|"
    "giant cell|myeloma|prostatic hyperplasia|"
    "老年|老人|高龄|中老年|痴呆|阿尔茨海默|帕金森|白内障|骨质疏松|黄斑变性|风湿性多肌痛|"
    "巨细胞(?:性)?动脉炎|骨髓瘤|前列腺增生",
    re.IGNORECASE,
)
_MATURE = re.compile(
    r"(?<!heat )stroke|infarct|angina|coronary|atrial fib|heart failure|copd|obstructive pulmonary|"
    r"(?:lung|colorectal|colon|prostate|breast|bladder|stomach|pancreatic|kidney|oesophageal|"
    r"esophageal|endometrial|uterine|cervical|ovarian) cancer|"
    r"osteoarthr|aneurysm|peripheral arter|glaucoma|"
    r"cirrhosis|atheroscl|type 2 diab|aortic|(?:limb|mesenteric|transient) isch|"
    "脑卒中|中风|脑梗|心肌梗|心绞痛|冠心病|冠状动脉|心房颤动|心力衰竭|慢性阻塞性肺|骨关节炎|动脉瘤|"
    "(?:肺|结肠|直肠|结直肠|前列腺|乳腺|膀胱|胃|胰腺|肾|食管|子宫内膜|宫颈|卵巢)癌|青光眼|肝硬化|"
    "动脉粥样|2型糖尿病|主动脉(?:夹层|瘤|瓣狭窄)|短暂性脑缺血|肢体缺血|肠系膜缺血",
    re.IGNORECASE,
)
"""Rare before the middle of life; a young patient would be the exception."""
_YOUNG = re.compile(
    r"mononucleosis|\bacne|appendicitis|testic\w* torsion|multiple sclerosis|ankylosing|crohn|"
    r"schizophrenia|bulimia|anorexia nervosa|anaphyla|type 1 diab|migraine|tension-type|"
    r"tension headache|irritable bowel|"
    "传染性单核|痤疮|阑尾炎|睾丸扭转|多发性硬化|强直性脊柱|克罗恩|精神分裂|厌食症|贪食|1型糖尿病|"
    "偏头痛|紧张[型性]头痛|肠易激",
    re.IGNORECASE,
)
"""Rare to begin after the first half of life."""

_PREGNANT = re.compile(
    r"gestational diabetes|pre-?eclampsia|hyperemesis|placent|of pregnancy|threatened pregnancy|"
    r"preterm lab|pregnancy-induced|"
    "妊娠(?:期糖尿病|剧吐|期?高血压|期肝内胆汁)|子痫前期|先兆子痫|胎盘|先兆流产|先兆早产",
    re.IGNORECASE,
)
_SUDDEN = re.compile(
    "acute (?!leuk|otitis|sinus|bronch|lymph|myelo)|emergenc|crisis|status epilepticus|"
    "compartment syndrome|cauda equina|cord compression|tamponade|strangulat|perforat|attack|"
    "infarct|stroke|rupture|torsion|poison|burn|fracture|embol|dissection|shock|sepsis|"
    "ketoacid|hyperosmolar|septic arthr|meningitis|"
    "encephalitis|epiglottitis|angle-closure|peritonitis|ectopic|hypoglyc|transient isch|guillain|"
    "intussuscep|volvulus|retinal detach|necroti[sz]ing fasc|ventricular (?:tachy|fibrill)|"
    "anaphyla|appendic|injur|haemorrhage|hemorrhage|bleed|pneumothorax|"
    "急(?!性(?:中耳|鼻窦|支气管|[^急]*白血病|淋巴))|中毒|骨折|破裂|梗死|梗塞|栓塞|出血(?!性(?:结膜|疾病))|休克|"
    "烧伤|过量|早剥|胎膜早破|脐带脱垂|子痫|异位妊娠|大出血|穿孔|会厌|脑膜炎|脑脊髓膜|脑炎|心绞痛|夹层|"
    "败血症|脓毒症|酮症|呼吸衰竭|肺水肿|狂犬|破伤风|危象|绞窄|嵌顿|出血热|扭转|损伤|外伤|阑尾|过敏性休克|"
    "气胸|窒息|(?:化脓性|感染性|细菌性)关节炎|吉兰|格林|低血糖|短暂性脑缺血|肠套叠|视网膜脱离|"
    "坏死性筋膜炎|室性心动过速|室颤",
    re.IGNORECASE,
)
_ALARMING = re.compile("昏迷|意识丧失|神志不清|窒息|呕血|呼吸停止")
"""Whoever has these is to be seen at once, whatever it is."""

_SLOW = re.compile(
    r"weight loss|weight gain|hair loss|night sweats|memory loss|infertil|irregular periods|"
    "chronic|"
    "消瘦|体重(?:减轻|下降|增加)|脱发|盗汗|记忆|不孕|月经不|慢性",
    re.IGNORECASE,
)
"""Nobody has had these for three days."""

_CHRONIC = re.compile("chronic|慢性|职业性|后遗症", re.IGNORECASE)
_LASTING = re.compile(
    "chronic|cancer|carcinom|tumou?r|lymphom|melanom|diabet|arthrit|osteo|dementia|parkinson|"
    "fibromyalg|irritable bowel|crohn|ulcerative colitis|lupus|atopic|obstructive pulm|insomni|"
    "polymyalg|coeliac|celiac|fibroids|constipation|endometriosis|eczema|rosacea|acne|bipolar|"
    "schizophren|reflux|sleep apn|polycystic|incontinence|myasthenia|tuberculosis|hepatitis [bc]|"
    "post-traumatic|obsessive|(?:use disorder|dependence)$|"
    "cataract|macular degener|open-angle|retinitis pigment|白内障|黄斑变性|开角型|视网膜色素|"
    "panic|惊恐|hypothyroid|hyperthyroid|cirrhos|sclerosis|psoria|anaemia|anemia|deficiency|depress|anxiety|"
    "慢性|癌|瘤|糖尿病|关节炎|骨质|痴呆|帕金森|甲状腺|硬化|银屑|贫血|缺乏|抑郁|焦虑|肥大|增生|"
    "乳糜泻|纤维肌痛|克罗恩|溃疡性结肠炎|子宫内膜异位|特应性皮炎|湿疹|痤疮|失眠|双相|精神分裂|反流|肠易激|睡眠呼吸暂停|"
    "多囊卵巢|失禁|重症肌无力|结核病|[乙丙]型(?:病毒性)?肝炎|创伤后应激|强迫|"
    "先天|遗传|家族性|(?:精神|人格|情感|认知|发育|运动|行为|注意|多动|学习|语言).*障碍|"
    "注意缺陷|多动|自闭|孤独|白斑|白癜|淀粉样|沉积|沉着|萎缩|"
    "纤维化|尘肺|沉着症|脑瘫|畸形|发育不|憩室|囊肿|角化|变性|贮积|侏儒|矮小|强直性|红斑狼疮|硬皮|"
    "肌病|营养不良|息肉|"
    "[阴阳气血]虚|痿|瘿|痣|疣|苔藓|弓形足|内翻|外翻|不孕|不育|肥胖|使用障碍|(?:酒精|药物|阿片)依赖",
    re.IGNORECASE,
)

_SIGNS = (
    _FEMALE, _MALE, _CHILDBEARING, _MENSTRUAL, _MENOPAUSE, _BABY, _CHILD, _OLD, _SUDDEN, _LASTING,
    _CHRONIC, _ALARMING, _MATURE, _PREGNANT,
)  # fmt: skip
_IS_FEMALE, _IS_MALE, _IS_FERTILE, _IS_MENSTRUAL, _IS_MENOPAUSE = (1 << bit for bit in range(5))
_IS_BABY, _IS_CHILD, _IS_OLD, _IS_SUDDEN, _IS_LASTING = (1 << bit for bit in range(5, 10))
_IS_CHRONIC, _IS_ALARMING, _IS_MATURE, _IS_PREGNANT = (1 << bit for bit in range(10, 14))

_OF_ONE_SEX = _IS_FEMALE | _IS_MALE | _IS_FERTILE | _IS_BABY

_FOOD = re.compile(
    r"\b(?:dairy|milk|foods?|meals?|vegetables?|juice|grapefruit|alcohol|caffeine|coffee|tea|honey|"
    r"smoking|tobacco|liquorice|salt|beans?|garlic|ginger|chocolate|cheese|banana|fish|meat|water)\b|"
    "乳制品|牛奶|食物|食品|蔬菜|果汁|葡萄柚|西柚|酒精|饮酒|咖啡|茶|蜂蜜|豆$|大蒜$|生姜$|莓|汁$|吸烟|烟草|奶酪|巧克力|香蕉",
    re.IGNORECASE,
)
"""What is eaten, drunk or smoked is no medicine, though it interacts with some."""

_PLAIN = re.compile(
    r"\b(?:age|sex|ancestry|male|female|women|men|infancy|family history)\b(?! of)|"
    r"\b(?:contaminated|transmission|status|attendance|season|triggers?|menstruation|adulthood|"
    r"cleft palate|childhood|adolescence|puberty|young|twenties|maternal|mother)\b|"
    r"mutation|HLA|^family history|^(?:young|very young)|\b(?:months|years)\b|"
    "高龄|年幼|\\d+个?[月岁]|年龄|青年|青少年|青春|儿童期|童年|母亲|女性|男性|血统|人种|种族|家族史|突变|婴儿期|"
    "入托|腭裂|污染|过敏原|制动",
    re.IGNORECASE,
)

_OF_ILLNESS = {"symptom", "sign", "cause", "risk_factor", "test", "complication", "associated_with"}


@dataclass(frozen=True, slots=True)
class PatientProfile:
    """Whom a condition may befall and how fast; an empty sex may be either."""

    sex: Sex
    stage: Stage
    childbearing: bool
    pace: Pace
    menopause: bool = False
    pregnant: bool = False
    young: bool = False


def profile_of(page: FactPage, complaints: Sequence[PageFact] = ()) -> PatientProfile:
    """Return whom a condition may befall, by its names, its symptoms and those it affects."""
    about, whom, risks, sudden = page.cached("signs", _signs_of)
    felt = 0
    for item in complaints:
        felt |= _signs(item.text)
    named = about & (_IS_FEMALE | _IS_MALE)  # rare exceptions among those it befalls count less
    told = about | felt if named in (_IS_FEMALE, _IS_MALE) else about | whom | felt
    female, male = (told & sign for sign in (_IS_FEMALE, _IS_MALE))
    sex: Sex = "" if bool(female) == bool(male) else "f" if female else "m"
    if about & _IS_MENOPAUSE or (about | felt) & _IS_MENSTRUAL:
        sex = "f"
    stage: Stage = "adult"
    if (about | felt) & _IS_BABY:
        stage = "baby"
    elif (about | felt) & _IS_CHILD:
        stage = "child"
    elif (about | felt | whom | risks) & _IS_OLD and not about & (_IS_FERTILE | _IS_MENSTRUAL):
        stage = "old"
    elif (about | felt) & _IS_MATURE:
        stage = "mature"
    pace: Pace = "days"
    if sudden or felt & _IS_ALARMING:
        pace = "sudden"
    elif about & _IS_LASTING or any(_SLOW.search(item.text) for item in complaints):
        pace = "lasting"
    menopause = bool((about | felt) & _IS_MENOPAUSE)
    childbearing = bool((about | felt) & (_IS_FERTILE | _IS_MENSTRUAL))
    fertile = childbearing and stage != "child" and not menopause
    pregnant = fertile and bool(about & _IS_PREGNANT)
    young = stage == "adult" and _YOUNG.search(" ".join(n.text for n in page.entity.names))
    return PatientProfile(sex, stage, fertile, pace, menopause, pregnant, bool(young))


def _signs_of(page: FactPage) -> tuple[int, int, int, bool]:
    """Return the signs of a page's names, of whom and where it befalls, of its risks, its onset."""
    about = _looked_for(" ".join([name.text for name in page.entity.names]))
    whom = _looked_for(_words(page.groups, "population", "body_part"))
    risks = _looked_for(_words(page.groups, "risk_factor"))
    return about, whom, risks, _is_sudden(_signs(page.name), about)


@lru_cache(maxsize=1 << 15)
def _signs(text: str) -> int:
    """Return which signs of a patient a text has, bit by bit."""
    return _looked_for(text)


def sex_signs(text: str) -> int:
    """Return which of the signs of one sex, of childbirth and of newborns a text has."""
    return _signs(text) & _OF_ONE_SEX


def _looked_for(text: str) -> int:
    return sum(1 << place for place, sign in enumerate(_SIGNS) if sign.search(text))


def _is_sudden(name: int, about: int) -> bool:
    """Say whether an illness begins all at once; what it is called first counts for most."""
    if name & _IS_CHRONIC or (name & _IS_LASTING and not name & _IS_SUDDEN):
        return False
    return bool(about & _IS_SUDDEN) and not about & _IS_CHRONIC


def fits_patient(names: Sequence[str], sex: Sex, age: float | None) -> float:
    """Return how well a condition of these names fits a patient: 0 not at all, 1 as well as any.

    `age` is in years; what is not known rules nothing out.
    """
    about = _looked_for(" ".join(names))
    female, male = bool(about & _IS_FEMALE), bool(about & _IS_MALE)
    if female != male and sex and sex != ("f" if female else "m"):
        return 0.0
    if age is None:
        return 1.0
    if about & _IS_BABY and age > 3:
        return 0.0
    if about & (_IS_FERTILE | _IS_PREGNANT) and not 10 <= age <= 55:
        return 0.0
    if (about & _IS_OLD and age < 18) or (about & _IS_MATURE and age < 12):
        return 0.15
    unusual = (
        (about & _IS_OLD and age < 40)
        or (about & _IS_MATURE and age < 25)
        or (about & _IS_CHILD and age > 18)
        or (about & _IS_MENOPAUSE and age < 38)
    )
    return 0.6 if unusual else 1.0


def contradict(findings: Sequence[PageFact]) -> bool:
    """Say whether nobody has some findings at once: periods, and bleeding after the menopause."""
    felt = 0
    for item in findings:
        felt |= _signs(item.text)
    return bool(felt & _IS_MENOPAUSE and felt & _IS_MENSTRUAL)


def can_be_compared(page: FactPage, other: FactPage) -> bool:
    """Say whether one patient may be weighed between two conditions: sex and age allow both."""
    one, two = page.cached("profile", profile_of), other.cached("profile", profile_of)
    sexes = {one.sex, two.sex} - {""}
    if len(sexes) > 1 or (two.sex and not one.sex):
        return False
    young = ("baby", "child")
    named = " ".join(name.text for name in other.entity.names)
    if (one.stage in young) != (two.stage in young) or (one.stage == "baby") != (
        two.stage == "baby"
    ):
        return False
    if one.pregnant != two.pregnant:
        return False
    grown_old = _OLD.search(named) is not None
    return not (grown_old and one.stage != "old") and one.childbearing == two.childbearing


def may_befall(page: FactPage, other: FactPage) -> bool:
    """Say whether whoever has a condition might have another for all that its names say.

    That more women than men have it rules out nobody.
    """
    one = page.cached("profile", profile_of)
    about = _looked_for(" ".join(name.text for name in other.entity.names))
    female, male = bool(about & _IS_FEMALE), bool(about & _IS_MALE)
    if female != male and one.sex != ("f" if female else "m"):
        return False
    small = one.stage in ("baby", "child")
    if about & (_IS_BABY | _IS_CHILD) and not small:
        return False
    if (small or one.young or one.childbearing) and about & (_IS_OLD | _IS_MATURE):
        return False
    return one.childbearing or not about & (_IS_FERTILE | _IS_PREGNANT)


def grown_with(who: PatientProfile, weighed: Sequence[FactPage]) -> PatientProfile:
    """Return who is ill at an age at which what is weighed occurs as well."""
    late = any(_looked_for(each.name) & (_IS_OLD | _IS_MATURE) for each in weighed)
    if late and who.stage == "adult" and not (who.young or who.childbearing):
        return replace(who, stage="mature")
    return who


_TOLD_IN_WORDS = re.compile(
    r"tightness|nausea|\bpain\b(?!.*(?:cry|draw))|ache\b|itch|dizz|numb|tingl|palpitation|fatigue|"
    "tiredness|blurred|double vision|taste|heaviness|"
    "胸闷|恶心|痛|头晕|麻木|刺痛|心悸|乏力|视物|味觉|瘙痒",
    re.IGNORECASE,
)
_DONE_BY_PATIENT = re.compile(
    r"peak (?:expiratory )?flow|spirometr|visual acuity|visual field|questionnaire|pulmonary "
    r"function|exhaled|PHQ|GAD|峰流速|峰值流速|肺功能|视力检查|视野|呼出气|量表",
    re.IGNORECASE,
)
"""What nobody tells who cannot speak yet, and tests that nobody can do who cannot follow them."""


def can_be_asked(page: FactPage, item: PageFact) -> bool:
    """Say whether a finding may be asked of whoever has a condition: no adult has a diaper rash."""
    own, told = page.cached("profile", profile_of), profile_of(page, [item])
    if own.stage == "baby" and _TOLD_IN_WORDS.search(item.text):
        return False
    return (own.sex, own.stage, own.childbearing) == (told.sex, told.stage, told.childbearing)


def fits_age(page: FactPage, item: PageFact) -> bool:
    """Say whether what is done is for somebody of that age: no adult is seen in paediatrics."""
    young = ("baby", "child")
    own, told = page.cached("profile", profile_of), profile_of(page, [item])
    if own.stage == "baby" and _DONE_BY_PATIENT.search(item.text):
        return False
    return own.stage in young or told.stage not in young


def history_items(page: FactPage, weighed: Sequence[FactPage] = ()) -> list[PageFact]:
    """Return the risk factors that a history may mention: no visible or inborn ones.

    Nor the conditions that are `weighed`: what somebody is known to have is not asked about.
    """
    fertile = profile_of(page).childbearing
    names = {name.text for each in weighed for name in each.entity.names}
    return [
        item
        for item in page.entity_facts("risk_factor")
        if not _PLAIN.search(item.text)
        and case_fitness.tells_history(item.text)
        and (fertile or not _signs(item.text) & _IS_FERTILE)
        and item.text not in names
    ]


def _words(groups: dict[str, tuple[PageFact, ...]], *relations: str) -> str:
    return " ".join(item.text for relation in relations for item in groups.get(relation, ()))


def is_illness(page: FactPage) -> bool:
    """Say whether one can have it: procedures, too, stand as conditions that a medicine is for."""
    if page.entity.kind != "condition":
        return True
    if _PROCEDURE.search(page.name):
        return False
    unborn = any(_UNBORN.search(name.text) for name in page.entity.names)
    return bool(_OF_ILLNESS & page.as_evidence().groups.keys()) and not unborn


def is_food(page: FactPage) -> bool:
    """Say whether something that interacts with medicines is eaten, drunk or smoked."""
    return _FOOD.search(page.name) is not None


def is_taken(page: FactPage) -> bool:
    """Say whether a medicine is one: devices and foods, too, stand among them."""
    if is_food(page) or (page.language == "en" and realizer.is_plural(page.said)):
        return False  # nobody is given beta-blockers, but one of them
    return fact_fitness.is_tellable("medicine", "medicine", page.name, page.language)


_KIND_BY_EFFECT = re.compile(
    "的药物$|(?:诱导|抑制|拮抗|激动|阻滞|还原酶抑制)剂$|类(?:药物|抗生素)?$|^(?:酒精|钾补充剂|活疫苗|中草药)|"
    "^抗[^，。]{1,6}药$|利尿药$|降压药$|止痛药$"
)


def is_given(page: FactPage) -> bool:
    """Say whether somebody may be told that they get it: no kind of medicines by what it does."""
    return is_taken(page) and not _KIND_BY_EFFECT.search(page.name)


def choose_age(who: PatientProfile, pick: random.Random) -> int:
    """Return an age in years that fits; a baby's is not stated in years."""
    if who.childbearing:
        return pick.randint(22, 38)
    if who.menopause:
        return pick.randint(47, 58)
    lowest, highest = _YOUNG_AGES if who.young else _AGES[who.stage]
    return pick.randint(lowest, highest)


_AGES: dict[Stage, tuple[int, int]] = {
    "baby": (1, 1), "child": (3, 8), "adult": (21, 49), "mature": (48, 74), "old": (62, 81),
}  # fmt: skip


_YOUNG_AGES = (17, 34)


def choose_duration(who: PatientProfile, language: Language, pick: random.Random) -> str:
    """Return for how long it may have lasted."""
    return pick.choice(load(PatientsWords, language).duration[who.pace])


def state_likely_condition(page: FactPage, symptoms: str, pick: random.Random) -> str:
    """Return a sentence that says which condition has these symptoms, and no more than that."""
    template = grammar.draw(load(PatientsWords, page.language).likely, pick)
    return realizer.fill(template, page.language, 2, s=page.said, a=symptoms)


def describe_case(
    who: PatientProfile, symptoms: str, relation: str, language: Language, pick: random.Random
) -> str:
    """Return a case in the third person with a question on it."""
    told = describe_person(who, language, pick)
    words = load(PatientsWords, language)
    return realizer.fill(
        pick.choice(words.case),
        language,
        2,
        who=told,
        Who=told[:1].upper() + told[1:],
        a=symptoms,
        since=choose_duration(who, language, pick),
        ask=pick.choice(words.case_question[relation]),
    )


def describe_person(who: PatientProfile, language: Language, pick: random.Random) -> str:
    """Return who it is, in the third person."""
    sex = who.sex or pick.choice(("f", "m"))
    years = choose_age(who, pick)
    if who.pregnant and language == "zh":
        return pick.choice((f"一名{years}岁孕妇", f"孕妇，{years}岁"))
    if language == "en":
        if who.stage == "baby":
            return "a baby " + ("girl" if sex == "f" else "boy")
        noun = {"f": ("girl", "woman"), "m": ("boy", "man")}[sex][who.stage != "child"]
        noun = f"pregnant {noun}" if who.pregnant else noun
        article = "an" if years in (8, 11, 18) or 80 <= years < 90 else "a"
        return f"{article} {years}-year-old {noun}"
    if who.stage == "baby":
        return "一名女婴" if sex == "f" else "一名男婴"
    noun = {"f": ("女孩", "女性"), "m": ("男孩", "男性")}[sex][who.stage != "child"]
    return pick.choice((f"一名{years}岁{noun}", f"患者{noun[0]}，{years}岁", f"{noun}，{years}岁"))
