"""Read uses and side effects that SIDER and LabeledIn found in drug labels.

    row -> medicine + condition -> the condition's medicine | the medicine's side effect

A use is stated by the condition (`medicine`), as everywhere in the vocabulary; a side effect by
the medicine. SIDER's medicines are DrugBank's, under its ids; concepts of UMLS only refer.
"""

from collections.abc import Iterator
from pathlib import Path

from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.graph.terminologies import uninvert_heading
from knowledge.ingest.sources.streams import archives, csv_rows, encodings
from knowledge.records import EntityRecord, Name, ReadReport, Record

_USES = {"drugbank_name", "method", "concept_name", "meddra_name"}
_EFFECTS = {"drugbank_name", "side_effect_name"}
_SIDER_TITLE = "a SIDER table"
_INDICATION = "NLP_indication"
"""The only method that is read. `text_mention` is a word found in the section of a label on uses,
whatever the label says of it; `NLP_precondition` is what a patient has when the medicine is given
for something else. Neither says that the medicine treats it."""

_LABELED = {"rxnorm_id", "disease_cui", "expert", "crowd", "disease_mesh_name", "rxnorm_name"}
FOUND_BY = "found by: "
_LABELED_TITLE = "a table of LabeledIn"


def recognise_sider(path: Path, start: bytes) -> bool:
    """Say whether a file is a SIDER table of uses or side effects with names of medicines."""
    found = set(csv_rows.split_header(encodings.decode_head(path, start), "\t"))
    return found >= _USES or found >= _EFFECTS


def read_sider(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield conditions with their medicines, or medicines with their side effects.

    Raises KnowledgeError where the columns are those of neither table.
    """
    found = set(csv_rows.split_header(encodings.decode_head(path, archives.read_head(path)), "\t"))
    if found >= _EFFECTS:
        effects = csv_rows.read_rows(path, _EFFECTS, _SIDER_TITLE, "\t")
        yield from table_rows.join_neighbours(_read_effects(effects, report))
    else:
        yield from table_rows.join_neighbours(
            _read_uses(csv_rows.read_rows(path, _USES, _SIDER_TITLE, "\t"), report)
        )


def _read_uses(
    rows: Iterator[tuple[int, dict[str, str]]], report: ReadReport
) -> Iterator[EntityRecord]:
    for line, row in rows:
        method = row["method"].strip()
        if method != _INDICATION:
            report.skip(f"use found by {method or 'no method'}", row["meddra_name"])
            continue
        medicine = table_rows.clean_name(row["drugbank_name"], report)
        meddra, label = row.get("umls_cui_from_meddra", ""), row.get("umls_cui_from_label", "")
        # The label's own word is a second name only where both stand for one concept.
        said = [row["meddra_name"], *([row["concept_name"]] if meddra == label else [])]
        own = table_rows.clean_names(said, "en", report)
        if medicine and own:
            codes = _code("DRUGBANK", row.get("drugbank_id", ""))
            used = table_rows.relate_to("medicine", (Name(medicine, "en"),), own=codes)
            yield EntityRecord("condition", own, (used,), line, _code("UMLS", meddra))


def _read_effects(
    rows: Iterator[tuple[int, dict[str, str]]], report: ReadReport
) -> Iterator[EntityRecord]:
    for line, row in rows:
        medicine = table_rows.clean_name(row["drugbank_name"], report)
        effect = table_rows.clean_name(row["side_effect_name"], report)
        if medicine and effect:
            felt = table_rows.relate_to("side_effect", (Name(effect, "en"),))
            codes = _code("DRUGBANK", row.get("drugbank_id", ""))
            own = (Name(medicine, "en"),)
            yield EntityRecord("medicine", own, (felt,), line, codes, own=codes)


def recognise_labeled(path: Path, start: bytes) -> bool:
    """Say whether a file is a table of LabeledIn: uses that people found in labels."""
    return set(csv_rows.split_header(encodings.decode_head(path, start), "\t")) >= _LABELED


def read_labeled(path: Path, report: ReadReport) -> Iterator[Record]:
    """Yield one condition for each row, with the medicine that labels give for it."""
    yield from table_rows.join_neighbours(_read_labeled(path, report))


def _read_labeled(path: Path, report: ReadReport) -> Iterator[EntityRecord]:
    for line, row in csv_rows.read_rows(path, _LABELED, _LABELED_TITLE, "\t"):
        if not row["disease_mesh_name"].strip():
            report.skip("condition given by its code alone", row["disease_cui"])
            continue
        if "1" not in (row["expert"].strip(), row["crowd"].strip()):
            report.skip("use that nobody confirmed", row["disease_mesh_name"])
            continue
        if not row["rxnorm_name"].strip():  # mostly a product of several substances
            report.skip("medicine given by its codes alone", row["rxnorm_id"])
            continue
        medicine = table_rows.clean_name(row["rxnorm_name"], report)
        own = table_rows.clean_names(uninvert_heading(row["disease_mesh_name"]), "en", report)
        if medicine and own:
            note = f"{FOUND_BY}{'experts' if row['expert'].strip() == '1' else 'crowd'}"
            used = table_rows.relate_to("medicine", (Name(medicine, "en"),), note=note)
            yield EntityRecord("condition", own, (used,), line, _code("UMLS", row["disease_cui"]))


def _code(register: str, number: str) -> tuple[str, ...]:
    code = table_rows.format_identifier(register, number)
    return (code,) if code else ()
