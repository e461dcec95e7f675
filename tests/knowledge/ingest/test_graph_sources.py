"""Readers of published graphs: what becomes a fact, what is left out, what is refused."""

import gzip
import json
import re
import tracemalloc
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.graph import triple_mapping
from knowledge.ingest.sources.streams import json_lists
from knowledge.records import EntityRecord, ReadReport, Statement
from knowledge.vocabulary import KINDS, RELATIONS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "formats-graphs.md"


def read(path: Path, format_name: str | None = None) -> tuple[list[EntityRecord], ReadReport]:
    report = ReadReport()
    found = list(reading.read(path, format_name or detect.detect_format(path), report))
    records = [each for each in found if isinstance(each, EntityRecord)]
    assert len(records) == len(found) == report.read
    return records, report


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def named(record: EntityRecord) -> list[str]:
    return [name.text for name in record.names]


def said(statement: Statement) -> str:
    return (statement.term.names if statement.term else statement.text)[0].text


def facts(records: list[EntityRecord]) -> set[tuple[str, str, str, str]]:
    """Every fact as kind, name, relation and object."""
    return {
        (each.kind, each.names[0].text, fact.relation, said(fact))
        for each in records
        for fact in each.statements
    }


def refused(path: Path, format_name: str | None = None) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        read(path, format_name)
    assert caught.value.what.endswith(".") and "\n" not in caught.value.what
    assert caught.value.where and caught.value.remedy
    return caught.value


# OBO

OBO = r"""format-version: 1.2
ontology: doid

[Term]
id: DOID:9352
name: type 2 diabetes mellitus
alt_id: DOID:1837
def: "A diabetes that results_in \"high\" glucose." [url:https\://example.org/x]
synonym: "NIDDM" EXACT OMO:0003012 []
synonym: "adult diabetes" RELATED []
synonym: "no scope" []
xref: UMLS_CUI:C0011860
xref: SNOMEDCT_US_2025_09_01:44054006 {source="x"}
xref: MIM:125853
is_a: DOID:9351 ! diabetes mellitus

[Term]
id: DOID:1
name: obsolete thing
is_obsolete: true

[Term]
id: GO:0008150
name: biological_process

[Term]
id: HP:0003621
name: Juvenile onset

[Term]
id: HP:0001250
name: Seizure

[Typedef]
id: part_of
name: part of
"""


def test_obo_gives_names_identifiers_and_definitions(tmp_path):
    path = write(tmp_path / "doid.obo", OBO)
    assert detect.detect_format(path) == "obo"
    (diabetes, seizure), report = read(path)
    assert named(diabetes) == ["type 2 diabetes mellitus", "NIDDM"]
    assert (diabetes.kind, diabetes.line, seizure.kind) == ("condition", 4, "symptom")
    assert diabetes.identifiers == (
        "DOID:9352",
        "DOID:1837",
        "UMLS:C0011860",
        "SNOMEDCT:44054006",
        "OMIM:125853",
    )
    assert diabetes.own == ("DOID:9352", "DOID:1837")
    assert [said(each) for each in diabetes.statements] == [
        'A diabetes that results in "high" glucose.'
    ]
    assert report.left_out == {
        "synonym that is related, not exact": 2,
        "is_a: no relation of the vocabulary": 1,
        "obsolete term": 1,
        "term of GO: no kind of the vocabulary": 1,
        "term that is no phenotype": 1,
        "stanza [Typedef]": 1,
    }


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("name: Seizure\n", "", "line 30", "no name"),
        ("id: HP:0001250\n", "", "line 30", "no id"),
        ("is_obsolete: true", "is obsolete", "line 20", "no `tag: value`"),
    ],
)
def test_a_broken_term_is_told_with_its_line(tmp_path, old, new, where, what):
    error = refused(write(tmp_path / "doid.obo", OBO.replace(old, new)), "obo")
    assert where in error.where
    assert what in error.what


# Terms


BABELON = (
    "source_language\ttranslation_language\tsubject_id\tpredicate_id\tsource_value\t"
    "translation_value\ttranslation_status"
)


