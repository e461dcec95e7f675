"""Drop rows that speak of prompts, knowledge bases or language models.

row in small letters -> traces that occur -> pattern of each that needs a closer look
"""

import re

from knowledge.records import Language, Lesson

_LEAKS: dict[Language, tuple[str, ...]] = {
    "en": (
        *("language model", "knowledge base", "knowledge graph", "chat doctor", "chatdoctor"),
        *("below is an instruction", "if you are a doctor, please", "system prompt"),
        *("(interview; ", "performed (ml)", "### ", "<|", "[inst]", "[/inst]", "<s>", "</s>"),
        *("<user>", "<bot>"),
    ),
    "zh": (
        *(
            "知识库",
            "知识图谱",
            "三元组",
            "语言模型",
            "系统提示",
            "以下是描述任务",
            "<user>",
            "<bot>",
            "###",
        ),
        *("<|", "[INST]"),
    ),
}
"""What no patient or doctor writes, in small letters: traces of prompts, graphs and templates."""

_LEAKING: dict[Language, tuple[tuple[str, re.Pattern[str]], ...]] = {
    "en": (
        ("an ai", re.compile(r"\b(?:as|i am|i'm|you are) an ai\b")),
        (
            "you are a",
            re.compile(r"\byou are an? (?:helpful|expert|experienced|medical ass|assist)"),
        ),
        (
            "according to the ",
            re.compile(r" the (?:knowledge|context|database|table|provided|given)"),
        ),
        ("based on the ", re.compile(r" the (?:knowledge|context|database|table|provided|given)")),
        ("the context ", re.compile(r"the context (?:above|says|states)")),
        ("the passage ", re.compile(r"the passage (?:above|says|states)")),
        ("the database ", re.compile(r"the database (?:above|says|states)")),
        (
            "ignore ",
            re.compile(r"\bignore (?:all|any|the|your|previous|above|prior) [a-z ]*instruct"),
        ),
        (
            "disregard ",
            re.compile(r"\bdisregard (?:all|any|the|your|previous|above) [a-z ]*instruct"),
        ),
        ("instruction:", re.compile(r"\binstruction:")),
        ("response:", re.compile(r"(?:^|\n)\W*response:")),
        ("undefined", re.compile(r"(?:^|[:：,，;；、(])\s*undefined\b")),
        ("nan", re.compile(r"(?:^|[:：,，;；、(])\s*nan\b")),
    ),
    "zh": (
        (
            "根据",
            re.compile(
                "根据(?:提供的|以上|上述|给定的|已有|所给的?)?(?:知识|资料|文本|信息|文档|内容)"
            ),
        ),
        ("描述", re.compile("请?根据(?:患者|病人)的?描述(?:回答|作答)")),
        ("人工智能", re.compile("(?:作为|我是|你是)(?:一个|一名|一款)?人工智能")),
        ("ai", re.compile("(?:作为|我是|你是)(?:一个|一名|一款)?ai")),
        ("你是", re.compile("你是(?:一个|一名|一位)(?:[^。，]{0,6})(?:助手|助理|的医生|专家)")),
        ("忽略", re.compile("忽略(?:以上|之前|前面|上面)的?(?:所有|全部)?(?:指令|提示|要求|内容)")),
        ("undefined", re.compile(r"(?:^|[:：,，;；、(])\s*undefined\b")),
        ("nan", re.compile(r"(?:^|[:：,，;；、(])\s*nan\b")),
    ),
}
"""The same where a trace (looked for first, since that is cheap) needs a closer look."""

_TRACE_ZH = re.compile(
    "|".join(re.escape(trace) for trace in (*_LEAKS["zh"], *(cue for cue, _ in _LEAKING["zh"])))
)
_PHRASE = re.compile("[a-z]{2} [a-z]{2}")


def check_leakage(lesson: Lesson) -> str:
    """Return why a row that speaks of prompts, knowledge bases or models is dropped, or nothing."""
    text = "\n".join([message.content for message in lesson.messages]).lower()
    # A Chinese row may speak of its prompt in English too.
    foreign = lesson.language == "zh" and _PHRASE.search(text)
    if _leaks(text, lesson.language) or (foreign and _leaks(text, "en")):
        return "leakage of a prompt or a source"
    return ""


def _leaks(text: str, language: Language) -> bool:
    if language == "zh" and not _TRACE_ZH.search(text):
        return False
    if [trace for trace in _LEAKS[language] if trace in text]:
        return True
    closer = [pattern for trace, pattern in _LEAKING[language] if trace in text]
    return any(pattern.search(text) for pattern in closer)
