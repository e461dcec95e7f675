"""Graphs in RDF: names, kinds and relations of common vocabularies; what is unknown is counted."""

import gzip
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest.sources import detect, reading
from knowledge.ingest.sources.graph import rdf
from knowledge.records import EntityRecord, Name, ReadReport

PREFIXES = """\
@prefix ex: <http://example.org/med#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
@prefix obo: <http://purl.obolibrary.org/obo/> .
@prefix oio: <http://www.geneontology.org/formats/oboInOwl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

SCHEMA = (
    PREFIXES
    + """\
ex:sweat a schema:MedicalSymptom ; schema:name "night sweats"@en , "盗汗"@zh-Hans .
ex:vesp a schema:MedicalCondition ;
  schema:name "Vesper fever"@en , "薄暮热"@zh , "Fièvre vespérale"@fr ;
  schema:alternateName "VF" ;
  schema:description "A fever of the evening, above 38.5 °C."@en ;
  schema:signOrSymptom ex:sweat , [ a schema:MedicalSign ; schema:name "pale nails" ] ;
  schema:possibleTreatment ex:lum , "cool baths" ;
  schema:riskFactor "marsh air" ;
  schema:epidemiology "Rare." ;
  schema:code ex:none .
ex:lum a schema:Drug ; schema:name "Lumizine" ; schema:adverseOutcome "drowsiness" ;
  schema:drugClass "xanthines" ; schema:indication ex:vesp .
ex:city a schema:City ; schema:name "Oslo" .
"""
)
ONTOLOGY = (
    PREFIXES
    + """\
<http://example.org/o> a owl:Ontology ; rdfs:label "An ontology" .
obo:DOID_9990001 a owl:Class ; rdfs:label "vesper fever"^^xsd:string ;
  oio:hasExactSynonym "evening fever" ; oio:hasRelatedSynonym "dusk illness" ;
  obo:IAO_0000115 "A fever at dusk." ; rdfs:comment "NT: check this." ;
  oio:hasDbXref "MESH:D000001" , "UMLS_CUI:C0000001" ; oio:hasAlternativeId "DOID:9990002" ;
  skos:exactMatch <http://identifiers.org/snomedct/12345> ;
  rdfs:subClassOf obo:DOID_4 , [ a owl:Restriction ; owl:onProperty obo:RO_0002452 ;
    owl:someValuesFrom obo:HP_9990001 ] .
obo:DOID_9990003 a owl:Class ; rdfs:label "old fever" ; owl:deprecated true .
obo:HP_9990001 a owl:Class ; rdfs:label "Evening chill" .
obo:GO_0000001 a owl:Class ; rdfs:label "some process" .
[] a owl:Axiom ; owl:annotatedSource obo:DOID_9990001 ; owl:annotatedTarget "A fever at dusk." .
"""
)


def read(
    folder: Path, text: str, name: str = "g.ttl"
) -> tuple[dict[str, EntityRecord], ReadReport]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    assert detect.detect_format(path) == "rdf"
    report = ReadReport()
    found = list(reading.read(path, "rdf", report))
    return {each.names[0].text: each for each in found if isinstance(each, EntityRecord)}, report


def stated(record: EntityRecord) -> set[tuple[str, str, str | None]]:
    return {
        (each.relation, (each.term.names if each.term else each.text)[0].text, each.kind)
        for each in record.statements
    }


def test_types_and_relations_of_schema_org_are_those_of_the_vocabulary(tmp_path: Path) -> None:
    found, report = read(tmp_path, SCHEMA)
    fever = found["Vesper fever"]
    assert fever.kind == "condition" and found["night sweats"].kind == "symptom"
    assert fever.names == (Name("Vesper fever", "en"), Name("薄暮热", "zh"), Name("VF", "en"))
    assert found["night sweats"].names[1] == Name("盗汗", "zh")
    assert stated(fever) == {
        ("description", "A fever of the evening, above 38.5 °C.", None),
        ("symptom", "night sweats", "symptom"),
        ("symptom", "pale nails", "symptom"),
        ("medicine", "Lumizine", "medicine"),
        ("treatment", "cool baths", "treatment"),
        ("risk_factor", "marsh air", "factor"),
    }
    assert stated(found["Lumizine"]) == {
        ("side_effect", "drowsiness", "symptom"),
        ("drug_class", "xanthines", None),
    }
    assert report.left_out == {
        "text in language fr": 1,
        "relation schema:epidemiology: no relation of the vocabulary": 1,
        "relation schema:code: no relation of the vocabulary": 1,
        "type schema:City: no kind of the vocabulary": 1,
    }


def test_an_ontology_in_owl_is_read_as_its_obo_is(tmp_path: Path) -> None:
    found, report = read(tmp_path, ONTOLOGY)
    fever = found["vesper fever"]
    assert [name.text for name in fever.names] == ["vesper fever", "evening fever"]
    assert fever.own == ("DOID:9990001", "DOID:9990002")
    assert set(fever.identifiers) - set(fever.own) == {
        "MESH:D000001", "UMLS:C0000001", "SNOMEDCT:12345"
    }  # fmt: skip
    assert stated(fever) == {("description", "A fever at dusk.", None)}
    assert set(found) == {"vesper fever", "Evening chill"}
    assert report.left_out == {
        "synonym that is related, not exact": 1,
        "obsolete term": 1,
        "relation rdfs:subClassOf: no relation of the vocabulary": 2,
        "term of GO: no kind of the vocabulary": 1,
    }


def test_skos_and_words_of_the_vocabulary_are_known_without_a_mapping(tmp_path: Path) -> None:
    found, report = read(
        tmp_path,
        PREFIXES
        + """\
