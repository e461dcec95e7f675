"""Reading drills: numbered evidence with invented or shuffled facts, questions, cited answers.

    lexicon + seed -> evidence lines (facts and prose) -> questions -> answers copied from them

Nothing here is true medicine, on purpose: who can only copy must read. The evidence lines have the
shape that the knowledge room writes; a test holds the labels below against its vocabulary.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from finetune import dialogue
from finetune.dialogue import Language

Lexicon = dict[str, list[tuple[str, str]]]
"""Kind of entity -> (English, Chinese) names."""


@dataclass(frozen=True, slots=True)
class Drill:
    """Evidence, and questions on it with their answers and the facts each answer must hold."""

    language: Language
    evidence: tuple[str, ...]
    questions: tuple[str, ...]
    answers: tuple[str, ...]
    asked: tuple[tuple[str, ...], ...]

    def messages(self, turn: int | None = None) -> list[dialogue.Message]:
        """Return the dialogue: all turns, or one turn alone, as chat would ask it."""
        first = 0 if turn is None else turn
        last = len(self.questions) - 1 if turn is None else turn
        opening = dialogue.grounded(self.questions[first], self.evidence, self.language)
        messages = [*opening, {"role": "assistant", "content": self.answers[first]}]
        for index in range(first + 1, last + 1):
            messages.append({"role": "user", "content": self.questions[index]})
            messages.append({"role": "assistant", "content": self.answers[index]})
        return messages


@dataclass(frozen=True, slots=True)
class Ask:
    """How one relation is asked for: its subject and object kinds, its labels, its questions.

    `{s}` stands for the subject. An empty object kind means that its values are sentences.
    """

    id: str
    subject: str
    objects: str
    en: str
    zh: str
    ask_en: tuple[str, ...]
    ask_zh: tuple[str, ...]


def _ask(id: str, subject: str, objects: str, en: str, zh: str, ask_en: str, ask_zh: str) -> Ask:
    return Ask(id, subject, objects, en, zh, tuple(ask_en.split("|")), tuple(ask_zh.split("|")))


ASKS: tuple[Ask, ...] = (
    _ask(
        "symptom", "condition", "symptom", "symptoms", "症状",
        "How does {s} present?|What does a patient with {s} complain of?|What does {s} feel like?"
        "|Which symptoms suggest {s}?|How do I recognise {s}?",
        "{s}有什么表现？|得了{s}会有哪些不舒服？|怎么看出是{s}？|{s}患者通常有什么症状？",
    ),
    _ask(
        "sign", "condition", "symptom", "signs", "体征",
        "What is found on examination in {s}?|Which physical findings point to {s}?",
        "{s}查体有什么发现？|{s}体检可见什么？",
    ),
    _ask(
        "cause", "condition", "factor", "causes", "病因",
        "Why does {s} happen?|What causes {s}?|What is {s} due to?|What is the aetiology of {s}?",
        "{s}是什么引起的？|为什么会得{s}？|{s}的原因是什么？|什么会导致{s}？",
    ),
    _ask(
        "risk_factor", "condition", "factor", "risk factors", "危险因素",
        "Who is at risk of {s}?|What makes {s} more likely?|What predisposes to {s}?",
        "哪些人容易得{s}？|{s}的高危因素有哪些？|什么情况容易诱发{s}？",
    ),
    _ask(
        "test", "condition", "test", "tests", "检查",
        "How is {s} diagnosed?|Which investigations are needed for {s}?|How do I confirm {s}?"
        "|What work-up does {s} need?|What should be checked when {s} is suspected?",
        "{s}要做什么检查？|怎么确诊{s}？|怀疑{s}时应该查什么？|{s}如何诊断？",
    ),
    _ask(
        "first_line", "condition", "medicine", "first-line treatment", "一线治疗",
        "What is used first for {s}?|What is the treatment of choice for {s}?"
        "|What are the first-line treatments for {s}?|Which drug is started first in {s}?"
        "|What is the initial treatment of {s}?",
        "{s}首选什么治疗？|{s}的首选药物是什么？|{s}的一线治疗是什么？|{s}一开始用什么治疗？",
    ),
    _ask(
        "treatment", "condition", "treatment", "treatments", "治疗",
        "How is {s} treated?|How do you manage {s}?|What can be done for {s}?"
        "|What is the management of {s}?|Is there a therapy for {s}?",
        "{s}怎么治疗？|得了{s}怎么办？|{s}如何处理？|{s}有什么治疗方法？",
    ),
    _ask(
        "medicine", "condition", "medicine", "medicines", "药物",
        "Which drugs are used for {s}?|What medication is given for {s}?|What can be prescribed "
        "in {s}?|Which medicines help in {s}?",
        "{s}吃什么药？|{s}可以用哪些药？|治疗{s}用什么药物？|{s}的用药有哪些？",
    ),
    _ask(
        "complication", "condition", "condition", "complications", "并发症",
        "What can {s} lead to?|What happens if {s} is left untreated?"
        "|What are the consequences of {s}?",
        "{s}会引起什么后果？|{s}不治疗会怎样？|{s}会并发什么病？",
    ),
    _ask(
        "prevention", "condition", "", "prevention", "预防",
        "How can {s} be prevented?|How does one avoid {s}?|How to reduce the risk of {s}?",
        "怎么预防{s}？|如何避免{s}？|预防{s}要注意什么？",
    ),
    _ask(
        "department", "condition", "department", "department", "就诊科室",
        "Which specialist sees {s}?|Where should a patient with {s} be referred?"
        "|Which clinic is right for {s}?",
        "{s}挂什么科？|{s}应该看哪个科？|{s}去哪个科室就诊？",
    ),
    _ask(
        "red_flag", "condition", "", "red flags", "警示征象",
        "When is {s} an emergency?|What warning signs matter in {s}?"
        "|When should someone with {s} seek help urgently?",
        "{s}什么时候要立即就医？|{s}有哪些危险信号？|{s}出现什么情况需要急诊？",
    ),
    _ask(
        "side_effect", "medicine", "symptom", "side effects", "不良反应",
        "What adverse effects does {s} have?|What can go wrong with {s}?"
        "|What should patients on {s} expect?",
        "{s}有什么副作用？|吃{s}会有什么不良反应？|服用{s}后可能出现什么？",
    ),
    _ask(
        "contraindication", "medicine", "condition", "contraindications", "禁忌证",
        "Who should not take {s}?|When must {s} not be used?|When is {s} contraindicated?"
        "|In whom should {s} be avoided?",
        "哪些人不能用{s}？|什么情况下禁用{s}？|{s}有什么禁忌？",
    ),
    _ask(
        "interaction", "medicine", "medicine", "interactions", "相互作用",
        "What does {s} interact with?|Which drugs should not be combined with {s}?"
        "|What must not be taken together with {s}?|Can {s} be combined with other drugs?",
        "{s}不能和什么药一起吃？|{s}和哪些药有相互作用？|{s}与什么药合用有风险？",
    ),
    _ask(
        "dose_limit", "medicine", "", "dose limit", "剂量上限",
        "What is the maximum dose of {s}?|How much {s} can be given?",
        "{s}最多能用多少？|{s}的最大剂量是多少？",
    ),
    _ask(
        "monitoring", "medicine", "", "monitoring", "监测",
        "What should be monitored with {s}?|How are patients on {s} followed up?",
        "使用{s}要监测什么？|服用{s}期间需要查什么？",
    ),
    _ask(
        "pregnancy", "medicine", "", "use in pregnancy", "妊娠期使用",
        "Can {s} be used in pregnancy?|Is {s} safe for a pregnant woman?",
        "孕妇能用{s}吗？|{s}妊娠期可以使用吗？",
    ),
    _ask(
        "drug_class", "medicine", "", "drug class", "药物类别",
        "What class of drug is {s}?|What kind of medicine is {s}?",
        "{s}属于哪类药？|{s}是什么类型的药物？",
    ),
    _ask(
        "description", "condition", "", "description", "简介",
        "What is {s}?|Tell me about {s}.|Describe {s}.|Define {s}.",
        "什么是{s}？|{s}是什么？|请介绍一下{s}。",
    ),
    _ask(
        "associated_with", "condition", "symptom", "statistically associated with", "统计上相关",
        "What is {s} associated with?|What is linked to {s}?",
        "{s}和什么有关？|与{s}相关的有哪些？",
    ),
)

_PLAIN_EN = (
    "What are the {r} of {s}?", "List the {r} of {s}.", "{s}: {r}?", "Give me the {r} of {s}.",
    "I need the {r} for {s}.", "Could you tell me the {r} of {s}?", "{r} of {s}",
    "For {s}, what are the {r}?",
)  # fmt: skip
_PLAIN_ZH = (
    "{s}的{r}有哪些？", "{s}有哪些{r}？", "请列出{s}的{r}。", "{s}的{r}是什么？", "{s}{r}",
    "请问{s}的{r}？", "我想知道{s}的{r}。", "{s}，{r}？",
)  # fmt: skip
_ALL_EN = ("Tell me everything about {s}.", "What should I know about {s}?", "Summarise {s}.")
_ALL_ZH = ("关于{s}有哪些信息？", "请总结一下{s}。", "{s}需要了解什么？")
_SAID_EN = (
    "What does the evidence say about {k}?", "What is known about {k}?", "{k}?",
    "What about {k}?", "Is there evidence on {k}?", "How does {k} matter?",
)  # fmt: skip
_SAID_ZH = ("关于{k}有什么说法？", "{k}怎么样？", "{k}？", "有没有{k}的证据？", "{k}有何意义？")

_PROSE_EN = {
    "treatment": (
        "{s} is usually treated with {a} and {b}.", "Management of {s} begins with {a}.",
        "In {s}, {a} is preferred and {b} is added if needed.", "For most adults with {s}, {a} helps.",
        "{a} remains the mainstay of treatment in {s}.",
    ),
    "test": (
        "The diagnosis of {s} is confirmed by {a}.", "When {s} is suspected, {a} should be arranged.",
        "{a} and {b} support the diagnosis of {s}.", "{s} is investigated with {a} first.",
    ),
    "symptom": (
        "Patients with {s} often report {a} and {b}.", "{s} typically presents with {a}.",
        "{a} is the leading complaint in {s}, and {b} may follow.", "{s} may cause {a} at night.",
    ),
    "risk_factor": (
        "{a} raises the risk of {s}.", "{s} is more common in people with {a}.",
        "The main risk factors for {s} are {a} and {b}.",
    ),
    "complication": (
        "Untreated {s} can progress to {a}.", "{a} is a feared complication of {s}.",
        "{s} may be followed by {a} or {b}.",
    ),
    "contraindication": (
        "{s} should not be given to patients with {a}.", "{s} is contraindicated in {a}.",
        "Avoid {s} where {a} is present.",
    ),
    "side_effect": (
        "{s} commonly causes {a} and {b}.", "The main adverse effect of {s} is {a}.",
        "Stop {s} if {a} develops.",
    ),
}  # fmt: skip
_PROSE_ZH = {
    "treatment": (
        "{s}通常采用{a}和{b}治疗。", "{s}的处理首先是{a}。", "对于{s}，首选{a}，必要时加用{b}。",
        "{a}仍是{s}治疗的基础。",
    ),
    "test": ("{s}的诊断依靠{a}确认。", "怀疑{s}时应安排{a}。", "{a}和{b}支持{s}的诊断。"),
    "symptom": ("{s}患者常诉{a}和{b}。", "{s}的典型表现为{a}。", "{a}是{s}的主要主诉，随后可出现{b}。"),
    "risk_factor": ("{a}会增加{s}的风险。", "{s}多见于有{a}的人。", "{s}的主要危险因素是{a}和{b}。"),
    "complication": ("{s}不治疗可进展为{a}。", "{a}是{s}的严重并发症。", "{s}之后可能出现{a}或{b}。"),
    "contraindication": ("有{a}的患者不应使用{s}。", "{a}时禁用{s}。"),
    "side_effect": ("{s}常引起{a}和{b}。", "{s}的主要不良反应是{a}。", "出现{a}时应停用{s}。"),
}  # fmt: skip
_GLUE_EN = (
    "and|or|with|without|in|after|before|during|for|of|may|should|is|are|can|not|often|usually|"
    "adults|children|patients|people|within|hours|days|weeks|severe|mild|acute|chronic|early|"
    "late|at least|daily|risk|therapy|level|blood|use|also|when|if|about|per cent|but|until"
).split("|")
_GLUE_ZH = (
    "和|或|伴|无|在|之后|之前|期间|用于|可|应|是|不|常|通常|成人|儿童|患者|小时|天|周|重度|轻度|急性|"
    "慢性|早期|晚期|至少|每日|风险|治疗|水平|使用|也|当|如果|约|但|直到|较|明显|需要|建议|注意"
).split("|")
_SYLLABLES = (
    "ba be bi bo ca ce ci co cor da de di do dra fa fe fi flu ga ge gli go ha he hy i ka ke ki ko "
    "la le li lo lu ma me mi mo mor na ne ni no nu o pa pe phe pi pro qua ra re ri ro sa se si so "
    "ste ta te thy ti to tra u va ve vi xa xe ya za ze zo"
).split()
_ENDINGS = {
    "condition": "osis|itis|aemia|opathy| syndrome| disease| fever| palsy|oma".split("|"),
    "medicine": "in|ol|ine|ab|pril|statin|mycin|azole|ide|one|ate".split("|"),
    "symptom": " pain| ache| swelling| weakness| rash|algia| cramps".split("|"),
    "test": " test| scan| assay| count| titre|graphy|scopy".split("|"),
    "treatment": " therapy| repair| drainage| exercises|plasty|ectomy".split("|"),
    "factor": " exposure| deficiency| mutation| infection| use".split("|"),
    "department": "ology| clinic| unit| service".split("|"),
}
_ENDINGS_ZH = {
    "condition": "病|症|炎|综合征|热|瘤|血症".split("|"),
    "medicine": "素|林|片|平|唑|胺|酮|胶囊|他汀|沙坦".split("|"),
    "symptom": "痛|肿|无力|发麻|不适|出血".split("|"),
    "test": "检查|试验|造影|镜检|测定".split("|"),
    "treatment": "疗法|手术|引流|训练|修补术".split("|"),
    "factor": "接触|缺乏|突变|感染|暴露".split("|"),
    "department": "科|门诊|中心".split("|"),
}


class Drills:
    """An endless supply of drills from one seed; `hardness` from 0 (easy) to 1 (full)."""

    def __init__(self, lexicon: Lexicon, characters: str, words: list[str], seed: int) -> None:
        self._lexicon = lexicon
        self._characters = characters
        self._words = words
        self._random = random.Random(seed)

    def stream(self, hardness: float = 1.0) -> Iterator[Drill]:
        """Yield drills for ever."""
        while True:
            yield self.make(hardness)

    def make(self, hardness: float = 1.0, language: Language | None = None) -> Drill:
        """Make one drill in a language, or in either."""
        pick = self._random
        language = language or pick.choice(("en", "zh"))
        plan = _Plan(self, language, hardness)
        count = pick.randint(2, 3 + round(3 * hardness))
        for _ in range(count):
            plan.add_line()
        turns = [plan.turn() for _ in range(pick.randint(2, 4))]
        return Drill(
            language,
            tuple(plan.lines),
            tuple(turn[0] for turn in turns),
            tuple(turn[1] for turn in turns),
            tuple(turn[2] for turn in turns),
        )

    def name(self, kind: str, language: Language, hardness: float) -> str:
        """Return a name: from the lexicon, or invented, so that none can be known by heart."""
        pick = self._random
        known = self._lexicon.get(kind) or []
        if known and pick.random() < 0.4:
            return pick.choice(known)[0 if language == "en" else 1]
        length = pick.randint(1, 2 if hardness < 0.3 else 3)
        if language == "zh":
            stem = "".join(pick.choices(self._characters, k=length + 1))
            return stem + pick.choice(_ENDINGS_ZH.get(kind, [""]))
        if pick.random() < 0.35:
            words = pick.sample(self._words, min(length, len(self._words)))
            return " ".join(words) + pick.choice(["", *_ENDINGS.get(kind, [""])])
        stem = "".join(pick.choices(_SYLLABLES, k=length + 1))
        name = stem + pick.choice(_ENDINGS.get(kind, [""]))
        return name.capitalize() if kind == "condition" or pick.random() < 0.1 else name

    def sentence(self, language: Language, hardness: float) -> tuple[str, list[str]]:
        """Return a sentence of loose words and the terms it is about: only copying reproduces it."""
        pick = self._random
        kinds = list(_ENDINGS)
        keys = [self.name(pick.choice(kinds), language, hardness) for _ in range(pick.randint(1, 3))]
        glue = _GLUE_EN if language == "en" else _GLUE_ZH
        parts: list[str] = []
        for key in keys:
            parts += [*pick.choices(glue, k=pick.randint(1, 3)), key]
        parts += pick.choices(glue, k=pick.randint(0, 3))
        if pick.random() < 0.3:
            parts.insert(pick.randint(1, len(parts)), f"{pick.randint(1, 500)} mg")
        if language == "zh":
            return "".join(parts) + "。", keys
        text = " ".join(parts) + "."
        return text[0].upper() + text[1:], keys


class _Plan:
    """One drill in the making: what the evidence holds, and what can be asked of it."""

    def __init__(self, drills: Drills, language: Language, hardness: float) -> None:
        self.lines: list[str] = []
        self._drills = drills
        self._pick = drills._random
        self._language: Language = language
        self._hardness = hardness
        self._facts: dict[tuple[str, str], tuple[int, list[str]]] = {}
        self._prose: list[tuple[int, str, tuple[str, str] | None, list[str]]] = []
        self._subjects: dict[str, str] = {}

    def add_line(self) -> None:
        """Add one piece of evidence: a group of facts, or a passage of prose."""
        if self._pick.random() < 0.6 or self._hardness < 0.2:
            self._add_facts()
        else:
            self._add_prose()

    def turn(self) -> tuple[str, str, tuple[str, ...]]:
        """Return a question, its answer and the facts that the answer must hold."""
        choice = self._pick.random()
        if choice < 0.1:
            return self._uncovered()
        if choice < 0.2 and self._facts:
            return self._everything()
        if self._prose and (choice < 0.55 or not self._facts):
            return self._about_prose()
        if self._facts:
            return self._about_fact()
        return self._uncovered()

    def _subject(self, kind: str) -> str:
        known = [name for name, its in self._subjects.items() if its == kind]
        if known and self._pick.random() < 0.5:
            return self._pick.choice(known)
        name = self._drills.name(kind, self._language, self._hardness)
        self._subjects[name] = kind
        return name

    def _values(self, ask: Ask) -> list[str]:
        count = self._pick.randint(1, 3 if self._hardness < 0.3 else 6)
        if ask.objects:
            names = (
                self._drills.name(ask.objects, self._language, self._hardness)
                for _ in range(count)
            )
            return list(dict.fromkeys(names))
        sentences = (
            self._drills.sentence(self._language, self._hardness)[0].rstrip(".。")
            for _ in range(min(count, 2))
        )
        return list(dict.fromkeys(sentences))

    def _add_facts(self) -> None:
        ask = self._pick.choice(ASKS)
        subject = self._subject(ask.subject)
        if (subject, ask.id) in self._facts:
            return
        values = self._values(ask)
        self.lines.append(fact_line(subject, ask, values, self._language))
        self._facts[subject, ask.id] = (len(self.lines), values)

    def _add_prose(self) -> None:
        pick = self._pick
        table = _PROSE_EN if self._language == "en" else _PROSE_ZH
        written: list[tuple[str, tuple[str, str] | None, list[str]]] = []
        kind = pick.choice(("condition", "medicine"))
        subject = self._subject(kind)
        for _ in range(pick.randint(1, 3)):
            asks = [ask for ask in ASKS if ask.id in table and ask.subject == kind]
            ask = pick.choice(asks)
            if pick.random() < 0.5:
                first, second = (
                    self._drills.name(ask.objects, self._language, self._hardness)
                    for _ in range(2)
                )
                template = pick.choice(table[ask.id])
                text = template.format(s=subject, a=first, b=second)
                if self._language == "en":
                    text = text[0].upper() + text[1:]
                written.append((text, (subject, ask.id), [first]))
            else:
                text, keys = self._drills.sentence(self._language, self._hardness)
                written.append((text, None, keys))
        number = len(self.lines) + 1
        joint = " " if self._language == "en" else ""
        title = self._drills.name(kind, self._language, self._hardness)
        title = subject if pick.random() < 0.6 else title
        mark = ": " if self._language == "en" else "："
        self.lines.append(title + mark + joint.join(text for text, _, _ in written))
        self._prose += [(number, text, about, keys) for text, about, keys in written]

    def _question(self, ask: Ask, subject: str) -> str:
        """Ask for a relation of a subject, in the relation's own words or plainly by its label."""
        pick = self._pick
        if self._language == "zh":
            template = pick.choice(ask.ask_zh if pick.random() < 0.6 else _PLAIN_ZH)
            return template.format(s=subject, r=ask.zh)
        template = pick.choice(ask.ask_en if pick.random() < 0.6 else _PLAIN_EN)
        asked = subject.lower() if pick.random() < 0.15 else subject
        question = template.format(s=asked, r=ask.en)
        return question[0].upper() + question[1:]

    def _about_fact(self) -> tuple[str, str, tuple[str, ...]]:
        subject, relation = self._pick.choice(list(self._facts))
        ask = _BY_ID[relation]
        number, values = self._facts[subject, relation]
        answer = fact_sentence(subject, ask, values, number, self._language)
        return self._question(ask, subject), answer, tuple(values)

    def _everything(self) -> tuple[str, str, tuple[str, ...]]:
        subject = self._pick.choice(list(self._facts))[0]
        sentences, held = [], []
        for (name, relation), (number, values) in self._facts.items():
            if name == subject:
                sentences.append(
                    fact_sentence(subject, _BY_ID[relation], values, number, self._language)
                )
                held += values
        english = self._language == "en"
        template = self._pick.choice(_ALL_EN if english else _ALL_ZH)
        joint = " " if english else ""
        return template.format(s=subject), joint.join(sentences), tuple(held)

    def _about_prose(self) -> tuple[str, str, tuple[str, ...]]:
        number, text, about, keys = self._pick.choice(self._prose)
        if about and sum(1 for piece in self._prose if piece[2] == about) == 1:
            question = self._question(_BY_ID[about[1]], about[0])
            if about in self._facts:  # the fact group answers first, then the passage
                first, values = self._facts[about]
                listed = fact_sentence(about[0], _BY_ID[about[1]], values, first, self._language)
                joint = " " if self._language == "en" else ""
                return question, listed + joint + cite(text, number), (*values, *keys)
        else:
            joined = (" and " if self._language == "en" else "和").join(keys[:2])
            template = self._pick.choice(_SAID_EN if self._language == "en" else _SAID_ZH)
            question = template.format(k=joined)
        return question, cite(text, number), tuple(keys)

    def _uncovered(self) -> tuple[str, str, tuple[str, ...]]:
        pick = self._pick
        ask = pick.choice(ASKS)
        known = [name for name, kind in self._subjects.items() if kind == ask.subject]
        stranger = self._drills.name(ask.subject, self._language, self._hardness)
        subject = pick.choice(known) if known and pick.random() < 0.5 else stranger
        if (subject, ask.id) in self._facts or any(
            piece[2] == (subject, ask.id) for piece in self._prose
        ):
            subject = stranger
        return self._question(ask, subject), dialogue.NOT_COVERED[self._language], ()


_BY_ID = {ask.id: ask for ask in ASKS}


def fact_line(subject: str, ask: Ask, values: list[str], language: Language) -> str:
    """Return a group of facts as a line of evidence, as `knowledge.wording.line` writes it."""
    if language == "zh":
        return f"{subject}——{ask.zh}：{'；'.join(values)}。"
    return f"{subject} — {ask.en}: {'; '.join(values)}."


def fact_sentence(
    subject: str, ask: Ask, values: list[str], number: int, language: Language
) -> str:
    """Return the answer that states a group of facts: the evidence's own words, cited."""
    if language == "zh":
        return f"{subject}的{ask.zh}：{'；'.join(values)}[{number}]。"
    return f"{ask.en[0].upper()}{ask.en[1:]} of {subject}: {'; '.join(values)} [{number}]."


def cite(sentence: str, number: int) -> str:
    """Put a citation before a sentence's full stop."""
    if sentence.endswith("。"):
        return f"{sentence[:-1]}[{number}]。"
    return f"{sentence.removesuffix('.')} [{number}]."
