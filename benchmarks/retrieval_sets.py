"""Development sets of retrieval: documents, questions, and which documents answer which.

    a folder of public data -> Collection(documents, queries, judged)

Every question belongs to one of two halves, by its number: settings are chosen on the first and
reported on the second. The data stays where it is; nothing of it belongs to this project.
"""

import ast
import csv
import json
import random
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from knowledge.ingest.sources.literature.articles import jats
from knowledge.records import DocumentRecord, ReadReport
from knowledge.text.chunking import SectionSpan, split_passages


@dataclass(frozen=True, slots=True)
class Collection:
    """A test collection: texts by id, questions by id, and for each its documents' gains."""

    name: str
    documents: dict[str, tuple[str, str]]
    queries: dict[str, str]
    judged: dict[str, dict[str, float]]

    def half(self, which: int) -> list[str]:
        """Return the ids of the questions of a half: 0 to choose on, 1 to report on."""
        return [id for place, id in enumerate(sorted(self.queries)) if place % 2 == which]

    def write(self, path: Path) -> None:
        """Write the documents as the JSON lines of MedRAG."""
        with path.open("w", encoding="utf-8") as file:
            for id, (title, text) in self.documents.items():
                row = {"id": id, "title": title, "content": text, "contents": f"{title} {text}"}
                file.write(json.dumps(row, ensure_ascii=False) + "\n")


def pubmedqa(data: Path) -> Collection:
    """Questions of PubMedQA, each answered by its own abstract."""
    path = data / "open/lit_qa/pubmedqa_dev500/ori_pqal_dev.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    documents = {id: ("", " ".join(row["CONTEXTS"])) for id, row in rows.items()}
    queries = {id: row["QUESTION"] for id, row in rows.items()}
    return Collection("PubMedQA", documents, queries, {id: {id: 1.0} for id in rows})


def cystic_fibrosis(data: Path) -> Collection:
    """Records on cystic fibrosis; a document's gain is the sum of four assessors' marks."""
    folder = data / "restricted/lit_qa/cystic_fibrosis"
    documents: dict[str, tuple[str, str]] = {}
    for path in sorted(folder.glob("cf7*.xml")):
        for record in ElementTree.parse(path).getroot().iter("RECORD"):
            id = str(int(record.findtext("RECORDNUM", "0")))
            text = record.findtext("ABSTRACT") or record.findtext("EXTRACT") or ""
            documents[id] = (_plain(record.findtext("TITLE", "")), _plain(text))
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, float]] = {}
    for query in ElementTree.parse(folder / "cfquery_odd.xml").getroot().iter("QUERY"):
        id = query.findtext("QueryNumber", "").strip()
        queries[id] = _plain(query.findtext("QueryText", ""))
        judged[id] = {
            str(int(item.text or "0")): float(sum(map(int, item.get("score", "0"))))
            for item in query.iter("Item")
        }
    return Collection("cystic fibrosis", documents, queries, judged)


def bioasq(data: Path, questions: int = 600) -> Collection:
    """Questions of BioASQ 7 to 9 and the abstracts' parts that answer them, a fixed sample."""
    found: list[dict[str, object]] = []
    for path in sorted((data / "restricted/lit_qa/bioasq_7_9").rglob("*.json")):
        found += json.loads(path.read_text(encoding="utf-8"))["questions"]
    random.Random(1).shuffle(found)
    texts: dict[str, dict[str, None]] = {}
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, float]] = {}
    for question in found[:questions]:
        id = str(question["id"])
        given = question["snippets"]
        for snippet in ast.literal_eval(given) if isinstance(given, str) else given:  # type: ignore[attr-defined]
            document = str(snippet["document"]).rsplit("/", 1)[-1]
            texts.setdefault(document, {})[_plain(snippet["text"])] = None
            judged.setdefault(id, {})[document] = 1.0
        if id in judged:
            queries[id] = str(question["body"])
    documents = {id: ("", " ".join(parts)) for id, parts in texts.items()}
    return Collection("BioASQ", documents, queries, judged)


@dataclass(frozen=True, slots=True)
class Pair:
    """A question of MedQuAD and its answer: `focus` is the subject, `kind` what is asked of it."""

    id: str
    focus: str
    kind: str
    question: str
    answer: str


def medquad_pairs(data: Path, count: int = 600) -> list[Pair]:
    """Return a fixed sample of the pairs of four sources."""
    return random.Random(1).sample(list(every_medquad_pair(data)), count)


def every_medquad_pair(data: Path) -> Iterator[Pair]:
    """Yield all pairs of MedQuAD that have an answer."""
    for path in sorted((data / "open/qa_en/medquad").glob("*.zip")):
        with zipfile.ZipFile(path) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".xml"):
                    yield from _pairs(ElementTree.fromstring(archive.read(name)))


