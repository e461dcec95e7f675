"""Time `ask` on the mini model: first token and whole answer, in the home that is in force.

python benchmarks/answers.py          (after medchat demo)
"""

import statistics
import time

from machine import table

QUESTIONS = (
    "What are the first-line treatments for type 2 diabetes?",
    "What are the symptoms of asthma?",
    "Which drugs interact with warfarin?",
    "What are the red flags of migraine?",
    "2型糖尿病的一线治疗是什么？",
    "哮喘有哪些症状？",
    "痛风要做什么检查？",
    "华法林有哪些相互作用？",
)


def main() -> None:
    """Ask each question once after a warm-up and print medians."""
    from medchat.chat import Done, DraftPiece, open_chat
    from medchat.settings import load

    chat = open_chat(load(), writer="local")
    chat.ask(QUESTIONS[1], log=False)
    first, whole, search = [], [], []
    for question in QUESTIONS:
        began = time.perf_counter()
        seen = None
        for event in chat.stream(question, log=False):
            if isinstance(event, DraftPiece) and seen is None:
                seen = time.perf_counter() - began
            if isinstance(event, Done):
                whole.append(time.perf_counter() - began)
                search.append(event.answer.seconds.get("retrieve", 0.0))
        if seen is not None:
            first.append(seen)
    table(
        [
            ("questions", str(len(QUESTIONS))),
            ("first token, median seconds", f"{statistics.median(first):.2f}"),
            ("whole answer, median seconds", f"{statistics.median(whole):.2f}"),
            ("of which retrieval, median seconds", f"{statistics.median(search):.3f}"),
        ]
    )


if __name__ == "__main__":
    main()
