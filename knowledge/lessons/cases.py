"""Cases: the words of vignettes and consultations in which conditions are weighed, as tables.

`{s}` is the condition, `{r}` its rival, `{x}` a finding that both have, `{a}` findings joined by
"and", `{who}` a patient, `{since}` for how long. Keys of a table are the relations of findings.
"""

from knowledge.records import Language

VIGNETTE: dict[Language, tuple[str, ...]] = {
    "en": (
        "{Who} presents with {a}. {Ask}",
        "{Who} has had {a} {since}. {Ask}",
        "Case for discussion: {who}, {a} {since}. {Ask}",
        "On today's list: {who} complaining of {a}. {Ask}",
        "{Who} was sent in because of {a}, going on {since}. {Ask}",
        "Vignette. {Who}; main complaints {a}. {Ask}",
        "I saw {who} this morning. The complaints were {a}, present {since}. {Ask}",
        "{Ask} The patient is {who} with {a} {since}.",
        "Handover: {who}, {a}. Symptoms {since}. {Ask}",
        "A colleague asks about {who} with {a}. {Ask}",
    ),
    "zh": (
        "{who}，因{a}就诊。{ask}",
        "{who}，{since}出现{a}。{ask}",
        "病例讨论：{who}，主诉{a}，{since}反复出现。{ask}",
        "今天门诊遇到{who}，表现为{a}。{ask}",
        "{who}，{since}有{a}，由外院转来。{ask}",
        "病历摘要：{who}；主要不适为{a}。{ask}",
        "交班时提到{who}，{a}，{since}未缓解。{ask}",
        "{ask}患者情况：{who}，{a}。",
        "同事请会诊：{who}，{since}{a}。{ask}",
    ),
}
HISTORY: dict[Language, tuple[str, ...]] = {
    "en": (
        "The history includes {a}. ", "Of note in the history: {a}. ", "Known background: {a}. ",
        "There is a background of {a}. ",
    ),
    "zh": ("既往情况：{a}。", "病史中有{a}。", "值得注意的是{a}。", "背景：{a}。"),
}  # fmt: skip
TASK: dict[Language, tuple[str, ...]] = {
    "en": (
        "What is your differential, and what next?",
        "Which conditions come into question, and how would you proceed?",
        "Please reason through the possible diagnoses and the plan.",
        "What do you consider, and why?",
        "Work through this: possible conditions, investigations, management.",
        "How would you weigh the possible causes here?",
        "What fits best, what else could it be, and what should be done?",
        "Walk me through your thinking.",
        "Name the main possibilities and say what supports each.",
    ),
    "zh": (
        "请给出鉴别诊断和下一步处理。",
        "考虑哪些疾病？依据是什么？",
        "请分析可能的诊断及处理思路。",
        "最可能是什么，还需要和什么鉴别，接下来怎么办？",
        "应如何分析？",
        "请逐步说明诊断思路、检查和治疗。",
        "有哪些可能，各自的依据是什么？",
        "您怎么看这个病例？",
    ),
}
BOTH: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{S} and {r} can both cause {x}.",
        "Two conditions share {x} as a symptom: {s} and {r}.",
        "Both {s} and {r} may present with {x}, so they have to be weighed against each other.",
        "The symptom of {x} alone leaves {s} and {r} open.",
        "I would put {s} and {r} on the list, as either can cause {x}.",
        "A symptom such as {x} occurs in {s} as well as in {r}.",
    ),
    ("symptom", "zh"): (
        "{s}和{r}都可出现{x}。",
        "{x}既是{s}的症状，也是{r}的症状，需要鉴别。",
        "单凭{x}这一症状，{s}与{r}都在考虑之列。",
        "鉴别诊断包括{s}与{r}，两者都可出现{x}。",
        "{x}可出现于{s}，也可出现于{r}。",
        "要把{s}和{r}放在一起比较，因为两者的症状里都有{x}。",
    ),
    ("associated_with", "en"): (
        "In recorded data, {s} and {r} are both statistically associated with {x}.",
        "Statistically, one finds {x} with {s} as well as with {r}.",
        "Both {s} and {r} are statistically linked with {x}.",
        "Two conditions on record share a statistical link with {x}: {s} and {r}.",
        "Going by statistical associations, both {s} and {r} stay open with {x}.",
    ),
    ("associated_with", "zh"): (
        "从统计上看，{x}与{s}和{r}都相关。",
        "{s}和{r}在统计上都与{x}相关。",
    ),
}
FOR: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{S} fits better, since its symptoms include {a}.",
        "What speaks for {s}: {a} [is a symptom|are symptoms] of it.",
        "In favour of {s}: it can cause {a}.",
        "First on my list is {s}, whose symptoms include {a}.",
        "The findings point towards {s}, which may present with {a}.",
        "{S} deserves the first place here, with {a} among its symptoms.",
        "I would think of {s} first: it can cause {a}.",
        "The path leads from {a}, known [symptom|symptoms] of {s}, to that condition.",
    ),
    ("symptom", "zh"): (
        "支持{s}的依据是：{a}属于它的症状。",
        "首先考虑{s}，其症状包括{a}。",
        "{a}都指向{s}，这些是它的症状。",
        "{s}更符合，因为它可出现{a}。",
        "从{a}这些表现推断，{s}排在前面。",
        "{s}可出现{a}，与本例吻合。",
    ),
    ("associated_with", "en"): (
        "{S} has a statistical link with {a} as well.",
        "For {s}, the statistical associations on record include {a}.",
        "Of what was told, {a} [is|are] statistically associated with {s}.",
        "{S} comes up because of its statistical association with {a}.",
        "On statistical grounds {s} is one to consider, given {a}.",
        "The data link {a} and {s} statistically, which is a hint at most.",
    ),
    ("associated_with", "zh"): (
        "{s}在统计上与{a}相关。",
        "统计资料中，{a}与{s}有关联。",
    ),
}
AGAINST: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "With {r} one would rather look for {a}, [another symptom|other symptoms] of it.",
        "{R} would gain weight with {a}, which also [belongs|belong] to its symptoms.",
        "Ask about {a} too: [this is a symptom|these are symptoms] of {r}.",
        "To tell {r} apart, go through its symptoms of {a}.",
        "{R} can also cause {a}, so that is worth asking about.",
    ),
    ("symptom", "zh"): (
        "如为{r}，还可出现{a}，可据此追问。",
        "{r}的症状还包括{a}，需要进一步询问。",
        "若同时有{a}[这一症状|这些症状]，则{r}的可能性上升。",
        "为了区分{r}，应询问它的症状{a}。",
    ),
    ("associated_with", "en"): (
        "{R} is statistically associated with {a} too, so it is worth asking about.",
        "For {r}, other statistical links are with {a}.",
        "If {a} came up as well, the statistical case for {r} would grow.",
    ),
    ("associated_with", "zh"): ("{r}在统计上还与{a}相关，可进一步询问。",),
}  # fmt: skip
ABSENT: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{R} is less likely, given the absence of {a}, a symptom of it.",
        "With {a} absent, a symptom of {r}, I put {r} further down the list.",
        "The absence of {a}, which {r} can cause, speaks rather against {r}.",
    ),
    ("symptom", "zh"): (
        "{r}的可能性较小，因为它的症状{a}尚未出现。",
        "由于未出现{a}这一症状，{r}暂排在后面。",
        "{a}是{r}的症状，您并未出现，所以{r}的依据较少。",
    ),
    ("associated_with", "en"): (
        "{R} moves down the list, given the absence of {a}, to which it is tied statistically.",
        "With {a} absent, the statistical case for {r} is weaker.",
    ),
    ("associated_with", "zh"): ("{a}在统计上与{r}相关，您并未出现，所以{r}的依据较少。",),
}
BACKGROUND: dict[Language, tuple[str, ...]] = {
    "en": (
        "In the history, {a} [raises|raise] the risk of {s}.",
        "The risk of {s} is higher with {a}.",
        "Another pointer is the history: {a} [is a risk factor|are risk factors] for {s}.",
    ),
    "zh": ("病史中的{a}是{s}的危险因素。", "{a}会增加{s}的风险，也支持这一判断。"),
}
CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "", "", "", "This is a working list; examination decides.",
        "The order may change once the results are in.",
        "None of this replaces an examination.",
        "I would review the list when more is known.",
    ),
    "zh": ("", "", "", "以上只是初步思路，还要结合查体。", "结果回来后再调整顺序。",
        "最终判断以面诊为准。"),
}  # fmt: skip
STATISTICAL: dict[Language, tuple[str, ...]] = {
    "en": (
        "These are associations, which do not make a diagnosis; an examination has to follow.",
        "Associations alone prove nothing, so please have it examined.",
        "An examination has to show what lies behind it.",
        "Please take this as a starting point for an examination only.",
        "Such data cannot tell cause from coincidence.",
        "A clinician who examines the patient will know more.",
        "That is where the data end.",
        "",
        "",
        "",
    ),
    "zh": ("统计上的关联不等于诊断，还需面诊。", "这只是线索，需由医生检查后判断。"),
}

