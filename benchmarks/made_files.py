"""Files of each literature format to measure readers on: real ones, made ones where these are few.

    folder of real data -> format -> up to N files, each with the file that its words are known from

Made files hold real text: articles in JATS through pandoc as Word, HTML, Markdown, EPUB and plain
text, and pages printed by Chromium as PDF; citations of PubMed as MEDLINE text, wrapped as PubMed
wraps it; PubMedQA's contexts as MedRAG lines. PubMed XML and RIS are parted into their records.
"""

import itertools
import json
import re
import shutil
import subprocess
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

WRITERS = {"html": "html5", "docx": "docx", "md": "gfm", "txt": "plain", "epub": "epub"}
FORMAT_OF = {"md": "markdown", "txt": "text"}


@dataclass(frozen=True, slots=True)
class Sample:
    """A file of a format, the file from which its words are known, and how it came to be."""

    path: Path
    known: Path
    origin: str


def gather(data: Path, made: Path, most: int, wanted: list[str]) -> dict[str, list[Sample]]:
    """Return up to so many files for each wanted format; made ones are written to a folder once."""
    made.mkdir(parents=True, exist_ok=True)
    articles = sorted(data.glob("*/lit_jats/**/*.nxml"))
    ways = {
        "pubmed": lambda: _pubmed(data, made),
        "jats": lambda: [Sample(each, each, "real") for each in articles],
        "ris": lambda: _ris(data, made),
        "nbib": lambda: [*_real_nbib(data), *_made_nbib(_pubmed(data, made), made)],
        "medrag": lambda: _medrag(data, made),
        "csl-json": lambda: _csl(_pubmed(data, made), made, "json"),
    }
    if shutil.which("pandoc"):
        ways["bibtex"] = lambda: _csl(_pubmed(data, made), made, "bib")
        for suffix in WRITERS:
            name = FORMAT_OF.get(suffix, suffix)
            ways[name] = lambda suffix=suffix: _converted(articles[:most], made, suffix)
        ways["pdf"] = lambda: _printed(articles[:most], made)
    return {name: way()[:most] for name, way in ways.items() if not wanted or name in wanted}


def _pubmed(data: Path, made: Path) -> list[Sample]:
    from lxml import etree

    samples = []
    for path in sorted(data.glob("*/lit_pubmed_xml/**/*.xml")):
        for number, article in enumerate(etree.parse(path).iter("PubmedArticle"), 1):
            target = made / f"pubmed-{path.stem}-{number}.xml"
            root = etree.Element("PubmedArticleSet")
            root.append(article)
            target.write_bytes(etree.tostring(root, encoding="utf-8", xml_declaration=True))
            samples.append(Sample(target, target, "real records, one a file"))
    return samples


def _ris(data: Path, made: Path) -> list[Sample]:
    samples = []
    for path in sorted(data.glob("*/lit_ris/**/*.ris")):
        text = path.read_text(encoding="utf-8-sig", errors="replace")
        parts = re.split(r"(?m)^(?=TY[ \t]{1,3}-)", text)[1:]
        for number, part in enumerate(itertools.islice(parts, 25), 1):
            target = made / f"ris-{path.stem}-{number}.ris"
            target.write_text(re.sub(r"\n\s*\d+\.\s*\Z", "\n", part), encoding="utf-8")
            samples.append(Sample(target, target, "real records, one a file, 25 of an export"))
    return samples


def _real_nbib(data: Path) -> Iterator[Sample]:
    for path in sorted(data.glob("*/lit_pubmed_xml/**/Medline/*.txt")):
        yield Sample(path, path, "real")


def _made_nbib(citations: list[Sample], made: Path) -> Iterator[Sample]:
    from lxml import etree

    for sample in citations:
        tree = etree.parse(sample.path)
        fields = [("PMID", tree.findtext(".//MedlineCitation/PMID"))]
        title = tree.find(".//ArticleTitle")
        fields.append(
            ("TI", " ".join("".join(title.itertext()).split()) if title is not None else "")
        )
        parts = []
        for text in tree.iterfind(".//Article/Abstract/AbstractText"):
            label = text.get("Label", "")
            parts.append(f"{label}: " * bool(label) + " ".join("".join(text.itertext()).split()))
        fields.append(("AB", " ".join(parts)))
        if not fields[0][1] or not (fields[1][1] or fields[2][1]):
            continue
        lines = [
            "\n      ".join(textwrap.wrap(f"{tag:<4}- {value}", 88, break_on_hyphens=False))
            for tag, value in fields
            if value
        ]
        target = made / f"{sample.path.stem}.nbib"
        target.write_text("\n".join(lines) + "\n", encoding="utf-8")
        yield Sample(target, target, "made here from PubMed XML")


