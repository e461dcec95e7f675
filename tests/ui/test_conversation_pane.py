"""The parts of the page as HTML: escaped, marked as the check found them, quoted exactly."""

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from toy_chat import FACT, HOSTILE, QUOTE, answer_to

from medchat.answering.answer import Alert, Answer, Citation, Model, Sentence
from medchat.answering.patient_state import Measurement, NamedThing, PatientState
from medchat.service import CitationSource
from medchat.storage.conversations import Conversation, StoredMessage
from ui import conversation_pane, evidence_pane, history_pane, safe_html
from ui.text import page_text

EN, ZH = page_text("en"), page_text("zh")
DAY = 86_400


class Tree(HTMLParser):
    """Collects tags, attributes and text, and notices what is not closed in order."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.said = ""
        self.marked = ""
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in {"br", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.said += data
        if "mark" in self.open:
            self.marked += data


def _recorded(question: str) -> Answer:
    return replace(answer_to(question), conversation="c1", message="m1")


def _all(answer: Answer, words=EN) -> str:
    return conversation_pane.transcript(
        [StoredMessage("m1", "assistant", answer.text, "en", 0.0, answer)], {}, words
    )


PARTS = [
    conversation_pane.welcome(EN),
    conversation_pane.question(HOSTILE, EN),
    conversation_pane.live(HOSTILE, "write", HOSTILE, EN),
    conversation_pane.notice(HOSTILE, HOSTILE, EN),
    _all(_recorded("hostile")),
    _all(_recorded("What first?")),
    _all(_recorded("unicorn")),
    _all(_recorded("一线治疗"), ZH),
    evidence_pane.hint(EN),
    evidence_pane.panel(
        [CitationSource(citation) for citation in _recorded("hostile").citations], 1, EN
    ),
    history_pane.listing([Conversation("c1", HOSTILE, 0.0, 0.0, 2)], "c1", EN),
]


@pytest.mark.parametrize("html", PARTS)
def test_a_part_is_one_line_of_closed_tags_that_the_sanitizer_passes(html: str) -> None:
    assert "\n" not in html
    tree = Tree(html)
    assert tree.open == []
    assert not set(tree.tags) & {"script", "img", "svg", "a", "b", "iframe", "textarea", "style"}
    names = {name for name, _ in tree.attributes}
    assert not [name for name in names if name.startswith(("on", "aria-", "data-", "href", "src"))]


def test_what_a_reader_wrote_is_shown_as_it_was_written() -> None:
    assert HOSTILE.replace("\n", "") in Tree(conversation_pane.question(HOSTILE, EN)).said


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\n\n\nb", "a<br><br>b"),
        ("a\r\nb", "a<br>b"),
        ("# no heading", "# no heading"),
        ("evil\u202etxt.exe\u2066", "eviltxt.exe"),
        ("zero\u200bwidth\x00", "zerowidth"),
    ],
)
def test_lines_keep_breaks_and_drop_what_misleads(text: str, shown: str) -> None:
    assert safe_html.lines(text) == shown


def test_a_citation_is_a_button_with_its_number_and_a_name_that_is_heard() -> None:
    html = _all(_recorded("What first?"))
    assert 'value="m1:1" title="Source 1"><span>1</span>' in html
    assert '<span class="unseen">Source 1</span></button>' in html
    assert not re.search(r"\[\d\]", Tree(html).said)


def test_sentences_show_how_well_they_are_carried() -> None:
    html = _all(_recorded("What first?"))
    assert html.count('class="quoted"') == 1
    assert html.count('class="unsupported"') == 1
    assert EN("quoted_note") in html
    assert EN("unsupported_note") in html


def test_a_marker_that_cites_nothing_stays_text() -> None:
    sentence = Sentence("Take [7] tablets [1].", (1,), "supported", 1.0)
    citation = Citation(1, "fact", "e#r", "Title", None, "x", 0, 1)
    answer = Answer("", "en", (sentence,), (citation,), False, Model("m"), 1, message="m1")
    assert "Take [7]" in Tree(conversation_pane.answered(answer, None, EN)).said


def test_an_answer_that_is_all_quotation_has_no_writer() -> None:
    quote = Citation(1, "fact", "f#1", "Gout", None, "Gout — symptoms: pain.", 0, 22)
    preface = Sentence("In general:", (), "none", 0.0)
    line = Sentence("Gout — symptoms: pain [1].", (1,), "supported", 1.0)
    answer = Answer("", "en", (preface, line), (quote,), False, Model("mini"), 4, message="m1")
    said = Tree(conversation_pane.answered(answer, None, EN)).said
    assert "Quoted word for word" in said
    own = replace(answer, sentences=(line, replace(line, text="It hurts [1].")))
    assert "Written by mini" in Tree(conversation_pane.answered(own, None, EN)).said


def test_the_parts_of_an_answer_stand_under_their_labels() -> None:
    quote = Citation(1, "fact", "f#1", "Gout", None, "Gout — symptoms: pain.", 0, 22)
    said = Sentence("A symptom of gout is pain [1].", (1,), "supported", 1.0, "answer")
    more = (replace(said, text="Fever is urgent [1].", part="escalation"),)
    answer = Answer("", "en", (said, *more), (quote,), False, Model("quote"), 4, message="m1")
    shown = Tree(conversation_pane.answered(answer, None, EN)).said
    assert shown.index("A symptom") < shown.index("When to escalate:") < shown.index("Fever")
    assert "Evidence:" not in shown and "What to do:" not in shown


def test_an_abstention_is_plain_and_names_the_nearest_sources() -> None:
    html = _all(_recorded("unicorn"))
    assert 'class="text abstained"' in html
    assert EN("nearest") in html
    assert "with adapter" not in html
    assert "Type 2 diabetes: first-line treatment (2024)" in html


@pytest.mark.parametrize(
    ("model", "line"),
    [
        (Model("mini", "mini-2"), "Written by mini with adapter mini-2 · knowledge generation 4"),
        (Model("mini"), "Written by mini · knowledge generation 4"),
        (Model("quote"), "Told from the evidence, no language model · knowledge generation 4"),
    ],
)
def test_an_answer_says_who_wrote_it(model: Model, line: str) -> None:
    answer = Answer("Yes.", "en", (), (), False, model, 4, message="m1", seconds={"total": 0.51})
    assert f"{line} · 0.5 s" in Tree(conversation_pane.answered(answer, None, EN)).said


def test_the_limits_of_the_writer_stand_under_the_answer() -> None:
    answer = _recorded("What first?")
    assert answer.model.note in Tree(_all(answer)).said


@pytest.mark.parametrize(
    ("citation", "name"),
    [
        (Citation(1, "passage", "d#1", "Gout", 2024, "x: y", 0, 4), "Gout (2024)"),
        (Citation(1, "passage", "d#1", "Gout", None, "x: y", 0, 4), "Gout"),
        (Citation(1, "fact", "e#r", "Gout", None, "Gout — tests: urate.", 0, 20), "Gout — tests"),
        (Citation(1, "fact", "e#r", "痛风", None, "痛风——检查：尿酸。", 0, 10), "痛风——检查"),
        (Citation(1, "fact", "e#r", "Gout", None, "Urate rises.", 0, 12), "Gout"),
    ],
)
def test_a_citation_is_called_by_what_tells_it_from_others(citation: Citation, name: str) -> None:
    assert evidence_pane.titled(citation) == name


def test_the_panel_marks_exactly_the_quotation() -> None:
    citation = Citation(2, "passage", "d#1", "Title", 2020, "a  b <c>", 3, 10)
    source = CitationSource(citation, before="so ", after=" end", section="Dose", present=True)
    tree = Tree(evidence_pane.panel([source], 2, EN))
    assert tree.marked == "a  b <c>"
    assert "so a  b <c> end" in tree.said
    assert {"d#1", "Dose"} <= set(re.split(r"(d#1|Dose)", tree.said))
    assert ("open", "") in tree.attributes


@pytest.mark.parametrize(
    ("source", "key"),
    [({"retracted": True, "present": True}, "retracted"), ({"present": False}, "absent")],
)
def test_the_panel_warns(source: dict[str, bool], key: str) -> None:
    citation = Citation(1, "fact", "e#r", "Title", None, FACT, 0, len(FACT))
    html = evidence_pane.panel([CitationSource(citation, **source)], 1, EN)
    assert safe_html.safe(EN(key)) in html


def test_the_list_groups_by_day_newest_first() -> None:
    now = 1_700_000_000.0
    listed = [
        Conversation(str(days), f"asked {days}", 0.0, now - days * DAY, 2) for days in (0, 1, 5)
    ]
    said = Tree(history_pane.listing(listed, "1", EN, now=now)).said
    places = [said.index(text) for text in ("Today", "asked 0", "Yesterday", "asked 1", "Earlier")]
    assert places == sorted(places)


@pytest.mark.parametrize(("searching", "key"), [(True, "history_none"), (False, "history_empty")])
def test_an_empty_list_says_why(searching: bool, key: str) -> None:
    assert EN(key) in history_pane.listing([], None, EN, searching=searching)


def test_the_rated_thumb_is_chosen_and_said() -> None:
    html = conversation_pane.answered(_recorded("What first?"), "down", EN)
    assert "thumb-down chosen" in html
    assert EN("rated_down") in html
    assert QUOTE[:20] in html


def test_the_first_alert_is_open_and_the_others_are_folded():
    alerts = tuple(Alert("emergency", "critical", f"It may be <{n}>.", "Source") for n in "abc")
    answer = Answer("Yes.", "en", (), (), False, Model("m"), 4, message="m1", alerts=alerts)
    shown = conversation_pane.answered(answer, None, EN)
    before, _, folded = shown.partition("<details>")
    assert "It may be &lt;a&gt;." in before and "&lt;b&gt;" not in before
    assert folded.index("&lt;b&gt;") < folded.index("&lt;c&gt;") < folded.index("</details>")
    assert shown.index('class="alert"') < shown.index('class="text')
    assert EN("reason_override") in shown
    plain = conversation_pane.answered(replace(answer, alerts=()), None, EN)
    assert EN("reason_override") not in plain


def test_what_is_known_of_the_patient_is_shown_and_can_be_corrected_at_the_last_answer():
    patient = PatientState(
        medicines=(NamedThing("<b>warfarin"),), measurements={"egfr": Measurement("25", "")}
    )
    answer = replace(_recorded("What first?"), patient=patient, about="eGFR 25 · <b>warfarin")
    messages = [
        StoredMessage(id, "assistant", answer.text, "en", 0.0, answer) for id in ("m1", "m2")
    ]
    shown = conversation_pane.transcript(messages, {}, EN)
    earlier, _, last = shown.rpartition("<article")
    assert "eGFR 25 · &lt;b&gt;warfarin" in earlier and "do-example chip" not in earlier
    values = [value for name, value in Tree(shown).attributes if name == "value"]
    removing = ["remove eGFR", "remove <b>warfarin", "forget the patient"]
    assert [value for value in values if value in removing] == removing
    assert "do-example chip" in last
    assert 'class="about"' not in _all(_recorded("What first?"))