def test_babelon_gives_bilingual_names_of_official_translations(tmp_path):
    path = write(
        tmp_path / "hp.tsv",
        BABELON,
        "en\tzh\tHP:0001250\trdfs:label\tSeizure\t癫痫发作\tOFFICIAL",
        "en\tzh\tHP:0001250\toboInOwl:hasExactSynonym\tFit\t抽搐\tOFFICIAL",
        'en\tzh\tHP:0001250\tIAO:0000115\tA "sudden" event.\t突发事件。\tOFFICIAL',
        "en\tzh\tHP:0001251\trdfs:label\tAtaxia\t共济失调\tCANDIDATE",
        "en\tzh\tHP:0003581\trdfs:label\tAdult onset\t成年期发病\tOFFICIAL",
        "en\tzh\tHP:0001252\trdfs:label\tHypotonia\tHypotonia\tOFFICIAL",
    )
    assert detect.detect_format(path) == "hpo-zh"
    (seizure,), report = read(path)
    assert [(each.text, each.language) for each in seizure.names] == [
        ("Seizure", "en"),
        ("Fit", "en"),
        ("癫痫发作", "zh"),
        ("抽搐", "zh"),
    ]
    assert (seizure.kind, seizure.own, seizure.line) == ("symptom", ("HP:0001250",), 2)
    assert [each.text for each in seizure.statements[0].text] == ['A "sudden" event.', "突发事件。"]
    assert report.left_out == {
        "translation with the status CANDIDATE": 1,
        "term that is no phenotype": 1,
        "translation that is not Chinese": 1,
    }


def test_mesh_headings_are_turned_and_only_symptoms_have_a_kind(tmp_path):
    symptoms = write(
        tmp_path / "symptoms.tsv",
        "mesh_id\tmesh_name\tin_hsdn",
        "D000006\tAbdomen, Acute\t1",
        "D004314\tDown Syndrome\t0",
    )
    terms = write(tmp_path / "terms.tsv", "mesh_id\tmesh_name", "D000003\tAbattoirs")
    assert detect.detect_format(symptoms) == detect.detect_format(terms) == "mesh"
    (abdomen,), report = read(symptoms)
    assert named(abdomen) == ["Acute Abdomen", "Abdomen, Acute"]
    assert (abdomen.kind, abdomen.own) == ("symptom", ("MESH:D000006",))
    assert report.left_out == {"MeSH heading that is not used as a symptom": 1}
    nothing, report = read(terms)
    assert nothing == []
    assert report.left_out == {"MeSH heading whose kind the table does not say": 1}


def test_word_lists_take_their_kind_from_the_name_of_the_file(tmp_path):
    drugs = write(
        tmp_path / "drug.txt", "紫雪", "", "对乙酰氨基酚缓释片", "姜", "长期使用糖皮质..."
    )
    assert detect.detect_format(drugs) == "qamedicalkg-dict"
    found, report = read(drugs)
    assert [(each.kind, each.names[0].text, each.line) for each in found] == [
        ("medicine", "紫雪", 1),
        ("medicine", "对乙酰氨基酚缓释片", 3),
    ]
    assert report.left_out == {"name of a single character": 1, "damaged name": 1}
    denied, report = read(write(tmp_path / "deny.txt", "不", "没有"))
    assert (denied, report.left_out) == ([], {"list deny.txt: no kind of the vocabulary": 2})
    # Prose under such a name stays literature, and so does a list under another name.
    for name, line in (("food.txt", "姜可以温胃。痛风患者忌吃海鲜。"), ("notes.txt", "紫雪")):
        assert detect.detect_format(write(tmp_path / name, line)) == "text"
    assert "does not say what" in refused(tmp_path / "notes.txt", "qamedicalkg-dict").what


# Hetionet

NODES = (
    ("Compound", "DB00997", "Doxorubicin"),
    ("Compound", "DB00425", "Zolpidem"),
    ("Disease", "DOID:363", "uterine cancer"),
    ("Symptom", "D007383", "Claudication, Intermittent"),
    ("Anatomy", "UBERON:0000995", "uterus"),
    ("Side Effect", "C0151632", "Lyme disease"),
    ("Gene", "2625", "GATA3"),
)
EDGES = (
    (0, "CtD", "treats", 2),
    (1, "CpD", "palliates", 2),
    (2, "DpS", "presents", 3),
    (2, "DlA", "localizes", 4),
    (1, "CcSE", "causes", 5),
    (2, "DaG", "associates", 6),
)
STATED = {
    ("condition", "uterine cancer", "medicine", "Doxorubicin"),
    ("condition", "uterine cancer", "medicine", "Zolpidem"),
    # Symptoms and sites stand together with the disease in the literature, no more.
    ("condition", "uterine cancer", "associated_with", "Intermittent Claudication"),
    ("condition", "uterine cancer", "associated_with", "uterus"),
    ("medicine", "Zolpidem", "side_effect", "Lyme disease"),
}


