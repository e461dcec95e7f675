"""Steps that speak before the evidence: their order, and where one is the whole answer."""

from medchat.answering.answer import Alert, CalculationResult, Sentence
from medchat.answering.answer_check import CheckedAnswer
from medchat.answering.leads import Lead, Turn, lead
from medchat.answering.patient_state import Measurement, NamedThing, PatientState
from medchat.answering.understanding import Question

ALERT = Alert("interaction", "serious", "Avoid.", "the base")
BMI = CalculationResult("BMI", (("weight", "80 kg"),), missing=("height",))


def turn():
    return Turn("?", "en", Question("?", "en"), PatientState(), search=None)


def says(text, **more):
    told = CheckedAnswer((Sentence(text, (), "none", 0.0),), ())
    return lambda turn: Lead(told, **more)


def test_nothing_leads_where_no_step_speaks():
    assert lead(turn(), [lambda turn: None]) == Lead()


def test_steps_speak_in_order_and_their_alerts_are_kept():
    led = lead(turn(), [says("One.", alerts=(ALERT,)), says("Two.", calculations=(BMI,))])
    assert led.told.text == "One. Two."
    assert (led.alerts, led.calculations, led.complete) == ((ALERT,), (BMI,), False)


def test_a_complete_step_ends_the_matter():
    led = lead(turn(), [says("One.", complete=True), says("Two.")])
    assert (led.told.text, led.complete) == ("One.", True)


def test_a_state_is_stored_and_read_again():
    state = PatientState(
        age=67,
        sex="female",
        pregnant=False,
        measurements={"egfr": Measurement("25", "mL/min/1.73m²")},
        medicines=(NamedThing("warfarin", ("medicine:1",)),),
    )
    document = state.document()
    assert "allergies" not in document
    assert PatientState.of({**document, "about": "a later field"}) == state
    assert PatientState().is_empty