ex:a skos:prefLabel "Vesper fever"@en , "薄暮熱"@zh-TW ; skos:altLabel "VF" ;
  skos:definition "A fever at dusk." ; ex:hasSymptom ex:b ; ex:complication "Dusk coma" ;
  ex:likes ex:b .
ex:b skos:prefLabel "chill" .
ex:d a ex:Disease ; rdfs:label "Dusk coma" ; rdfs:comment "Loss of consciousness at dusk." .
""",
    )
    assert found["Vesper fever"].kind == "condition" and found["Dusk coma"].kind == "condition"
    assert ("symptom", "chill", "symptom") in stated(found["Vesper fever"])
    assert ("complication", "Dusk coma", "condition") in stated(found["Vesper fever"])
    assert ("description", "Loss of consciousness at dusk.", None) in stated(found["Dusk coma"])
    assert report.left_out == {
        "relation likes: no relation of the vocabulary": 1,
        "thing whose kind is not said": 1,
    }


def test_a_mapping_beside_the_graph_says_what_its_words_mean(tmp_path: Path) -> None:
    (tmp_path / "g.mapping.yaml").write_text(
        "kinds:\n  ex:Ailment: condition\n  Remedy: medicine\n"
        "relations:\n  soothes: ~medicine\n  http://example.org/med#shows: symptom\n",
        encoding="utf-8",
    )
    (tmp_path / "g.mapping.yaml").write_text(
        (tmp_path / "g.mapping.yaml").read_text().replace("ex:Ailment", "Ailment")
    )
    text = PREFIXES + (
        'ex:a a ex:Ailment ; rdfs:label "Vesper fever" ; ex:shows "chill" .\n'
        'ex:r a ex:Remedy ; rdfs:label "Lumizine" ; ex:soothes ex:a .\n'
    )
    found, report = read(tmp_path, text)
    assert stated(found["Vesper fever"]) == {
        ("symptom", "chill", "symptom"),
        ("medicine", "Lumizine", "medicine"),
    }
    assert found["Lumizine"].kind == "medicine" and report.left_out == {}


NT = (
    "<http://e.org/1> <http://www.w3.org/2000/01/rdf-schema#label> "
    '"Vesper \\"fever\\" 5\\u00B5g"@en{graph} .\n'
    "<http://e.org/1> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> "
    "<http://schema.org/MedicalCondition>{graph} .\n"
)
XML = """<?xml version="1.0"?>
<!DOCTYPE rdf:RDF [ <!ENTITY s "https://schema.org/"> ]>
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:schema="https://schema.org/">
<schema:MedicalCondition rdf:about="http://e.org/1"><schema:name>Vesper "fever" 5µg</schema:name>
<schema:riskFactor>marsh air, &lt;5 km</schema:riskFactor>
</schema:MedicalCondition></rdf:RDF>"""


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.nt", NT.replace("{graph}", "")),
        ("a.nq", NT.replace("{graph}", " <http://e.org/g>")),
        ("a.rdf", XML),
        ("a.owl", XML),
        ("plain.ttl", NT.replace("{graph}", "")),
        (
            "a.trig",
            PREFIXES + 'ex:g { ex:a a schema:Disease ; schema:name "Vesper \\"fever\\" 5µg" }',
        ),
    ],
)
def test_every_syntax_gives_the_same_name(tmp_path: Path, name: str, text: str) -> None:
    found, _ = read(tmp_path, text, name)
    assert [*found] == ['Vesper "fever" 5µg']
    packed = tmp_path / f"{name}.gz"
    packed.write_bytes(gzip.compress(text.encode()))
    assert detect.detect_format(packed) == "rdf"
    assert len(list(reading.read(packed, "rdf", ReadReport()))) == 1


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.ttl", PREFIXES + 'ex:a rdfs:label "open .\n', "broken at line"),
        ("a.nt", NT.replace("{graph}", "") + "<http://e.org/1> nonsense .\n", "broken at line 3"),
        ("a.rdf", XML.replace("</schema:name>", ""), "broken"),
        (
            "a.rdf",
            XML.replace('"https://schema.org/"> ]', '"x"><!ENTITY t "&s;&s;"> ]'),
            "entities",
        ),
        ("a.rdf", XML.replace('s "https://schema.org/"', 's SYSTEM "file:///etc/passwd"'), "entit"),
        ("a.rdf", XML.replace('"https://schema.org/"', f'"{"x" * 5000}"'), "entities"),
    ],
)
def test_a_broken_or_hostile_graph_is_one_sentence(
    tmp_path: Path, name: str, text: str, said: str
) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    with pytest.raises(KnowledgeError, match=said) as caught:
        list(reading.read(path, "rdf", ReadReport()))
    assert caught.value.remedy


def test_a_graph_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdf, "MOST", 1)
    with pytest.raises(KnowledgeError, match="more than 1 triples"):
        read(tmp_path, NT.replace("{graph}", ""), "a.nt")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.md", "Turtle is written so:\n\n    @prefix ex: <http://e.org/> .\n"),
        ("a.txt", "<b> is a tag.\n"),
        ("a.html", "<html><body><p>@prefix ex: &lt;http://e.org/&gt;</p></body></html>"),
        ("a.txt", " \n" * 20_000 + "Text."),
        ("a.txt", "<!--" * 10_000),
    ],
)
@pytest.mark.timeout(10)
def test_what_only_looks_like_a_graph_is_none(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    assert not rdf.recognise(path, text.encode())
