"""Questions and evidence over a handful of names, without a knowledge base behind them."""

from knowledge.graph.linker import KnownName, Linker
from knowledge.search.query_parser import parse_query
from knowledge.text.names import language_of, normalise
from medchat.answering.answer import Evidence
from medchat.answering.understanding import Question, understand_question

NAMES = {
    "condition:gout": ("gout", "痛风"),
    "condition:asthma": ("asthma", "哮喘"),
    "condition:fever": ("fever", "发热"),
    "condition:ulcer": ("gastric ulcer", "胃溃疡"),
    "condition:pregnancy": ("pregnancy", "妊娠"),
    "medicine:allopurinol": ("allopurinol", "别嘌醇"),
    "medicine:colchicine": ("colchicine", "秋水仙碱"),
    "medicine:ibuprofen": ("ibuprofen", "布洛芬"),
    "body_part:larynx": ("larynx", "喉部"),
    "symptom:cough": ("cough", "咳嗽"),
    "symptom:pain": ("joint pain", "关节痛"),
}
LINKER = Linker(
    KnownName(id, id.partition(":")[0], name, normalise(name), language_of(name), True)
    for id, names in NAMES.items()
    for name in names
)
find = LINKER.find


def ask(text: str) -> Question:
    """Return what a question asks, with nothing before it."""
    return understand_question(text, [], lambda part: parse_query(part, LINKER))


def fact(subject: str, relation: str, text: str) -> Evidence:
    """Return a group of facts as evidence, all of its line quoted."""
    return Evidence(
        "fact", f"{subject}#{relation}", text.split(" — ")[0], text, 0, len(text),
        language_of(text), subject=subject, relation=relation,
    )  # fmt: skip


def passage(text: str, title: str = "", id: str = "p") -> Evidence:
    """Return a passage as evidence, all of it quoted."""
    return Evidence("passage", id, title, text, 0, len(text), language_of(text), context=title)
