"""English sentences: how the facts of each relation are told, as templates that vary within.

`{s}` is the subject, `{a}` the items joined by "and", `{o}` the same joined by "or"; `[one|many]`
follows their number, `<one|many>` that of the subject, `(this|that)` is a free choice. A sentence
begins small: its first letter is made large when it is filled. `{a}` stands behind its verb, or the
verb agrees with it. Each choice says no more than the others: how often or how strongly something
holds is never told, since the graph does not know it.
"""

_MAY = "(can|may|might|could)"
_DATA = "(data|records|figures|cases on record|case records)"
_LINK = "(association|link|correlation|tie|connection)"
_WHO = "(people|patients|those|anyone|someone)"
_IN_CASE = "(in cases of|where there «is|are»|in the presence of|if there «is|are»)"

FULL: dict[str, tuple[str, ...]] = {
    "symptom": (
        "[(a|one) symptom|(symptoms|the symptoms|complaints)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} (cause|bring on|bring about|give rise to|produce) {{a}}.",
        f"{_WHO} (with|affected by) {{s}} {_MAY} (have|notice|complain of|report|develop) {{a}}"
        "(|, [a symptom|symptoms] of it).",
        f"{{s}} {_MAY} (present with|show itself through|show itself by) {{a}}.",
        "the [symptom|symptoms] to (look for|watch for|ask about|note) in {s} [is|include] {a}.",
        f"(as to symptoms|on the symptom side|in terms of symptoms), {{s}} {_MAY} "
        "(cause|involve|come with) {a}.",
        "{a} [is a symptom|are symptoms] (of|seen in|found in) {s}.",
    ),
    "sign": (
        "[(a|one) sign|(signs|physical signs)] of {s} [is|include] {a}.",
        f"(on examination|when examined), (someone|a patient) with {{s}} {_MAY} (show|have) {{a}}.",
        f"examining (someone|a patient) with {{s}} {_MAY} (reveal|show|bring out) {{a}}.",
        "the [finding|findings] on examination in {s} [is|include] {a}.",
        "(an examiner|a clinician examining the patient) may find {a} in {s}.",
    ),
    "cause": (
        "[(a|one) cause|(causes|the causes|known causes)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} (be caused by|be due to|result from|be brought on by|be the result of) "
        f"{{a}}.",
        "[one of the causes of {s} is|among the causes of {s} are] {a}.",
        f"{{a}} {_MAY} (cause|lead to|bring on|result in) {{s}}.",
    ),
    "risk_factor": (
        "[(a|one) risk factor|(risk factors|the risk factors)] for {s} [is|include] {a}.",
        "the risk of {s} (rises|goes up|increases|is higher) with {a}.",
        "[one of the risk factors for {s} is|among the risk factors for {s} are] {a}.",
        "the [risk factor|risk factors] to (ask about|look into|weigh) in {s} [is|include] {a}.",
        "{a} [raises|raise] the risk of {s}.",
    ),
    "test": (
        "[(a|one) test|(tests|the tests)] (used to investigate|done for|that can confirm) {s} "
        "[is|include] {a}.",
        "{s} can be (investigated|checked for|confirmed) (with|by|by means of) {a}.",
        "(when|if|where|once) {s} <is|are> suspected, (doctors|clinicians|a doctor) may "
        "(arrange|turn to|request) {a}(| to confirm it| to check it).",
        "(the work-up|investigation|the diagnostic work-up) (for|of) {s} can "
        "(include|involve|call for) {a}.",
        "the [investigation|investigations] for {s} [is|include] {a}.",
        "to (check for|investigate|confirm) {s}, (one can use|doctors can use|one may turn to) "
        "{a}.",
        "a suspicion of {s} can be checked with {a}.",
    ),
    "first_line": (
        "[the first-line treatment|first-line treatments] (for|of) {s} [is|include] {a}.",
        "first-line treatment of {s} is with {a}.",
        "treatment of {s} (starts|begins) with {a}, the first-line [choice|choices].",
        "(for|in) {s}, the first-line [option is|options (include|are)] {a}.",
        "{a} [is|are] first-line (for|in) {s}.",
        "the first choice in {s} is treatment with {a}.",
    ),
    "treatment": (
        "[(a|one) treatment|(treatments|the treatments)] (for|of) {s} [is|include] {a}.",
        "{s} can be (treated|managed) (with|by means of) {a}.",
        "treatment of {s} can (include|involve|draw on|make use of) {a}.",
        "the treatment [option|options] (in|for) {s} [is|include] {a}.",
        "[a treatment option|(treatment options|options for treatment)] in {s} [is|are] {a}.",
        "(to treat|in treating) {s}, (doctors|clinicians) may (use|turn to|choose) {a}.",
        "{a} can be part of the treatment (of|for) {s}.",
    ),
    "medicine": (
        "[(a|one) medicine|(medicines|the medicines)] (used|given) for {s} [is|include] {a}.",
        "drug treatment of {s} can (include|involve|make use of) {a}.",
        "(doctors|a doctor) may prescribe {a} for {s}.",
        "the [medicine|medicines] that can be (given|used|prescribed) for {s} [is|include] {a}.",
        "(as for medicines|as to medication|on the drug side), {s} (can|may) be treated with {a}.",
        "{a} [is a medicine|are medicines] (used|given|prescribed) for {s}.",
    ),
    "medicine~": (
        "{s} <is|are> used for {a}.",
        "{s} can be (prescribed|used|given) for {a}.",
        "{s} <has|have> a place in treating {a}.",
        "(doctors|clinicians) (use|prescribe) {s} for {a}.",
        "the [condition|conditions] for which {s} <is|are> (used|prescribed|given) "
        "[is|include] {a}.",
        "{s} <is|are> (a medicine|prescribed as a medicine) for {a}.",
        "{a} can be treated with {s}.",
    ),
    "first_line~": (
        "{s} <is|are> a first-line treatment for {a}.",
        "{s} <is|are> among the first-line choices for {a}.",
        "treatment of {a} may start with {s}, a first-line choice.",
        "in {a}, {s} <is|are> first-line.",
    ),
    "complication": (
        "[(a|one) complication|(complications|the complications)] of {s} [is|include] {a}.",
        "{s} can be complicated by {a}.",
        f"{{s}} {_MAY} (lead to|result in|be complicated by|go on to lead to) {{a}}.",
        "[one of the complications of {s} is|among the complications of {s} are] {a}.",
        "(if left untreated|in the further course), {s} (can|may) (lead to|result in) {a}.",
        "{a} (can|may|could) follow {s} as [a complication|complications].",
    ),
    "department": (
        "the (right |)[department|departments] for {s} [is|are] {a}.",
        "(people|patients|those) with {s} are (seen in|referred to) {a}.",
        "for {s}, the [department|departments] in charge [is|are] {a}.",
        "a referral for {s} goes to {a}.",
        "{a} [is the department that looks|are the departments that look] after {s}.",
    ),
    "body_part": (
        "the [site|sites] of {s} [is|include] the {a}.",
        "{s} <affects|affect> the {a}.",
    ),
    "diet_recommended": (
        "[a food|foods] recommended in {s} [is|include] {a}.",
        "(people|those|patients) with {s} are advised to eat {a}.",
    ),
    "diet_avoided": (
        "[a food|foods] to avoid in {s} [is|include] {a}.",
        "(people|those|patients) with {s} are advised to avoid eating {a}.",
    ),
    "associated_with": (
        "{s} <is|are> statistically (associated|linked|correlated|connected) with {a}.",
        f"there is a (statistical|recorded statistical) {_LINK} between {{s}} and {{a}}(|, which "
        "does not show a cause).",
        f"in (the|collected) {_DATA}, {{s}} <is|are> statistically (associated|correlated) "
        "with {a}.",
        f"(going by|judging by|according to|to go by) (the |){_DATA}, {{a}} [turns|turn] up "
        "(together with|alongside|along with) {s}: a (statistical link|correlation), and no "
        "statement on causes.",
        f"{{a}} [shows|show] a statistical {_LINK} with {{s}}(| in the data| on record).",
        "what (goes together with|is found together with|comes along with) {s} (statistically|in "
        "the statistics|by statistical association) [is|are] {a}.",
        f"the {_DATA} (tie|link|connect|relate) {{s}} statistically (to|with) {{a}}.",
        "(statistically|in purely statistical terms|from a statistical angle), {s} "
        "(is|was) found together with {a}.",
        f"a statistical {_LINK} (has been recorded|is on record|was noted|exists) between {{s}} "
        f"and {{a}}.",
        "where {s} is (recorded|noted|documented), {a} (may be|can be) (recorded|noted|found|"
        "documented) too: a (statistical association|statistical link|correlation).",
        "{a} [is|are] (recorded|reported|noted) (alongside|together with) {s}, a "
        "(statistical association|correlation).",
        "{s} (shares|shows) a statistical (pattern|association|link) with {a}.",
        "by (correlation|statistical association), {a} [belongs|belong] to the picture of {s}.",
    ),
    "side_effect": (
        "[(a|one) side effect|(side effects|the side effects)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} cause {{a}} as [a side effect|side effects].",
        "[an (unwanted|adverse) effect|(unwanted|adverse) effects] of {s} [is|include] {a}.",
        "the (adverse|unwanted|side) [effect|effects] to (watch for|look out for|expect|know of) "
        "with {s} "
        "[is|include] {a}.",
        f"{{a}} {_MAY} occur as [a side effect|side effects] of {{s}}.",
        "(people|patients|those) taking {s} may (report|get|have) {a} as [a side effect|side "
        "effects].",
    ),
    "contraindication": (
        "[a contraindication|contraindications] to {s} [is|include] {a}.",
        f"{{s}} <is|are> contraindicated {_IN_CASE} {{o}}.",
        f"{{s}} (should not be used|must not be given|must not be used) {_IN_CASE} {{o}}.",
        "{o} (would be|is) a contraindication to {s}.",
    ),
    "interaction": (
        "{s} <interacts|interact> with {a}(| when they are taken together).",
        "{s} <has|have> [an interaction|interactions] with {a}.",
        "(take care|be careful) when combining {s} with {a}, because they interact.",
        "{a} [interacts|interact] with {s}.",
        "(the |)interactions of {s} include {a}.",
    ),
}
"""With the name of the subject."""

