"""Filters: near duplicates, overlap with evaluation sets, personal data, quotas, licences."""

import json
import random
import re

import pytest
from toy_lessons import opened

from knowledge.datasets import filtering
from knowledge.datasets.filtering import FilterReport
from knowledge.datasets.filters import (
    contamination,
    keywords,
    leakage,
    licences,
    near_duplicates,
    pii,
    quotas,
    toxicity,
)
from knowledge.datasets.filters.exact_duplicates import ExactDuplicateFilter
from knowledge.errors import KnowledgeError
from knowledge.lessons import build
from knowledge.lessons.build_options import BuildOptions
from knowledge.records import Lesson, LessonMessage
from knowledge.vocabulary import RELATIONS

LONG = (
    "Doctor, for three weeks my left knee has hurt whenever I climb stairs and swells at night.",
    "Pain on stairs with swelling may come from osteoarthritis; rest, cold and an X-ray are next.",
)
LONG_ZH = (
    "医生您好，我左膝盖疼了三个星期，上下楼梯时特别明显，晚上还会肿起来，该怎么办？",
    "上下楼梯时疼痛并伴有肿胀，要考虑骨关节炎，建议先休息、冷敷，并拍一张X光片。",
)


def row(question, answer, language="en", style="huatuo", **other):
    return Lesson(
        id="row",
        messages=(LessonMessage("user", question), LessonMessage("assistant", answer)),
        language=language,
        style=style,
        sources=(),
        entities=(),
        split_key="condition:x",
        licence=other.pop("licence", "CC0-1.0"),
        meta=other,
    )


def shingles(text):
    letters = "".join(sign.lower() for sign in text if sign.isalnum())
    return {letters[place : place + 5] for place in range(len(letters) - 4)}


class TestNear:
    @pytest.mark.parametrize(
        "change",
        [
            lambda text: text,
            str.upper,
            lambda text: text.replace(",", " -").replace(".", "!"),
            lambda text: "Good morning! " + text,
            lambda text: text.replace("left", "right"),
            lambda text: text.replace("swells", "swels"),
        ],
    )
    def test_small_changes_are_seen_through(self, change):
        row_filter = near_duplicates.NearDuplicateFilter()
        assert row_filter([row(*LONG)]) == [""]
        assert row_filter([row(change(LONG[0]), LONG[1])]) == [near_duplicates.NEAR]

    def test_chinese_is_seen_through_too(self):
        row_filter = near_duplicates.NearDuplicateFilter()
        other = (LONG_ZH[0].replace("三个星期", "三周"), LONG_ZH[1].replace("，", " "))
        assert row_filter([row(*LONG_ZH, "zh"), row(*other, "zh")]) == ["", near_duplicates.NEAR]

    def test_other_rows_in_the_same_frame_stay(self):
        row_filter = near_duplicates.NearDuplicateFilter()
        frame = "What are the symptoms of {}?", "Symptoms of {} include {}."
        told = [("gout", "joint pain and swelling"), ("asthma", "wheeze, cough and tightness")]
        rows = [row(frame[0].format(name), frame[1].format(name, what)) for name, what in told]
        assert row_filter(rows) == ["", ""]

    def test_only_kept_rows_are_remembered_over_batches(self):
        row_filter = near_duplicates.NearDuplicateFilter()
        rows = [row(f"{LONG[0]} CalculatorCase {number}", LONG[1]) for number in range(3)]
        assert row_filter(rows) == ["", near_duplicates.NEAR, near_duplicates.NEAR]
        assert row_filter(rows) == [near_duplicates.NEAR] * 3
        assert row_filter([]) == []

    def test_batches_of_any_size_give_the_same_verdicts(self):
        pick = random.Random(3)
        words = [f"word{number}" for number in range(40)]
        rows = []
        for _ in range(300):
            text = " ".join(pick.choices(words, k=25))
            rows.append(row(text, "An answer."))
            if pick.random() < 0.3:
                rows.append(row(text.replace("word1 ", "word2 ", 1), "An answer."))
        found = []
        for size in (1, 7, 400):
            row_filter = near_duplicates.NearDuplicateFilter()
            parts = [rows[place : place + size] for place in range(0, len(rows), size)]
            found.append([reason for part in parts for reason in row_filter(part)])
        assert found[0] == found[1] == found[2]
        assert 0 < sum(map(bool, found[0])) < 150

    def test_agreement_estimates_the_jaccard_similarity(self):
        pick = random.Random(5)
        letters = "abcdefghijklmnopqrstuvwxyz"
        errors = []
        for share in (2, 5, 20, 60, 120) * 8:
            text = "".join(pick.choices(letters, k=400))
            other = list(text)
            for place in pick.sample(range(400), share):
                other[place] = pick.choice(letters)
            one, two = shingles(text), shingles("".join(other))
            found = near_duplicates.sign_texts([text, "".join(other)])
            errors.append((found[0] == found[1]).mean() - len(one & two) / len(one | two))
        assert abs(sum(errors) / len(errors)) < 0.015
        assert max(map(abs, errors)) < 0.16

    def test_signatures_do_not_depend_on_their_neighbours(self):
        texts = ["", "a", "gout", LONG[0], LONG_ZH[0], "with a \0 in it"]
        together = near_duplicates.sign_texts(texts)
        assert together.shape == (6, 126)
        for text, found in zip(texts, together, strict=True):
            assert (near_duplicates.sign_texts([text])[0] == found).all()


