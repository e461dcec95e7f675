"""What the IRIs of common RDF vocabularies mean here: names, kinds, relations and identifiers.

SKOS, RDFS, schema.org's medical types, and what ontologies in OWL take from OBO. The side-car of a
file overrides what is said here of kinds and relations.
"""

import re

from knowledge.ingest.sources.graph import table_rows
from knowledge.ingest.sources.graph.triple_mapping import MappedRelation, TripleMapping
from knowledge.text.names import normalise

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
OBO = "http://purl.obolibrary.org/obo/"
OIO = "http://www.geneontology.org/formats/oboInOwl#"
_SCHEMA = ("http://schema.org/", "https://schema.org/")
_PREFIXES = {
    RDF: "rdf",
    RDFS: "rdfs",
    OWL: "owl",
    SKOS: "skos",
    OBO: "obo",
    OIO: "oboInOwl",
    _SCHEMA[0]: "schema",
    _SCHEMA[1]: "schema",
    "http://purl.org/dc/terms/": "dct",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://xmlns.com/foaf/0.1/": "foaf",
}


def _schema(*names: str) -> set[str]:
    return {root + name for root in _SCHEMA for name in names}


TYPE = RDF + "type"
LABELS = {RDFS + "label", SKOS + "prefLabel", *_schema("name")}
SYNONYMS = {
    SKOS + "altLabel",
    OIO + "hasExactSynonym",
    OBO + "IAO_0000118",
    *_schema("alternateName", "nonProprietaryName", "proprietaryName"),
}
INEXACT = {
    OIO + "hasRelatedSynonym": "related",
    OIO + "hasBroadSynonym": "broad",
    OIO + "hasNarrowSynonym": "narrow",
    SKOS + "hiddenLabel": "hidden",
}
DEFINITIONS = {
    SKOS + "definition",
    OBO + "IAO_0000115",
    "http://purl.org/dc/terms/description",
    "http://purl.org/dc/elements/1.1/description",
    *_schema("description"),
}
REFERENCES = {OIO + "hasDbXref", SKOS + "exactMatch", OWL + "sameAs", *_schema("sameAs")}
OWN_CODES = {OIO + "id", OIO + "hasAlternativeId"}
OBSOLETE = OWL + "deprecated"
CLASSES = {
    *(OWL + "Class", OWL + "NamedIndividual", RDFS + "Class", RDFS + "Resource"),
    *(SKOS + "Concept", OWL + "Thing"),
}
"""Types that say only that something is a thing; its register or the side-car says of what kind."""

HEADERS = {
    *(OWL + "Ontology", OWL + "AnnotationProperty", OWL + "ObjectProperty"),
    *(OWL + "DatatypeProperty", OWL + "Axiom", OWL + "Restriction", OWL + "AllDisjointClasses"),
    *(RDF + "Property", SKOS + "ConceptScheme", SKOS + "Collection", OWL + "TransitiveProperty"),
}
"""Types of what describes the graph itself."""

