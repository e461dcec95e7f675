"""Show a conversation: questions, checked answers, and the one being written.

    messages + verdicts -> transcript        question + step + draft -> live turn

Only what the check has let through looks like an answer.
"""

import re
from collections.abc import Mapping, Sequence

from medchat.answering.answer import Answer, Sentence
from medchat.storage.conversations import StoredMessage
from ui import patient_pane
from ui.evidence_pane import titled
from ui.safe_html import button, for_screen_readers, lines, safe
from ui.text import PageText

OVERRIDE = "override"
"""The reason that sets an alert aside; it takes words on why."""

REASONS = ("wrong", "incomplete", "unsafe", "source", "unclear", OVERRIDE)
"""Why an answer does not help: the part of each reason's key after `reason_`."""

_STOPS = re.compile(r"[.,;:!?。，；：！？]*")
_LAST_WORD = re.compile(r"[!-~]{1,24}$|.$")

_LABELLED = {"action", "caution", "escalation", "evidence"}
"""Parts of an answer that stand under a label."""


def welcome(words: PageText) -> str:
    """Return the page of a conversation that has not begun."""
    examples = "".join(
        f"<li>{button('example', asked, asked)}</li>" for asked in words.all("example_")
    )
    return (
        f'<section class="welcome"><h2>{safe(words("welcome"))}</h2>'
        f"<p>{safe(words('welcome_more'))}</p>"
        f'<h3>{safe(words("examples"))}</h3><ul class="examples">{examples}</ul></section>'
    )


def transcript(
    messages: Sequence[StoredMessage], verdicts: Mapping[str, str], words: PageText
) -> str:
    """Return a recorded conversation."""
    parts = []
    for n, message in enumerate(messages, 1):
        if message.answer is None:
            parts.append(question(message.text, words))
        else:
            verdict, last = verdicts.get(message.id), n == len(messages)
            parts.append(answered(message.answer, verdict, words, correctable=last))
    return f'<div class="turns">{"".join(parts)}</div>'


def question(text: str, words: PageText) -> str:
    """Return a question."""
    said = for_screen_readers(words("you"))
    return f'<article class="question">{said}<p>{lines(text)}</p></article>'


def live(text: str, step: str, draft: str, words: PageText) -> str:
    """Return the turn that is being answered: the question, what is done, the draft so far."""
    key = f"step_{step}"
    said = words(key) if words.has(key) else words("working")
    written = (
        f'<p class="draft"><span class="draft-label">{safe(words("draft"))}</span>'
        f"{lines(draft)}</p>"
        if draft
        else ""
    )
    return (
        f'<div class="turns">{question(text, words)}<article class="answer writing">'
        f'<p class="status" id="status"><span class="pulse"></span>{safe(said)}…</p>'
        f"{written}</article></div>"
    )


def notice(text: str, asked: str, words: PageText) -> str:
    """Return a turn that ended without an answer, and why."""
    return (
        f'<div class="turns">{question(asked, words) if asked else ""}'
        f'<article class="answer notice"><p id="status">{safe(text)}</p></article></div>'
    )


def answered(
    answer: Answer, verdict: str | None, words: PageText, *, correctable: bool = False
) -> str:
    """Return a checked answer with its sources, its origin, and the reader's verdict.

    What is known of the patient can be corrected where an answer is the last one.
    """
    body = _abstention(answer, words) if answer.abstained else _body(answer, words)
    return (
        f'<article class="answer" id="answer-{safe(answer.message)}" '
        f'lang="{safe(answer.language)}">'
        f"{for_screen_readers(words('answer'))}"
        f"{patient_pane.known(answer, words, correctable=correctable)}"
        f"{_alerts(answer, words)}{body}"
        f"{_foot(answer, words)}"
        f"{_verdict(answer, verdict, words)}</article>"
    )


def _alerts(answer: Answer, words: PageText) -> str:
    """Return the warnings that an answer does not say: the first open, the others folded."""
    shown = [
        f'<p class="alert-text">{lines(alert.text)}</p>'
        f'<p class="alert-source">{safe(alert.source)}</p>'
        for alert in answer.unsaid_alerts()
    ]
    if not shown:
        return ""
    more = "".join(f"<li>{each}</li>" for each in shown[1:])
    folded = f"<details><summary>{safe(words('alerts_more'))}</summary><ul>{more}</ul></details>"
    return f'<div class="alert" role="alert">{shown[0]}{folded if more else ""}</div>'


def _body(answer: Answer, words: PageText) -> str:
    quotes = _quotes(answer)
    paragraphs = answer.paragraphs()
    shown = [_paragraph(*each, answer, quotes, words) for each in paragraphs]
    notes = [
        f'<p class="note">{safe(words(key))}</p>'
        for key, present in (
            ("quoted_note", any('class="quoted"' in one for one in shown)),
            ("unsupported_note", any(one.support == "unsupported" for one in answer.sentences)),
        )
        if present
    ]
    kind = "text quotes" if _is_quotation(answer) else "text"
    text = f'<div class="{kind}">{"".join(shown)}</div>{"".join(notes)}'
    return text + _references(answer, words)


def _paragraph(
    part: str,
    sentences: Sequence[Sentence],
    answer: Answer,
    quotes: Mapping[int, str],
    words: PageText,
) -> str:
    """Return a part of an answer, under its label where it has one."""
    joint = "" if answer.language == "zh" else " "
    said = joint.join(_sentence(each, answer, quotes, words) for each in sentences)
    label = ""
    if part in _LABELLED:
        label = f'<b class="part-label">{safe(words(f"part_{part}"))}</b>{joint}'
    return f'<p class="part">{label}{said}</p>'


