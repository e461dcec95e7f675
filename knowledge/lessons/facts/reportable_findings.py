"""Select the findings of a condition that a patient can report, and tell who reports them.

    findings -> those a case may begin with -> those that a patient feels or sees

A graph lists a raised pressure or a cell count among the symptoms; nobody complains of them. The
words are those of findings in graphs that were read; a finding that a pattern leaves out by mistake
still stands in answers.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from knowledge.lessons.facts import fact_fitness
from knowledge.lessons.facts.fact_page import PageFact

_LABORATORY = re.compile(
    r"细胞|血清|浓度|核分裂|抗体|抗原|血症|血沉|染色体|蛋白|血钾|血钠|血钙|酮体|氮质|酸中毒|碱中"
    r"毒|阳性|阴性|胸片|"
    r"心电图|X线|穿刺|浸润|脂肪堆积|通透性|毒血|菌血|败血|凝血|胆固醇|激素|渗透压|"
    r"(?:aemia|emia|cytosis|penia|acidosis|alkalosis|proteinuria)$"
)
"""What a laboratory or a microscope finds: no case begins with it."""

_UNFELT_ZH = re.compile(
    r"压增高|眼压|颅内|脑膜|粘膜|黏膜|反射|啰音|杂音|哮鸣音|呼吸音|瞳孔|对光|角膜|巩膜|虹膜|晶状"
    r"体|视网膜|"
    r"视乳头|视盘|眼底|肝大|脾大|肝肿大|肝脏肿大|肝脾|脾肿大|脾脏|腹水|积液|积脓|积血|钙化|钙沉积"
    r"|硬化|狭窄|闭锁|闭塞|"
    r"切迹|扭转|穿孔|破裂|脱位|移位|畸形|缺损|缺如|破坏|坏死|糜烂|憩室|结石|息肉|血栓|栓塞|梗死|"
    r"缺血|供血|"
    r"传导阻滞|扩大|肥厚|扩张|充盈|怒张|受压|压迫|粘连|增生|肉芽|囊肿|脓肿|血肿|肿瘤|癌|瘤|感染|"
    r"(?:炎|症|病|征|伤|疮|疣|痒疹|型)$|综合|衰竭|休克|功能|缺乏|缺陷|异常$|损害|发育|体征|脉|舌|"
    r"苔|触诊|"
    r"少尿|无尿|糖尿|脓尿|蛋白尿|菌尿|内出血|恶病质|紫绀|发绀|三凹|过速|过缓|血压|低血|高血|毛细|"
    r"静脉|动脉|神经|肌张力|腱|"
    r"肌肉萎缩|皮质|脊髓|骨质|骨折|韧带|关节囊|关节面|半月板|椎|窦|隔|叩击|试验|面容|定向|括约|胎"
    r"|子宫|宫颈|卵巢|"
    r"输卵管|脑干|脑室|尖瓣|危象|角化|反流症状|前列腺|睾丸扭|附睾|尿道狭|中毒|过敏$|占位|转移|浆|"
    r"淤|瘘|疝|窒息$|精神|妄想|人格|智能|智力|痴呆|谵妄|"
    r"认知|癖|狂$|孤独|情感|血小板|血糖|血脂|值升高|免疫力|肠麻痹|失水|强直|出血倾向|韦氏环|浊音|"
    r"纤维|联合分离|外渗|"
    r"肥大|腺体|扪及|触及|[阴阳]虚|阳衰|湿热|气虚|血虚|气滞|郁结|脘痞|瘰疬|结核|肠梗阻|内翻|外翻|"
    r"毒蕈碱|癔症|实变|不张|"
    r"奔马律|早搏|房颤|室颤|扑动|心脏增大|心音|填塞|骤停|猝死|脱垂|鳞状|病损|胆道|胆管|胆囊|输乳"
    r"管|输尿管|肾盂|肾小球|"
    r"脑积水|水钠|电解质|代谢|酸碱|骨龄|骨溶|死骨|骨膜|骨内|骨外|骨化|骨骼肿块|骨不连|钾|钠|磷|尿"
    r"酸|隐血|管型|等渗|混浊|"
    r"黏液性|挛缩|肝质|肝掌|肝叶|肝昏迷|弓形|母婴|流产|死产|异位|异物$|外观|强迫|麻痹$|去质|中枢"
    r"性|内脏|脏器|血流|缺氧|高渗|胆汁|受阻|积水|巨大|[冷热]结节|组织液|征群|症状$|激惹|肠鸣音|样"
    r"改变|青春期|免疫性|障碍$|变性"
)
_ACHE = re.compile("痛|疼|\\bpain|ache")
_ANY_PAIN = re.compile(
    "^(?:(?:剧烈|持续性?|中度|重度|轻度)?疼?痛|剧痛|钝痛|隐痛|pain|severe pain)$"
)
_CHINESE = re.compile("[\u3400-\u9fff]")
_FELT_ZH = re.compile(
    "^(?:咽炎|皮炎|发炎|湿疹|扁桃体发炎|扁桃体肿大|静脉曲张|骨折|脱发|口腔溃疡|尿路感染|反复感染|"
    "霹雳样头痛|尿量减少|犬吠样咳嗽|痣变化|过度担忧|强迫思维|闪光感|周边视野缺损|寒颤|坐立不安|"
    "牙关紧闭|运动迟缓|接触性出血|"
    "子宫出血|舌痛|舌头.*|过敏|咽部异物感|眼内有异物感|咽部有异物感|(?:视力|感觉|吞咽|排尿|排便|"
    "记忆力|睡眠)障碍)$"
)
_UNFELT_EN = re.compile(
    r"(?:oedema|lymphadenopathy|cyanosis|ascites|ataxia|tachycardia|tachypnoea|bradycardia|"
    r"hypotension|megaly|tendon reflexes|brisk reflexes|breath sounds|intraocular pressure|lens "
    r"opacity|arrhythmia|goitre|tenderness|nystagmus|eardrum|spider naevi|depression$|rupture|"
    r"retraction|opacity|gastrointestinal bleeding|dehydration|gallstones|fibrosis|bronchospasm|"
    r"lichenification|nasolabial|barrel chest|moon face|suppression|glossitis|convulsions|"
    r"damage$|damage |prolongation|^raised|toxicity|impairment|infertility|"
    r"distension|nasal flaring|mucous membranes|dilated skin vessels|disorgani[sz]|"
    r"^pupils|\bare\b|^hurts|^symptoms of)",
    re.IGNORECASE,
)
_UNAWARE = re.compile(
    "昏迷|昏睡|意识|神志|嗜睡|木僵|抽搐|惊厥|幻觉|谵妄|失语|晕厥|反应迟钝|表情淡漠|智力|痴呆|哭闹"
    "|拒食|"
    "生长缓慢|喂养|夜惊|攻击|定向|唤醒|"
    "loss of consciousness|reduced consciousness|syncope|seizure|convulsion|hallucinat|delusion|"
    "confusion|disorient|disorganised|poor feeding|ear pulling|respiratory depression|memory loss|"
    "speech difficulty|slurring|slow breathing",
    re.IGNORECASE,
)
"""Who has these does not tell of them: somebody of the family does."""


def select_reportable(items: Sequence[PageFact]) -> list[PageFact]:
    """Return the findings that a case may begin with: none of a laboratory, none twice."""
    return [items[place] for place in _reportable_places(tuple(item.text for item in items))]


def select_felt(items: Sequence[PageFact]) -> list[PageFact]:
    """Return the findings that somebody who is no clinician can tell of.

    A pain that is told nowhere goes without saying where another is told.
    """
    felt = [item for item in select_reportable(items) if is_felt(item.text)]
    aching = any(_ACHE.search(item.text) and not _ANY_PAIN.match(item.text) for item in felt)
    return [item for item in felt if not (aching and _ANY_PAIN.match(item.text))]


def are_alike(one: str, other: str) -> bool:
    """Say whether two findings are one and the same to a patient.

    >>> are_alike("高热", "发烧"), are_alike("cough", "dry cough"), are_alike("cough", "fever")
    (True, True, False)
    """
    first, groups = _small(one)
    second, others = _small(other)
    return groups & others != 0 or first in second or second in first


def is_new(item: PageFact, others: Sequence[PageFact]) -> bool:
    """Say whether a finding is none of the others in other words."""
    return not any(item.object == each.object or are_alike(item.text, each.text) for each in others)


def needs_witness(items: Sequence[PageFact]) -> bool:
    """Say whether findings are of a kind that only somebody else can tell of."""
    return any(_UNAWARE.search(item.text) for item in items)


@lru_cache(maxsize=20_000)
def _small(text: str) -> tuple[str, int]:
    """Return a text in small letters, and in which groups of words it has one, bit by bit."""
    small = text.casefold()
    places = enumerate(fact_fitness.same_findings())
    return small, sum(1 << place for place, group in places if any(w in small for w in group))


@lru_cache(maxsize=20_000)
def _reportable_places(texts: tuple[str, ...]) -> tuple[int, ...]:
    kept: list[int] = []
    for place, text in enumerate(texts):
        if not _LABORATORY.search(text) and not any(are_alike(text, texts[one]) for one in kept):
            kept.append(place)
    return tuple(kept)


@lru_cache(maxsize=20_000)
def is_felt(text: str) -> bool:
    """Say whether somebody who is no clinician can tell of a finding.

    >>> is_felt("收缩期杂音"), is_felt("咳嗽")
    (False, True)
    """
    if _FELT_ZH.match(text):
        return True
    if _CHINESE.search(text) and not fact_fitness.is_patients_word(text):
        return False
    return not (_UNFELT_ZH.search(text) or _UNFELT_EN.search(text))