ASKED: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "«Is|Are» there also {x}?", "Has there been any {x}?", "What about {x}?",
        "Thank you. Have you noticed {x} as well?", "I see. «Does|Do» {x} come with it?",
        "Let me ask about one more thing: «is|are» there {x}?", "Before I answer: any {x}?",
        "To narrow it down: any trouble with {x}?", "All right. And {x}, has that occurred?",
        "May I ask whether there «is|are» {x}?",
    ),
    ("symptom", "zh"): (
        "还伴有{x}吗？", "有没有{x}？", "请问是否有{x}？", "另外，有{x}的情况吗？",
        "好的，先问一下：有没有{x}？", "我再了解一下，最近有{x}吗？", "{x}有吗？",
        "除此之外，是否出现过{x}？", "明白了。那有没有{x}呢？", "为了判断得准一些，想问有无{x}？",
    ),
    ("risk_factor", "en"): (
        "Does this apply: {x}?", "«Is|Are» {x} part of the history?",
        "Anything in the history, such as {x}?", "One question on background: {x}?",
    ),
    ("risk_factor", "zh"): ("有{x}的情况吗？", "既往有没有{x}？", "请问存在{x}吗？"),
}  # fmt: skip
YES: dict[Language, tuple[str, ...]] = {
    "en": (
        "Yes, that as well.", "Yes, now that you ask.", "Yes, quite often.",
        "Yes, every now and then.",
        "Yes, it started about the same time.", "Yes. I had not thought it mattered.",
        "That too, I am afraid.", "Yes, mostly at night.", "A little, yes.",
    ),
    "zh": ("有的，也有这个情况。", "对，这几天也有。", "有，差不多同时开始的。", "有一点的。",
        "您这么一问，确实有。", "有的，晚上明显些。", "嗯，也有。"),
}  # fmt: skip
NO: dict[Language, tuple[str, ...]] = {
    "en": (
        "No, nothing of the kind.", "No, that has not happened.", "Not that I know of.",
        "No, I would have noticed.", "No, that one I do not have.", "Not at all, no.",
    ),
    "zh": ("没有，这个倒没有。", "没有出现过。", "这个没有的。", "目前没发现。",
           "没有，一直都没有。"),
}  # fmt: skip
LAST: dict[Language, tuple[str, ...]] = {
    "en": ("", "", " What do you think it is?", " So what could it be?", " What should I do now?",
           " Is it serious?"),
    "zh": ("", "", "那可能是什么病？", "请问该怎么办？", "要紧吗？", "需要做什么检查？"),
}  # fmt: skip
SUMMARY: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "Thank you, that helps: {a} fit {s}, as symptoms of it.",
        "From what you say, {s} has to be considered, since it can cause {a}.",
        "Taken together, {a} may be symptoms of {s}.",
        "My first thought is {s}, because its symptoms include {a}.",
        "So there is {a}, and {s} may present like this.",
        "That makes {s} a possibility worth following up: its symptoms include {a}.",
    ),
    ("symptom", "zh"): (
        "综合来看，{a}符合{s}的症状。",
        "您说的{a}都是{s}的症状，要考虑这个病。",
        "听下来首先想到{s}，它可出现{a}。",
        "从{a}这几个症状看，可能是{s}。",
        "谢谢您的补充，{s}可出现{a}，需要排查。",
    ),
    ("associated_with", "en"): (
        "Thank you; statistically, {a} [is|are] associated with {s}.",
        "In recorded data {s} has a statistical association with {a}.",
        "There is a statistical link between {a} and {s}; that is all the data say.",
        "What you tell me, {a}, goes statistically with {s}.",
    ),
    ("associated_with", "zh"): ("从统计上看，{a}与{s}相关。",),
}