def node_table(path: Path) -> Path:
    rows = [f"{kind}::{id}\t{name}\t{kind}" for kind, id, name in NODES]
    return write(path, "id\tname\tkind", *rows)


def edge_table(path: Path) -> Path:
    ids = [f"{kind}::{id}" for kind, id, _ in NODES]
    rows = [f"{ids[source]}\t{short}\t{ids[target]}" for source, short, _, target in EDGES]
    content = "\n".join(["source\tmetaedge\ttarget", *rows, "Compound::X\tCtD\tDisease::Y"])
    path.write_bytes(gzip.compress(content.encode()))
    return path


def test_hetionet_edges_find_their_nodes_beside_them(tmp_path):
    edges = edge_table(tmp_path / "edges.sif.gz")
    assert detect.detect_format(edges) == "hetionet-edges"
    error = refused(edges)
    assert "no table of nodes lies beside it" in error.what
    assert "id, name, kind" in error.remedy
    nodes = node_table(tmp_path / "a-nodes.tsv")
    assert detect.detect_format(nodes) == "hetionet-nodes"
    found, report = read(edges)
    assert facts(found) == STATED
    cancer = next(each for each in found if each.kind == "condition")
    assert (cancer.identifiers, cancer.own, cancer.line) == (("DOID:363",), ("DOID:363",), 2)
    codes = {said(each): each.term.own for each in cancer.statements if each.term}
    assert codes["Doxorubicin"] == ("DRUGBANK:DB00997",)
    assert codes["uterus"] == ("UBERON:0000995",)
    kinds = {said(each): each.kind for each in cancer.statements}
    assert (kinds["Intermittent Claudication"], kinds["uterus"]) == ("symptom", "body_part")
    assert len(found) == 2, "neighbouring edges of one subject are one record"
    assert report.left_out == {
        "edge DaG: no relation of the vocabulary": 1,
        "edge treats whose node is not known": 1,
    }
    named_nodes, report = read(nodes)
    assert [each.identifiers[0] for each in named_nodes] == [
        "DRUGBANK:DB00997",
        "DRUGBANK:DB00425",
        "DOID:363",
        "MESH:D007383",
        "UBERON:0000995",
    ]
    assert named(named_nodes[3]) == ["Intermittent Claudication", "Claudication, Intermittent"]
    assert not any(each.statements for each in named_nodes)
    assert report.left_out["node of the kind Side Effect (read with its edges)"] == 1
    assert report.left_out["node of the kind Gene: no kind of the vocabulary"] == 1


def test_hetionet_edges_that_say_nothing_are_counted_by_kind_and_lines_stay_true(tmp_path):
    node_table(tmp_path / "nodes.tsv")
    rows = ["Gene::1\tGiG\tGene::2"] * 700 + ["Gene::1\t GiG \tGene::2", "", "Gene::1"]
    ids = [f"{kind}::{id}" for kind, id, _ in NODES]
    last = f" {ids[0]}\t CtD\t{ids[2]}\tmore"
    edges = write(tmp_path / "edges.tsv", "source\tmetaedge\ttarget", *rows, last)
    found, report = read(edges)
    assert facts(found) == {("condition", "uterine cancer", "medicine", "Doxorubicin")}
    assert [each.line for each in found] == [705], "the header, 703 rows (one blank), this one"
    assert report.left_out == {
        "edge GiG: no relation of the vocabulary": 701,
        "edge : no relation of the vocabulary": 1,
    }
    edges.write_bytes(edges.read_bytes() + b"\xff\n")
    assert "edges.tsv" in refused(edges, "hetionet-edges").what
    lacking = write(tmp_path / "lacking.tsv", "source\ttarget", "Gene::1\tGene::2")
    assert "lacks the columns metaedge" in refused(lacking, "hetionet-edges").what


