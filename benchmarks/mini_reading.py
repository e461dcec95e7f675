"""Score how well the mini model reads: unseen entities, greedy answers, before any checking.

python benchmarks/mini_reading.py [--drills 300] [--base FOLDER]
"""

import argparse
from pathlib import Path

from machine import table


def main() -> None:
    """Answer unseen drills and print the shares by language."""
    from finetune import mini, model
    from finetune.mini import reading_score
    from finetune.templates.rendering import Language

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--drills", type=int, default=300)
    parser.add_argument("--base", type=Path, default=mini.folder())
    chosen = parser.parse_args()
    student = model.load(str(chosen.base))
    rows = []
    languages: tuple[Language, Language] = ("en", "zh")
    for language in languages:
        score = reading_score.measure(
            student.model, student.tokenizer, chosen.drills, language=language
        )
        rows += [
            (f"{language}: drills", str(score.drills)),
            (f"{language}: share of asked facts present", f"{score.asked:.3f}"),
            (f"{language}: share of stated facts in the evidence", f"{score.stated:.3f}"),
            (f"{language}: uncovered questions declined", f"{score.declined:.3f}"),
            (f"{language}: answers citing exactly the right evidence", f"{score.cited:.3f}"),
        ]
    table(rows)


if __name__ == "__main__":
    main()
