"""Describe a dataset folder, for tools (report.json) and for readers (CARD.md).

    counts of rows + report of the filters + samples -> report, card

The card is written for someone who has never heard of this project.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from knowledge.datasets.filtering import FilterReport
from knowledge.records import Lesson, LessonMessage
from knowledge.vocabulary import INVERSE, RELATIONS

_STYLES = {
    "chatdoctor": "a patient tells, a doctor answers",
    "huatuo": "a question about one or two things of an entity, and the answer",
    "grounded": "numbered evidence and a question; the answer cites, or says that it is not there",
    "vignette": "a case; the conditions that fit, and what follows",
    "dialogue": "a consultation in which the doctor asks before answering",
    "literature": "a talk about a paper, answered in its own words",
    "knowledge-call": "a call of a knowledge base, what it gives, and the answer from it",
    "safety": "warnings first, interactions, refusals of harm and requests that only look like it",
    "tools": "a clinical formula called with the values of a case, and what comes out",
    "overview": "a paragraph on one condition or medicine, told in order",
    "exam": "a question with options, a statement to judge or a blank, with the fact that decides",
    "imported": "rows of other people's data sets",
}

_UNRELATED = {"imported": "imported", "tools": "calculation"}
"""Styles whose rows are about no relation, and the topic that stands for all of theirs."""

_TOPICS = {
    "overview": "what is known of an entity, relation by relation",
    "calculation": "the result of a clinical formula",
    "first": "the first sentences of an abstract",
    "last": "the last sentences of an abstract",
    "aim": "what a paper set out to do",
    "method": "how it was done",
    "result": "what was found",
    "conclusion": "what its authors conclude",
    "part": "a section of a text",
    "imported": "not known",
}
"""Topics that are no relation of the graph."""


@dataclass(slots=True)
class RowCounts:
    """How many rows went where."""

    train: int = 0
    validation: int = 0
    preference: int = 0
    styles: dict[str, int] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    relations: dict[str, int] = field(default_factory=dict)
    licences: dict[str, int] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)
    imported: dict[str, int] = field(default_factory=dict)
    entities: int = 0
    calculated: int = 0
    subjects_held: set[str] = field(default_factory=set)
    named_in_training: set[str] = field(default_factory=set)
    """What rows for validation are about, and what those for training name beside their subject."""

    def add(self, lesson: Lesson, held_out: bool) -> None:
        """Count a row."""
        self.validation += held_out
        self.train += not held_out
        if held_out:
            self.subjects_held.add(lesson.split_key)
        else:
            self.named_in_training.update(lesson.entities)
        self.calculated += any(source.calculated for source in lesson.sources)
        topic = _UNRELATED.get(lesson.style) or str(lesson.meta.get("relation", ""))
        keys = (lesson.style, lesson.language, topic, lesson.licence)
        tables = (self.styles, self.languages, self.relations, self.licences)
        for table, key in zip(tables, keys, strict=True):
            table[key] = table.get(key, 0) + 1
        if lesson.imported:
            source = str(lesson.meta.get("imported", ""))
            self.imported[source] = self.imported.get(source, 0) + 1

    @property
    def rows(self) -> int:
        """Return how many rows there are."""
        return self.train + self.validation

    @property
    def known_of_validation(self) -> int:
        """Return how many subjects of validation occur in training rows, as objects of facts."""
        return len(self.subjects_held & self.named_in_training)

    @property
    def unproven(self) -> int:
        """Return how many rows came from outside, so that nothing proves them."""
        return sum(self.imported.values())

    @property
    def largest(self) -> tuple[str, float]:
        """Return the relation that most written rows are about, and its share of these."""
        written = {key: count for key, count in self.relations.items() if key != "imported"}
        if not written:
            return "", 0.0
        name = min(written, key=lambda key: (-written[key], key))
        return name, written[name] / sum(written.values())


def report(counts: RowCounts, screened: FilterReport) -> dict[str, object]:
    """Return what report.json holds."""
    relation, share = counts.largest
    return {
        "kept": counts.rows,
        "proven": counts.rows - counts.unproven,
        "imported": _sorted(counts.imported),
        "train": counts.train,
        "validation": counts.validation,
        "preference": counts.preference,
        "preference_kinds": _sorted(counts.kinds),
        "entities": counts.entities,
        "entities_known": screened.subjects,
        "validation_subjects": len(counts.subjects_held),
        "validation_subjects_named_in_training": counts.known_of_validation,
        "largest_relation": {"relation": relation, "share": round(share, 4)},
        "styles": _sorted(counts.styles),
        "languages": _sorted(counts.languages),
        "relations": _sorted(counts.relations),
        "licences": _sorted(counts.licences),
        "seen": screened.seen,
        "dropped": _sorted(screened.dropped),
        "dropped_samples": screened.examples,
        "teacher": screened.teacher,
    }


def text(
    generation: int,
    arguments: Mapping[str, object],
    counts: RowCounts,
    screened: FilterReport,
    samples: Sequence[Lesson],
    pairs: Sequence[Mapping[str, str]] = (),
) -> str:
    """Return what CARD.md holds."""
    parts = (
        _head(generation, counts, screened),
        _files(counts),
        _tables(counts, screened),
        _samples(samples),
        _pairs(pairs),
        _dropped(screened),
        _making(counts, screened),
        _limits(counts),
        [f"Made with: {json.dumps(arguments, ensure_ascii=False)}."],
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(generation: int, counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    written = counts.rows - counts.unproven - counts.calculated
    yield from ("# Medical instruction data, made by medchat", "")
    if written:
        of = f" of the {screened.subjects:,} known" if screened.subjects else ""
        yield (
            f"{written:,} questions with answers about {counts.entities:,}{of} diseases, symptoms "
            f"and medicines, written from generation {generation} of a knowledge graph. Every "
            "statement of their answers comes from facts of that graph, and every row names them."
        )
    if counts.calculated:
        yield from (
            "",
            f"{counts.calculated:,} questions are answered with a clinical formula or score: the "
            "answer calls a calculator in a fixed grammar, and the row names the formula, its "
            "inputs and its result. The formulas are those that medchat registers.",
        )
    if counts.unproven:
        yield from (
            "",
            f"{counts.unproven:,} rows come from data sets of other people. **Nothing proves "
            "them**: they name no facts, have the style `imported`, and `meta` says from which "
            "file and line each one is.",
        )
    yield ""


def _files(counts: RowCounts) -> Iterator[str]:
    yield from (
        "## What is in the folder",
        "",
        "| file | rows | what |",
        "|---|---|---|",
        f"| train.jsonl | {counts.train:,} | rows with their sources, to learn from |",
        f"| validation.jsonl | {counts.validation:,} | rows about entities that no row of "
        "train.jsonl is about |",
        f"| alpaca.json, sharegpt.json, chatglm.jsonl | {counts.train:,} | the training rows in "
        "other tools' forms; chatglm.jsonl has a line for each turn |",
        f"| preference.jsonl | {counts.preference:,} | an answer, and one that is worse in "
        "the way that `why` names |",
        "| dataset_info.json | | registers the files with LLaMA-Factory |",
        "| report.json | | what was kept, and what was dropped and why |",
        "| MANIFEST.json | | hashes of all files, and how to make them again |",
        "",
        "A row of train.jsonl is one JSON object: `messages` (what is said, by `user` and "
        "`assistant`), `sources` (the facts, passages or formulas that prove the answer, each with "
        "its `quote`), `entities` and `split_key` (what the row is about; the parts share no "
        "`split_key`), `language`, `style`, `licence`, and `meta.support` (for each "
        "sentence of the answer, the places of its sources). To load it: "
        '`datasets.load_dataset("json", data_files="train.jsonl")`.',
        "",
    )


def _tables(counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    relation, share = counts.largest
    for title, table, meaning in (
        ("Rows by style", counts.styles, _STYLES),
        ("Rows by language", counts.languages, {"en": "English", "zh": "Chinese"}),
        ("Rows by topic", counts.relations, {each: _topic(each) for each in counts.relations}),
        ("Rows by licence of their sources", counts.licences, {}),
        ("Rows from other data sets, by file", counts.imported, {}),
        ("Preference pairs by what is wrong", counts.kinds, {}),
        ("Dropped or passed over, and why", screened.dropped, {}),
        ("What the teacher's wording came to", screened.teacher, {}),
    ):
        if not table:
            continue
        yield from (f"## {title}", "")
        yield "| | rows | |\n|---|---|---|" if meaning else "| | rows |\n|---|---|"
        for key, count in _sorted(table).items():
            said = topic_name(key) if table is counts.relations else key
            yield f"| {said} | {count:,} |" + (f" {meaning.get(key, '')} |" if meaning else "")
        yield ""
        if table is counts.relations and relation:
            said = topic_name(relation)
            yield from (f"The commonest topic of written rows, {said}, has {share:.0%}.", "")


def topic_name(relation: str) -> str:
    """Return what a topic is called where people read it: without the sign of the other end.

    >>> topic_name("symptom"), topic_name("medicine~")
    ('symptom', 'medicine (used for)')
    """
    bare = relation.removesuffix(INVERSE)
    known = RELATIONS.get(bare)
    return f"{bare} ({known.inverse_en})" if known and bare != relation else bare


def _topic(relation: str) -> str:
    """Say what rows of a topic tell."""
    known = RELATIONS.get(relation.removesuffix(INVERSE))
    if known is None:
        return _TOPICS.get(relation, "")
    inverse = known.inverse_en or f"of what it is a {known.en}"
    return f"seen from the other end: {inverse}" if relation.endswith(INVERSE) else known.en


def _samples(lessons: Iterable[Lesson]) -> Iterator[str]:
    yield from ("## Samples", "")
    for lesson in lessons:
        proof = "; ".join(dict.fromkeys(source.quote for source in lesson.sources))
        yield from (f"*{lesson.style}, {lesson.language}*", "")
        for message in lesson.messages:
            yield from (_quoted_message(message), ">")
        yield from (
            f"> **Proven by:** {_quoted(proof)}"
            if proof
            else f"> **Not proven**, from {lesson.meta.get('imported')}",
            "",
        )


def _quoted_message(message: LessonMessage) -> str:
    speaker = {"user": "Question", "assistant": "Answer"}.get(message.role, "System")
    return f"> **{speaker}:** {_quoted(message.content)}"


def _pairs(pairs: Iterable[Mapping[str, str]]) -> Iterator[str]:
    for place, pair in enumerate(pairs):
        if not place:
            yield from ("## Samples of preference pairs", "")
        yield from (
            f"*{pair['why']}*",
            "",
            f"> **Question:** {_quoted(pair['prompt'])}",
            ">",
            f"> **Chosen:** {_quoted(pair['chosen'])}",
            ">",
            f"> **Rejected:** {_quoted(pair['rejected'])}",
            "",
        )


def _dropped(screened: FilterReport) -> Iterator[str]:
    shown = {reason: found for reason, found in screened.examples.items() if found}
    if not shown:
        return
    yield from (
        "## Samples of what was dropped",
        "",
        "Not in the data; cut where they are long.",
        "",
    )
    for reason in sorted(shown):
        yield from (f"*{reason}*", "", f"> {_quoted(shown[reason][0])}", "")


def _making(counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    yield from ("## How it was made", "")
    if counts.rows > counts.unproven:
        how = (
            "A language model then reworded answers; what no longer agreed with the facts was put "
            "back as it had been."
            if screened.teacher
            else "No language model took part."
        )
        yield from (
            "Sentences were put together from the facts of one entity at a time. "
            + how
            + " Each row had to pass a proof against the graph: every fact must hold and be "
            "stated, and no other name or number may occur. Calculations are computed again. "
            "`medchat build-data --check DIR` repeats it.",
            "",
        )
    yield from (
        "Every row, whoever wrote it, had to pass gates: language, length, debris of sources, "
        "traces of prompts, personal data that has a form (numbers, addresses, names after a "
        "cue), exact and near duplicates (MinHash, estimated Jaccard similarity of 0.75 or more), "
        "a cap on the largest topic, and overlap with the evaluation sets that were named, if any.",
        "",
    )


def _limits(counts: RowCounts) -> Iterator[str]:
    yield from ("## Limits", "")
    if counts.rows > counts.unproven:
        yield (
            "Written rows are as right as the graph is: facts of imported sources were not "
            "reviewed by clinicians. Statistical associations are told as such and never as "
            "advice. Patients, ages and durations in questions are invented. A medicine all of "
            "whose conditions belong to the other part of the split has no row of its own."
        )
        if counts.known_of_validation:
            yield (
                f"No training row is about any of the {len(counts.subjects_held):,} entities of "
                f"validation.jsonl, but {counts.known_of_validation:,} of them are named in "
                "training rows as what another entity has (a finding, a test, a department): their "
                "names are not new to a model, what is said of them is."
            )
    if counts.unproven:
        yield (
            "Rows from other data sets may be wrong in any way. Names of people in running text "
            "have no form that a gate could find: read such rows before you pass them on."
        )
    yield from (
        "The data are for training and testing software, not for treating anyone. Before you pass "
        "them on, look at the licences above.",
        "",
    )


def _quoted(text: str) -> str:
    """Return a text whose lines all stay within a quotation."""
    return text.replace("\n", "\n> ")


def _sorted(table: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(table.items(), key=lambda entry: (-entry[1], entry[0])))
