"""Search: what is asked comes first, in both languages; what is not there is not answered."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from sqlalchemy import Engine
from toy_knowledge import ToyEmbedding, fill

from knowledge import KnowledgeError
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.index import embedding, generations
from knowledge.ingest import starter, updates
from knowledge.records import Progress, silent
from knowledge.search import weights
from knowledge.search.query_parser import parse_query
from knowledge.search.searcher import Search, open_search

STARTER = Path(starter.__file__).parent
NOTES = (
    *("asthma-management", "type-2-diabetes-first-line", "hypertension-management", "gout"),
    *("atrial-fibrillation-anticoagulation", "metformin-safety", "warfarin-interactions"),
    *("paracetamol-overdose", "febrile-child", "migraine", "anaphylaxis", "hypothyroidism"),
)


@pytest.fixture(scope="module")
def starting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Search]:
    """Open the starter's whole graph and some of its notes, with the model that ships."""
    home = tmp_path_factory.mktemp("starting")
    engine = connect(f"sqlite:///{home / 'medchat.db'}")
    CatalogBase.metadata.create_all(engine)
    languages = ("en", "zh")
    notes = [STARTER / "notes" / each / f"{name}.md" for name in NOTES for each in languages]
    paths = [*sorted(STARTER.glob("*.yaml")), *(path for path in notes if path.is_file())]
    updates.add(engine, home, paths, embedding=embedding.load())
    yield open_search(engine, home, embedding.load())
    engine.dispose()


FOUND = [
    ("What are the first-line treatments for type 2 diabetes?", "first-line treatment: metformin"),
    ("first-line treatments of type 2 diabetes", "first-line treatment: metformin"),
    ("2型糖尿病的一线治疗是什么？", "一线治疗：二甲双胍"),
    ("Which drug is usually started first in T2DM?", "metformin"),
    ("can I take warfarin with ibuprofen", "warfarin — interactions: ibuprofen"),
    ("华法林可以和布洛芬一起吃吗？", "华法林——相互作用：布洛芬"),
    ("what diseases cause frequent urination", "Type 2 diabetes"),
    ("尿频见于哪些疾病？", "2型糖尿病"),
    ("What are the symptoms of asthma?", "Asthma — symptoms"),
    ("How do people with asthma feel?", "wheez"),
    ("哮喘有哪些症状？", "哮喘——症状"),
    ("How is asthma diagnosed?", "Asthma — tests"),
    ("哮喘需要做什么检查？", "哮喘——检查"),
    ("What is hypertension?", "Hypertension — description"),
    ("高血压是什么病？", "高血压——简介"),
    ("high blood pressure treatment", "amlodipine"),
    ("高血压首选什么药？", "氨氯地平"),
    ("What tests confirm atrial fibrillation?", "electrocardiogram"),
    ("房颤挂什么科？", "心内科"),
    ("Which department should a patient with heart attack go to?", "cardiology"),
    ("What is metformin used for?", "Type 2 diabetes"),
    ("二甲双胍用于治疗什么？", "2型糖尿病"),
    ("Side effects of metformin", "metformin — side effects"),
    ("Who should not take metformin?", "metformin — contraindications"),
    ("What is the maximum daily dose of paracetamol?", "4 g"),
    ("对乙酰氨基酚的最大剂量是多少？", "4 g"),
    ("complications of type 1 diabetes", "ketoacidosis"),
    ("1型糖尿病有哪些并发症？", "酮症酸中毒"),
    ("How can gout attacks be treated?", "colchicine"),
    ("痛风怎么治疗？", "秋水仙碱"),
    ("What drug class is amlodipine?", "amlodipine — drug class"),
    ("symptms of hypothyroidsm", "hypothyroidism"),
    ("Can metformin be given when eGFR is below 30?", "contraindicated"),
    ("How should atrial fibrillation be anticoagulated?", "anticoag"),
    ("What should be done for anaphylaxis?", "adrenaline"),
    ("When is fever in an infant dangerous?", "infant under three months"),
]


@pytest.mark.parametrize(("question", "expected"), FOUND, ids=[question for question, _ in FOUND])
def test_ordinary_questions_are_answered_among_the_first_three(
    starting: Search, question: str, expected: str
) -> None:
    texts = [hit.text for hit in starting.find(question)[:3]]
    assert any(expected.lower() in text.lower() for text in texts), texts