_SCHEMA_KINDS = {
    "condition": "MedicalCondition InfectiousDisease Disease",
    "symptom": "MedicalSymptom MedicalSign MedicalSignOrSymptom VitalSign",
    "medicine": "Drug",
    "treatment": "MedicalTherapy MedicalProcedure TherapeuticProcedure SurgicalProcedure "
    "PhysicalTherapy PsychologicalTreatment PalliativeProcedure RadiationTherapy",
    "test": "MedicalTest MedicalTestPanel ImagingTest BloodTest PathologyTest DiagnosticProcedure",
    "body_part": "AnatomicalStructure AnatomicalSystem SuperficialAnatomy Bone Joint Muscle Artery "
    "Vein Nerve BrainStructure Ligament LymphaticVessel Vessel",
    "factor": "MedicalRiskFactor MedicalCause",
}
_KINDS = {normalise(name): kind for kind, names in _SCHEMA_KINDS.items() for name in names.split()}
_SCHEMA_RELATIONS = {
    "signOrSymptom": "symptom",
    "possibleTreatment": "treatment",
    "drug": "medicine",
    "possibleComplication": "complication",
    "cause": "cause",
    "riskFactor": "risk_factor",
    "typicalTest": "test",
    "associatedAnatomy": "body_part",
    "primaryPrevention": "prevention",
    "secondaryPrevention": "prevention",
    "expectedPrognosis": "prognosis",
    "naturalProgression": "course",
    "drugClass": "drug_class",
    "interactingDrug": "interaction",
    "contraindication": "contraindication",
    "seriousAdverseOutcome": "side_effect",
    "adverseOutcome": "side_effect",
    "pregnancyWarning": "pregnancy",
    "breastfeedingWarning": "pregnancy",
    "usedToDiagnose": "~test",
    "indication": "~medicine",
}
_RELATIONS = {
    **{root + name: id for name, id in _SCHEMA_RELATIONS.items() for root in _SCHEMA},
    OBO + "RO_0002452": "symptom",  # has symptom
    OBO + "RO_0004026": "body_part",  # disease has location
}
REGISTERS = {
    "DOID": "condition",
    "MONDO": "condition",
    "HP": "symptom",
    "SYMP": "symptom",
    "UBERON": "body_part",
}
_CODES = (
    (re.compile(r"http://purl\.obolibrary\.org/obo/([A-Za-z]+)_(\w+)"), ""),
    (re.compile(r"https?://(?:www\.)?identifiers\.org/(\w+)[/:](?:\w+:)?([\w.-]+)"), ""),
    (re.compile(r"https?://id\.nlm\.nih\.gov/mesh/()([DC]\d+)"), "MESH"),
    (re.compile(r"https?://snomed\.info/id/()(\d+)"), "SNOMEDCT"),
    (re.compile(r"https?://www\.orpha\.net/ORDO/()Orphanet_(\d+)"), "ORPHA"),
    (re.compile(r"https?://www\.wikidata\.org/entity/()(Q\d+)"), "WIKIDATA"),
    (re.compile(r"https?://purl\.bioontology\.org/ontology/(\w+)/([\w.-]+)"), ""),
    (re.compile(r"https?://www\.ebi\.ac\.uk/efo/()EFO_(\d+)"), "EFO"),
)
_CURIE = re.compile(r"[A-Za-z][\w.-]*:[\w.-]+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|_|-")


def split_iri(iri: str) -> tuple[str, str]:
    """Return the namespace of an IRI and its last part.

    >>> split_iri("https://schema.org/signOrSymptom")
    ('https://schema.org/', 'signOrSymptom')
    """
    place = max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1
    return iri[:place], iri[place:]


def short(iri: str) -> str:
    """Return an IRI as people write it.

    >>> short("http://www.w3.org/2000/01/rdf-schema#subClassOf"), short("http://e.org/x#likes")
    ('rdfs:subClassOf', 'likes')
    """
    root, local = split_iri(iri)
    prefix = _PREFIXES.get(root, "")
    return f"{prefix}:{local}" if prefix else local or iri


def code_of(text: str) -> str:
    """Return the identifier that an IRI or a `REGISTER:number` stands for, or nothing.

    >>> code_of("http://purl.obolibrary.org/obo/DOID_13189"), code_of("http://e.org/1")
    ('DOID:13189', '')
    """
    for form, register in _CODES:
        found = form.fullmatch(text)
        if found:
            return table_rows.format_identifier(register or found[1], found[2])
    known = _CURIE.fullmatch(text) and not text.startswith(("http", "_:"))
    return table_rows.format_curie(text) if known else ""


def _labels(iri: str) -> tuple[str, ...]:
    """Return what a side-car or the vocabulary may call an IRI, the most exact first."""
    local = split_iri(iri)[1]
    return iri, short(iri), local, _CAMEL.sub(" ", local)


def kind_of(iri: str, known: TripleMapping) -> str | None:
    """Return the kind that a type stands for; nothing where it is not known."""
    for label in _labels(iri):
        if normalise(label) in known.kinds:
            return known.kinds[normalise(label)]
    local = normalise(split_iri(iri)[1])
    return _KINDS.get(local) or known.kind(_labels(iri)[-1])


def relation_of(iri: str, known: TripleMapping) -> MappedRelation | None:
    """Return the relation that a predicate stands for; nothing where it is not known."""
    for label in _labels(iri):
        if normalise(label) in known.relations:
            return known.relations[normalise(label)]
    if iri in _RELATIONS:
        id = _RELATIONS[iri]
        return MappedRelation(id.lstrip("~"), id.startswith("~"))
    if iri.startswith((RDF, RDFS, OWL, SKOS, OIO)):
        return None
    return known.relation(_labels(iri)[-1])