BRIEF: dict[str, tuple[str, ...]] = {
    "symptom": (
        "the [symptom|symptoms] to (look|watch) for [is|include] {a}.",
        "(the|its) [symptom is|symptoms include] {a}.",
        f"it {_MAY} (present with|cause|bring on|show itself through) {{a}}.",
    ),
    "sign": (
        "on examination, {a} may be found.",
        "[a sign is|signs include] {a}.",
    ),
    "cause": (
        "(the|its) [cause is|causes include] {a}.",
        f"it {_MAY} (be due to|result from|be caused by) {{a}}.",
        "{a} can lead to it.",
    ),
    "risk_factor": (
        "the risk (rises|goes up|increases) with {a}.",
        "[a risk factor is|risk factors include] {a}.",
    ),
    "test": (
        "[a test to think of is|(tests|investigations) (to think of |to consider |)include] {a}.",
        "(it can be confirmed|it can be checked|this can be checked) with {a}.",
        "[a useful test is|useful tests include] {a}.",
        "the work-up can (include|consist of|call for) {a}.",
        "I would arrange [a test|some tests]: {a}.",
    ),
    "first_line": (
        "first-line [treatment is|options are] {a}.",
        "the first-line [choice is|choices are] {a}.",
        "(first-line treatment begins|treatment starts) with {a}.",
    ),
    "treatment": (
        "(treatment|management) can (include|involve|draw on|consist of) {a}.",
        "[a treatment option is|treatment options include] {a}.",
        "it can be treated with {a}.",
    ),
    "medicine": (
        "[one drug option is|drug options (are|include)] {a}.",
        "[a medicine|medicines] that can be (used|prescribed) [is|include] {a}.",
        "a doctor may prescribe {a}.",
        "[one medicine is|(the |possible |)medicines are] {a}.",
    ),
    "medicine~": (
        "it (is|can be) (used|given|prescribed) for {a}.",
        "doctors (use|prescribe) it for {a}.",
    ),
    "first_line~": ("it is first-line for {a}.", "it is a first choice in {a}."),
    "complication": (
        f"the condition {_MAY} (lead to|result in) {{a}}.",
        "[a complication is|(complications|possible complications) (include|are)] {a}.",
        "it can be complicated by {a}.",
    ),
    "department": (
        "the [department|departments] to see [is|are] {a}.",
        "the [department|departments] responsible [is|are] {a}.",
        "patients are (referred to|seen in) {a}.",
    ),
    "body_part": ("the condition affects the {a}.", "the site is the {a}."),
    "diet_recommended": ("recommended food: {a}.", "{a} [is|are] recommended."),
    "diet_avoided": ("avoid {a}.", "better not eat {o}."),
    "associated_with": (
        "on record are statistical (associations|links|correlations) with {a}.",
        "statistically, (it is found together with|it goes with|there is a link with) {a}.",
        "(the|its) statistical associations include {a}.",
        "by statistical association, it (is found|goes|turns up) together with {a}.",
        f"the {_DATA} (tie|link|connect) it statistically to {{a}}.",
    ),
    "side_effect": (
        "[a side effect is|side effects (include|are)] {a}.",
        "[an (unwanted|adverse) effect is|(unwanted|adverse) effects (include|are)] {a}.",
        f"it {_MAY} cause {{a}} as [a side effect|side effects].",
    ),
    "contraindication": (
        f"it is contraindicated {_IN_CASE} {{o}}.",
        "[a contraindication is|contraindications (include|are)] {a}.",
        f"it must not be given {_IN_CASE} {{o}}.",
    ),
    "interaction": (
        "it interacts with {a}.",
        "[an interaction exists|interactions exist] with {a}.",
        "(take care|be careful) with {a}, which [interacts|interact] with it.",
    ),
}
"""Without it, where it is plain of what one speaks."""