class TestOverlap:
    EVALUATION = [
        {
            "id": 1,
            "question": "Which drug is first choice in uncomplicated gout attacks?",
            "a": "No",
        },
        {"question": "What is gout?", "context": " ".join(f"term{n}" for n in range(40))},
        {"题目": "痛风急性发作期首选哪种药物治疗？"},
    ]

    @pytest.fixture(params=["json", "jsonl", "csv", "folder"])
    def row_filter(self, request, tmp_path):
        path = tmp_path / "held" / f"set.{request.param}"
        path.parent.mkdir()
        rows = self.EVALUATION
        if request.param == "jsonl":
            path.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
        elif request.param == "csv":
            names = ["question", "context", "题目"]
            lines = [",".join(names)]
            lines += [",".join(str(each.get(name, "")) for name in names) for each in rows]
            path.write_text("\n".join(lines), encoding="utf-8")
        else:
            path = path.with_suffix(".json")
            path.write_text(json.dumps(rows), encoding="utf-8")
        return contamination.ContaminationFilter(
            [path.parent if request.param == "folder" else path]
        )

    @pytest.mark.parametrize(
        ("question", "answer", "found"),
        [
            (
                "Hello, WHICH drug is first-choice in uncomplicated gout attacks?! Thanks",
                "Yes.",
                True,
            ),
            ("Which drug is best in uncomplicated gout attacks?", "Yes.", False),
            ("What is gout?", "A disease.", True),
            ("What is gout, doctor?", "A disease.", False),
            ("Tell me.", "It is term3 " + " ".join(f"term{n}" for n in range(4, 17)), True),
            ("Tell me.", "It is " + " ".join(f"term{n}" for n in range(4, 16)), False),
            ("请问：痛风急性发作期，首选哪种药物治疗", "秋水仙碱。", True),
            ("痛风急性发作期不宜用哪种药物治疗？", "别嘌醇。", False),
        ],
    )
    def test_shared_wording_is_found(self, row_filter, question, answer, found):
        rows = [row("Is it painful at night?", "It is."), row(question, answer), row(*LONG)]
        assert row_filter(rows) == ["", contamination.OVERLAP if found else "", ""]

    def test_runs_do_not_reach_over_messages(self, row_filter):
        words = [f"term{n}" for n in range(14)]
        assert row_filter([row(" ".join(words[:7]), " ".join(words[7:]))]) == [""]

    @pytest.mark.parametrize("text", [None, "{", "[]", '{"id": 3}'])
    def test_a_file_without_text_is_refused(self, tmp_path, text):
        path = tmp_path / "set.json"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(KnowledgeError) as caught:
            contamination.ContaminationFilter([path])
        assert caught.value.where == "--exclude"

    @pytest.mark.real_data
    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("open/exam_zh/cmexam_val_a/cmexam_val_a.jsonl", "Question"),
            ("open/lit_qa/pubmedqa_dev500", "QUESTION"),
        ],
    )
    def test_every_question_of_real_sets_is_found(self, real_data, name, field):
        row_filter = contamination.ContaminationFilter([real_data / name])
        asked = [
            text
            for key, text in contamination.read_texts([real_data / name])
            if key == field and len(contamination._TOKEN.findall(text.lower())) >= 5
        ]
        assert len(asked) > 400
        rows = [row(f"Doctor: {text.upper()} Thank you.", "Yes.") for text in asked]
        found = [
            reason
            for place in range(0, len(rows), 200)
            for reason in row_filter(rows[place:][:200])
        ]
        assert all(found)


