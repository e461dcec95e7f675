"""Say what is known of the patient: in a line, and in answer to a message that only tells.

PatientState -> "67 years · female · gout · eGFR 25 · warfarin"
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from knowledge.records import Language
from knowledge.text.units import join_quantity
from medchat.answering.patient.cues import labels
from medchat.answering.patient.patient_reading import Reading
from medchat.answering.patient_state import Measurement, NamedThing, PatientState

Namer = Callable[[NamedThing, Language], str]
"""What says a name in a language; where the base has none, as it was written."""

_USUAL = {"egfr", "crcl", "qtc"}
"""What is shown without its unit: everybody knows it."""

_WORDS: Mapping[str, Mapping[Language, str]] = {
    "female": {"en": "female", "zh": "女"},
    "male": {"en": "male", "zh": "男"},
    "newborn": {"en": "newborn", "zh": "新生儿"},
    "infant": {"en": "infant", "zh": "婴儿"},
    "child": {"en": "child", "zh": "儿童"},
    "adult": {"en": "adult", "zh": "成人"},
    "pregnant": {"en": "pregnant", "zh": "妊娠"},
    "not_pregnant": {"en": "not pregnant", "zh": "未妊娠"},
    "week": {"en": "pregnant, week {n}", "zh": "妊娠{n}周"},
    "trimester": {"en": "pregnant, trimester {n}", "zh": "妊娠{n}期"},
    "nursing": {"en": "breast-feeding", "zh": "哺乳"},
    "not_nursing": {"en": "not breast-feeding", "zh": "未哺乳"},
    "years": {"en": "{n} years", "zh": "{n}岁"},
    "months": {"en": "{n} months", "zh": "{n}个月"},
    "no": {"en": "no {name}", "zh": "无{name}"},
    "allergic": {"en": "allergic to {name}", "zh": "{name}过敏"},
}
_TRIMESTERS = {1: "早", 2: "中", 3: "晚"}
_SAID: Mapping[str, Mapping[Language, str]] = {
    "noted": {"en": "Noted: {known}.", "zh": "已记录：{known}。"},
    "kept": {
        "en": "The next questions of this conversation are read with it.",
        "zh": "本次对话后面的问题会结合这些信息来回答。",
    },
    "removed": {"en": "Removed: {names}.", "zh": "已去除：{names}。"},
    "known": {"en": "Still known: {known}.", "zh": "目前已知：{known}。"},
    "nothing": {
        "en": "Nothing is known of the patient now.",
        "zh": "目前没有患者信息。",
    },
    "cleared": {
        "en": "What was known of the patient is forgotten; the next questions start without it.",
        "zh": "已清除患者信息，后面的问题不再参考。",
    },
    "another": {
        "en": "Read as another patient: what was known before ({known}) is set aside.",
        "zh": "按另一位患者处理：之前的信息（{known}）不再参考。",
    },
    "instead": {
        "en": "Now taken as: {now} (before: {then}).",
        "zh": "现按“{now}”处理（之前：{then}）。",
    },
}


def as_written(name: NamedThing, language: Language) -> str:
    """Return a name as the message wrote it."""
    return name.text


def about(state: PatientState, language: Language, say: Namer = as_written) -> str:
    """Return what is known in a line; empty where that is nothing."""
    return " · ".join(_known(state, language, say))


def changes(reading: Reading, language: Language, say: Namer = as_written) -> str:
    """Return a sentence on what a message took back or contradicted; empty where it did not."""
    if reading.another:
        known = _list([*_known(reading.before, language, say)], language)
        return _SAID["another"][language].format(known=known)
    said = []
    if reading.removed:
        said.append(_SAID["removed"][language].format(names=_list(reading.removed, language)))
    said += [
        _SAID["instead"][language].format(now=now, then=then)
        for now, then in _contradictions(reading, language, say)
    ]
    return _joint(language).join(said)


def acknowledge(reading: Reading, language: Language, say: Namer = as_written) -> str:
    """Return the reply to a message that only tells of the patient or takes something back."""
    if reading.cleared:
        return _SAID["cleared"][language]
    said = [changes(reading, language, say)]
    told = _list([*_known(reading.told, language, say)], language)
    if told:
        said.append(_SAID["noted"][language].format(known=told))
    known = _list([*_known(reading.state, language, say)], language)
    if not known:
        said.append(_SAID["nothing"][language])
    elif known != told:
        said.append(_SAID["known"][language].format(known=known))
    else:
        said.append(_SAID["kept"][language])
    return _joint(language).join(each for each in said if each)


def shown_measurement(name: str, value: Measurement, language: Language) -> str:
    """Return a measurement as it is shown: "eGFR 25", "weight 72 kg"."""
    label = labels().get(name, {}).get(language, name)
    number = value.value if name in _USUAL else join_quantity(value.value, value.unit)
    return f"{label} {number}"


def chips(
    state: PatientState, language: Language, say: Namer = as_written
) -> list[tuple[str, str]]:
    """Return each known thing as it is shown, with the message that takes it back."""
    remove = "去掉" if language == "zh" else "remove "
    found: list[tuple[str, str]] = []
    groups = (
        (_person(state, language), "age" if language == "en" else "年龄"),
        (_sex(state, language), "sex" if language == "en" else "性别"),
        (_pregnancy(state, language), "pregnancy" if language == "en" else "妊娠"),
        (_nursing(state, language), "breastfeeding" if language == "en" else "哺乳"),
    )
    for said, called in groups:
        found += [(each, f"{remove}{called}") for each in said]
    for said_so, name in _measurements(state, language):
        label = labels().get(name, {}).get(language, name)
        found.append((said_so, f"{remove}{label}"))
    for shown, thing in _names(state, language, say):
        found.append((shown, f"{remove}{thing.text}"))
    return found


def _known(state: PatientState, language: Language, say: Namer) -> Iterator[str]:
    yield from _person(state, language)
    yield from _sex(state, language)
    yield from _pregnancy(state, language)
    yield from _nursing(state, language)
    named = list(_names(state, language, say))
    first = {*state.conditions, *state.findings}
    yield from (shown for shown, thing in named if thing in first)
    yield from (shown for shown, _ in _measurements(state, language))
    yield from (shown for shown, thing in named if thing not in first)


def _measurements(state: PatientState, language: Language) -> Iterator[tuple[str, str]]:
    """Yield each measurement as it is shown, and its name; both blood pressures in one."""
    given = state.measurements
    both = "sbp" in given and "dbp" in given
    if both:
        pressure = f"{given['sbp'].value}/{given['dbp'].value} mmHg"
        yield f"{'血压' if language == 'zh' else 'BP'} {pressure}", "bp"
    for name, value in given.items():
        if not (both and name in ("sbp", "dbp")):
            yield shown_measurement(name, value, language), name


def _names(state: PatientState, language: Language, say: Namer) -> Iterator[tuple[str, NamedThing]]:
    for thing in (*state.conditions, *state.findings, *state.medicines):
        yield say(thing, language), thing
    for thing in state.allergies:
        yield _WORDS["allergic"][language].format(name=say(thing, language)), thing
    for thing in state.absent:
        yield _WORDS["no"][language].format(name=say(thing, language)), thing


def _person(state: PatientState, language: Language) -> list[str]:
    if state.age is None:
        return [_WORDS[state.age_group][language]] if state.age_group else []
    if state.age < 2:
        return [_WORDS["months"][language].format(n=f"{state.age * 12:.0f}")]
    return [_WORDS["years"][language].format(n=f"{state.age:g}")]


def _sex(state: PatientState, language: Language) -> list[str]:
    return [_WORDS[state.sex][language]] if state.sex else []


def _pregnancy(state: PatientState, language: Language) -> list[str]:
    if state.pregnant is None:
        return []
    if not state.pregnant:
        return [_WORDS["not_pregnant"][language]]
    if state.pregnancy_week:
        return [_WORDS["week"][language].format(n=state.pregnancy_week)]
    if state.trimester:
        n = _TRIMESTERS[state.trimester] if language == "zh" else str(state.trimester)
        return [_WORDS["trimester"][language].format(n=n)]
    return [_WORDS["pregnant"][language]]


def _nursing(state: PatientState, language: Language) -> list[str]:
    if state.breastfeeding is None:
        return []
    return [_WORDS["nursing" if state.breastfeeding else "not_nursing"][language]]


def _contradictions(reading: Reading, language: Language, say: Namer) -> Iterator[tuple[str, str]]:
    """Yield what is known now and what was known before, where both cannot be so."""
    now, then = reading.state, reading.before
    for read in (_person, _sex, _nursing):
        new, old = read(now, language), read(then, language)
        if old and new and new != old:
            yield new[0], old[0]
    if None not in (now.pregnant, then.pregnant) and now.pregnant != then.pregnant:
        yield _pregnancy(now, language)[0], _pregnancy(then, language)[0]
    for name, value in reading.told.measurements.items():
        before = then.measurements.get(name)
        if before is not None and before != value:
            yield (
                shown_measurement(name, value, language),
                shown_measurement(name, before, language),
            )
    no = _WORDS["no"][language]
    for thing in (*then.conditions, *then.findings):
        if thing not in (*now.conditions, *now.findings):
            yield no.format(name=say(thing, language)), say(thing, language)
    for thing in then.absent:
        if thing not in now.absent:
            yield say(thing, language), no.format(name=say(thing, language))


def _list(names: Sequence[str], language: Language) -> str:
    return ("、" if language == "zh" else ", ").join(names)


def _joint(language: Language) -> str:
    return "" if language == "zh" else " "
