"""Reviews: the words in which a paper is talked about and quoted, as tables.

`{t}` is the title, `{w}` the quoted words, `{p}` the name of a part of the paper.
"""

from knowledge.records import Language

PARTS: dict[str, tuple[str, ...]] = {
    "aim": ("background", "objective", "objectives", "purpose", "aim", "aims", "introduction",
            "motivation", "context", "背景", "目的", "引言"),
    "method": ("methods", "method", "materials and methods", "design", "patients and methods",
               "study design", "方法", "资料与方法"),
    "result": ("results", "result", "findings", "main results", "结果"),
    "conclusion": ("conclusion", "conclusions", "significance", "interpretation",
                   "authors' conclusions", "summary", "结论", "摘要"),
}  # fmt: skip
"""What the titles of sections stand for, lower case."""

OPENING: dict[Language, tuple[str, ...]] = {
    "en": (
        "I am reading “{t}”. ", "About the paper “{t}”: ", "Our journal club has “{t}” this week. ",
        "A colleague forwarded “{t}” to me. ", "I would like to talk about “{t}”. ",
        "Could we go through “{t}” together? ", "I have come across “{t}”. ",
        "I need “{t}” for a talk. ", "My supervisor wants a summary of “{t}”. ",
        "“{t}” is on my desk. ", "I have to present “{t}”. ", "Somebody cited “{t}” today. ",
    ),
    "zh": (
        "我在读《{t}》。", "关于《{t}》这篇文献，", "科里本周要讨论《{t}》。",
        "同事转给我《{t}》。",
        "想请教《{t}》的内容。", "我准备汇报《{t}》，", "刚看到《{t}》。",
    ),
}  # fmt: skip

ASKED: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "aim": ("Why was it done?", "What is the question behind it?",
                "What was the starting point?",
                "What did the authors set out to do?", "What is the background?"),
        "method": ("How was it done?", "What was the approach?", "How did they go about it?",
                   "Which methods were used?", "Can you quote the methods?"),
        "result": ("What was found?", "What are the results?", "Which finding stands out?",
                   "What did the data show?", "Can you give me a result word for word?"),
        "conclusion": ("What is the conclusion?", "What do the authors conclude?",
                       "What should I take away from it?", "What does it all come to?",
                       "What is the bottom line, in their own words?"),
        "first": ("How does it begin?", "What is it about?", "What does the text start from?",
                  "Can you quote its opening?", "What is the topic?"),
        "last": ("How does it end?", "What is the closing statement?", "What does it come to?",
                 "Where does the text end up?", "What is said last?"),
        "part": ("What does it say under “{p}”?", "And the part on “{p}”?",
                 "What is written in the section “{p}”?", "Can you quote from “{p}”?"),
    },
    "zh": {
        "aim": ("为什么做这项研究？", "研究背景是什么？", "作者想解决什么问题？"),
        "method": ("用了什么方法？", "研究是怎么做的？", "方法部分怎么写？"),
        "result": ("得到了什么结果？", "主要发现是什么？", "结果部分怎么说？"),
        "conclusion": ("结论是什么？", "作者的结论怎么说？", "最后得出什么？", "核心意思是什么？"),
        "first": ("开头说了什么？", "主要讲什么？", "文章从哪里说起？"),
        "last": ("结尾怎么说？", "最后说了什么？", "文章落到哪一点？"),
        "part": ("“{p}”部分怎么写？", "“{p}”里说了什么？", "能引用“{p}”部分的原话吗？"),
    },
}  # fmt: skip
THEN: dict[Language, tuple[str, ...]] = {
    "en": (
        "",
        "",
        "Thanks. ",
        "I see. ",
        "Good. ",
        "And then: ",
        "Understood. ",
        "Next question. ",
    ),
    "zh": ("", "", "谢谢。", "明白了。", "好的。", "那么，", "再问一下，"),
}