@pytest.mark.parametrize("order", ["nodes first", "edges first"])
def test_hetionet_json_is_read_whatever_comes_first(tmp_path, order):
    nodes = [
        {"kind": kind, "identifier": int(id) if id.isdigit() else id, "name": name, "data": {}}
        for kind, id, name in NODES
    ]
    edges = [
        {
            "source_id": [nodes[source]["kind"], nodes[source]["identifier"]],
            "target_id": [nodes[target]["kind"], nodes[target]["identifier"]],
            "kind": kind,
            "direction": "both",
            "data": {},
        }
        for source, _, kind, target in EDGES
    ]
    lists = {"nodes": nodes, "edges": edges}
    if order == "edges first":
        lists = {"edges": edges, "nodes": nodes}
    content = {"metanode_kinds": ["Gene"], "kind_to_abbrev": {"Gene": "G"}, **lists}
    path = tmp_path / "hetionet.json"
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    assert detect.detect_format(path) == "hetionet-json"
    found, report = read(path)
    assert facts(found) == STATED
    assert [each.names[0].text for each in found[:2]] == ["Doxorubicin", "Zolpidem"]
    assert report.left_out["edge associates: no relation of the vocabulary"] == 1
    assert report.left_out["node of the kind Gene: no kind of the vocabulary"] == 1
    path.write_text(json.dumps({"metanode_kinds": [], "edges": edges, "nodes": []}))
    assert "has no nodes" in refused(path, "hetionet-json").what
    path.write_text(json.dumps({"nodes": [{"kind": "Gene"}]}))
    assert "kind, identifier and name" in refused(path, "hetionet-json").what


@pytest.mark.parametrize(
    ("content", "what"),
    [
        ('{"a": [1, {"nodes": [9]}], "nodes": [10, "x",\n {"b": "]"}], "z": 1}', ""),
        ('{"nodes": [1, 2', "an end too early"),
        ('{"nodes": [1 2]}', "no comma"),
        ('{"nodes": {"a": 1}}', "no list"),
        ('{"z": 1,\n\n"nodes": [1,, 2]}', "line 3"),
        ("[1]", "no '{'"),
        ('{"nodes": [1,\n]}', "line 2: it has a comma before ']'"),
        ('[{"nodes": [1]},\n{"nodes": [2]}', "an end too early"),
        ('{"nodes": [1],\n}', "line 2: it has a comma before '}'"),
        ('{"nodes": [1]}\n\n{"nodes": [2]}', "line 3: it has more text after its end"),
        ('{"nodes": [1]}' + " " * 300_000 + "x", "more text after its end"),
    ],
)
def test_json_lists_yield_items_and_tell_what_is_broken(tmp_path, content, what):
    path = write(tmp_path / "a.json", content)
    if not what:
        assert list(json_lists.read_items(path, ("nodes",))) == [
            ("nodes", 1, 10),
            ("nodes", 1, "x"),
            ("nodes", 2, {"b": "]"}),
        ]
        return
    with pytest.raises(KnowledgeError) as caught:
        list(json_lists.read_items(path, ("nodes",)))
    assert what in caught.value.what


def test_a_list_may_stand_within_an_object_and_objects_in_an_array(tmp_path):
    path = write(tmp_path / "a.json", '{"m": {"x": {"n": [0]}, "n": [1,\n 2]}, "n": [3], "m2": {}}')
    assert list(json_lists.read_items(path, ("m.n",))) == [("m.n", 1, 1), ("m.n", 2, 2)]
    path = write(tmp_path / "a.json", '[{"n": [1]},\n{"n": [2]}, {}]')
    assert list(json_lists.read_items(path, ("n",))) == [("n", 1, 1), ("n", 2, 2)]


def test_large_json_is_read_in_bounded_memory_and_across_its_pieces(tmp_path):
    peaks = []
    for count in (1_000, 150_000, 450_000):  # the first one also pays for imports
        path = tmp_path / "large.json"
        with path.open("w") as stream:
            stream.write('{"nodes": [')
            stream.write(",".join(f"[{number}, {number}]" for number in range(count)))
            stream.write("]}")
        tracemalloc.start()
        total = 0
        for _, _, value in json_lists.read_items(path, ("nodes",)):
            assert isinstance(value, list) and value[0] == value[1]
            total += value[0]
        assert total == count * (count - 1) // 2
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.3 * peaks[1]


# Interactions


