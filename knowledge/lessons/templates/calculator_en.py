"""English words of calculator lessons, as tables.

`{f}` stands for the formula's name, `{w}` for whom it is about, `{l}` for the values, `{y}` for
what it is wanted for; in answers `{r}` for the result, `{b}` for its band, `{k}` for the working,
`{s}` for the source, `{m}` for what is missing. A capital letter begins a sentence.
"""

OPENING = (
    "",
    "",
    "",
    "",
    "(Hello|Good morning|Good evening|Hi). ",
    "(A quick|Quick|One more|A short) (question|sum): ",
    "I am (on call|covering the ward|on duty) (today|tonight|this week). ",
    "I am in clinic (today|this week|this morning). ",
    "(Pharmacy|Outpatients|Intensive care|The surgical ward|The medical ward|Triage) here. ",
    "(Something to|Please) check(,| for me,) if you (can|have a moment). ",
    "My (calculator|software|chart) (is down|gives nothing|is out of order). ",
    "(Preparing|I am preparing) (a seminar|the round|a case report|an audit). ",
)

GREETING = (
    "",
    "(Hello|Good morning|Good evening|Hi|Good afternoon). ",
    "(Hello|Good morning|Dear doctor), I have a question. ",
    "(A quick|Quick|One|A short) question: ",
)
"""Openings of people who ask for themselves or their kin."""

WHY = (
    "for (the ward round|the handover|the case conference|a second opinion)",
    "for (the discharge letter|the clinic letter|the admission note|the referral)",
    "before (I ring the consultant|the team meets|the round begins|the next review)",
    "to (check a colleague's figure|complete the chart|fill in the form|compare with last time)",
    "because (the report leaves it out|the laboratory does not give it|nobody has worked it out)",
    "for (a teaching case|tomorrow's seminar|an exam question|a tutorial)",
    "so that (the team can decide|I can document it|we have it on file|the plan can be made)",
)

ASKED = (
    "(Please |)(calculate|work out|compute|determine) the {f} (for|of) {w}( {y}|). {L}.",
    "(Could|Can|Would) you (calculate|work out|compute|determine) the {f} (for|of) {w}( {y}|)? "
    "{L}.",
    "What is the {f} of {w}(, {y}|)? {L}.",
    "{W}: {l}. (I need|Please give me|I am after) the {f}( {y}|).",
    "{W}: {l}. (What is|How much is|What would be) the {f}?",
    "{L}. (This is {w}|It concerns {w}|The patient is {w})( and I need|. Please give) "
    "the {f}( {y}|).",
    "{L}. (This is|It concerns|The patient is) {w}. What is the {f}?",
    "I (need|would like|am after|want) the {f} (of|for) {w}( {y}|). (Values|Data|Figures|Results): "
    "{l}.",
    "{F} for {w}( {y}|)? {L}.",
    "(We have|There is|I am seeing|I am reviewing|I look after) {w}(. | here. | today. ){L}. "
    "(What does that make|What comes out for|What would be) the {f}( {y}|)?",
    "Given {l}, what is the {f} of {w}( {y}|)?",
    "{W} (came in|was admitted|was reviewed|was seen) (today|yesterday|this morning|overnight): "
    "{l}. (Please work out|Please find|Help me with|Let me have) the {f}( {y}|).",
    "Task: {f}( {y}|). Patient: {w}. (Data|Values|Findings): {l}.",
    "How (high|large|much) is the {f} (if|when) {w} has (these values|the following): {l}?",
    "{W} has the following: {l}. (Tell me|Give me|Find|Work out) the {f}( {y}|).",
    "(In|For) {w}(, {y}|), (what would|what does) the {f} (come to|amount to)? {L}.",
)

BARE = (
    "(Please work out|Please calculate|I need|I am after) the {f} (of|for) {w}( {y}|).",
    "(What is|Could you calculate|Can you give me) the {f} (of|for) {w}( {y}|)?",
    "{F} for {w}( {y}|), please.",
    "I am asked for the {f} of {w}( {y}|). (Can you help|How much is it)?",
)
"""Questions that give no values beside the patient."""

OWN = (
    "{L}. (What is|Can you tell me|Could you work out|How much is) my {f}?",
    "(I would like to know|I want to know|My doctor asked for|Our nurse mentioned) my {f}. {L}.",
    "(How do I get|How do I find|Can you work out) my {f}? {L}.",
    "(At the check-up|At the practice|At the gym|In the app) they wanted my {f}. {L}. "
    "(What comes out|What is it|How much is that)?",
    "(Just for myself|Out of curiosity|For my own records): {l}. What does that make my {f}?",
    "{L}. (A friend says|I read|The leaflet says) one should know one's {f}. What is mine?",
)

