"""The table of formats that can be added: who recognises a file of each, and who reads it.

    name -> title, what it yields, languages, usual extensions, recognise(), read()

To find the reader of a format, look up its name here; to add a format, write its two functions
and add a row. `detect` finds the format of a file, `reading` reads one. docs/formats.md describes
every row.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources.graph import (
    chatdoctor_csv,
    cmekg,
    drug_interactions,
    drug_labels,
    hetionet,
    medchat_records,
    medicalgraph,
    obo,
    rdf,
    terminologies,
    triples,
)
from knowledge.ingest.sources.literature.articles import bioc, jats, medrag, pubmed
from knowledge.ingest.sources.literature.pages import csv_table, epub, html, plain_text
from knowledge.ingest.sources.literature.pdf import pdf
from knowledge.ingest.sources.literature.references import bibtex, csl_json, endnote, nbib, ris
from knowledge.ingest.sources.literature.word import docx
from knowledge.records import Language, ReadReport, Record


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be added: how to recognise a file of it, and how to read one.

    It yields entities with `facts`, entities with `names` alone, or `documents`. `recognise` gets
    a path and the first 64 KiB of the file, unpacked. `read_header` returns title, licence and
    note as the file itself states them; where it is None, or states nothing, those here hold.
    """

    name: str
    title: str
    yields: Literal["facts", "names", "documents"]
    languages: tuple[Language, ...]
    extensions: tuple[str, ...]
    recognise: Callable[[Path, bytes], bool]
    read: Callable[[Path, ReadReport], Iterator[Record]]
    read_header: Callable[[Path], tuple[str, str, str]] | None = None
    licence: str = ""
    note: str = ""

    @property
    def is_literature(self) -> bool:
        """Say whether it holds documents, and no graph."""
        return self.yields == "documents"


_UNKNOWN_LICENCE = "not stated"
_HETIONET_LICENCE = "CC0-1.0 and terms of its sources"
_HETIONET_NOTE = (
    "Gathered by program; symptoms and sites were found beside the disease in the literature and "
    "are associations only; palliation is stated as use."
)
_WEBSITES_NOTE = "Compiled from health websites; not reviewed by clinicians."

