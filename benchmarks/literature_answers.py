"""Ask the questions of PubMedQA over its own abstracts beside the knowledge that ships.

python benchmarks/literature_answers.py --data DIR [--homes DIR] [--questions 250] [--show]

A home is filled with the starter's knowledge and with half of the abstracts, once without the
authors' conclusion and once with it. Told are the shares of questions whose own abstract is cited;
whose answer holds a sentence of the parts that the authors call results, findings or conclusions;
that are declined where their abstract is not there; and that, once their own abstract is retracted,
are declined or say first that it was. Answers are quotations: no model writes.
"""

import argparse
import json
import re
import shutil
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from machine import table

from knowledge.index import embedding
from knowledge.ingest import starter, updates
from medchat.answering.answer import Answer
from medchat.chat import Chat, open_chat
from medchat.settings import load
from medchat.storage.database import open_engine, upgrade

_RESULT = re.compile("RESULT|FINDING|CONCLU|DISCUSSION|INTERPRETATION")
_RETRACTED = re.compile("retract", re.IGNORECASE)
RETRACTED_EACH = 5
"""Of so many documents one is retracted; the others stay."""


@dataclass(frozen=True, slots=True)
class Paper:
    """An abstract by its parts, the question that its title asks, and the authors' conclusion."""

    id: str
    question: str
    parts: tuple[tuple[str, str], ...]
    conclusion: str

    def text(self, *, whole: bool) -> str:
        """Return the abstract, with its conclusion where it is to be `whole`."""
        told = [part for _, part in self.parts]
        return " ".join([*told, self.conclusion] if whole else told)

    def results(self, *, whole: bool) -> str:
        """Return what its authors call results and, where it is `whole`, the conclusion."""
        told = [part for label, part in self.parts if _RESULT.search(label)]
        return " ".join([*told, self.conclusion] if whole else told)


def main() -> None:
    """Fill the homes, ask, and print the shares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--homes", type=Path, help="where homes are kept and found again")
    parser.add_argument("--questions", type=int, default=250)
    parser.add_argument("--show", action="store_true", help="print what failed")
    options = parser.parse_args()
    papers = read_papers(options.data)
    rows: list[tuple[str, str]] = []
    with tempfile.TemporaryDirectory() as folder:
        for whole in (False, True):
            home = (options.homes or Path(folder)) / ("whole" if whole else "contexts")
            chat = _filled(home, papers[: len(papers) // 2], whole)
            inside = papers[: len(papers) // 2][: options.questions]
            outside = papers[len(papers) // 2 :][: options.questions]
            name = "with the conclusion" if whole else "without the conclusion"
            told = _measured(chat, inside, outside, whole, show=options.show)
            rows += [(f"{name}: {what}", value) for what, value in told]
    table(rows)


def read_papers(data: Path) -> list[Paper]:
    """Return the papers of the open half of PubMedQA, by their ids."""
    path = data / "open/lit_qa/pubmedqa_dev500/ori_pqal_dev.json"
    rows: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return [
        Paper(
            id,
            row["QUESTION"],
            tuple(zip(row["LABELS"], row["CONTEXTS"], strict=True)),
            row["LONG_ANSWER"],
        )
        for id, row in sorted(rows.items())
    ]


def _filled(home: Path, papers: Sequence[Paper], whole: bool) -> Chat:
    """Return a chat over the starter and these papers; a home that is there is used again."""
    known = home.exists()
    home.mkdir(parents=True, exist_ok=True)
    settings = load().model_copy(update={"home": home})
    engine = open_engine(settings)
    if not known:
        path = home / "papers.jsonl"
        with path.open("w", encoding="utf-8") as file:
            for paper in papers:
                row = {"id": f"PMID:{paper.id}", "title": "", "content": paper.text(whole=whole)}
                file.write(json.dumps({**row, "contents": row["content"]}) + "\n")
        model = embedding.load()
        upgrade(engine)
        updates.add(engine, home, starter.files(), embedding=model)
        updates.add(engine, home, [path], licence="local use", embedding=model)
    return open_chat(settings, writer="quote", engine=engine)


def _measured(
    chat: Chat, inside: Sequence[Paper], outside: Sequence[Paper], whole: bool, *, show: bool
) -> list[tuple[str, str]]:
    seconds: list[float] = []

    def ask(paper: Paper) -> Answer:
        began = time.perf_counter()
        answer = chat.ask(paper.question, log=False)
        seconds.append(time.perf_counter() - began)
        return answer

    answers = [ask(paper) for paper in inside]
    own = [_cites(answer, paper) for answer, paper in zip(answers, inside, strict=True)]
    judged = [paper for paper in inside if paper.results(whole=whole)]
    told = [
        tells_result(answer, paper, whole=whole)
        for answer, paper in zip(answers, inside, strict=True)
        if paper in judged
    ]
    sentences = [one for answer in answers if not answer.abstained for one in answer.sentences]
    declined = [ask(paper).abstained for paper in outside]
    rows = [
        ("questions", str(len(inside))),
        ("answered", _share([not answer.abstained for answer in answers])),
        ("own abstract cited", _share(own)),
        ("a result told", _share(told)),
        ("sentences supported", _share([one.support == "supported" for one in sentences])),
        (f"declined, of {len(outside)} whose abstract is not there", _share(declined)),
    ]
    if show:
        for paper, answer, cited in zip(inside, answers, own, strict=True):
            if not cited or not tells_result(answer, paper, whole=whole):
                print(f"{paper.id} own {cited}: {paper.question}\n    {answer.text[:700]}")
        for paper, no in zip(outside, declined, strict=True):
            if not no:
                print(f"{paper.id} not declined: {paper.question}")
    rows.append(_after_retraction(chat, inside, show=show))
    rows.append(("whole turn, p50 ms", f"{1000 * statistics.median(seconds):.0f}"))
    return rows


def _after_retraction(chat: Chat, inside: Sequence[Paper], *, show: bool) -> tuple[str, str]:
    """Retract some of the documents in a copy of the home, and ask for them again."""
    chosen = inside[::RETRACTED_EACH]
    guarded = []
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        shutil.copytree(chat.settings.home, home)
        settings = chat.settings.model_copy(update={"home": home})
        engine = open_engine(settings)
        updates.retract(engine, home, [f"pmid:{each.id}" for each in chosen])
        without = open_chat(settings, writer="quote", engine=engine)
        for paper in chosen:
            answer = without.ask(paper.question, log=False)
            first = answer.sentences[0].text if answer.sentences else ""
            guarded.append(answer.abstained or bool(_RETRACTED.search(first)))
            if show and not guarded[-1]:
                print(f"{paper.id} answered plainly: {paper.question}\n    {answer.text[:400]}")
        engine.dispose()
    return f"not answered plainly, of {len(chosen)} retracted", _share(guarded)


def _cites(answer: Answer, paper: Paper) -> bool:
    return not answer.abstained and any(
        citation.id.partition("#")[0].endswith(paper.id) for citation in answer.citations
    )


def tells_result(answer: Answer, paper: Paper, *, whole: bool) -> bool:
    """Say whether a shown sentence stands in what the authors call results or conclusion."""
    results = _plain(paper.results(whole=whole))
    return not answer.abstained and any(
        len(said) > 20 and said in results
        for sentence in answer.sentences
        for said in [_plain(sentence.uncited())]
    )


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", text.lower()).strip()


def _share(values: Sequence[bool]) -> str:
    return f"{sum(values) / max(1, len(values)):.3f}"


if __name__ == "__main__":
    main()