class TestPersonal:
    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("Write to ann.lee+x@clinic.example.org please.", "e-mail address"),
            ("See https://clinic.example.org/p?id=3 for it.", "network address"),
            ("I logged in from 192.168.10.4 today.", "network address"),
            ("我的身份证是11010519491231002X。", "identity number"),
            ("My SSN is 536-22-1234.", "identity number"),
            ("Card 4111 1111 1111 1111 was charged.", "payment card"),
            ("Pay to GB29 NWBK 6016 1331 9268 19 now.", "bank account"),
            ("我的手机是13812345678，请联系。", "telephone number"),
            ("Call me at (212) 555-0142 any time.", "telephone number"),
            ("Ring +44 20 7946 0958 in the morning.", "telephone number"),
            ("加我微信：wx_820145。", "telephone number"),
            ("MRN: 00482913, seen in May.", "record number"),
            ("住院号：20230417。", "record number"),
            ("Date of birth: 03/05/1974.", "date of birth"),
            ("出生日期：1974年3月5日。", "date of birth"),
            ("My name is Ann Lee and I cough.", "name"),
            ("Dr. Smith saw me last week.", "name"),
            ("Thanks. Regards, Peter Jones", "name"),
            ("我叫王小明，今年40岁。", "name"),
            ("李医生您好，我咳嗽。", "name"),
            ("I live at 12 Elm Street, Springfield.", "postal address"),
            ("The clinic is at 221 Baker Street.", "postal address"),
            ("家住北京市海淀区中关村路12号。", "postal address"),
        ],
    )
    def test_each_kind_is_found_and_masked(self, text, kind):
        language = "zh" if re.search("[\u4e00-\u9fff]", text) else "en"
        assert pii.check_pii(row(text, "Yes.")) == pii.PERSONAL + kind
        masked = pii.mask_text(text, language)
        assert masked != text and "[" in masked
        assert pii.check_pii(row(masked, "Yes.")) == ""

    @pytest.mark.parametrize(
        "text",
        [
            "Blood pressure was 140/90, glucose 11.1 mmol/L, and sodium 135-145.",
            "The maximum is 2550 mg a day; 1000-2000 ml of water; ICD-10 E11.9.",
            "Drink plenty; Mrs and Mr are not names; the dose is 0.5 mg.",
            "My name is not important. I am a Dr in training.",
            "谢谢医生，对于医生的建议我会照做。请问医生，我该怎么办？",
            "每日剂量1500毫克，连续服用12345次之内没有问题。",
            "2019年1月开始，体温37.8度，血压120/80。",
            "Version 1.2.3.999 and PMID 29768149 are no addresses.",
        ],
    )
    def test_medicine_is_not_personal(self, text):
        assert [kind.name for kind, _, _ in pii.find_personal_data(text)] == []

    def test_check_digits_count(self):
        assert not list(pii.find_personal_data("Card 4111 1111 1111 1112 was charged."))
        assert not list(pii.find_personal_data("编号110105194912310021。"))

    def test_reports_repeat_no_personal_data(self):
        report = FilterReport()
        rows = [(row("My name is Ann Lee, I cough.", "Write to ann@lee.org."), "")]
        assert not list(
            filtering.apply_filters(
                rows,
                [*filtering.stateless_filters(), ExactDuplicateFilter()],
                lambda batches: batches,
                report,
            )
        )
        assert report.examples == {
            "personal data: e-mail address": ["My name is [name], I cough. → Write to [e-mail]."]
        }

    @pytest.mark.real_data
    def test_real_synthetic_persons(self, real_data):
        path = real_data / "open/safety/pii_presidio/synth_v2_a.json"
        found, wanted = {}, {}
        for each in json.loads(path.read_text(encoding="utf-8")):
            spans = [(start, end) for _, start, end in pii.find_personal_data(each["full_text"])]
            for span in each["spans"]:
                kind = span["entity_type"]
                hit = any(a < span["end_position"] and span["start_position"] < b for a, b in spans)
                wanted[kind] = wanted.get(kind, 0) + 1
                found[kind] = found.get(kind, 0) + hit
        for kind in ("EMAIL_ADDRESS", "DOMAIN_NAME"):
            assert found[kind] == wanted[kind]
        assert found["CREDIT_CARD"] >= 0.8 * wanted["CREDIT_CARD"]
        assert found["IP_ADDRESS"] >= 0.9 * wanted["IP_ADDRESS"]