def test_pairs_of_medicines_are_read_with_their_level_as_a_note(tmp_path):
    path = write(
        tmp_path / "ddinter.csv",
        "DDInterID_A,Drug_A,DDInterID_B,Drug_B,Level",
        "DDInter975,Iron,DDInter582,Dolutegravir,Major",
        'DDInter1,"Insulin human (inhalation, rapid acting)",DDInter582,Dolutegravir,Unknown',
        "DDInter975,Iron,DDInter975, iron ,Minor",
        "DDInter975,Iron,DDInter9,Tc[99m]x,Minor",
    )
    assert detect.detect_format(path) == "ddi-csv"
    (iron, insulin), report = read(path)
    assert facts([iron]) == {("medicine", "Iron", "interaction", "Dolutegravir")}
    assert (iron.identifiers, iron.own, iron.line) == (("DDINTER:975",), ("DDINTER:975",), 2)
    assert [(each.term.own, each.note) for each in iron.statements if each.term] == [
        (("DDINTER:582",), "level: major")
    ]
    assert named(insulin) == ["Insulin human (inhalation, rapid acting)"]
    assert [each.note for each in insulin.statements] == ["level: unknown"]
    assert report.left_out == {"medicine that interacts with itself": 1, "damaged name": 1}
    wrong = write(tmp_path / "wrong.csv", "a,b", "1,2")
    assert "lacks the columns" in refused(wrong, "ddi-csv").what


WORLDVISTA = """<?xml version="1.0" encoding="utf-8" ?>
<INTERACTIONS>
<INTERACTION><DRUG1><DRUG name="BRENTUXIMAB " rxcui="1147320"><ATC code="L01XC12" /></DRUG></DRUG1>
<DRUG2><DRUG name="BLEOMYCIN" rxcui="1622"/></DRUG2>
<DESCRIPTION>Risk of pulmonary toxicity.</DESCRIPTION><SEVERITY>CONTRANDICATION</SEVERITY>
</INTERACTION>
<INTERACTION><DRUG1><CLASS name="BRADYCARDIA INDUCING DRUGS" code="C0" /></DRUG1>
<DRUG2><DRUG name="FINGOLIMOD" rxcui="1012892"/></DRUG2>
<DESCRIPTION>Bradycardia</DESCRIPTION><SEVERITY>Nor recommended</SEVERITY>
<COMMENT>Monitor.</COMMENT></INTERACTION>
<INTERACTION><DRUG1><CLASS name="A" code="C0" /></DRUG1><DRUG2><CLASS name="B" code="C0" /></DRUG2>
<DESCRIPTION>Risk</DESCRIPTION><SEVERITY>Take into account</SEVERITY></INTERACTION>
</INTERACTIONS>
"""


def test_worldvista_states_pairs_and_keeps_the_level_in_words(tmp_path):
    path = write(tmp_path / "tables.xml", WORLDVISTA)
    assert detect.detect_format(path) == "worldvista"
    (brentuximab, bleomycin, fingolimod), report = read(path)
    assert facts([brentuximab]) == {
        ("medicine", "Brentuximab", "interaction", "Bleomycin"),
        (
            "medicine",
            "Brentuximab",
            "interaction",
            "Bleomycin (contraindication): Risk of pulmonary toxicity",
        ),
    }
    assert [each.note for each in brentuximab.statements] == ["level: contraindication", ""]
    assert brentuximab.identifiers == ("RXNORM:1147320", "ATC:L01XC12")
    assert brentuximab.own == bleomycin.own == ()
    (pair, _) = brentuximab.statements
    assert pair.term and pair.term.identifiers == ("RXNORM:1622",)
    assert ("medicine", "Bleomycin", "interaction", "Brentuximab") in facts([bleomycin])
    (told,) = fingolimod.statements
    assert told.term is None
    assert said(told) == (
        "the class BRADYCARDIA INDUCING DRUGS (not recommended): Bradycardia. Monitor"
    )
    assert report.left_out == {"interaction of two classes of medicines": 1}


def test_worldvista_classes_are_classes_and_a_broken_file_is_one_sentence(tmp_path):
    good = (
        '<CLASSES><CLASS name="AGONIST OPIOID ANALGESICS" code="N">'
        '<DRUG name="Codeine " rxnorm="2670"><ATC code="R05DA04" /></DRUG></CLASS></CLASSES>'
    )
    (codeine,), _ = read(write(tmp_path / "classes.xml", good))
    assert facts([codeine]) == {("medicine", "Codeine", "drug_class", "AGONIST OPIOID ANALGESICS")}
    assert codeine.identifiers == ("RXNORM:2670", "ATC:R05DA04")
    broken = write(tmp_path / "broken.xml", good.replace("</DRUG>", ""))
    assert detect.detect_format(broken) == "worldvista"
    assert "broken at line 1" in refused(broken).what


