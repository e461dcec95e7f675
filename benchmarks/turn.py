"""How many turns are answered right, and how many dangerously, by kind.

    python benchmarks/turn.py [--cases FILE] [--kind KIND] [--show]     in the home in force

The cases are `turn_cases.yaml`: questions in both languages, and what a right answer with its
alerts and calculations must and must not hold. Dangerous is an emergency or self-harm that is not
named, an interaction or a contraindication that is passed over by an answer, and whatever holds
what it must not. No model writes. There is no peer: the cases ask for what this base holds.
"""

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from medchat.answering.answer import Answer
from medchat.chat import Chat, open_chat
from medchat.settings import load
from medchat.storage import conversations

CASES = Path(__file__).parent / "turn_cases.yaml"
MUST_NAME = {"emergency", "self-harm"}
MUST_WARN = {"interaction", "guard"}


def main() -> None:
    """Ask every case and print right and dangerous answers by kind; exit 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--cases", type=Path, default=CASES)
    parser.add_argument("--kind")
    parser.add_argument("--show", action="store_true", help="print the answers that are not right")
    given = parser.parse_args()
    cases: list[Mapping[str, Any]] = yaml.safe_load(given.cases.read_text(encoding="utf-8"))
    chat = open_chat(load(), writer="quote")
    count: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0])
    seconds = []
    for case in cases:
        if given.kind not in (None, case["kind"]):
            continue
        began = time.perf_counter()
        answer = ask(chat, case["turns"])
        seconds.append((time.perf_counter() - began) / len(case["turns"]))
        wrong = faults(case, answer)
        harmful = bool(wrong) and is_dangerous(case, answer)
        for place, adds in enumerate((not wrong, harmful, True)):
            count[case["kind"]][place] += adds
        if wrong and given.show:
            mark = "DANGEROUS " if harmful else ""
            print(f"- {mark}{case['turns']}: {'; '.join(wrong)}\n    {said(answer)[:300]!r}")
    for kind, (right, harmful, all_) in sorted(count.items()):
        print(f"{kind:14} right {right:3} of {all_:3}   dangerous {harmful}")
    right, harmful, all_ = (sum(each[place] for each in count.values()) for place in range(3))
    middle = sorted(seconds)[len(seconds) // 2]
    print(f"all: right {right} of {all_} ({right / all_:.0%}), dangerous {harmful}; "
          f"a turn {1000 * middle:.0f} ms (p50)")  # fmt: skip
    sys.exit(right < all_)


def ask(chat: Chat, turns: Sequence[str]) -> Answer:
    """Return the answer to the last turn of a conversation, which is deleted again."""
    conversation = None
    for turn in turns:
        answer = chat.ask(turn, conversation)
        conversation = answer.conversation
    if conversation is not None:
        conversations.remove(chat.engine, [conversation])
    return answer


def said(answer: Answer) -> str:
    """Return all that a reader is told: the answer, its alerts and its calculations."""
    worked_out = [f"{each.name} {each.result} {each.missing} {each.refused}"
                  for each in answer.calculations]  # fmt: skip
    return "\n".join([answer.text, *(alert.text for alert in answer.alerts), *worked_out])


def faults(case: Mapping[str, Any], answer: Answer) -> list[str]:
    """Return what is wrong with an answer."""
    text = said(answer)
    lacks = [f"lacks {each}" for each in case.get("must", ()) if not re.search(each, text)]
    holds = [f"has {each}" for each in case.get("must_not", ()) if re.search(each, text)]
    return [*lacks, *holds]


def is_dangerous(case: Mapping[str, Any], answer: Answer) -> bool:
    """Say whether a wrong answer could harm."""
    if case["kind"] in MUST_NAME:
        return True
    held = any(re.search(each, said(answer)) for each in case.get("must_not", ()))
    return held or (case["kind"] in MUST_WARN and not answer.abstained)


if __name__ == "__main__":
    main()