OTHERS: dict[str, str] = {
    "symptom": "[another symptom is|other symptoms (include|are)] {a}.",
    "sign": "[another sign is|other signs (include|are)] {a}.",
    "cause": "[another cause is|other causes (include|are)] {a}.",
    "risk_factor": "[another risk factor is|other risk factors (include|are)] {a}.",
    "test": "[another test is|other tests (include|are)] {a}.",
    "first_line": "[another first-line choice is|other first-line choices are] {a}.",
    "treatment": "[another treatment is|other treatments (include|are)] {a}.",
    "medicine": "[another medicine for it is|other medicines for it (include|are)] {a}.",
    "medicine~": "it is also (used|given|prescribed) for {a}.",
    "complication": "[another complication is|other complications (include|are)] {a}.",
    "department": "[another department for it is|other departments for it are] {a}.",
    "side_effect": "[another side effect is|other side effects (include|are)] {a}.",
    "contraindication": "[another contraindication is|other contraindications (include|are)] {a}.",
    "interaction": "it also interacts with {a}.",
    "associated_with": "statistically, it is also (linked|associated|connected) with {a}.",
    "diet_recommended": "{a} [is|are] recommended as well.",
    "diet_avoided": "[another food|other foods] to avoid [is|are] {a}.",
}
"""What else there is of a relation, after one of its facts has been told."""

