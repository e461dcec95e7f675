"""Show what is known of the patient above an answer, each thing with a button that takes it back.

answer.patient -> a row of names; a button asks the message that removes one
    a file or a few fields -> a patient card for the next question
"""

from medchat.answering.answer import Answer
from medchat.answering.patient import patient_wording as wording
from ui.safe_html import button, safe
from ui.text import PageText

_FORGET = {"en": "forget the patient", "zh": "清除患者信息"}

FIELDS = ("age", "sex", "pregnancy_week", "weight", "egfr", "conditions", "medicines", "allergies")
"""What the form of a patient card asks for, as a plain card names it."""


def card(words: PageText, note: str = "") -> str:
    """Return the form of a patient card: a file, or a few fields; `note` says what was read."""
    fields = "".join(
        f"<label><span>{safe(words(f'card_{name}'))}</span>"
        f'<input type="text" name="{name}" maxlength="300"></label>'
        for name in FIELDS
    )
    said = f'<p class="card-note" id="card-note">{safe(note)}</p>' if note else ""
    return (
        f'<div class="card"><details><summary>{safe(words("card"))}</summary>'
        f"<p>{safe(words('card_more'))}</p>"
        f'<label class="file"><span>{safe(words("card_file"))}</span>'
        f'<input type="file"></label>'
        f'<div class="fields">{fields}</div>'
        f"{button('card', words('card_use'), kind='main')}</details>{said}</div>"
    )


def known(answer: Answer, words: PageText, *, correctable: bool) -> str:
    """Return what was known after an answer; it can be corrected below the last one only."""
    if not answer.about:
        return ""
    label = f'<span class="about-label">{safe(words("about"))}</span>'
    if not correctable:
        return f'<p class="about">{label} {safe(answer.about)}</p>'
    chips = "".join(
        f"<li>{_remove(shown, message, words)}</li>"
        for shown, message in wording.chips(answer.patient, answer.language)
    )
    everything = button("example", words("forget"), _FORGET[answer.language], kind="quiet")
    return f'<div class="about">{label}<ul class="chips">{chips}<li>{everything}</li></ul></div>'


def _remove(shown: str, message: str, words: PageText) -> str:
    says = words("remove", name=shown)
    return f"<span>{safe(shown)}</span>{button('example', '×', message, kind='chip', says=says)}"
