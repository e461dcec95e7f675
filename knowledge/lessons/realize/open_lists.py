"""Choose what says of the lists of an answer that there may be more, and who decides on the rest.

relations told + facts told -> relations whose lists read as whole -> one sentence for all of them
"""

import re
from collections.abc import Collection, Sequence

from knowledge.lessons.facts.fact_page import FactPage, PageFact
from knowledge.lessons.realize import patient_profiles
from knowledge.lessons.templates.loader import load
from knowledge.lessons.templates.tables import Lines, OpenListsWords
from knowledge.vocabulary import TREATING

STYLES = ("chatdoctor", "huatuo", "safety", "overview", "dialogue", "vignette")
"""Styles in which a doctor answers from memory: what the list leaves out would read as absent."""

FOR_CHILD = "for child"
"""Stands for the medicines of a condition of children, whatever their relation."""

NOT_STOPPED = "not stopped"
"""Stands for medicines without which an illness becomes dangerous."""

_ESSENTIAL = re.compile(
    "insulin|cortisone|prednisolone|prednisone|thyroxine|desmopressin|warfarin|heparin|xaban|"
    "dabigatran|clopidogrel|ticagrelor|prasugrel|valpro|carbamazepine|lamotrigine|levetiracetam|"
    "phenytoin|phenobarb|topiramate|levodopa|lithium|clozapine|olanzapine|risperidone|"
    "quetiapine|aripiprazole|haloperidol|paliperidone|(?:a|e)tegravir|tenofovir|lamivudine|abacavir|"
    "efavirenz|tacrolimus|ciclosporin|mycophenolate|rifampicin|isoniazid|penicillamine|"
    "pyridostigmine|clonidine|\\w+[ao]lol\\b|carvedilol|amiodarone|bosentan|"
    "胰岛素|可的松|泼尼松|泼尼松龙|甲状腺素|去氨加压素|华法林|肝素|沙班|达比加群|氯吡格雷|替格瑞洛|"
    "丙戊酸|卡马西平|拉莫三嗪|左乙拉西坦|苯妥英|苯巴比妥|托吡酯|左旋多巴|锂盐|碳酸锂|氯氮平|奥氮平|利培酮|"
    "喹硫平|阿立哌唑|氟哌啶醇|帕利哌酮|替拉韦|替诺福韦|拉米夫定|阿巴卡韦|依非韦伦|他克莫司|环孢素|"
    "吗替麦考酚|利福平|异烟肼|青霉胺|溴吡斯的明|可乐定|洛尔|胺碘酮|波生坦",
    re.IGNORECASE,
)
"""Medicines of which a sudden stop, or a gap, can do grave harm."""

_LOCAL = re.compile(
    r"\b(?:ointment|cream|gel|lotion|eye drops)\b|软膏|乳膏|凝胶|滴眼", re.IGNORECASE
)
"""Forms that act where they are put, and can be left off."""

_OPEN = {
    "interaction": "interaction",
    "interaction_advice": "interaction",
    "contraindication": "contraindication",
    "monitoring": "monitoring",
    "medicine": "medicine",
}
"""Relations of which no list is known to be whole, and the words for each."""

_YOUNG = ("baby", "child")


def kind_of(page: FactPage, relation: str, items: Sequence[PageFact]) -> str:
    """Return by which words a list that was told is left open, or nothing where it need not be.

    >>> from knowledge.records import Entity
    >>> page = FactPage(Entity("medicine:x", "medicine", ()), "en", "x", "x", {})
    >>> kind_of(page, "interaction_advice", ()), kind_of(page, "drug_class", ())
    ('interaction', '')
    """
    given = relation in TREATING and any(item.kind == "medicine" for item in items)
    if given and page.entity.kind == "condition":
        if any(_ESSENTIAL.search(each.text) and not _LOCAL.search(each.text) for each in items):
            return NOT_STOPPED
        young = page.cached("profile", patient_profiles.profile_of).stage in _YOUNG
        if young:
            return FOR_CHILD
    return _OPEN.get(relation, "")


def sentences(page: FactPage, kinds: Collection[str]) -> Lines:
    """Return the sentences that leave lists of some kinds open."""
    words = load(OpenListsWords, page.language)
    if NOT_STOPPED in kinds:
        return words.not_stopped
    if FOR_CHILD in kinds:
        return words.for_child
    if len(kinds) > 1:
        return words.more_of_several
    return words.more[next(iter(kinds))]