# Labels

USES = (
    "drugbank_id\tdrugbank_name\tumls_cui_from_label\tmethod\tconcept_name\t"
    "umls_cui_from_meddra\tmeddra_name"
)


def test_sider_uses_and_side_effects_are_told_apart(tmp_path):
    uses = write(
        tmp_path / "uses.tsv",
        USES,
        "DB00014\tGoserelin\tC0014175\tNLP_indication\tEndometriosis\tC0014175\tEndometriosis",
        "DB00014\tGoserelin\tC0006142\tNLP_indication\tMalignant neoplasm\tC0006143\tBreast cancer",
        "DB00015\tBuserelin\tC0006142\tNLP_indication\tNeoplasm\tC0006142\tBreast cancer",
        "DB00014\tGoserelin\tC0002871\ttext_mention\tAnemia\tC0002871\tAnaemia",
    )
    assert detect.detect_format(uses) == "sider"
    found, report = read(uses)
    assert facts(found) == {
        ("condition", "Endometriosis", "medicine", "Goserelin"),
        ("condition", "Breast cancer", "medicine", "Goserelin"),
        ("condition", "Breast cancer", "medicine", "Buserelin"),
    }
    # Only a word of the same concept is a second name.
    assert [named(each) for each in found[1:]] == [["Breast cancer"], ["Breast cancer", "Neoplasm"]]
    assert report.left_out == {"use found by text_mention": 1}
    effects = write(
        tmp_path / "effects.tsv",
        "drugbank_id\tdrugbank_name\tumls_cui_from_meddra\tside_effect_name",
        "DB00425\tZolpidem\tC0018681\tHeadache",
        "DB00425\tZolpidem\tC0027497\tNausea",
    )
    assert detect.detect_format(effects) == "sider"
    (zolpidem,), _ = read(effects)
    assert [said(each) for each in zolpidem.statements] == ["Headache", "Nausea"]
    assert zolpidem.own == ("DRUGBANK:DB00425",)


def test_labeled_uses_need_names_on_both_sides(tmp_path):
    path = write(
        tmp_path / "indications.tsv",
        "rxnorm_id\tdisease_cui\tn_labels\texpert\tcrowd\tdisease_mesh_name\trxnorm_name",
        "10237\tC0003873\t1\t0\t1\tArthritis, Rheumatoid\tSulindac",
        "2193\tC0271429\t1\t1\t0\t\tCeftriaxone",
        "10763;5487\tC0020538\t1\t0\t1\tHypertension\t",
        "1\tC1\t1\t0\t0\tGout\tProbenecid",
    )
    assert detect.detect_format(path) == "indications"
    (arthritis,), report = read(path)
    assert named(arthritis) == ["Rheumatoid Arthritis", "Arthritis, Rheumatoid"]
    assert facts([arthritis]) == {("condition", "Rheumatoid Arthritis", "medicine", "Sulindac")}
    assert arthritis.identifiers == ("UMLS:C0003873",)
    assert [each.note for each in arthritis.statements] == ["found by: crowd"]
    assert report.left_out == {
        "condition given by its code alone": 1,
        "medicine given by its codes alone": 1,
        "use that nobody confirmed": 1,
    }


# Triples


@pytest.mark.parametrize(
    ("name", "content"),
    [
        (
            "a.csv",
            "head,relation,tail\nGout,symptom,joint pain\nGout,has_symptom,fever\n"
            'Colchicine,used for,Gout\n"Gout",is a,arthritis\nGout,,x\n',
        ),
        (
            "a.tsv",
            "Subject\tPredicate\tObject\nGout\tsymptoms\tjoint pain\nGout\tSYMPTOM\tfever\n"
            "Colchicine\tused_for\tGout\nGout\tis a\tarthritis\nGout\t\tx\n",
        ),
        (
            "a.jsonl",
            '{"h": "Gout", "r": "symptom", "t": "joint pain"}\n'
            '{"h": "Gout", "r": "症状", "t": {"@value": "fever"}}\n'
            '{"h": "Colchicine", "r": "used for", "t": "Gout"}\n'
            '{"h": "Gout", "r": "is a", "t": "arthritis"}\n'
            '{"h": "Gout", "r": "symptom", "t": 3}\n',
        ),
    ],
)
def test_triples_are_told_by_their_header_and_labels(tmp_path, name, content):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert detect.detect_format(path) == "triples"
    found, report = read(path)
    assert facts(found) == {
        ("condition", "Gout", "symptom", "joint pain"),
        ("condition", "Gout", "symptom", "fever"),
        ("condition", "Gout", "medicine", "Colchicine"),
    }
    assert report.left_out == {
        "relation is a: no relation of the vocabulary": 1,
        "triple of another form": 1,
    }