SAID: dict[Language, dict[str, tuple[str, ...]]] = {
    "en": {
        "aim": ("The (starting point|point of departure) is (given|put|described|stated) "
                "(like this|as follows|in these words): “{w}”",
                "(The authors|They) (begin|start|open|set out) (with|from) (this|the following): "
                "“{w}”",
                "The (background|context|setting), in (their|the authors') own words: “{w}”",
                "(The question|The work|It) (arises from|rests on|is motivated by) this: “{w}”",
                "(As background|By way of introduction), (one reads|they write|it says): “{w}”"),
        "method": ("The (methods|steps|procedures) are (described|reported|given) (as follows|like "
                   "this|in these words): “{w}”",
                   "(On|As to|Regarding) the (approach|design|methods), (one reads|they write|it "
                   "says): “{w}”",
                   "(As to|Regarding|On) how it was done: “{w}”",
                   "This is how they (worked|went about it|proceeded|did it): “{w}”",
                   "What they did, (in their words|as they put it): “{w}”"),
        "result": ("(Among|Out of|From) the (results|findings|data): “{w}”",
                   "They (report|found|state|describe|observed) (this|the following): “{w}”",
                   "One (finding|result|observation) (reads|is put like this|is this): “{w}”",
                   "The (text|paper|abstract) (reports|gives|has) (this|the following): “{w}”",
                   "(Word for word|Verbatim|In their words): “{w}”"),
        "conclusion": ("The (conclusion|summary) (is worded like this|reads|runs as follows): "
        "“{w}”",
                       "(They|The authors) (conclude|sum up|sum it up) (like this|as follows|in "
                       "these words): “{w}”",
                       "In (the authors'|their own|its own) words: “{w}”",
                       "The (take-home message|bottom line|main message|gist) (reads|is|is "
                       "this): “{w}”",
                       "It (comes down|boils down|amounts) to this: “{w}”"),
        "first": ("It (begins|starts|opens) like this: “{w}”", "The opening reads: “{w}”",
                  "The first thing said is: “{w}”", "It sets out from this: “{w}”"),
        "last": ("It (closes|ends|finishes) (with the words|like this|as follows): “{w}”",
                 "The (end|ending|last sentence) reads: “{w}”",
                 "The (last|closing) statement (is|reads): “{w}”"),
        "part": ("(There|In that part|In that section) (one reads|one finds|it says): “{w}”",
                 "That (part|section) (states|says|reads): “{w}”", "The wording is: “{w}”",
                 "It (says|states) (this|the following): “{w}”", "(I quote|To quote): “{w}”"),
    },
    "zh": {
        "aim": ("(作者|文中)(写道|交代)：“{w}”", "(文章|研究)的(出发点|由来)是：“{w}”",
                "(背景部分|引言)(写的是|交代)：“{w}”"),
        "method": ("方法(上|部分)写的是：“{w}”", "文中这样(描述|交代)(做法|方法)：“{w}”",
        "(原文|原话)是：“{w}”"),
        "result": ("结果部分(写道|给出)：“{w}”", "(文中|作者)报告：“{w}”", "(原话|原文)是：“{w}”",
                   "(主要发现|结果)这样表述：“{w}”"),
        "conclusion": ("结论(原文|)(是|写道|写的是)：“{w}”",
        "(作者|文中|原文)(总结道|概括为|归纳为)：“{w}”",
                       "(全文|文章)(归结为|的落脚点是|最后落在)(这一句|这句话|)：“{w}”",
                       "(用原话说|照原文说|引原文)：“{w}”",
                       "(核心|要紧|关键)的一句(是|在这里)：“{w}”"),
        "first": ("开头(写的是|写道|这样说)：“{w}”", "文章从这里说起：“{w}”",
        "(开篇|起首)有这样一句：“{w}”"),
        "last": ("结尾(写道|这样说)：“{w}”", "最后的(表述|话)是：“{w}”",
        "文章(以此收尾|到此收束)：“{w}”"),
        "part": ("(该|这一)部分(写道|提到)：“{w}”", "原文(如下|是)：“{w}”",
        "其中(提到|写道|有一句)：“{w}”",
                 "可以引用(这一句|这句原话)：“{w}”"),
    },
}  # fmt: skip
UNDER: dict[Language, tuple[str, ...]] = {
    "en": (
        "Under “{p}” (one reads|one finds|it says): “{w}”",
        "(The part on|The section) “{p}” (states|says|has this|reads): “{w}”",
        "(From|In) “{p}”: “{w}”",
        "On “{p}”, (the text has|it gives) this: “{w}”",
    ),
    "zh": (
        "“{p}”(部分|一节)(写道|提到|指出)：“{w}”",
        "(再看|关于|说到)“{p}”，(原文是|原文写道|文中写道)：“{w}”",
    ),
}
"""The same of a part that has to be named, because nobody asked for it."""
CAUTION: dict[Language, tuple[str, ...]] = {
    "en": ("", "", "", "", "", "",
           "That is (the wording of the text|what the text says), (and |)not advice for (a "
           "single|one particular) patient.",
           "I (only quote|am quoting) and do not (judge|say) how strong (it|the evidence) is.",
           "Whether (it|this) (carries over to|holds in) other (settings|patients|places) is (left "
           "open|another question).",
           "(How far|To what extent) (this|it) can be relied on (is a matter of the methods|would "
           "need a look at the methods)."),
    "zh": ("", "", "", "(这是|以上是)原文的(表述|说法)，不是对个人的(建议|医嘱)。",
           "这里只作引用，不评价证据(强弱|高低)。",
           "(是否|能否)适用于(某一位|具体)患者，(要由医生|还须当面)判断。"),
}  # fmt: skip
PICKED: dict[Language, tuple[str, ...]] = {
    "en": ("Please (back it with|give me) a quotation.", "Quote, please, do not retell.", "", "",
    "",
           "", "", "I need the exact words.", "(Verbatim|In their own words), please."),
    "zh": ("请引用原文。", "请给出原话。", "", "", ""),
}  # fmt: skip
ENDING: dict[Language, tuple[str, ...]] = {
    "en": ("Finally: ", "One last thing. ", "To finish: ", "", ""),
    "zh": ("最后，", "还有一个问题，", "", ""),
}
PAPER: dict[Language, tuple[str, ...]] = {
    "en": ("Sure. ", "Of course. ", "Gladly. ", "", "", ""),
    "zh": ("好的。", "可以。", "", "", ""),
}
ANY: dict[Language, tuple[str, ...]] = {
    "en": ("Anything else that can be quoted?", "Is there another sentence worth citing?",
           "What else does it state?", "Could you cite one more passage?",
           "(And what more|What more) is there on that?", "Is there (more|anything else) on this?"),
    "zh": ("还有别的可以引用吗？", "还提到了什么？", "能再引一句吗？"),
}  # fmt: skip
WHOLE: dict[Language, tuple[str, ...]] = {
    "en": ("Could you take me through (it, quoting as we go|the parts, quoting each)?",
           "Please give (one sentence|a quotation) (of|from) each (main |)part.",
           "What (are its main points|does it say), in its own words?",
           "Can you sum it up with quotations only?"),
    "zh": ("请按各部分引用原文，概括一下。", "能从头到尾各引一句吗？", "请用原话讲讲全文。"),
}  # fmt: skip
AGAIN: dict[Language, tuple[str, ...]] = {
    "en": ("(It|The text) also (states|says|notes|has this): “{w}”",
           "(Another|A further|One more) (sentence|statement|passage) (reads|is): “{w}”",
           "One (can|could|may) also (cite|quote): “{w}”",
           "(Further on|Elsewhere|Beyond that|In addition), (one reads|it says|they write): “{w}”",
           "(Then|Next|Also) there is this: “{w}”"),
    "zh": ("文中还写道：“{w}”", "另有一句：“{w}”", "还可以引用：“{w}”"),
}  # fmt: skip
