"""Give the pages of entities, documents and formulas of one generation."""

from sqlalchemy import Engine

from knowledge.lessons.facts.fact_page import PageKind
from knowledge.lessons.pages.document_pages import DocumentPages
from knowledge.lessons.pages.entity_pages import EntityPages
from knowledge.lessons.pages.formula_pages import FormulaPages
from knowledge.lessons.pages.paper_pair_pages import PaperPairPages
from knowledge.lessons.pages.related_pages import RelatedPages


class PageSources:
    """The pages of a generation by their kind, for planning rows and for writing them."""

    def __init__(self, engine: Engine, generation: int) -> None:
        self.generation = generation
        self.entity_pages = EntityPages(engine, generation)
        self.related_pages = RelatedPages(engine, generation, self.entity_pages)
        documents = DocumentPages(engine, generation)
        self.by_kind: dict[
            PageKind, RelatedPages | DocumentPages | PaperPairPages | FormulaPages
        ] = {
            "entities": self.related_pages,
            "documents": documents,
            "paper pairs": PaperPairPages(engine, generation, documents),
            "formulas": FormulaPages(),
        }
