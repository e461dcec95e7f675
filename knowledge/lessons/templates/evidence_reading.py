"""Readings: the words of lessons that read evidence or call for it, as tables.

`{q}` stands for the question, `{Q}` for the same at the start of a sentence, `{e}` for the numbered
lines, `{s}` for what is asked about, `{r}` for the attribute, `{f}` for a line that was found.
"""

from knowledge.records import Language

LAYOUT: dict[Language, tuple[str, ...]] = {
    "en": (
        "Evidence:\n{e}\n\nQuestion: {q}",
        "{q}\n\nEvidence:\n{e}",
        "Here are some notes.\n{e}\n\n{q} Please cite the lines you use.",
        "{q}\n\nUse these lines only, and cite them:\n{e}",
        "Sources:\n{e}\n\n{q}",
        "I have these lines in front of me:\n{e}\n\nMy question: {q}",
        "{e}\n\nFrom these lines alone: {q}",
        "Extracts\n{e}\n\nTask: answer with references to the extracts. {q}",
        "For the ward round. {q}\n\nWhat we have:\n{e}",
        "Numbered evidence follows.\n{e}\n\nAnswer in a sentence or two, with citations. {q}",
    ),
    "zh": (
        "证据：\n{e}\n\n问题：{q}",
        "{q}\n\n证据如下：\n{e}",
        "手头有这些材料：\n{e}\n\n{q}请注明出处编号。",
        "{q}\n\n只依据下列各条回答，并标出编号：\n{e}",
        "参考条目：\n{e}\n\n{q}",
        "{e}\n\n(仅凭|只看)以上各条，{q}",
        "下面是摘录，请引用编号作答。\n{e}\n\n{q}",
        "查房时想弄清一个问题：{q}\n\n现有记录：\n{e}",
        "编号证据：\n{e}\n\n请用一两句话回答：{q}",
        "【摘录】\n{e}\n\n【问】{q}",
    ),
}

NOT_COVERED: dict[Language, tuple[str, ...]] = {
    "en": (
        "(the evidence|what is shown|this evidence|what I have here) does not cover (this "
        "question|the question).",
        "the (lines|extracts|notes|entries) (above|shown|I have) do not cover {r} {s}.",
        "nothing here answers that: the (evidence|material) says nothing on {r} {s}.",
        "(Having gone|Having looked) through (all the|these) lines, I (find|see|have found) "
        "nothing on "
        "{r} {s}.",
        "this cannot be answered from the (evidence|lines|extracts|entries) (given|shown|at hand).",
        "on {r} {s} the (evidence|material) is silent, so (I would rather not guess|I leave it "
        "open|any answer would be a guess).",
        "the (evidence|material) does not address (the question about {s}|what is asked about "
        "{s}). "
        "Another source is needed.",
        "none of these lines (is about|concerns) {r} {s}; the question cannot be answered from "
        "them.",
        "(for|on|as to) {r} {s}, these (extracts|lines|entries) say nothing. Please look "
        "elsewhere.",
        "the (extracts|lines|notes) do not say. A source on {s} (would be|is) needed.",
    ),
    "zh": (
        "(证据|材料|这些条目|现有记录)(并|)没有(涉及)(这个|该|这一)问题。",
        "(以上|上面|所列|给出的)(各条|几条|内容)没有提到{s}的{r}。",
        "(关于|对于|至于){s}的{r}，(现有证据|手头的材料|这些记录)没有说明，(不宜猜测|我不便猜测|"
        "不好妄断|只能存疑)。",
        "(逐条|一条条|从头到尾)看过，没有涉及{s}的{r}，(需要|得|还要)另(找来源|查资料|寻出处)。",
        "(仅凭|光靠|只凭)(这些|上述|给出的)(条目|记录|摘录)无法回答。",
        "(这些|上面的|所给)(摘录|条目|记录)没有给出{s}的{r}。",
        "(证据|材料|条目)(中|里)找不到{s}的{r}，(因此|所以)无法回答(这个|该|此)问题。",
        "(所列|上面|以上)(各条|条目|记录)都未涉及(该|这个)问题，(建议|可以|最好)(查阅|参考|另找)"
        "其他来源。",
        "(很抱歉|抱歉|可惜)，(材料|证据|摘录)里未提及{s}的{r}。",
        "就{s}的{r}而言，(上面|以上各条|所给条目)没有说明。",
    ),
}

DISAGREE: dict[Language, tuple[str, ...]] = {
    "en": (
        "The evidence disagrees here.",
        "Two of the lines contradict each other.",
        "Here the lines are in conflict, so this has to be checked before anything is decided.",
        "The lines are at odds on this point.",
    ),
    "zh": (
        "现有证据在这一点上相互矛盾。",
        "有两条说法不一致。",
        "这里的证据有分歧，作决定前需要核实。",
        "所列条目彼此冲突。",
    ),
}

WHETHER: dict[Language, tuple[str, ...]] = {
    "en": (
        "Can {s} be used in {o}?", "Is {s} all right for someone with {o}?",
        "A patient has {o}. What about {s}?", "What is known of {s} in {o}?",
    ),
    "zh": ("{o}能用{s}吗？", "{o}患者可以用{s}吗？", "{s}用于{o}，有何依据？", "{o}时{s}怎么样？"),
}  # fmt: skip

COPIED: dict[Language, tuple[str, ...]] = {
    "en": (
        "The line (reads|says|has it): ",
        "(Quoted|Copied) from the line: ",
        "As it stands: ",
        "(In the words|In the terms) of the line: ",
    ),
    "zh": (
        "",
        "",
        "(条目|记录)(写明|载明)：",
        "简单说：",
        "(记录|条目)如下：",
        "(照|按)(记录|条目)：",
    ),
}

FOUND: dict[Language, tuple[str, ...]] = {
    "en": (
        "", "", "", "", "", "",
        "(here is|this is) what (is recorded|the entry says|was found). ",
        "(the entry|the record) has (this|the following|an answer). ",
        "I have (just |)looked (it|that) up. ",
        "(that|this) can be answered from the (entry|record). ",
        "there is an entry(| on it| on that). ", "here you are. ",
    ),
    "zh": ("", "", "", "", "(查到了|找到了|有记录)。", "已(查到|找到)(相关|有关)记录。",
    "(记录|结果)如下。",
           "(查询到|查得|找到)的内容(是这样的|如下)。"),
}  # fmt: skip
SHOWN: dict[Language, tuple[str, ...]] = {
    "en": (
        "(Fact|Entry|Record) used: “{f}”", "The (entry|record|fact) behind (it|this): “{f}”",
        "This (rests on|comes from|is taken from) (the entry|the record): “{f}”",
        "(Recorded|Listed|Entered) as: “{f}”", "The (entry|record) (reads|says): “{f}”",
    ),
    "zh": ("所(用|据)(条目|记录)：{f}", "依据的记录：{f}", "所依据的(条目|记录)是：{f}",
           "原(记录|条目)：{f}"),
}  # fmt: skip
NEXT: dict[Language, tuple[str, ...]] = {
    "en": (
        "Thank you. And {q}", "Good to know. {Q}", "One more: {q}", "Then {q}", "I see. {Q}",
        "{Q}", "Next, {q}",
    ),
    "zh": ("谢谢。{q}", "明白了，{q}", "再问一下，{q}", "那么，{q}", "{q}", "好的。还想知道，{q}"),
}  # fmt: skip