KIN = (
    "(My|I ask for my) {k}: {l}. (What is|Please work out|Could you tell me) {p} {f}?",
    "(I help|I care for|I live with) my {k}, and the practice wants {p} {f}. {L}.",
    "For my {k}(, please|): {l}. (How much is|What would be|What is) {p} {f}?",
    "{L}. That is my {k}. (What is|Can you find|Please tell me) {p} {f}?",
)

KINS = (
    ("mother", "her", "female", 42, 80),
    ("grandmother", "her", "female", 62, 95),
    ("sister", "her", "female", 18, 95),
    ("aunt", "her", "female", 38, 85),
    ("wife", "her", "female", 22, 95),
    ("father", "his", "male", 42, 80),
    ("grandfather", "his", "male", 62, 95),
    ("brother", "his", "male", 18, 95),
    ("uncle", "his", "male", 38, 85),
    ("husband", "his", "male", 22, 95),
)
"""Relatives: the word, her or his, the sex, and the ages that they may have."""

WHO = {
    "female age": ("a {a}-year-old woman", "a woman aged {a} years", "a woman of {a} years",
                   "a lady of {a} years", "a {a}-year-old lady"),
    "male age": ("a {a}-year-old man", "a man aged {a} years", "a man of {a} years",
                 "a gentleman of {a} years", "a {a}-year-old gentleman"),
    "female child": ("a {a}-year-old girl", "a girl of {a} years", "a girl aged {a} years"),
    "male child": ("a {a}-year-old boy", "a boy of {a} years", "a boy aged {a} years"),
    "female": ("a woman", "a female patient", "a lady"),
    "male": ("a man", "a male patient", "a gentleman"),
    "age": ("a {a}-year-old patient", "a patient aged {a} years", "a patient of {a} years",
            "somebody {a} years old"),
    "child": ("a {a}-year-old child", "a child of {a} years", "a child aged {a} years"),
    "": ("a patient", "one of my patients", "a patient of mine", "somebody on the ward",
         "an inpatient", "an outpatient", "a patient in bay {bay}", "the patient in bed {bed}"),
}  # fmt: skip
BAY = ("A", "B", "C", "D", "E")

VALUE = ("{n} {v}", "{n} {v}", "{n} of {v}", "{n}: {v}", "{n} is {v}", "{n} = {v}")
OWN_VALUE = ("my {n} is {v}", "{n} {v}", "{n}: {v}", "I have a {n} of {v}", "the {n} was {v}")
OWN_SPECIAL = {
    "weight": ("I weigh {v}", "my weight is {v}", "weight {v}"),
    "height": ("I am {v} tall", "my height is {v}", "height {v}"),
    "age": ("I am {v} old", "my age is {v}", "age {v}"),
    "sex": ("I am a {woman}", "sex: {x}", "{x}"),
}
KIN_SPECIAL = {
    "weight": ("weight {v}", "body weight {v}"),
    "age": ("age {v}", "{v} old"),
}
PRESSURE = ("blood pressure {v}", "BP {v}", "blood pressure of {v}")
PRESENT = ("{n}", "{n}: yes", "{n} present")
ABSENT = ("no {n}", "{n}: no")
NOTHING_ELSE = (
    "nothing else on the list",
    "all other items are negative",
    "the other items do not apply",
    "everything else is absent",
)
CHOSEN = ("{n}: {c}", "{n}: {c}", "{n} = {c}")
JOINTS = (", ", ", ", "; ", " and ")

SHOW = (
    " (Please show|Show|I want to see) the (working|steps|sum).",
    " How does one get there?",
    " (With|Including) the working, please.",
)
BAND = (
    " (Which|What) (category|range) is that?",
    " (And what does it mean|How is it read|How do I read it|What does it say)?",
    " Please add the category.",
)
BAND_ASKED = (
    "(And|So) (which|what) (category|range) (is that|does that fall in)?",
    "(Thank you|Thanks). (How is that read|What does that mean|How do I read it)?",
    "(And what does|What does) (a value|a figure) like that (mean|say)?",
    "Is there a (grade|category|name) for that?",
    "How would you (classify|grade|read) it?",
)

