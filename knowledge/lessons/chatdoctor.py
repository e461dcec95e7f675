"""ChatDoctor: a patient describes, a doctor answers, in English and in Chinese.

    page + topic + form -> greeting, person, complaint, question -> what it may be and what to do

Forms: `case` describes symptoms, `told` starts from a named condition, `taking` from a medicine,
`linked` from symptoms that are only statistically associated: there nothing is advised.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from knowledge.lessons import patients, phrases
from knowledge.lessons.answers import Answer
from knowledge.lessons.patients import Profile
from knowledge.lessons.subjects import Item, Page
from knowledge.records import Language, Lesson

NAME = "chatdoctor"

_CARE = ("test", "first_line", "treatment", "medicine", "department")
_ASKED = (
    "symptom", *_CARE, "red_flag", "complication", "prevention", "diet_recommended",
    "diet_avoided", "transmission", "prognosis", "cause", "risk_factor", "description",
)  # fmt: skip
_TAKEN = (
    "side_effect", "contraindication", "interaction", "pregnancy", "dose_limit", "monitoring",
    "medicine~", "description",
)  # fmt: skip
_EXTRA = ("test", "first_line", "treatment", "medicine", "department", "red_flag")
_MOST = 6

_GREETING: dict[Language, tuple[str, ...]] = {
    "en": ("Doctor, ", "Hello doctor, ", "Hi doctor. ", "Good morning. ", "Hello, ", "Hi, ", "", "",
           "Dear doctor, ", "Good evening, doctor. ", "Thank you for seeing me. "),
    "zh": ("医生您好，", "大夫您好，", "您好，", "医生，", "大夫，", "", "", "你好医生，", "麻烦您了，", "医生好，"),
}  # fmt: skip

_WORRY: dict[Language, tuple[str, ...]] = {
    "en": ("", "", "", "", "I am a little worried. ", "I did not want to wait any longer. ",
           "It is not getting better. ", "It keeps me from sleeping. ", "Nothing like it happened before. ",
           "I have not seen anyone about it yet. "),
    "zh": ("", "", "", "", "有点担心。", "一直没见好转。", "晚上也睡不好。", "以前没有过这种情况。", "还没去看过医生。", "不知道要不要紧。"),
}  # fmt: skip

_COMPLAINT_EN = (
    "{I} {have} had {a} {since}.",
    "{I} {have} been troubled by {a} {since}.",
    "{Since}, {i} {have} had {a}.",
    "{I} {have} noticed {a} {since}.",
    "{I} {am} suffering from {a}; it has been so {since}.",
    "It began with {x}, and now there is also {rest}.",
    "What bothers {me} most is {x}, but there is {rest} too.",
    "{I} {have} {a}. It has been going on {since}.",
)
_COMPLAINT_ZH = (
    "{i}{since}出现{a}。",
    "{i}{since}一直有{a}的情况。",
    "{i}先是{x}，后来又出现{rest}。",
    "{since}{i}有{a}。",
    "{i}最近有{a}，{since}都这样。",
    "{i}{since}总觉得不舒服，主要是{a}。",
    "{i}的症状是{a}，{since}了还没好。",
)

_ASK_EN: dict[str, tuple[str, ...]] = {
    "symptom": (
        "What could this be?", "What might be wrong?", "Do you have an idea what it is?",
        "Is it something serious?", "What do you think is going on?",
    ),
    "test": (
        "Which tests are needed?", "What could it be, and how do you find out?",
        "What should be checked?", "What tests do you recommend?",
    ),
    "first_line": ("What could it be, and what is tried first?", "What would the first treatment be?"),
    "treatment": (
        "What can be done about it?", "What might it be, and how is it treated?",
        "Is there a treatment?",
    ),
    "medicine": ("Is there a medicine for it?", "What could it be, and what might be prescribed?"),
    "department": ("Which department is the right one?", "Whom should I ask about it?"),
    "red_flag": ("When would it be urgent?", "How would I know that it is dangerous?"),
    "complication": ("What could it be, and what may come of it?", "Can it lead to something worse?"),
    "prevention": ("What is it, and how could it have been prevented?",),
    "diet_recommended": ("What is it, and what is good to eat?",),
    "diet_avoided": ("What is it, and is there anything to avoid eating?",),
    "transmission": ("What is it, and is it contagious?", "What could it be, and can it be passed on?"),
    "prognosis": ("What is it, and what is the outlook?",),
    "cause": ("What could it be, and where does it come from?",),
    "risk_factor": ("What could it be, and what makes one prone to it?",),
}  # fmt: skip
_ASK_ZH: dict[str, tuple[str, ...]] = {
    "symptom": ("请问这可能是什么病？", "这是怎么回事？", "您看可能是什么问题？", "会是什么病呢？"),
    "test": ("需要做哪些检查？", "可能是什么病，要查什么？", "请问应该先做什么检查？"),
    "first_line": ("可能是什么病，首选什么治疗？", "一般先怎么治？"),
    "treatment": ("该怎么治疗？", "可能是什么病，怎么治？", "有什么办法治吗？"),
    "medicine": ("可以用什么药？", "可能是什么病，吃什么药？"),
    "department": ("应该挂什么科？", "去哪个科看比较好？"),
    "red_flag": ("什么情况下要马上去医院？", "怎么知道严不严重？"),
    "complication": ("可能是什么病，会不会有并发症？", "拖着不管会引起别的病吗？"),
    "prevention": ("可能是什么病，以后怎么预防？",),
    "diet_recommended": ("可能是什么病，吃什么好？",),
    "diet_avoided": ("可能是什么病，有什么要忌口的？",),
    "transmission": ("可能是什么病，会传染给家里人吗？",),
    "prognosis": ("可能是什么病，能治好吗？",),
    "cause": ("可能是什么病，是什么引起的？",),
    "risk_factor": ("可能是什么病，哪些人容易得？",),
}

_TOLD_EN = (
    "{I} {have} been told that it is {s}.", "{My} GP thinks that it is {s}.",
    "{I} {have} {s}.", "The clinic says that it is {s}.", "{I} {have} just been diagnosed with {s}.",
    "{My} GP suspects {s}.", "A doctor has told me that {i} {have} {s}.",
)  # fmt: skip
_TOLD_ZH = (
    "{i}被诊断为{s}。", "{i}得了{s}。", "门诊医生说{i}是{s}。", "{i}检查出来是{s}。", "医生怀疑{i}是{s}。",
)
_TOLD_ASK_EN: dict[str, tuple[str, ...]] = {
    "symptom": ("Which symptoms are to be expected?", "How does it usually show itself?"),
    "test": ("Which tests will be done?", "What should be checked now?"),
    "first_line": ("What is the first treatment?", "Where does treatment start?"),
    "treatment": ("What are the options?", "How is it treated?", "What can be done?"),
    "medicine": ("Which medicines are used?", "Is medication needed?"),
    "department": ("Which department looks after this?", "Where should I make an appointment?"),
    "red_flag": ("When should I call for help?", "What should make us come in at once?"),
    "complication": ("What can it lead to?", "Are there complications to fear?"),
    "prevention": ("How can it be prevented?", "What helps to prevent it?"),
    "diet_recommended": ("What is good to eat?",),
    "diet_avoided": ("Is there anything to avoid eating?",),
    "transmission": ("Is it contagious?", "Can it be passed on to the family?"),
    "prognosis": ("What is the outlook?", "Can it be cured?"),
    "cause": ("Where does it come from?", "What caused it?"),
    "risk_factor": ("What makes people prone to it?", "Who tends to get it?"),
    "description": ("What is that exactly?", "Could you explain what it is?", "I have no idea what that means."),
}  # fmt: skip
_TOLD_ASK_ZH: dict[str, tuple[str, ...]] = {
    "symptom": ("一般会有哪些症状？", "这个病有什么表现？"),
    "test": ("接下来要做哪些检查？", "还需要查什么？"),
    "first_line": ("首选什么治疗？", "一开始该怎么治？"),
    "treatment": ("该怎么治疗？", "有哪些治疗方法？", "怎么办才好？"),
    "medicine": ("可以吃什么药？", "用什么药好？"),
    "department": ("应该挂哪个科？", "去哪个科看？"),
    "red_flag": ("什么情况要马上去医院？", "有哪些危险信号要留意？"),
    "complication": ("会有并发症吗？", "以后会引起别的问题吗？"),
    "prevention": ("怎么预防？", "平时要注意什么来预防？"),
    "diet_recommended": ("吃什么好？", "饮食上宜吃什么？"),
    "diet_avoided": ("有什么不能吃的？", "要忌口什么？"),
    "transmission": ("会传染吗？", "会不会传给家人？"),
    "prognosis": ("能治好吗？", "治愈的希望大吗？"),
    "cause": ("是什么原因引起的？", "怎么会得这个病？"),
    "risk_factor": ("哪些人容易得？", "跟哪些危险因素有关？"),
    "description": ("这是什么病？", "能给我讲讲这个病吗？"),
}

_TAKING_EN = (
    "I have been given {s}.", "I take {s}.", "My doctor wants me to take {s}.",
    "I was prescribed {s} last week.", "I am about to start {s}.",
)  # fmt: skip
_TAKING_ZH = ("医生给我开了{s}。", "我正在用{s}。", "我准备开始用{s}。", "我上周开始用{s}。", "药店给了我{s}。")
_TAKING_ASK_EN: dict[str, tuple[str, ...]] = {
    "side_effect": ("Which side effects should I look out for?", "What unwanted effects can it have?"),
    "contraindication": ("Who should not take it?", "When must it not be used?"),
    "interaction": ("What does it interact with?", "Is there anything I should not combine it with?"),
    "pregnancy": ("What if I become pregnant?", "Is it safe in pregnancy?"),
    "dose_limit": ("How much of it is too much?", "What is the limit for the dose?"),
    "monitoring": ("Will anything have to be monitored?", "Which checks will I need?"),
    "medicine~": ("What is it for?", "What is it used for?"),
    "description": ("What is it?", "What sort of medicine is that?"),
}  # fmt: skip
_TAKING_ASK_ZH: dict[str, tuple[str, ...]] = {
    "side_effect": ("会有什么副作用？", "要留意哪些不良反应？"),
    "contraindication": ("哪些情况不能用？", "有什么禁忌？"),
    "interaction": ("不能和什么一起用？", "和别的药有相互作用吗？"),
    "pregnancy": ("怀孕了还能用吗？", "备孕能用吗？"),
    "dose_limit": ("最多能用多少？", "用量有什么限制？"),
    "monitoring": ("用药期间要查什么？", "需要监测哪些指标？"),
    "medicine~": ("它是治什么的？", "这个药是干什么用的？"),
    "description": ("这是什么药？", "能介绍一下这个药吗？"),
}

# The doctor's own way to say some relations; otherwise they are said as anywhere.
_SPOKEN_EN: dict[str, tuple[str, ...]] = {
    "test": (
        "To confirm {s} or rule it out, I would arrange {a}.",
        "The next step is to check for {s} with {a}.",
        "To find out, the [test is|tests to do are] {a}.",
    ),
    "first_line": ("If {s} is confirmed, the first-line treatment is with {a}.",),
    "treatment": (
        "If it is {s}, treatment can include {a}.",
        "Should {s} be confirmed, it can be treated with {a}.",
    ),
    "medicine": (
        "The [medicine|medicines] that a doctor may prescribe for {s} [is|include] {a}.",
        "If it is {s}, medicines such as {a} can be used.",
    ),
    "department": (
        "The department to see for {s} is {a}.",
        "I would refer you to this department: {a}.",
        "Please make an appointment in {a}, the department for {s}.",
    ),
    "complication": ("{S} can lead to {a}, so please have it looked at.",),
    "interaction": (
        "{S} interacts with {a}, so ask a doctor or pharmacist before you combine them.",
        "Do not combine {s} with {a} on your own, because they interact.",
    ),
    "contraindication": ("Do not take {s} in the case of {a}: this is a contraindication.",),
    "side_effect": ("Tell your doctor if you notice {a}: [this is a side effect|these are side effects] of {s}.",),
}  # fmt: skip
_SPOKEN_ZH: dict[str, tuple[str, ...]] = {
    "test": (
        "建议先做{a}等检查，以明确是否为{s}。",
        "为了确诊{s}，需要检查{a}。",
        "可以先做这些检查：{a}。",
    ),
    "first_line": ("如果确诊为{s}，首选{a}治疗。",),
    "treatment": ("如果是{s}，可以采用{a}治疗。", "确诊{s}后，治疗上可选择{a}。"),
    "medicine": ("如果是{s}，药物方面可以用{a}，具体用法请听医生安排。", "确诊{s}后，可使用{a}等药物。"),
    "department": ("建议您到{a}就诊。", "可以挂{a}看一下。", "{s}请到{a}就诊。"),
    "complication": ("{s}可能引起{a}等并发症，请尽早就诊。",),
    "interaction": ("{s}与{a}有相互作用，合用前请先问医生或药师。",),
    "contraindication": ("有以下情况请不要使用{s}，这些是禁忌证：{a}。",),
    "side_effect": ("使用{s}后如果出现{a}，可能是不良反应，请告诉医生。",),
}
_RED_FLAG: dict[Language, tuple[str, ...]] = {
    "en": ("Please remember this warning sign: {v}", "Do not wait if this happens: {v}",
           "One red flag to know: {v}", "Seek help urgently in this case: {v}"),
    "zh": ("请注意这个警示征象：{v}", "要警惕这一危险信号：{v}", "以下情况请立即就医：{v}"),
}  # fmt: skip

_LINKED_EN = (
    "In recorded data, {a} are statistically associated with {s}; this is not a diagnosis.",
    "{A} are statistically associated with {s}, which does not prove that {s} is the reason.",
    "There is a statistical association between {s} and {a}, but an examination has to show "
    "what lies behind it.",
)
_LINKED_ZH = (
    "{a}与{s}在统计上相关，但这不等于诊断。",
    "从统计上看，{a}与{s}相关，是否为{s}还需医生检查后判断。",
)


@dataclass(frozen=True, slots=True)
class _Voice:
    """Who speaks of whom; the words that a template needs for it."""

    i: str
    have: str = "have"
    am: str = "am"
    me: str = "me"
    my: str = "my"


def topics(page: Page) -> dict[str, tuple[str, ...]]:
    """Return what a consultation on a page can be about, and its forms."""
    if page.entity.kind == "medicine":
        return {relation: ("taking",) for relation in _TAKEN if page.groups.get(relation)}
    if page.entity.kind != "condition":
        return {}
    found: dict[str, tuple[str, ...]] = {}
    described = len(page.named("symptom")) >= 2
    for relation in _ASKED:
        if page.groups.get(relation):
            case = described and relation != "description"
            found[relation] = ("case", "told") if case else ("told",)
    if len(_linked(page)) >= 2:
        found["associated_with"] = ("linked",)
    return found


def write(page: Page, relation: str, form: str, pick: random.Random) -> Lesson | None:
    """Write one lesson, or none where the page does not carry it."""
    answer = Answer(page, pick)
    question = _WRITERS[form](page, relation, answer, pick)
    return answer.lesson(NAME, question, relation)


def _case(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    who = patients.profile(page)
    items = _few(page.named("symptom"), pick)
    answer.say(patients.likely(page, _listed(items, page, pick), pick), "symptom", items)
    for each in _care(page, relation, pick):
        if each != "symptom":  # what was described has just been named
            _advise(page, each, answer, pick)
    table = _ASK_EN if page.language == "en" else _ASK_ZH
    return _complaint(page, who, items, pick) + _sentence_space(page) + pick.choice(table[relation])


def _told(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    if relation != "description" and page.texts("description") and pick.random() < 0.3:
        answer.state("description", page.texts("description")[:1])
    for each in _care(page, relation, pick, extra=1):
        _advise(page, each, answer, pick)
    english = page.language == "en"
    voice = _voice(patients.profile(page), page.language, pick)
    opening = pick.choice(_TOLD_EN if english else _TOLD_ZH)
    told = _voiced(opening, voice, page, s=page.said)
    asked = pick.choice((_TOLD_ASK_EN if english else _TOLD_ASK_ZH)[relation])
    return _greeted(told, page, pick) + _sentence_space(page) + asked


def _taking(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    _advise(page, relation, answer, pick)
    others = [key for key in ("side_effect", "contraindication", "interaction", "monitoring")]
    others = [key for key in others if key != relation and page.groups.get(key)]
    if others and pick.random() < 0.4:
        _advise(page, pick.choice(others), answer, pick)
    english = page.language == "en"
    told = (pick.choice(_TAKING_EN if english else _TAKING_ZH)).format(s=page.said)
    asked = pick.choice((_TAKING_ASK_EN if english else _TAKING_ASK_ZH)[relation])
    return _greeted(told, page, pick) + _sentence_space(page) + asked


def _linking(page: Page, relation: str, answer: Answer, pick: random.Random) -> str:
    items = _few(_linked(page), pick)
    template = pick.choice(_LINKED_EN if page.language == "en" else _LINKED_ZH)
    listed = _listed(items, page, pick)
    text = phrases.fill(template, page.language, len(items), s=page.said, a=listed)
    answer.say(text, "associated_with", items)
    for each in ("department", "red_flag"):
        if page.groups.get(each):
            _advise(page, each, answer, pick)
    table = _ASK_EN if page.language == "en" else _ASK_ZH
    complaint = _complaint(page, patients.profile(page), items, pick)
    return complaint + _sentence_space(page) + pick.choice(table["symptom"])


_WRITERS = {"case": _case, "told": _told, "taking": _taking, "linked": _linking}


def _linked(page: Page) -> tuple[Item, ...]:
    return tuple(item for item in page.named("associated_with") if item.kind == "symptom")


def _few(items: Sequence[Item], pick: random.Random) -> list[Item]:
    known = items[:8]
    taken = pick.sample(known, min(len(known), pick.choice((2, 2, 3, 3, 4))))
    return [item for item in known if item in taken]


def _listed(items: Sequence[Item], page: Page, pick: random.Random) -> str:
    return phrases.listing([item.said for item in items], page.language, pick)


def _care(page: Page, relation: str, pick: random.Random, extra: int = 2) -> list[str]:
    """Return the relations that an answer tells: the asked one, and some that a doctor adds."""
    others = [key for key in _EXTRA if key != relation and page.groups.get(key)]
    if page.entity.kind != "condition":
        others = []
    added = pick.sample(others, min(len(others), pick.randint(0, extra)))
    order = ("description", *_ASKED)
    return sorted([relation, *added], key=order.index)


def _advise(page: Page, relation: str, answer: Answer, pick: random.Random) -> None:
    named = page.named(relation)[:_MOST]
    if not named:
        item = pick.choice(page.texts(relation)[:3])
        if relation == "red_flag" and pick.random() < 0.7:
            intro = pick.choice(_RED_FLAG[page.language])
            stop = "." if page.language == "en" else "。"
            answer.say(intro.format(v=item.text.rstrip(".。") + stop), relation, [item])
        else:
            answer.state(relation, [item])
        return
    spoken = (_SPOKEN_EN if page.language == "en" else _SPOKEN_ZH).get(relation, ())
    if not spoken or pick.random() < 0.4:
        answer.state(relation, named)
        return
    listed = _listed(named, page, pick)
    text = phrases.fill(pick.choice(spoken), page.language, len(named), s=page.said, a=listed)
    answer.say(text, relation, named)


def _complaint(page: Page, who: Profile, items: Sequence[Item], pick: random.Random) -> str:
    english = page.language == "en"
    voice = _voice(who, page.language, pick)
    template = pick.choice(_COMPLAINT_EN if english else _COMPLAINT_ZH)
    names = [_felt(item.said) if english else item.said for item in items]
    since = patients.since(who, page.language, pick)
    text = _voiced(
        template,
        voice,
        page,
        a=phrases.listing(names, page.language, pick),
        x=names[0],
        rest=phrases.listing(names[1:], page.language, pick),
        since=since,
        Since=since[:1].upper() + since[1:],
    )
    intro = _introduced(who, voice, page.language, pick)
    worry = pick.choice(_WORRY[page.language])
    text = intro + text + (" " if english and worry else "") + worry.rstrip()
    return _greeted(text, page, pick)


_ONE_OF = (
    "fever", "cough", "headache", "throat", "rash", "nose", "lump", "neck", "tremor", "voice",
    "ulcer", "blister", "mass", "limp", "murmur", "seizure", "cold",
)  # fmt: skip


def _felt(name: str) -> str:
    """Put an article before a symptom that one has one of: a fever, a sore throat."""
    if name.split(" ")[-1] not in _ONE_OF or name.split(" ")[0] in ("a", "an", "no"):
        return name
    return ("an " if name[0] in "aeiou" else "a ") + name


def _voiced(template: str, voice: _Voice, page: Page, **parts: str) -> str:
    words = {"i": voice.i, "have": voice.have, "am": voice.am, "me": voice.me, "my": voice.my}
    large = {"I": voice.i[:1].upper() + voice.i[1:], "My": voice.my[:1].upper() + voice.my[1:]}
    text = template.format(**words, **large, **parts)
    return text[:1].upper() + text[1:] if page.language == "en" else text


def _voice(who: Profile, language: Language, pick: random.Random) -> _Voice:
    """Choose who is ill: the speaker, or someone of the family whom the condition allows."""
    other = who.stage in ("baby", "child") or pick.random() < 0.25
    if not other:
        return _Voice("I") if language == "en" else _Voice("我")
    if language == "zh":
        return _Voice("我家" + pick.choice(_kin(who, language)))
    kin = pick.choice(_kin(who, language))
    return _Voice(f"my {kin}", "has", "is", f"my {kin}", f"my {kin}'s")


_KIN: dict[tuple[str, Language], dict[str, tuple[str, ...]]] = {
    ("baby", "en"): {"f": ("baby girl",), "m": ("baby boy",), "": ("baby girl", "baby boy")},
    ("baby", "zh"): {"f": ("女宝宝",), "m": ("男宝宝",), "": ("宝宝",)},
    ("child", "en"): {"f": ("daughter",), "m": ("son",), "": ("daughter", "son")},
    ("child", "zh"): {"f": ("女儿",), "m": ("儿子",), "": ("女儿", "儿子", "孩子")},
    ("old", "en"): {"f": ("mother",), "m": ("father",), "": ("mother", "father")},
    ("old", "zh"): {"f": ("奶奶", "老太太"), "m": ("爷爷", "老爷子"), "": ("老人", "奶奶", "爷爷")},
    ("adult", "en"): {
        "f": ("wife", "sister"), "m": ("husband", "brother"),
        "": ("wife", "husband", "sister", "brother", "mother", "father"),
    },
    ("adult", "zh"): {
        "f": ("爱人", "姐姐"), "m": ("爱人", "哥哥"), "": ("爱人", "姐姐", "哥哥", "弟弟", "妹妹"),
    },
}  # fmt: skip


def _kin(who: Profile, language: Language) -> tuple[str, ...]:
    return _KIN[who.stage, language][who.sex]


def _introduced(who: Profile, voice: _Voice, language: Language, pick: random.Random) -> str:
    """Return a sentence on sex and age, in about half of the cases."""
    if who.stage == "baby" or pick.random() < 0.5:
        return ""
    years = patients.age(who, pick)
    if language == "zh":
        noun = {"f": "，女", "m": "，男", "": ""}[who.sex] if voice.i == "我" else ""
        return pick.choice((f"{voice.i}今年{years}岁{noun}。", f"{voice.i}{years}岁{noun}。"))
    if voice.i != "I":
        return f"{voice.i[:1].upper()}{voice.i[1:]} is {years}. "
    sex = who.sex or pick.choice(("f", "m"))
    noun = "woman" if sex == "f" else "man"
    article = "an" if 80 <= years < 90 or years == 18 else "a"
    told = (f"I am {article} {years}-year-old {noun}. ", f"I am {years}. ", f"I'm {years} years old. ")
    return pick.choice(told)


def _greeted(text: str, page: Page, pick: random.Random) -> str:
    greeting = pick.choice(_GREETING[page.language])
    if page.language == "zh" or not greeting.endswith(", ") or text[:2] in ("I ", "I'"):
        return greeting + text
    return greeting + text[:1].lower() + text[1:]


def _sentence_space(page: Page) -> str:
    return " " if page.language == "en" else ""