def _abstention(answer: Answer, words: PageText) -> str:
    said = answer.sentences[0].text if answer.sentences else answer.text
    heading = f"<h4>{safe(words('nearest'))}</h4>" if answer.citations else ""
    return (
        f'<div class="text abstained"><h3>{safe(words("abstained"))}</h3>'
        f"<p>{safe(said)}</p></div>{heading}{_references(answer, words)}"
    )


def _sentence(
    sentence: Sentence, answer: Answer, quotes: Mapping[int, str], words: PageText
) -> str:
    known = [n for n in sentence.citations if n in quotes]
    text, last = "", 0
    for marker in sentence.markers():
        if not set(marker.numbers) <= set(known):
            continue
        before = sentence.text[last : marker.start].rstrip()
        stop = _STOPS.match(sentence.text, marker.end)
        last = stop.end() if stop else marker.end
        stops = sentence.text[marker.end : last]
        text += _kept(before, "".join(_cite(answer, n, words) for n in marker.numbers), stops)
        known = [n for n in known if n not in marker.numbers]
    text += lines(sentence.text[last:]) + "".join(_cite(answer, n, words) for n in known)
    if sentence.support == "unsupported":
        return f'<span class="unsupported">{text}{for_screen_readers(words("unsupported"))}</span>'
    if _is_quoted(sentence, quotes):
        return f'<q class="quoted" title="{safe(words("quoted"))}">{text}</q>'
    return f"<span>{text}</span>"


def _kept(before: str, cites: str, stops: str) -> str:
    """Keep a citation on the line of the word before it, and the stop with both."""
    word = _LAST_WORD.search(before)
    begin = word.start() if word else len(before)
    return (
        f'{lines(before[:begin])}<span class="keep">{lines(before[begin:])}{cites}'
        f"{lines(stops)}</span>"
    )


def _is_quoted(sentence: Sentence, quotes: Mapping[int, str]) -> bool:
    said = _plain(sentence.uncited())
    return bool(said) and any(said in quotes[n] for n in sentence.citations if n in quotes)


def _is_quotation(answer: Answer) -> bool:
    """Say whether all that an answer states is quoted, whatever was drafted before."""
    quotes = _quotes(answer)
    stated = [one for one in answer.sentences if one.support != "none"]
    return bool(stated) and all(_is_quoted(one, quotes) for one in stated)


def _quotes(answer: Answer) -> dict[int, str]:
    return {citation.n: _plain(citation.quote) for citation in answer.citations}


def _plain(text: str) -> str:
    return " ".join(text.split()).strip(" .。;；")


def _cite(answer: Answer, n: int, words: PageText) -> str:
    return button("cite", str(n), f"{answer.message}:{n}", kind="cite", says=words("cite", n=n))


def _references(answer: Answer, words: PageText) -> str:
    listed = "".join(
        f"<li>{_cite(answer, citation.n, words)} {safe(titled(citation))}</li>"
        for citation in answer.citations
    )
    return f'<ul class="references">{listed}</ul>' if listed else ""


def _foot(answer: Answer, words: PageText) -> str:
    facts = [] if answer.abstained else [_writer(answer, words)]
    if answer.generation is not None:
        facts.append(words("generation_short", number=answer.generation))
    if "total" in answer.seconds:
        facts.append(words("seconds", seconds=f"{answer.seconds['total']:.1f}"))
    note = f'<p class="limits">{safe(answer.model.note)}</p>' if answer.model.note else ""
    return f'{note}<p class="origin">{safe(" · ".join(facts))}</p>'


def _writer(answer: Answer, words: PageText) -> str:
    base, adapter = answer.model.base, answer.model.adapter
    if base == "reply":
        return words("replied")
    if base == "rules":
        return words("worked_out")
    if base == "quote":
        return words("told_by")
    if _is_quotation(answer):
        return words("quoted_by")
    if adapter:
        return words("written_by_adapter", model=base, adapter=adapter)
    return words("written_by", model=base)


def _verdict(answer: Answer, verdict: str | None, words: PageText) -> str:
    message = answer.message or ""
    said = f'<p class="rated">{safe(words(f"rated_{verdict}"))}</p>' if verdict else ""
    return (
        f'<div class="actions" role="group">{for_screen_readers(words("rate"))}'
        f"{_thumb('up', message, verdict, words('helpful'))}"
        f"{_thumb('down', message, verdict, words('unhelpful'))}"
        f"{button('copy', words('copy'), message, kind='quiet')}{said}</div>"
        f"{_reasons(message, words, alerted=bool(answer.alerts))}"
    )


def _thumb(side: str, message: str, verdict: str | None, label: str) -> str:
    kind = f"thumb thumb-{side}" + (" chosen" if verdict == side else "")
    return button(f"rate-{side}", "", message, kind=kind, says=label)


def _reasons(message: str, words: PageText, *, alerted: bool) -> str:
    choices = "".join(
        f'<label class="choice"><input type="radio" name="reason-{safe(message)}" value="{reason}">'
        f"<span>{safe(words(f'reason_{reason}'))}</span></label>"
        for reason in REASONS
        if alerted or reason != OVERRIDE
    )
    return (
        f'<fieldset class="reasons" id="reasons-{safe(message)}" hidden>'
        f'<legend>{safe(words("reason"))}</legend><div class="choices">{choices}</div>'
        f'<label class="comment"><span>{safe(words("comment"))}</span>'
        f'<input type="text" maxlength="500" placeholder="{safe(words("comment_hint"))}"></label>'
        f"{button('send-reason', words('send'), message, kind='main')}</fieldset>"
    )