def test_chinese_triples_with_kinds(tmp_path):
    path = write(
        tmp_path / "a.csv",
        "头实体,头实体类型,关系,尾实体,尾实体类型",
        "痛风,疾病,症状,关节痛,症状",
        "秋水仙碱,药品,不良反应,腹泻,症状",
        "秋水仙碱,药品,症状,腹泻,症状",
        "痛风,疾病,一线治疗,秋水仙碱,药物",
        "GATA3,基因,统计上相关,痛风,疾病",
        "痛风,疾病,简介,嘌呤代谢紊乱。,文本",
    )
    found, report = read(path)
    assert facts(found) == {
        ("condition", "痛风", "symptom", "关节痛"),
        ("medicine", "秋水仙碱", "side_effect", "腹泻"),
        ("condition", "痛风", "first_line", "秋水仙碱"),
    }
    kinds = {each.relation: each.kind for record in found for each in record.statements}
    assert kinds["first_line"] == "medicine"
    assert report.left_out == {
        "symptom of a medicine: not in the vocabulary": 1,
        "kind 基因: no kind of the vocabulary": 1,
        "kind 文本: no kind of the vocabulary": 1,
    }


MAPPING = """\
columns:
  head: from drug
  relation: what
  tail: to disease
relations:
  treats: ~medicine
  symptom:
kinds:
  Gene:
"""


def test_a_side_car_overrides_what_is_guessed(tmp_path):
    path = write(
        tmp_path / "graph.csv",
        "from drug,what,to disease",
        "Colchicine,Treats,Gout",
        "Gout,symptom,pain",
    )
    with pytest.raises(KnowledgeError, match="no known format"):
        detect.detect_format(path)
    assert "graph.mapping.yaml" in refused(path, "triples").remedy
    write(tmp_path / "graph.mapping.yaml", MAPPING)
    assert detect.detect_format(path) == "triples"
    found, report = read(path)
    assert facts(found) == {("condition", "Gout", "medicine", "Colchicine")}
    assert report.left_out == {"relation symptom: no relation of the vocabulary": 1}


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("relations:\n  treats: cures\n", "'cures'"),
        ("kinds:\n  Drug: pill\n", "'pill'"),
        ("columns:\n  subject: a\n", "'subject'"),
        ("colums:\n  head: a\n", "only have the keys"),
        ("- a\n", "only have the keys"),
        ("relations: treats\n", "`name: value`"),
        ("relations: [\n", "broken at line"),
        ("relations: &x {a: symptom}\n", "anchor"),
    ],
)
def test_a_wrong_side_car_is_told_in_one_sentence(tmp_path, text, what):
    path = write(tmp_path / "graph.csv", "head,relation,tail", "Gout,symptom,pain")
    (tmp_path / "graph.mapping.yaml").write_text(text, encoding="utf-8")
    error = refused(path)
    assert what in error.what
    assert "graph.mapping.yaml" in error.where


def test_every_label_of_the_vocabulary_means_itself():
    known = triple_mapping.TripleMapping()
    for id, relation in RELATIONS.items():
        for label in (id, relation.en, relation.zh):
            meaning = known.relation(label)
            assert meaning is not None
            assert RELATIONS[meaning.relation].en == relation.en and not meaning.inverted
    assert {known.kind(kind.zh) for kind in KINDS.values()} == set(KINDS)


