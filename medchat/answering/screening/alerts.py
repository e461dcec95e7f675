"""Say what the screen found: alerts that stand before an answer, and replies of their own.

Screening + the settings' numbers -> Alert(text) | reply
"""

from collections.abc import Mapping

from knowledge.records import Language
from medchat.answering.answer import Alert, Severity
from medchat.answering.screening.private_details import called
from medchat.answering.screening.rules import Opening
from medchat.answering.screening.screen import Screening, Suspected
from medchat.settings import Settings

_EMERGENCY: Mapping[Language, str] = {
    "en": "Possible emergency: {name}.{readings} {act} Outside hospital call the emergency number "
    "({number}) now; in hospital call the emergency team.",
    "zh": "可能的急症：{name}。{readings}{act}"
    "院外请立即拨打急救电话（{number}），院内请呼叫急救小组。",
}
_URGENT: Mapping[Language, str] = {
    "en": "Urgent, to be acted on today: {name}.{readings} {act}",
    "zh": "需当天紧急处理：{name}。{readings}{act}",
}
_READINGS: Mapping[Language, str] = {"en": " {readings}.", "zh": "{readings}。"}
_NUMBERS: Mapping[Language, str] = {"en": "112, 911 or 999", "zh": "120"}
_TREATMENT: Mapping[Language, str] = {"en": "How is {name} treated?", "zh": "{name}怎么治疗？"}
_ALONE: Mapping[Language, str] = {
    "en": "Act on the alert above first; nothing more specific was found in the sources.",
    "zh": "请先按上面的警示处理；资料中没有找到更具体的内容。",
}
_CRISIS: Mapping[Language, str] = {
    "en": "A crisis line listens at any hour: {line}.",
    "zh": "心理危机热线随时可以拨打：{line}。",
}
_LINES: Mapping[Language, str] = {
    "en": "988 in the USA and Canada, 116 123 in the UK and Ireland, elsewhere findahelpline.com",
    "zh": "12356（全国统一心理援助热线）",
}
_PRIVATE: Mapping[Language, str] = {
    "en": "Personal details in this message ({kinds}) are left out of the search and of the "
    "record. Ask without them.",
    "zh": "消息中的个人信息（{kinds}）不参与检索，也不会被记录。提问时请不要包含这些信息。",
}
_PRIVATE_SOURCE: Mapping[Language, str] = {"en": "medchat, privacy", "zh": "medchat 隐私保护"}


def privacy(kinds: tuple[str, ...], language: Language) -> tuple[Alert, ...]:
    """Return the warning on personal details of these kinds; none where there are none."""
    if not kinds:
        return ()
    text = _PRIVATE[language].format(kinds=called(kinds, language))
    return (Alert("privacy", "info", text, _PRIVATE_SOURCE[language]),)


def alerts(screening: Screening, language: Language, settings: Settings) -> tuple[Alert, ...]:
    """Return one alert for each emergency that the screen suspects, the best founded first."""
    return tuple(_alert(each, language, settings) for each in screening.emergencies)


def treatment_question(screening: Screening, language: Language) -> str | None:
    """Return what is looked up for a message that tells of an emergency and asks for nothing."""
    names = [each.emergency.condition.get(language) for each in screening.emergencies]
    return _TREATMENT[language].format(name=names[0]) if names and names[0] else None


def alone(language: Language) -> str:
    """Return what follows an alert where no evidence does."""
    return _ALONE[language]


def reply(opening: Opening, language: Language, settings: Settings) -> str:
    """Return what is said to a message that is answered without a search."""
    line = settings.crisis_line or _LINES[language]
    return opening.reply[language].format(
        emergency=settings.emergency_number or _NUMBERS[language],
        crisis=_CRISIS[language].format(line=line),
    )


def _alert(suspected: Suspected, language: Language, settings: Settings) -> Alert:
    emergency = suspected.emergency
    joint = "、" if language == "zh" else ", "
    shown = joint.join(suspected.readings)
    wording = _URGENT if emergency.urgent else _EMERGENCY
    text = wording[language].format(
        name=emergency.name[language],
        readings=_READINGS[language].format(readings=shown) if shown else "",
        act=emergency.act[language],
        number=settings.emergency_number or _NUMBERS[language],
    )
    severity: Severity = "serious" if emergency.urgent else "critical"
    return Alert("emergency", severity, text, emergency.source)