_ROWS = (
    Format(
        name="medchat-records",
        title="medchat records (YAML)",
        yields="facts",
        languages=("en", "zh"),
        extensions=(".yaml", ".yml"),
        recognise=medchat_records.recognise,
        read=medchat_records.read,
        read_header=medchat_records.read_header,
    ),
    Format(
        name="medicalgraph-csv",
        title="Chinese disease records (CSV of QASystemOnMedicalGraph)",
        yields="facts",
        languages=("zh",),
        extensions=(".csv",),
        recognise=medicalgraph.recognise_csv,
        read=medicalgraph.read_csv,
        licence=_UNKNOWN_LICENCE,
        note=_WEBSITES_NOTE,
    ),
    Format(
        name="medicalkg-json",
        title="Chinese disease records (medical.json of QASystemOnMedicalKG)",
        yields="facts",
        languages=("zh",),
        extensions=(".json", ".jsonl"),
        recognise=medicalgraph.recognise_json,
        read=medicalgraph.read_json,
        licence=_UNKNOWN_LICENCE,
        note=_WEBSITES_NOTE,
    ),
    Format(
        name="cmekg",
        title="cMeKG entity records (JSON with 中心词)",
        yields="facts",
        languages=("zh",),
        extensions=(".json", ".jsonl"),
        recognise=cmekg.recognise,
        read=cmekg.read,
        licence=_UNKNOWN_LICENCE,
    ),
    Format(
        name="cmekg-triples",
        title="texts with triples (JSON with spo_list)",
        yields="facts",
        languages=("zh",),
        extensions=(".json", ".jsonl"),
        recognise=cmekg.recognise_triples,
        read=cmekg.read_triples,
        licence=_UNKNOWN_LICENCE,
        note="Triples extracted from text by a model.",
    ),
    Format(
        name="chatdoctor",
        title="ChatDoctor's disease database (CSV)",
        yields="facts",
        languages=("en",),
        extensions=(".csv",),
        recognise=chatdoctor_csv.recognise,
        read=chatdoctor_csv.read,
        licence="academic use",
        note="Statistical associations, some of them wrong; not advice on treatment.",
    ),
    Format(
        name="obo",
        title="ontology of diseases or findings (OBO)",
        yields="facts",
        languages=("en",),
        extensions=(".obo",),
        recognise=obo.recognise,
        read=obo.read,
        licence="per ontology",
        note="Names, identifiers and definitions; what is a kind of what is left out.",
    ),
    Format(
        name="hpo-zh",
        title="HPO in Chinese (Babelon table)",
        yields="facts",
        languages=("en", "zh"),
        extensions=(".tsv",),
        recognise=terminologies.recognise_babelon,
        read=terminologies.read_babelon,
        licence="HPO licence (attribution, unaltered)",
        note="Names only, from translations that are marked official.",
    ),
    Format(
        name="mesh",
        title="MeSH terms (tables of ids and names)",
        yields="names",
        languages=("en",),
        extensions=(".tsv",),
        recognise=terminologies.recognise_mesh,
        read=terminologies.read_mesh,
        licence="CC0-1.0",
        note="Names only; headings whose kind the table does not say are left out.",
    ),
    Format(
        name="hetionet-json",
        title="Hetionet (JSON of nodes and edges)",
        yields="facts",
        languages=("en",),
        extensions=(".json",),
        recognise=hetionet.recognise_json,
        read=hetionet.read_json,
        licence=_HETIONET_LICENCE,
        note=_HETIONET_NOTE,
    ),
    Format(
        name="hetionet-edges",
        title="Hetionet edges (table beside its table of nodes)",
        yields="facts",
        languages=("en",),
        extensions=(".sif", ".tsv"),
        recognise=hetionet.recognise_edges,
        read=hetionet.read_edges,
        licence=_HETIONET_LICENCE,
        note=_HETIONET_NOTE,
    ),
    Format(
        name="hetionet-nodes",
        title="Hetionet nodes (table of names)",
        yields="names",
        languages=("en",),
        extensions=(".tsv",),
        recognise=hetionet.recognise_nodes,
        read=hetionet.read_nodes,
        licence=_HETIONET_LICENCE,
        note="Names only.",
    ),
    Format(
        name="ddi-csv",
        title="pairs of interacting medicines (CSV, as DDInter gives them)",
        yields="facts",
        languages=("en",),
        extensions=(".csv",),
        recognise=drug_interactions.recognise_csv,
        read=drug_interactions.read_csv,
        licence=_UNKNOWN_LICENCE,
        note="That two medicines interact, and at which level.",
    ),
    Format(
        name="worldvista",
        title="interactions of medicines (WorldVistA XML)",
        yields="facts",
        languages=("en",),
        extensions=(".xml",),
        recognise=drug_interactions.recognise_xml,
        read=drug_interactions.read_xml,
        licence=_UNKNOWN_LICENCE,
        note="French recommendations as of 2016 in translation; spelling as published.",
    ),
    Format(
        name="sider",
        title="uses or side effects (SIDER tables)",
        yields="facts",
        languages=("en",),
        extensions=(".tsv",),
        recognise=drug_labels.recognise_sider,
        read=drug_labels.read_sider,
        licence="CC-BY-NC-SA-4.0",
        note="Found in labels by program; not reviewed by clinicians.",
    ),
    Format(
        name="indications",
        title="uses of medicines (LabeledIn table)",
        yields="facts",
        languages=("en",),
        extensions=(".tsv",),
        recognise=drug_labels.recognise_labeled,
        read=drug_labels.read_labeled,
        licence="CC0-1.0",
        note="Uses found in labels by experts or by a crowd.",
    ),
    Format(
        name="qamedicalkg-dict",
        title="Chinese word lists (dictionaries of QASystemOnMedicalKG)",
        yields="names",
        languages=("zh",),
        extensions=(".txt",),
        recognise=terminologies.recognise_list,
        read=terminologies.read_list,
        licence=_UNKNOWN_LICENCE,
        note="Names only, compiled from health websites; some stand in the wrong list.",
    ),
    Format(
        name="triples",
        title="triples of head, relation and tail (CSV, TSV, JSON, Parquet, Arrow)",
        yields="facts",
        languages=("en", "zh"),
        extensions=(".csv", ".tsv", ".json", ".jsonl", ".parquet", ".arrow"),
        recognise=triples.recognise,
        read=triples.read,
        read_header=triples.read_header,
        licence=_UNKNOWN_LICENCE,
        note="Columns and relations are known by their names, or by a mapping file.",
    ),
    Format(
        name="rdf",
        title="graphs in RDF (Turtle, N-Triples, RDF/XML, OWL)",
        yields="facts",
        languages=("en", "zh"),
        extensions=(".ttl", ".nt", ".nq", ".trig", ".rdf", ".owl"),
        recognise=rdf.recognise,
        read=rdf.read,
        licence=_UNKNOWN_LICENCE,
        note="Types and relations are known by their names, or by a mapping file.",
    ),
    Format(
        name="pubmed",
        title="PubMed or MEDLINE (XML, plain or gzip)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".xml",),
        recognise=pubmed.recognise,
        read=pubmed.read,
        licence="NLM terms of use",
    ),
    Format(
        name="jats",
        title="full text of articles (JATS XML)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".xml", ".nxml"),
        recognise=jats.recognise,
        read=jats.read,
        read_header=jats.read_header,
        licence="per article",
    ),
    Format(
        name="bioc-xml",
        title="articles in BioC (XML of PubMed Central and PubTator)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".xml",),
        recognise=bioc.recognise_xml,
        read=bioc.read_xml,
        licence="per article",
    ),
    Format(
        name="bioc-json",
        title="articles in BioC (JSON of PubMed Central and PubTator)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".json", ".jsonl"),
        recognise=bioc.recognise_json,
        read=bioc.read_json,
        licence="per article",
    ),
    Format(
        name="medrag",
        title="passages of medical texts (MedRAG JSON lines)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".jsonl", ".json"),
        recognise=medrag.recognise,
        read=medrag.read,
        licence=_UNKNOWN_LICENCE,
    ),
    Format(
        name="nbib",
        title="MEDLINE text (nbib)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".nbib", ".txt"),
        recognise=nbib.recognise,
        read=nbib.read,
        licence="NLM terms of use",
    ),
    Format(
        name="ris",
        title="references (RIS)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".ris", ".txt"),
        recognise=ris.recognise,
        read=ris.read,
    ),
    Format(
        name="bibtex",
        title="references (BibTeX, BibLaTeX)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".bib", ".bibtex", ".txt"),
        recognise=bibtex.recognise,
        read=bibtex.read,
    ),
    Format(
        name="csl-json",
        title="references (CSL-JSON, as Zotero and Crossref give it)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".json", ".jsonl"),
        recognise=csl_json.recognise,
        read=csl_json.read,
    ),
    Format(
        name="endnote-xml",
        title="references (EndNote XML)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".xml",),
        recognise=endnote.recognise_xml,
        read=endnote.read_xml,
    ),
    Format(
        name="endnote-tagged",
        title="references (EndNote tagged text)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".enw", ".txt"),
        recognise=endnote.recognise_tagged,
        read=endnote.read_tagged,
    ),
    Format(
        name="docx",
        title="Word documents (.docx)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".docx",),
        recognise=docx.recognise,
        read=docx.read,
    ),
    Format(
        name="epub",
        title="books (EPUB)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".epub",),
        recognise=epub.recognise,
        read=epub.read,
    ),
    Format(
        name="pdf",
        title="PDF",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".pdf",),
        recognise=pdf.recognise,
        read=pdf.read,
    ),
    Format(
        name="html",
        title="pages (HTML)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".html", ".htm", ".xhtml"),
        recognise=html.recognise,
        read=html.read,
    ),
    Format(
        name="markdown",
        title="Markdown",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".md", ".markdown", ".mdown"),
        recognise=plain_text.recognise_markdown,
        read=plain_text.read_markdown,
        read_header=plain_text.read_header,
    ),
    Format(
        name="table",
        title="a table of an appendix (CSV, TSV)",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".csv", ".tsv"),
        recognise=csv_table.recognise,
        read=csv_table.read,
    ),
    Format(
        name="text",
        title="plain text",
        yields="documents",
        languages=("en", "zh"),
        extensions=(".txt", ".text"),
        recognise=plain_text.recognise_text,
        read=plain_text.read_text,
    ),
)

FORMATS: dict[str, Format] = {row.name: row for row in _ROWS}
"""Every format by name; the first one that recognises a file has it."""


def find_format(name: str) -> Format:
    """Return the format of that name; raise KnowledgeError where there is none."""
    if name not in FORMATS:
        raise KnowledgeError(
            f"There is no format {name!r}.",
            where="--format",
            remedy=f"Choose one of: {', '.join(FORMATS)}.",
        )
    return FORMATS[name]