def _pairs(root: ElementTree.Element) -> Iterator[Pair]:
    for pair in root.iter("QAPair"):
        question, text = pair.find("Question"), _plain(pair.findtext("Answer", ""))
        if question is not None and text:
            yield Pair(
                f"{root.get('source')}-{question.get('qid')}",
                _plain(root.findtext("Focus", "")),
                question.get("qtype", ""),
                _plain(question.text or ""),
                text,
            )


def medquad(data: Path) -> Collection:
    """Questions of MedQuAD, each answered by its own text."""
    pairs = medquad_pairs(data)
    documents = {pair.id: (pair.focus, pair.answer) for pair in pairs}
    queries = {pair.id: pair.question for pair in pairs}
    return Collection("MedQuAD", documents, queries, {id: {id: 1.0} for id in queries})


def evidence_articles(data: Path) -> Collection:
    """Questions on randomised trials, and the abstracts of the articles that report them."""
    folder = data / _EVIDENCE
    documents: dict[str, tuple[str, str]] = {}
    queries: dict[str, str] = {}
    judged: dict[str, dict[str, float]] = {}
    for row in _rows(folder / "prompts_val.csv"):
        article = f"PMC{row['PMCID']}"
        if article not in documents:
            title, sections = _article(folder / f"{article}.nxml")
            abstract = [text for name, text in sections if name.startswith("Abstract")]
            documents[article] = (title, " ".join(abstract or [sections[0][1]]))
            queries[row["PromptID"]] = _effect(row)
            judged[row["PromptID"]] = {article: 1.0}
    return Collection("trials, articles", documents, queries, judged)


def evidence_passages(data: Path) -> Collection:
    """Questions on randomised trials, and the passages of full texts that annotators quote."""
    folder = data / _EVIDENCE
    quoted: dict[str, list[tuple[str, str]]] = {}
    for row in _rows(folder / "v2_annotations_val.csv"):
        said = (row["PromptID"], _letters(row["Annotations"])[:60])
        quoted.setdefault(f"PMC{row['PMCID']}", []).append(said)
    documents: dict[str, tuple[str, str]] = {}
    judged: dict[str, dict[str, float]] = {}
    for article, evidence in quoted.items():
        title, sections = _article(folder / f"{article}.nxml")
        for place, text in enumerate(_paragraphs(sections)):
            id = f"{article}-{place}"
            documents[id] = (title, text)
            for prompt, words in evidence:
                if words and words in _letters(text):
                    judged.setdefault(prompt, {})[id] = 1.0
    prompts = {row["PromptID"]: _effect(row) for row in _rows(folder / "prompts_val.csv")}
    queries = {id: prompts[id] for id in judged if id in prompts}
    return Collection("trials, passages", documents, queries, judged)


_EVIDENCE = "open/lit_jats/evidence_inference_val"


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _effect(row: Mapping[str, str]) -> str:
    effect, other = _plain(row["Intervention"]), _plain(row["Comparator"])
    return f"What is the effect of {effect} compared with {other} on {_plain(row['Outcome'])}?"


def _article(path: Path) -> tuple[str, list[tuple[str, str]]]:
    """Return the title of an article, and its sections with theirs."""
    record = next(iter(jats.read(path, ReadReport())))
    assert isinstance(record, DocumentRecord)
    return record.title, [(each.title, each.text) for each in record.sections]


def _paragraphs(sections: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Yield the passages of an article, cut as the knowledge base cuts them."""
    for _, text in sections:
        for passage in split_passages("", text, [SectionSpan("", 0, len(text))], "en"):
            yield _plain(passage.text)


def _letters(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def csl(data: Path) -> Collection:
    """Chinese papers: the title of each finds its own abstract."""
    return _csl(data, "CSL, titles", titles=True)


def csl_keywords(data: Path) -> Collection:
    """Chinese papers: the keywords of each find its own abstract."""
    return _csl(data, "CSL, keywords", titles=False)


def _csl(data: Path, name: str, *, titles: bool) -> Collection:
    folder = data / "open/lit_zh/csl_dev"
    papers, keywords = (_table(folder / part / "dev.tsv") for part in ("ts", "kg"))
    documents = {str(place): ("", row[1]) for place, row in enumerate(papers)}
    asked = papers if titles else keywords
    queries = {str(place): row[2].replace("_", " ") for place, row in enumerate(asked)}
    return Collection(name, documents, queries, {id: {id: 1.0} for id in queries})


def _table(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


SETS: tuple[Callable[[Path], Collection], ...] = (
    pubmedqa, cystic_fibrosis, bioasq, medquad, evidence_articles, evidence_passages,
    csl, csl_keywords,
)  # fmt: skip


def read(data: Path, names: list[str]) -> Iterator[Collection]:
    """Yield the sets of these function names, or all."""
    for reader in SETS:
        if not names or reader.__name__ in names:
            yield reader(data)


def _plain(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
