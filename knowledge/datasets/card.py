"""Describe a dataset folder for readers (CARD.md), with the header that the hub reads.

    counts of rows + report of the filters + sources + hashes + samples -> card

The card is written for someone who has never heard of this project.
"""

from collections.abc import Iterator, Mapping, Sequence

from knowledge.datasets import card_samples, card_uses, hub_header
from knowledge.datasets.card_words import LANGUAGES, STYLES, TOPICS
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.graph_sources import GraphSource
from knowledge.datasets.row_counts import ANSWERS, LENGTHS, RowCounts, in_order, topic_name
from knowledge.records import Lesson
from knowledge.vocabulary import INVERSE, RELATIONS

_SOURCES_NAMED = 5
"""So many sources are named at a glance."""

_UNKNOWN = ("not stated", "none stated")
"""Licences of sources of the graph, and of rows from outside, that name none."""

_LONGEST_SAMPLE = 110
"""Signs of a row that was left out: enough to see of what kind it was."""

PICTURE = "distribution.svg"


def text(
    generation: int,
    arguments: Mapping[str, object],
    counts: RowCounts,
    screened: FilterReport,
    samples: Sequence[Lesson],
    pairs: Sequence[Mapping[str, str]] = (),
    sources: Sequence[GraphSource] = (),
    hashes: Mapping[str, str] = {},
    by_lot: Sequence[tuple[str, Lesson]] = (),
) -> str:
    """Return what CARD.md holds: `hashes` are those of the data files, by name.

    `samples` are the best rows, and `by_lot` others that were drawn, each with what it is of.
    """
    parts = (
        hub_header.lines(counts),
        _head(generation, counts, screened),
        _glance(counts, sources, arguments),
        card_uses.fitness(counts),
        card_uses.lines(counts),
        _files(counts, hashes),
        card_samples.lines(samples, STYLES),
        card_samples.lot_lines(by_lot),
        card_samples.pair_lines(pairs),
        _tables(counts, _unwritten(counts, arguments)),
        _diversity(counts),
        _sources(counts, sources, generation),
        _making(counts, screened),
        _left_out(counts, screened),
        _limits(counts),
        card_uses.again(arguments),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _head(generation: int, counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    written = counts.rows - counts.unproven - counts.calculated
    yield from ("# Medical instruction data, made by medchat", "")
    if written:
        of = f" of the {screened.subjects:,} known" if screened.subjects else ""
        yield from (
            f"{written:,} questions with answers about {counts.entities:,}{of} diseases, symptoms "
            f"and medicines, written from generation {generation} of a knowledge graph. Every "
            "medical fact in their answers comes from that graph, and every row names its facts: "
            "a statement that you doubt can be traced to the source that says it. Sentences that "
            "state no such fact, such as an opening or a caution, are of one closed list.",
            "",
            "No clinician reviewed these rows. Read a sample of each style before you train on "
            "them: [Limits](#limits) tell how many had faults where that was done.",
            "",
        )
    if counts.calculated:
        yield from (
            f"{counts.calculated:,} questions are answered with a clinical formula or score: the "
            "answer calls a calculator, asks for the value that is missing, or declines; the row "
            "names the formula, its inputs and its result. The formulas are those of medchat.",
            "",
        )
    if counts.unproven:
        yield from (
            f"{counts.unproven:,} rows come from data sets of other people. **Nothing proves "
            "them**: they name no facts, have the style `imported`, and `meta` says from which "
            "file and line each one is.",
            "",
        )


def _glance(
    counts: RowCounts, sources: Sequence[GraphSource], arguments: Mapping[str, object]
) -> Iterator[str]:
    proven = counts.rows - counts.unproven
    languages = ", ".join(
        f"{LANGUAGES.get(key, key)} {count:,}" for key, count in in_order(counts.languages).items()
    )
    yield from ("| | |", "|---|---|")
    yield f"| rows | {counts.train:,} for training, {counts.validation:,} for validation |"
    yield f"| languages | {languages} |"
    if proven:
        yield (
            f"| proven against the sources | {proven:,} of {counts.rows:,} rows say what the facts "
            "say that they name; whether these are right is not proven |"
        )
    if counts.unproven:
        yield f"| not proven | {counts.unproven:,} rows of other people |"
    if counts.preference:
        yield f"| preference pairs | {counts.preference:,}, each worse in one way that is named |"
    if reasoned := counts.answers.get("reasons"):
        yield f"| reasoning | {reasoned:,} rows list their steps, each with its fact |"
    if counts.parallel:
        yield f"| parallel | {counts.parallel:,} rows tell what one of the other language tells |"
    if asked := sum(counts.for_base.values()):
        told = f"{counts.for_base.get('unknown', 0):,} of {asked:,} rows on facts"
        base = _cell(str(arguments.get("for", "")))
        yield f"| drawn for | the base {base}: {told} rest on what it does not know |"
    if urgent := counts.answers.get("urgent"):
        yield (
            f"| emergencies | in {urgent:,} rows the user tells of one, and the answer "
            "opens with what to do at once |"
        )
    if sources and proven > counts.calculated:
        more = len(sources) - _SOURCES_NAMED
        named = ", ".join(_cell(source.title) for source in sources[:_SOURCES_NAMED])
        yield f"| written from | {named}{f' and {more} more, listed below' if more > 0 else ''} |"
    licences = ", ".join(f"{_cell(key)} ({n:,})" for key, n in in_order(counts.licences).items())
    yield f"| licences of the sources | {licences} |"
    yield from ("", f"![Rows by style and language]({PICTURE})", "")


def _files(counts: RowCounts, hashes: Mapping[str, str]) -> Iterator[str]:
    rows = (
        ("train.jsonl", counts.train, "rows with their sources, to learn from"),
        ("validation.jsonl", counts.validation,
         "rows about entities that no row of train.jsonl is about"),
        ("chat.jsonl", counts.train, "the training rows as messages for chat templates, calls as "
         "`tool_calls`, with `tools`"),
        ("sharegpt.json", counts.train, "the same in ShareGPT's form, calls as `function_call`"),
        ("alpaca.json", counts.train, "the same in Alpaca's form; in a doctor's row `input` is "
         "what the patient says"),
        ("chatglm.jsonl", counts.train, "the same in ChatGLM's form, a line for each turn"),
        ("preference.jsonl", counts.preference, "an answer, and one that is worse in the way that "
         "`why` names"),
        ("dataset_info.json", None, "registers the files with LLaMA-Factory"),
        ("report.json", None, "what was kept, and what was dropped and why"),
        ("MANIFEST.json", None, "hashes of all files, and how to make them again"),
    )  # fmt: skip
    yield from ("## What is in the folder", "", "| file | rows | what | SHA-256 begins |")
    yield "|---|---|---|---|"
    for name, count, what in rows:
        told = "" if count is None else f"{count:,}"
        yield f"| {name} | {told} | {what} | {hashes.get(name, '')[:12]} |"
    yield from (
        "",
        "A row of train.jsonl is one JSON object: `messages` (what is said, by `user` and "
        "`assistant`), `sources` (the facts, passages or formulas that prove the answer, each with "
        "its `quote`), `entities` and `split_key` (what the row is about; the parts share no "
        "`split_key`), `language`, `style`, `licence`, and `meta.support` (for each "
        "sentence of the answer, the places of its sources). Where a row lists the steps of its "
        "reasoning, they are `meta.trace`, and `reasoning_content` in chat.jsonl. Every other form "
        "names the row's `id`, `language`, `style` and `licence`.",
        "",
    )


def _unwritten(counts: RowCounts, arguments: Mapping[str, object]) -> list[str]:
    """Return the styles that were asked for and of which no row is in the data."""
    asked = arguments.get("styles")
    return [
        str(each)
        for each in (asked if isinstance(asked, (list, tuple)) else ())
        if each in STYLES and each not in counts.styles
    ]


def _tables(counts: RowCounts, unwritten: Sequence[str]) -> Iterator[str]:
    relation, share = counts.largest
    yield from _cells(counts)
    yield from _table("Rows by what the answer does", counts.answers_told, ANSWERS)
    if unwritten:
        yield from (
            f"Asked for, and not written from these sources: {', '.join(unwritten)}. Cases, exams "
            "and comparisons are made of what a person wrote and reviewed, and not of lists that a "
            "program gathered.",
            "",
        )
    topics = {topic_name(key): _topic(key) for key in counts.relations}
    named = {topic_name(key): count for key, count in counts.relations.items()}
    yield from _table("Rows by topic", in_order(named), topics)
    if relation:
        said = topic_name(relation)
        yield from (f"The commonest topic of written rows, {said}, has {share:.0%}.", "")
    bands = {
        band: counts.lengths[band]
        for of_language in LENGTHS.values()
        for band in of_language
        if band in counts.lengths
    }
    yield from _table("Rows by length of the answer", bands)
    yield from _table("Rows by register", in_order(counts.registers))
    yield from _table("Rows by difficulty", in_order(counts.difficulties))
    yield from _table("Rows by quality (`meta.quality`, 0 to 100)", counts.rated)
    yield from _table("Rows by what the base knows (`meta.base_knows`)", in_order(counts.for_base))
    yield from _table("Rows from other data sets, by file", in_order(counts.imported))
    yield from _table("Preference pairs by what is wrong", in_order(counts.kinds))


def _cells(counts: RowCounts) -> Iterator[str]:
    """Tell how many rows each style has in each language."""
    if not counts.styles:
        return
    languages = list(in_order(counts.languages))
    names = " | ".join(LANGUAGES.get(each, each) for each in languages)
    yield from ("## Rows by style and language", "", f"| | {names} | all | what it is |")
    yield "|---|" + "---|" * (len(languages) + 2)
    for style, count in in_order(counts.styles).items():
        told = " | ".join(f"{counts.cells.get((style, each), 0):,}" for each in languages)
        yield f"| {style} | {told} | {count:,} | {STYLES.get(style, '')} |"
    told = " | ".join(f"{counts.languages[each]:,}" for each in languages)
    yield from (f"| all | {told} | {counts.rows:,} | |", "")


def _table(
    title: str, table: Mapping[str, int], meaning: Mapping[str, str] | None = None
) -> Iterator[str]:
    if not table:
        return
    yield from (f"## {title}", "")
    yield "| | rows | |\n|---|---|---|" if meaning else "| | rows |\n|---|---|"
    for key, count in table.items():
        told = f" {_cell(meaning.get(key, ''))} |" if meaning else ""
        yield f"| {_cell(key)} | {count:,} |{told}"
    yield ""


def _topic(relation: str) -> str:
    """Say what rows of a topic tell."""
    known = RELATIONS.get(relation.removesuffix(INVERSE))
    if known is None:
        return TOPICS.get(relation, "")
    inverse = known.inverse_en or f"of what it is a {known.en}"
    return f"seen from the other end: {inverse}" if relation.endswith(INVERSE) else known.en


def _diversity(counts: RowCounts) -> Iterator[str]:
    """Tell how long answers are, and in how many ways questions and answers begin."""
    rows = [
        (language, role, opened)
        for (language, role), opened in sorted(counts.openings.items())
        if opened
    ]
    if not rows:
        return
    yield from (
        "## Diversity",
        "",
        "An opening is the first three words, in Chinese the first four characters. Were all "
        "equal, the commonest would have all rows.",
        "",
        "| language | | different openings | the commonest has | mean length |",
        "|---|---|---|---|---|",
    )
    for language, role, opened in rows:
        total = opened.total()
        size = ""
        if role == "assistant":
            mean = counts.amounts.get(language, 0) / counts.languages[language]
            size = f"{mean:.0f} {'words' if language == 'en' else 'characters'}"
        what = "last answers" if role == "assistant" else "first questions"
        most = max(opened.values()) / total
        name = LANGUAGES.get(language, language)
        yield f"| {name} | {what} | {len(opened):,} of {total:,} | {most:.1%} | {size} |"
    yield ""


def _sources(counts: RowCounts, sources: Sequence[GraphSource], generation: int) -> Iterator[str]:
    yield from ("## Sources and licences", "")
    if sources and counts.rows > counts.unproven:
        yield from (
            f"Generation {generation} of the knowledge graph holds these sources:",
            "",
            "| source | form | licence | what is known of it | SHA-256 begins |",
            "|---|---|---|---|---|",
        )
        for each in sources:
            parts = (each.title, each.format, each.licence, each.note, each.sha256[:12])
            yield f"| {' | '.join(map(_cell, parts))} |"
        yield ""
    yield from (
        "Each row has the licence of the sources that it was written from, in `licence`:",
        "",
        "| licence | rows |",
        "|---|---|",
    )
    for key, count in in_order(counts.licences).items():
        yield f"| {_cell(key)} | {count:,} |"
    yield ""
    for licence in _UNKNOWN:
        if licence in counts.licences:
            yield (
                f"`{licence}` means that the source names none: such rows are not yours to pass on "
                "until you have asked."
            )
    yield from (
        "`medchat build-data --licence NAME,NAME` writes rows of the licences named and no others.",
        "",
    )


def _making(counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    yield from ("## How it was made and proven", "")
    if counts.rows > counts.unproven:
        how = (
            "A language model then reworded answers; what no longer agreed with the facts was put "
            "back as it had been."
            if screened.teacher
            else "No language model took part."
        )
        yield from (
            "1. **Facts are chosen.** Sentences are put together from the facts of one entity at a "
            "time, in the words of templates for each language. " + how,
            "2. **Every row is proven against the graph.** Each sentence must say what its facts "
            "say, or be one of a closed set of stock sentences; no other name or number may occur; "
            "question and answer must be about the same thing. Calculations are computed again, "
            "and a row whose user describes an emergency must open with what to do at once.",
            "3. **Every row passes gates**: language, length, debris of sources, traces of "
            "prompts, personal data that has a form (numbers, addresses, names after a cue), exact "
            "and near duplicates (MinHash, estimated Jaccard similarity of 0.75 or more), a cap on "
            "the largest topic, and overlap with the evaluation sets that were named, if any.",
            "4. **The folder is proven as a whole.** `medchat build-data --check DIR` repeats the "
            "proof of every row, and derives every other file, this card too, from the rows again.",
            "",
        )
    else:
        yield from (
            "Every row had to pass gates: language, length, debris of sources, traces of prompts, "
            "personal data that has a form (numbers, addresses, names after a cue), exact and near "
            "duplicates (MinHash, estimated Jaccard similarity of 0.75 or more), and overlap with "
            "the evaluation sets that were named, if any.",
            "",
        )
    yield from _table("What the teacher's wording came to", in_order(screened.teacher))


def _left_out(counts: RowCounts, screened: FilterReport) -> Iterator[str]:
    if not screened.dropped:
        return
    yield from (
        "## What was left out, and why",
        "",
        f"Of {screened.seen:,} rows that were written, {counts.rows:,} are in the data.",
        "",
        "| why | rows | a sample, which is not in the data; cut where it is long |",
        "|---|---|---|",
    )
    for reason, count in in_order(screened.dropped).items():
        sample = (screened.examples.get(reason) or [""])[0]
        yield f"| {_cell(reason)} | {count:,} | {_cut(_cell(sample))} |"
    yield ""


def _limits(counts: RowCounts) -> Iterator[str]:
    yield from ("## Limits", "")
    if counts.rows > counts.unproven:
        yield from (
            "- Written rows are as right as the graph is: facts of imported sources were not "
            "reviewed by clinicians. A proof shows that a row says what its source says, and not "
            "that the source is right.",
            "- What is told of a condition is what the sources hold of it, which may lack a test, "
            "a treatment or a warning that matters.",
            "- These rows were not read one by one. Where samples of such data were read closely, "
            "one row in seven to ten had a fault, of cases (vignettes, dialogues, comparisons, "
            "overviews) one in three to one in two: an odd fact, a short list, a rival that is not "
            "named, a sentence that does not fit who asks.",
            "- That a wording names a medicine or test of the sources does not mean that it is "
            "still in use.",
            "- Statistical associations are told as such and never as advice. Patients, ages and "
            "durations in questions are invented.",
            "- Templates vary less than people do. Mix these rows with dialogues of people where "
            "manner matters more than truth.",
            "- A medicine all of whose conditions belong to the other part of the split has no row "
            "of its own.",
        )
        if counts.known_of_validation:
            yield (
                f"- No training row is about any of the {len(counts.subjects_held):,} entities of "
                f"validation.jsonl, but {counts.known_of_validation:,} of them are named in "
                "training rows as what another entity has (a medicine, a complication, a finding): "
                "their names are not new to a model, what is said of them is."
            )
    if counts.unproven:
        yield (
            "- Rows from other data sets may be wrong in any way. Names of people in running text "
            "have no form that a gate could find: read such rows before you pass them on."
        )
    yield from (
        "- The data are for training and testing software, not for treating anyone.",
        "",
    )


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST_SAMPLE else f"{text[:_LONGEST_SAMPLE].rstrip()} …"


def _cell(text: str) -> str:
    """Return a text that stays within a cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")