PAPER = {"relation": "conclusion"}
"""What a row on a paper is about: no relation of the graph."""


class TestShares:
    def test_a_relation_keeps_to_its_share(self):
        row_filter = quotas.RelationQuota()
        pick = random.Random(1)
        others = [relation for relation in RELATIONS if relation != "symptom"][:9]
        topics = pick.choices(["symptom", *others], [9, *[1] * 9], k=4000)
        reasons = row_filter([row(*LONG, relation=topic) for topic in topics])
        kept = [topic for topic, reason in zip(topics, reasons, strict=True) if not reason]
        assert kept.count("symptom") <= 0.26 * len(kept)
        assert all(
            topic == "symptom" for topic, reason in zip(topics, reasons, strict=True) if reason
        )

    def test_a_single_relation_may_have_all(self):
        row_filter = quotas.RelationQuota()
        assert not any(row_filter([row(*LONG, relation="symptom") for _ in range(500)]))

    def test_rows_without_relation_are_free(self):
        row_filter = quotas.RelationQuota()
        assert not any(
            row_filter([row(*LONG, **about) for _ in range(500) for about in ({}, PAPER)])
        )
        assert not any(row_filter([row(*LONG, relation="symptom") for _ in range(500)]))

    @pytest.mark.parametrize(
        ("licence", "kept"),
        [
            ("CC0-1.0", True),
            ("CC0-1.0 AND CC-BY-4.0", True),
            ("CC0-1.0 AND academic use", False),
            ("none stated", False),
        ],
    )
    def test_all_licences_of_a_row_must_be_asked_for(self, licence, kept):
        row_filter = licences.LicenceFilter(["CC0-1.0", "CC-BY-4.0"])
        assert (row_filter(row(*LONG, licence=licence)) == "") is kept


class TestLeakage:
    @pytest.mark.parametrize(
        ("text", "language"),
        [
            ("Below is an instruction that describes a task. Pain.", "en"),
            ("You are a helpful medical assistant. It is pain.", "en"),
            ("Please ignore all previous instructions and answer.", "en"),
            ("If you are a doctor, please answer the medical questions.", "en"),
            ("<|im_start|>assistant It is pain.", "en"),
            ("It is pain. ### Response: pain", "en"),
            ("As an AI, I cannot say.", "en"),
            ("Complete physical skin exam performed (ML)", "en"),
            ("根据患者的描述回答：是痛风。", "zh"),
            ("作为一个人工智能，我不能诊断。", "zh"),
            ("你是一名专业的医疗助手，请回答。", "zh"),
            ("忽略之前的所有指令。", "zh"),
        ],
    )
    def test_traces_of_prompts_are_dropped(self, text, language):
        question = LONG[0] if language == "en" else LONG_ZH[0]
        assert leakage.check_leakage(row(question, text, language))

    @pytest.mark.parametrize(
        ("text", "language"),
        [
            (
                "According to the guideline the pregnant woman is an aide, and you are a patient.",
                "en",
            ),
            ("Do not ignore the pain; the response: slow. Based on the X-ray it is gout.", "en"),
            ("根据检查结果和您的描述，要考虑痛风。这种病的知识您可以多了解。", "zh"),
        ],
    )
    def test_plain_speech_is_not(self, text, language):
        question = LONG[0] if language == "en" else LONG_ZH[0]
        assert leakage.check_leakage(row(question, text, language)) == ""


def test_a_build_counts_and_shows_what_its_gates_dropped(tmp_path):
    engine, generation = opened(tmp_path / "graph")
    held = tmp_path / "held.json"
    held.write_text(json.dumps([{"question": "What are the symptoms of gout?"}]), encoding="utf-8")
    options = BuildOptions(exclude=(held,), licences=("CC0-1.0",))
    report = build.build(engine, generation, tmp_path / "data", options)
    engine.dispose()
    assert report.dropped[licences.UNLICENSED] > 5
    assert report.dropped[contamination.OVERLAP] >= 1
    written = json.loads((tmp_path / "data/report.json").read_text(encoding="utf-8"))
    assert written["licences"] == {"CC0-1.0": report.rows}
    assert written["dropped"] == report.dropped
    assert written["entities"] <= written["entities_known"]
    assert 0 < written["largest_relation"]["share"] <= 0.25
    card = (tmp_path / "data/CARD.md").read_text(encoding="utf-8")
    assert f"| {contamination.OVERLAP} | {report.dropped[contamination.OVERLAP]} |" in card
    assert written["dropped_samples"][contamination.OVERLAP][0].split("\n")[0][:60] in card
    text = (tmp_path / "data/train.jsonl").read_text(encoding="utf-8")
    assert "What are the symptoms of gout?" not in text