@pytest.mark.parametrize(
    "question",
    [
        "Who won the 1998 football world cup final and by what score?",
        "法国的首都是哪里？",
        "How do I fix a bicycle chain?",
        "What is the capital of France?",
        "谁赢得了1998年世界杯？",
        "Write a poem about the sea",
        "How do I reset my router password?",
        "What is the weather like in Paris today?",
        "今天天气怎么样？",
        "怎么学习弹钢琴？",
        "Which stocks should I buy this year?",
        "Who invented the telephone?",
        "如何更换汽车轮胎？",
        "What is the square root of 144?",
        "Explain how photosynthesis works in plants",
        "推荐几部好看的电影",
        "How long should I boil an egg?",
        "What are the symptoms of Zorvanex syndrome?",
        "Is Zorvanex safe to take with Kawabunga?",
        "佐凡尼克斯综合征有什么症状？",
        "?",
        "",
    ],
)
def test_what_the_base_does_not_know_finds_nothing(starting: Search, question: str) -> None:
    assert [hit.text for hit in starting.find(question)] == []


def test_a_search_that_must_not_abstain_returns_the_nearest(starting: Search) -> None:
    hits = starting.find("How do I fix a bicycle chain?", 5, abstain=False)
    assert len(hits) == 5 and all(hit.kind == "passage" for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


@pytest.mark.parametrize(
    ("question", "relation"),
    [
        ("What are the first-line treatments for type 2 diabetes?", "first_line"),
        ("2型糖尿病首选什么治疗？", "first_line"),
        ("What should people with gout not eat?", "diet_avoided"),
        ("华法林的药物相互作用有哪些？", "interaction"),
        ("What is asthma?", "description"),
        ("Why do people get gout?", "cause"),
    ],
)
def test_a_question_is_taken_apart(starting: Search, question: str, relation: str) -> None:
    asked = parse_query(question, starting.linker)
    assert asked.mentions
    assert asked.asks[0].relation == relation


def test_a_chinese_question_reaches_english_passages(starting: Search) -> None:
    hits = starting.find("二甲双胍在肾功能不全时安全吗？")
    passages = [hit for hit in hits if hit.kind == "passage"]
    assert any(hit.language == "en" and "etformin" in hit.text for hit in passages)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("二甲双胍在肾功能不全时安全吗？", "禁用二甲双胍"),
        ("血尿酸在痛风急性发作时可以正常吗", "血尿酸可以正常"),
        ("儿童过敏性休克要打多少肾上腺素", "0.01 mg/kg"),
        ("对乙酰氨基酚过量一定要用乙酰半胱氨酸吗", "乙酰半胱氨酸"),
    ],
)
def test_what_a_chinese_passage_says_comes_before_the_english_one(
    starting: Search, question: str, said: str
) -> None:
    hits = [hit for hit in starting.find(question) if hit.kind == "passage"]
    assert hits[0].language == "zh", [hit.id for hit in hits]
    assert any(said in hit.text for hit in hits[:3])


@pytest.fixture
def toy(engine: Engine, home: Path, tmp_path: Path) -> Search:
    fill(engine, home, tmp_path)
    return open_search(engine, home, ToyEmbedding())


def test_a_hit_has_the_shape_of_the_contract(toy: Search) -> None:
    fact, *_ = toy.find("What is the first-line treatment of type 2 diabetes?")
    passage = next(hit for hit in toy.find("Is gout treated with colchicine?"))
    for hit in (fact, passage):
        shown = hit.as_dict()
        assert set(shown) >= {
            "rank", "id", "kind", "title", "text", "year", "type", "score", "why", "document",
            "facts", "language",
        }  # fmt: skip
        assert set(shown["why"]) == {"dense", "lexical", "graph"}
    assert (fact.rank, fact.kind, len(fact.facts)) == (1, "fact", 1)
    assert fact.id.endswith("#first_line") and fact.document.sources
    assert (passage.kind, passage.year, passage.type) == ("passage", 2024, "guideline")
    assert passage.id == "note:gout#1" and passage.why.dense > 0.2 and passage.why.lexical == 1


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, {"note:gout", "note:gout-zh"}),
        ({"language": "zh"}, {"note:gout-zh"}),
        ({"language": "en"}, {"note:gout"}),
        ({"type": "guideline"}, {"note:gout"}),
        ({"year_from": 2024}, {"note:gout", "note:gout-zh"}),
        ({"year_from": 2025}, set()),
        ({"type": "trial"}, set()),
    ],
)
def test_filters_keep_what_they_say(
    toy: Search, filters: dict[str, object], expected: set[str]
) -> None:
    questions = ("Is gout treated with colchicine?", "痛风可以用秋水仙碱治疗吗？")
    hits = [hit for question in questions for hit in toy.find(question, **filters)]
    assert {hit.document.id for hit in hits if hit.kind == "passage"} == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"year_to": 2023}, set()),
        ({"year_to": 2024}, {"note:gout"}),
        ({"source": "nothing"}, set()),
    ],
)
def test_passages_are_kept_by_year_and_source(
    toy: Search, filters: dict[str, object], expected: set[str]
) -> None:
    hits = toy.find("Is gout treated with colchicine?", language="en", **filters)
    assert {hit.document.id for hit in hits} == expected