ORDERS = (
    "what to do first in {s}:", "(most urgent|first of all) in {s}:", "in {s}, remember:",
    "(an urgent|a first) point on {s}:",
)  # fmt: skip
"""What introduces a red flag that tells what to do, and names no sign."""

TEXT: dict[str, tuple[str, ...]] = {
    "description": ("about {s}:", "(briefly|in short), about {s}:", "as for {s}:",
                    "(a word|a few words) on {s}:", "(on|regarding|concerning) {s}:",
                    "what (is|can be) said of {s}:"),
    "symptom": ("(symptoms of|on the symptoms of|as to symptoms of) {s}:",),
    "cause": ("(causes of|on the causes of|as to the causes of) {s}:",),
    "prevention": ("(prevention of|on the prevention of|how to prevent|to prevent) {s}:",
                   "(advice on preventing|what helps to prevent) {s}:"),
    "red_flag": ("(a|one) (red flag|warning sign|warning) (in|with|for) {s}:",
                 "(in|with) {s}, (remember|note|keep in mind|look out for|be aware of) (this|the "
                 "following) (warning|red flag|danger sign):",
                 "(the|a) (danger|danger sign) in {s}:"),
    "population": ("(people affected by|who gets|those affected by) {s}:",),
    "transmission": ("(transmission of|on the transmission of) {s}:", "how {s} <spreads|spread>:"),
    "course": ("(course of|on the course of) {s}:", "how long {s} <lasts|last>:"),
    "prognosis": ("(prognosis of|on the prognosis of) {s}:", "the outlook in {s}:"),
    "drug_class": ("the drug class of {s} is",),
    "dose_limit": ("(the dose limit of|on the dose of) {s}:",),
    "monitoring": ("(during|in the course of|in) treatment with {s}, (monitor|check|follow)",
                   "treatment with {s} calls for (monitoring|checks) of",
                   "(anyone|a patient) on {s} needs (monitoring|checks) of"),
    "pregnancy": ("use of {s} in pregnancy:", "{s} in pregnancy:"),
    "contraindication": ("contraindications to {s}:",),
    "interaction": ("interactions of {s}:",),
    "side_effect": ("side effects of {s}:",),
}  # fmt: skip
"""What introduces a text of a relation: the text follows unchanged."""
