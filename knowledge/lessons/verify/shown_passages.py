"""Check that a row which quotes shows the passages of its paper, and quotes the part asked for.

row + passages of its paper -> the row without what it shows, and what is wrong, or nothing
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Engine, select

from knowledge.graph.catalog import DocumentRow, PassageRow, holds
from knowledge.graph.id_queries import id_batches
from knowledge.lessons.facts import paper_parts, quoted_passages
from knowledge.lessons.verify import talk_patterns
from knowledge.lessons.verify.template_patterns import frame
from knowledge.records import Language, Lesson, LessonMessage, Passage

STYLE = "literature"

PaperPassages = Mapping[tuple[str, Language], Sequence[tuple[str, str, str]]]
"""The ids, sections and texts of the passages of papers in a language, in their order."""


def read_passages(engine: Engine, generation: int, documents: Collection[str]) -> PaperPassages:
    """Return all passages of some papers."""
    found: dict[tuple[str, Language], list[tuple[str, str, str]]] = {}
    with engine.connect() as connection:
        for chunk in id_batches(sorted(documents)):
            query = (
                select(
                    PassageRow.id,
                    PassageRow.document_id,
                    PassageRow.language,
                    PassageRow.section,
                    PassageRow.start,
                    PassageRow.end,
                    DocumentRow.text,
                )
                .join(DocumentRow, DocumentRow.id == PassageRow.document_id)
                .where(PassageRow.document_id.in_(chunk), holds(DocumentRow, generation))
                .order_by(PassageRow.document_id, PassageRow.start)
            )
            for row in connection.execute(query):
                place = (row.document_id, row.language)
                text = row.text[row.start : row.end]
                found.setdefault(place, []).append((row.id, row.section, text))
    return found


def take_shown(lesson: Lesson, papers: PaperPassages) -> tuple[Lesson, str]:
    """Return a row without the passages that it shows, for the proof of the rest, and a fault."""
    passages = papers.get((lesson.split_key, lesson.language), ())
    quoted = {source.id for source in lesson.sources}
    shown = quoted_passages.show(passages, quoted)
    asked = lesson.messages[0].content
    if not shown or not asked.startswith(shown):
        return lesson, "the row does not show the text that it quotes"
    question = LessonMessage("user", asked.removeprefix(shown))
    bare = replace(lesson, messages=(question, *lesson.messages[1:]))
    return bare, "" if _quotes_parts(bare, passages) else "a quotation is of another part"


def _quotes_parts(lesson: Lesson, passages: Sequence[tuple[str, str, str]]) -> bool:
    """Say whether each answer quotes sentences of the part that its question asks for."""
    language = lesson.language
    read = paper_parts.read(
        [Passage(id, "", text, 0, len(text), part, language) for id, part, text in passages]
    )
    parts_of = {(each.passage.id, each.words): each.part for each in read}
    held = {id: text for id, _, text in passages}
    quoted = {
        source.quote: parts_of.get((source.id, source.quote))
        for source in lesson.sources
        if source.quote in held.get(source.id, "")
    }
    if None in quoted.values():
        return False
    for asked, said in zip(lesson.messages[::2], lesson.messages[1::2], strict=False):
        wanted = talk_patterns.parts_asked(frame(asked.content, language), language)
        told = {part for words, part in quoted.items() if f"“{words}”" in said.content}
        if wanted and not told <= set(wanted):
            return False
    return True