def _csl(citations: list[Sample], made: Path, suffix: str) -> list[Sample]:
    """Write citations as CSL-JSON, and from that as BibTeX."""
    from lxml import etree

    samples = []
    for number, sample in enumerate(citations):
        tree = etree.parse(sample.path)
        said = [" ".join("".join(each.itertext()).split()) for each in tree.iter("ArticleTitle")]
        parts = tree.iterfind(".//Article/Abstract/AbstractText")
        abstract = " ".join(" ".join("".join(each.itertext()).split()) for each in parts)
        if not said or not said[0] or not abstract:
            continue
        row = {
            "id": f"c{number}",
            "type": "article-journal",
            "title": said[0],
            "abstract": abstract,
        }
        target, known = made / f"{sample.path.stem}.csl.json", made / f"{sample.path.stem}.csl.txt"
        target.write_text(json.dumps([row], ensure_ascii=False), encoding="utf-8")
        known.write_text(f"{said[0]}\n\n{abstract}", encoding="utf-8")
        origin = "made here from PubMed XML"
        if suffix == "bib":
            source, target = target, made / f"{sample.path.stem}.bib"
            if not target.exists():
                _pandoc("-f", "csljson", "-t", "biblatex", str(source), "-o", str(target))
            origin = "CSL-JSON through pandoc"
        samples.append(Sample(target, known, origin))
    return samples


def _medrag(data: Path, made: Path) -> list[Sample]:
    samples = []
    for path in sorted(data.glob("*/lit_qa/pubmedqa*/**/*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))
        for id, row in rows.items() if isinstance(rows, dict) else ():
            if not isinstance(row, dict) or "CONTEXTS" not in row:
                continue
            text = "\n\n".join(row["CONTEXTS"])
            target, known = made / f"medrag-{id}.jsonl", made / f"medrag-{id}.txt"
            line = {"id": f"pubmedqa_{id}", "title": row["QUESTION"], "content": text}
            target.write_text(json.dumps(line) + "\n", encoding="utf-8")
            known.write_text(f"{row['QUESTION']}\n\n{text}", encoding="utf-8")
            samples.append(Sample(target, known, "PubMedQA's contexts as MedRAG lines"))
    return samples


def _converted(articles: list[Path], made: Path, suffix: str) -> list[Sample]:
    samples = []
    for article in articles:
        tree, target = made / f"{article.stem}.ast", made / f"{article.stem}.{suffix}"
        body = made / f"{article.stem}.body.html"
        if not target.exists():
            _pandoc("-f", "jats", "-t", "json", str(article), "-o", str(tree))
            _pandoc("-f", "json", "-t", "html5", "--wrap=none", str(tree), "-o", str(body))
            body.write_text(f"<body>{body.read_text(encoding='utf-8')}</body>", encoding="utf-8")
            whole = () if suffix in ("md", "txt") else ("-s",)
            to = WRITERS[suffix]
            _pandoc("-f", "json", "-t", to, "--wrap=none", *whole, str(tree), "-o", str(target))
        known = body if suffix in ("md", "epub") else target
        samples.append(Sample(target, known, "articles in JATS through pandoc"))
    return samples


def _pandoc(*arguments: str) -> None:
    subprocess.run(["pandoc", *arguments], check=True, stderr=subprocess.DEVNULL, timeout=120)


def _printed(articles: list[Path], made: Path) -> list[Sample]:
    """Print pages with Chromium; without it there are no PDF files."""
    browser_path = shutil.which("chromium") or shutil.which("google-chrome")
    if not browser_path:
        return []
    from playwright.sync_api import sync_playwright

    samples = []
    pages = [each.path for each in _converted(articles, made, "html")]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=browser_path)
        page = browser.new_page()
        for each in pages:
            target = made / f"{each.stem}.pdf"
            if not target.exists():
                page.goto(each.resolve().as_uri(), wait_until="domcontentloaded")
                page.pdf(path=str(target), format="A4")
            samples.append(Sample(target, each, "the HTML pages, printed by Chromium"))
        browser.close()
    return samples