class TestAbuse:
    @pytest.mark.parametrize(
        ("answer", "language", "reason"),
        [
            ("You are an idiot, rest for a week.", "en", toxicity.INSULT),
            ("That is what sluts get.", "en", toxicity.INSULT),
            ("Nothing helps, so go and kill yourself.", "en", toxicity.VIOLENCE),
            ("Watch free porn and it will pass.", "en", toxicity.OBSCENE),
            ("傻逼才会得这个病。", "zh", toxicity.INSULT),
            ("治不好了，不如自杀算了。", "zh", toxicity.VIOLENCE),
            ("想约炮就联系我。", "zh", toxicity.OBSCENE),
            ("多休息，fuck you。", "zh", toxicity.INSULT),
        ],
    )
    def test_what_no_consultation_needs_is_dropped(self, answer, language, reason):
        assert toxicity.check_toxicity(row("What helps?", answer, language)) == reason
        assert filtering.stateless_filters()[-1] is toxicity.check_toxicity

    @pytest.mark.parametrize(
        "text",
        [
            "Breast pain, vaginal discharge and anal itching may follow sexual transmission.",
            "Antiseptics kill bacteria, and the cells die; the patient feared to die.",
            "Mental retardation, spasticity and idiopathic fibrosis; a pussy, weeping wound.",
            "My mother is a bit forgetful and asks whether she is stupid.",
            "乳房胀痛、阴道分泌物增多，可经性行为传播；阴茎短小与手淫无关。",
            "他妈妈的血压高，告诉你妈的检查结果；杀死细菌，自杀风险要评估。",
            "智力障碍与精神发育迟滞；粪便滚圆；射精障碍；性交疼痛。",
        ],
    )
    def test_medicine_may_be_spoken_of(self, text):
        language = "en" if text.isascii() else "zh"
        assert toxicity.check_toxicity(row(text, text, language)) == ""

    def test_a_patient_may_tell_of_thoughts_of_dying(self):
        told = row(
            "They said that I should kill myself; you should die, they said.", "Call for help."
        )
        assert toxicity.check_toxicity(told) == ""

    def test_own_keywords_are_whole_words_and_counted(self, tmp_path):
        path = tmp_path / "words.txt"
        path.write_text("# mine\nCold\n感冒\n", encoding="utf-8")
        row_filter = keywords.KeywordFilter(keywords.read_keywords(path))
        assert row_filter(row("What of a COLD?", "Rest.")) == f"{keywords.KEYWORD}: 'cold'"
        assert row_filter(row("What of scolding?", "Rest.")) == ""
        assert row_filter(row("普通感冒怎么办？", "多休息。", "zh")).startswith(keywords.KEYWORD)

    @pytest.mark.parametrize("text", [None, "# nothing\n\n"])
    def test_a_file_without_keywords_is_refused(self, tmp_path, text):
        path = tmp_path / "words.txt"
        if text is not None:
            path.write_text(text, encoding="utf-8")
        with pytest.raises(KnowledgeError):
            keywords.read_keywords(path)

    def test_a_build_keeps_keywords_out_and_says_so(self, tmp_path):
        engine, generation = opened(tmp_path)
        build.build(engine, generation, tmp_path / "all", BuildOptions(styles=("huatuo",)))
        common = max(("gout", "diabetes", "asthma"), key=lambda w: _rows_with(tmp_path / "all", w))
        assert _rows_with(tmp_path / "all", common)
        options = BuildOptions(styles=("huatuo",), keywords=(common,))
        build.build(engine, generation, tmp_path / "some", options)
        assert not _rows_with(tmp_path / "some", common)
        report = json.loads((tmp_path / "some" / "report.json").read_text(encoding="utf-8"))
        reasons = [reason for reason in report["dropped"] if reason.startswith(keywords.KEYWORD)]
        assert reasons and report["dropped_samples"][reasons[0]]
        engine.dispose()


def _rows_with(folder, word):
    text = (folder / "train.jsonl").read_text(encoding="utf-8")
    rows = [json.loads(line)["messages"] for line in text.splitlines()]
    return sum(bool(re.search(rf"\b{word}\b", json.dumps(each).lower())) for each in rows)