def test_the_mapping_that_the_page_of_formats_shows_is_a_mapping(tmp_path):
    block = re.search(r"```yaml\n(columns:.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert block
    path = tmp_path / "graph.csv"
    (tmp_path / "graph.mapping.yaml").write_text(block[1], encoding="utf-8")
    shown = triple_mapping.load(path)
    assert shown.relation("treats") == triple_mapping.MappedRelation("medicine", inverted=True)
    assert shown.kind("Gene") is None and shown.relation("belongs_to") is None


# The real files

DEBRIS = re.compile(r"详细|\.\.\.|…|\\x|\['|[\ue000-\uf8ff\ufffd]")


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "format_name", "records", "statements", "reason"),
    [
        ("open/kg_en/doid/DO_cancer_slim.obo", "obo", 720, 570, "obsolete term"),
        (
            "open/kg_en/doid/DO_infectious_disease_slim.obo",
            "obo",
            530,
            510,
            "synonym that is related, not exact",
        ),
        (
            "open/kg_bilingual/hpo_zh/hp-zh.babelon.tsv",
            "hpo-zh",
            18_800,
            0,
            "term that is no phenotype",
        ),
        (
            "open/kg_en/mesh/symptoms.tsv",
            "mesh",
            319,
            0,
            "MeSH heading that is not used as a symptom",
        ),
        (
            "open/kg_en/mesh/terms.tsv",
            "mesh",
            0,
            0,
            "MeSH heading whose kind the table does not say",
        ),
        (
            "open/kg_en/indications/indications.tsv",
            "indications",
            2_200,
            2_220,
            "condition given by its code alone",
        ),
        (
            "restricted/kg_en/sider4/indications.tsv",
            "sider",
            5_000,
            5_060,
            "use found by text_mention",
        ),
        (
            "restricted/kg_en/hetionet/hetionet-v1.0-nodes.tsv",
            "hetionet-nodes",
            2_529,
            0,
            "node of the kind Gene: no kind of the vocabulary",
        ),
        (
            "restricted/ddi/worldvista/all_eng_tables_sept2016.xml",
            "worldvista",
            3_800,
            6_500,
            "interaction of two classes of medicines",
        ),
        (
            "restricted/kg_zh/qamedicalkg_dict/disease.txt",
            "qamedicalkg-dict",
            8_800,
            0,
            "name of a single character",
        ),
        (
            "restricted/kg_zh/qamedicalkg_dict/symptom.txt",
            "qamedicalkg-dict",
            5_600,
            0,
            "damaged name",
        ),
    ],
)
def test_real_tables_are_read(real_data, path, format_name, records, statements, reason):
    assert detect.detect_format(real_data / path) == format_name
    found, report = read(real_data / path)
    assert len(found) >= records
    assert sum(len(each.statements) for each in found) >= statements
    assert report.left_out[reason] > 0
    texts = [name for each in found for name in named(each)]
    texts += [said(fact) for each in found for fact in each.statements if fact.term]
    assert not [text for text in texts if DEBRIS.search(text)]


@pytest.mark.real_data
def test_real_edges_of_hetionet_are_facts_in_our_direction(real_data):
    path = real_data / "restricted/kg_en/hetionet/edges-5k.sif.gz"
    assert detect.detect_format(path) == "hetionet-edges"
    found, report = read(path)
    counts: dict[str, int] = {}
    for _, _, relation, _ in facts(found):
        counts[relation] = counts.get(relation, 0) + 1
    # 755 treat and 390 palliate; no pair does both.
    # 3357 symptoms and 3602 sites.
    assert counts == {"medicine": 1145, "associated_with": 6959, "side_effect": 5000}
    assert ("condition", "rheumatoid arthritis", "associated_with", "Pain") in facts(found)
    assert sum(report.left_out.values()) == 99_676 - sum(counts.values())


@pytest.mark.real_data
def test_real_interactions_repeat_across_files_and_a_malformed_file_is_refused(real_data):
    pairs: list[frozenset[str]] = []
    for path in sorted((real_data / "restricted/ddi/ddinter").glob("*.csv")):
        assert detect.detect_format(path) == "ddi-csv"
        found, _ = read(path)
        assert {fact.note for each in found for fact in each.statements} <= {
            "level: major",
            "level: moderate",
            "level: minor",
            "level: unknown",
        }
        pairs += [frozenset((one, other)) for _, one, _, other in facts(found)]
    assert len(pairs) > 44_000
    assert len(set(pairs)) < len(pairs) - 2_000
    broken = refused(real_data / "restricted/ddi/worldvista/all_eng_classes_sept2016.xml")
    assert "line 111" in broken.what