def _note(folder: Path, key: str, text: str) -> Path:
    path = folder / f"{key}.md"
    path.write_text(f"---\nkey: note:{key}\ntitle: Gout {key}\n---\n{text}\n")
    return path


def test_a_source_fills_no_more_than_its_part(engine: Engine, home: Path, tmp_path: Path) -> None:
    doses = ("in the morning", "before a meal", "after surgery", "during an attack")
    for source in ("one", "two"):
        notes = [
            _note(tmp_path, f"{source}-{place}", f"Colchicine for gout is taken {dose}.")
            for place, dose in enumerate(doses[2:] if source == "two" else doses[:2])
        ]
        updates.add(engine, home, notes, title=source, embedding=ToyEmbedding())
    search = open_search(engine, home, ToyEmbedding())
    question = "colchicine for gout"
    assert len(search.find(question)) == 4
    hits = search.find(question, per_source=1)
    assert len({hit.document.sources for hit in hits}) == len(hits) == 2
    (source,) = hits[0].document.sources
    assert len(search.find(question, source=source)) == 2


def test_passages_that_say_the_same_are_shown_once(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    text = "Colchicine relieves an attack of gout when it is given early and in a low dose"
    notes = [_note(tmp_path, key, text) for key in ("a", "b")]
    notes.append(_note(tmp_path, "c", "Gout may be relieved with colchicine or naproxen."))
    updates.add(engine, home, notes, embedding=ToyEmbedding())
    hits = open_search(engine, home, ToyEmbedding()).find("Does colchicine relieve gout?")
    assert len(hits) == 2
    ((id, alike),) = [(hit.id, hit.alike) for hit in hits if hit.alike]
    assert {id, *alike} == {"note:a#1", "note:b#1"}


def test_a_hit_tells_which_words_of_the_question_it_speaks_of(toy: Search) -> None:
    (hit, *_) = toy.find("Is gout treated with colchicine or budesonide?", language="en")
    assert set(hit.matched) == {"gout", "treat", "colchicin"}


class _Vague(ToyEmbedding):
    """Finds all passages equally near to a question, and those on one name not near at all."""

    def encode(self, texts: Sequence[str], progress: Progress = silent) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            passage = "\n" in text  # under its title
            vectors[row, 1 if passage and "zorvanex" in text else 0] = 1.0 if passage else 0.3
        return vectors


def test_a_name_that_only_words_find_is_read_before_much_that_is_vaguely_near(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    notes = [_note(tmp_path, f"n{n}", f"Nothing is known of case {n}.") for n in range(80)]
    notes.append(_note(tmp_path, "rare", "One takes zorvanex at night."))
    updates.add(engine, home, notes, embedding=_Vague())
    search = open_search(engine, home, _Vague())
    assert [hit.document.id for hit in search.find("zorvanex at night")] == ["note:rare"]
    assert search.find("zorvanex at night", 3, abstain=False)[0].document.id == "note:rare"


def test_a_long_document_does_not_fill_the_ranking(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    long = tmp_path / "long.md"
    sections = "\n\n".join(f"## Part {n}\nColchicine dose {n} in gout." for n in range(9))
    long.write_text(f"---\nkey: note:long\ntitle: Gout\n---\n{sections}\n")
    updates.add(engine, home, [long], embedding=ToyEmbedding())
    hits = open_search(engine, home, ToyEmbedding()).find("colchicine dose in gout")
    assert len(hits) == weights.PER_DOCUMENT


def test_search_works_without_vectors_and_gains_them_later(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    question = "Is gout treated with colchicine?"
    note = tmp_path / "note.md"
    note.write_text("---\nkey: note:g\ntitle: Gout\n---\nGout is treated with colchicine.\n")
    updates.add(engine, home, [note])
    assert open_search(engine, home).find(question)[0].why.dense == 0
    note.write_text(note.read_text() + "Allopurinol lowers urate.\n")
    updates.add(engine, home, [note], embedding=ToyEmbedding())
    assert open_search(engine, home, ToyEmbedding()).find(question)[0].why.dense > 0


def test_the_same_search_is_handed_out_until_something_changes(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    first = open_search(engine, home, ToyEmbedding())
    assert open_search(engine, home, ToyEmbedding()) is first
    generations.rollback(engine, home, 1)
    assert open_search(engine, home, ToyEmbedding()) is not first


@pytest.mark.parametrize("top", [0, -1])
def test_a_senseless_number_of_hits_is_refused(toy: Search, top: int) -> None:
    with pytest.raises(KnowledgeError, match="at least 1"):
        toy.find("gout", top)


def test_another_model_than_the_base_was_made_with_is_refused(
    engine: Engine, home: Path, tmp_path: Path
) -> None:
    fill(engine, home, tmp_path)
    with pytest.raises(KnowledgeError, match="toy 1, not toy 2"):
        open_search(engine, home, ToyEmbedding("toy 2"))