RESULT = (
    "The {f} is {r}.",
    "The {f} (comes to|works out at|amounts to) {r}.",
    "{F}: {r}.",
    "(With|From) these (values|figures|data), the {f} (is|comes to|works out at) {r}.",
    "(That|This) (gives|makes|comes to) {r} for the {f}.",
    "I (get|find|arrive at) {r} for the {f}.",
    "(Using|From|With) {l}, the {f} is {r}.",
    "For this patient, the {f} (is|comes to|works out at) {r}.",
    "Put together, {l} (give|make) {r} for the {f}.",
    "The calculation gives {r} for the {f}.",
    "(Here is|This is) the {f}: {r}.",
)
OWN_RESULT = (
    "Your {f} is {r}.",
    "Your {f} (comes to|works out at) {r}.",
    "That (makes|gives) your {f} {r}.",
    "(With|From) {l}, your {f} is {r}.",
    "(With|From) these figures, your {f} (is|comes to) {r}.",
)
KIN_RESULT = (
    "The {f} (of|for) your {k} is {r}.",
    "For your {k}, the {f} (comes to|works out at|is) {r}.",
    "(With|From) {l}, {p} {f} is {r}.",
)
AS_BAND = (
    "That is {b}.",
    "This is {b}.",
    "It is {b}.",
    "In words: {b}.",
    "Read as a category: {b}.",
    "{B}: that is how this result is read.",
)
WORKING = (
    "Working: {k} = {r}.",
    "The sum: {k} = {r}.",
    "(With|Putting in) the numbers: {k} = {r}.",
    "Step by step: {k} = {r}.",
    "{k} = {r}, which is the working.",
)
POINTS = (
    "(Points|Items that count): {k}.",
    "The points come from: {k}.",
    "(Item by item|Added up): {k}.",
    "(What scores|What counts) here: {k}.",
)
SOURCE = (
    "Source: {s}.",
    "Reference: {s}.",
    "The formula comes from {s}.",
    "(Published|Described) in {s}.",
)
CONVERTED = (
    "The {n} of {u} (is|equals|makes) {v}.",
    "{u} of {n} (are|make|correspond to) {v}.",
    "In the unit of the formula, the {n} is {v}.",
    "Converted, the {n} of {u} is {v}.",
)

MISSING = (
    "(To work out|To calculate|For) the {f} I (still|also) need {m}. "
    "(Please add it|Could you give it|Please send it).",
    "{M} {be} (missing|still missing)(, so please add it|; please give it). "
    "(Then|After that) I can (work out|give) the {f}.",
    "(Please tell me|Please give me|Please add) {m}, then I can (work out|calculate|give) the {f}.",
    "(Could you tell me|Could you give me|Can you add) {m}? (Then|With it) I can (work out|give) "
    "the {f}.",
    "The {f} (also takes|needs|requires) {m}. (What is it|Could you add it|Do you have it)?",
    "(Almost there|One thing first): {m} {be} needed for the {f}. Please give it.",
    "(Before|So that) I can (calculate|work out|give) the {f}, "
    "(please tell me|I need to know|please add) {m}.",
)
SUPPLIED = (
    "{L}.",
    "(Sorry|Of course|Right|Yes), {l}.",
    "(I forgot|I left out|Here it is): {l}.",
    "{L}, (I just looked it up|from the chart|as I now see).",
)
CHANGED = (
    "(And|What) if the {n} (were|was) {v}?",
    "(Suppose|Assume|Say) the {n} (were|was) {v} instead. (What then|What would it be|And now)?",
    "(Correction|Sorry|I misread it): the {n} is {v}. (Again, please|Once more, please|And now)?",
    "(Later|Next day|At the repeat), the {n} is {v}, the rest as before. "
    "(What now|And the {f} now)?",
    "(Please repeat|Once more) with {n} {v}.",
    "The {n} has changed to {v}. (What is the {f} now|And the new {f})?",
)
NOW = (
    "Then the {f} (is|comes to|would be) {r}.",
    "With {n} {v}, the {f} (is|comes to|works out at) {r}.",
    "The {f} (changes|moves) to {r}.",
    "Now it is {r} for the {f}.",
    "Repeated with {v}, the {f} is {r}.",
)
BEYOND = (
    "(I would leave|I leave|Better leave) the {f} aside here: {why}. {Instead}.",
    "{Why}. {Instead}.",
    "The {f} does not apply here: {why}. {Instead}.",
    "(Here the|The) {f} would mislead, because {why}. (Better|My advice): {instead}.",
    "No figure for the {f} this time, since {why}. {Instead}.",
)
"""Answers where a formula does not apply."""
