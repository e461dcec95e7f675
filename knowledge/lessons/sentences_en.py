"""English sentences: how the facts of each relation are told, as templates that vary within.

`{s}` is the subject, `{a}` the items joined by "and", `{o}` the same joined by "or"; `[one|many]`
follows their number, `<one|many>` that of the subject, `(this|that)` is a free choice. A sentence
begins small: its first letter is made large when it is filled. `{a}` stands behind its verb, or the
verb agrees with it. Each choice says no more than the others: how often or how strongly something
holds is never told, since the graph does not know it.
"""

_MAY = "(can|may|might|could)"
_DATA = "(data|records|figures|recorded cases|case records|statistics)"
_LINK = "(association|link|correlation|tie|connection)"

FULL: dict[str, tuple[str, ...]] = {
    "symptom": (
        "[a symptom|(symptoms|the symptoms|complaints and symptoms)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} (cause|bring on|bring about|give rise to|produce) {{a}}.",
        f"(people|patients|those) (with|who suffer from|affected by) {{s}} {_MAY} (have|notice|"
        "complain of|report|develop) {a}(| as [a symptom|symptoms]).",
        f"{{s}} {_MAY} (present with|show itself through|appear as|announce itself by) {{a}}.",
        "the [symptom|symptoms] to (look for|watch for|ask about|note) in {s} [is|include] {a}.",
        "(as to symptoms|on the symptom side|as far as symptoms go|in terms of symptoms), {s} "
        f"{_MAY} (cause|involve|come with) {{a}}.",
    ),
    "sign": (
        "[a sign|(signs|physical signs)] of {s} [is|include] {a}.",
        f"(on examination|when examined), (someone|a patient) with {{s}} {_MAY} (show|have) {{a}}.",
        f"examining (someone|a patient) with {{s}} {_MAY} (reveal|show|bring out) {{a}}.",
        "the [finding|findings] on examination in {s} [is|include] {a}.",
    ),
    "cause": (
        "[a cause|(causes|the causes|known causes)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} (be caused by|be due to|result from|be brought on by|be the result of) "
        f"{{a}}.",
        "among the causes of {s} [is|are] {a}.",
        f"{{a}} {_MAY} (cause|lead to|bring on) {{s}}.",
    ),
    "risk_factor": (
        "[a risk factor|(risk factors|the risk factors)] for {s} [is|include] {a}.",
        "the risk of {s} (rises|goes up|increases|is higher) with {a}.",
        "among the risk factors for {s} [is|are] {a}.",
        "the [risk factor|risk factors] to (ask about|look into|weigh) in {s} [is|include] {a}.",
    ),
    "test": (
        "[a test|(tests|the tests)] (used to investigate|done for|ordered for) {s} [is|include] "
        "{a}.",
        "{s} can be (investigated|checked for|confirmed) (with|by|by means of) {a}.",
        "(when|if|where|once) {s} is suspected, (doctors|clinicians|a doctor) may "
        "(arrange|order|ask for) {a}( as [a test|tests]| to confirm it| to check it).",
        "(the work-up|investigation|the diagnostic work-up) (for|of) {s} can "
        "(include|involve|call for) {a}.",
        "the [investigation|investigations] for {s} [is|include] {a}.",
        "to (check for|investigate|confirm) {s}, (one can use|there [is|are]|one may turn to) {a}.",
    ),
    "first_line": (
        "[the first-line treatment|first-line treatments] (for|of) {s} [is|include] {a}.",
        "first-line treatment of {s} is with {a}.",
        "treatment of {s} (starts|begins) with {a}, the first-line [choice|choices].",
        "(for|in) {s}, the first-line [option is|options (include|are)] {a}.",
    ),
    "treatment": (
        "[a treatment|(treatments|the treatments)] (for|of) {s} [is|include] {a}.",
        "{s} can be (treated|managed) (with|by means of) {a}.",
        "treatment of {s} can (include|involve|draw on|make use of) {a}.",
        "the treatment [option|options] (in|for) {s} [is|include] {a}.",
        "[a treatment option|(treatment options|options for treatment)] in {s} [is|are] {a}.",
        "(to treat|in treating) {s}, (doctors|clinicians) may (use|turn to|choose) {a}.",
        "(ways to treat|means of treating|approaches to treating) {s} include {a}.",
    ),
    "medicine": (
        "[a medicine|(medicines|the medicines)] (used|given) for {s} [is|include] {a}.",
        "drug treatment of {s} can (include|involve|make use of) {a}.",
        "(doctors|a doctor|prescribers) may prescribe {a} for {s}.",
        "the [medicine|medicines] that can be (given|used|prescribed) for {s} [is|include] {a}.",
        "(as for medicines|as to medication|on the drug side), {s} (can|may) be treated with {a}.",
    ),
    "medicine~": (
        "{s} <is|are> used for {a}.",
        "{s} can be (prescribed|used|given) for {a}.",
        "among the uses of {s} [is|are] {a}.",
        "(doctors|clinicians) (use|prescribe) {s} for {a}.",
    ),
    "first_line~": (
        "{s} <is|are> a first-line treatment for {a}.",
        "{s} <is|are> among the first-line choices for {a}.",
    ),
    "complication": (
        "[a complication|(complications|the complications)] of {s} [is|include] {a}.",
        "{s} can be complicated by {a}.",
        f"{{s}} {_MAY} (lead to|result in|be complicated by|go on to lead to) {{a}}.",
        "among the complications of {s} [is|are] {a}.",
        "(if left untreated|in the further course), {s} (can|may) (lead to|result in) {a}.",
    ),
    "department": (
        "the [department|departments] for {s} [is|include] {a}.",
        "(people|patients|those) with {s} are (seen in|referred to) {a}.",
        "for {s}, the [clinic|clinics] to go to [is|are] {a}.",
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
        f"in (recorded|collected) {_DATA}, {{s}} <is|are> statistically (associated|correlated) "
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
    ),
    "side_effect": (
        "[a side effect|(side effects|the side effects)] of {s} [is|include] {a}.",
        f"{{s}} {_MAY} cause {{a}} as [a side effect|side effects].",
        "(unwanted|adverse) effects of {s} include {a}.",
        "the adverse [effect|effects] to watch for with {s} [is|include] {a}.",
    ),
    "contraindication": (
        "[a contraindication|contraindications] to {s} [is|include] {a}.",
        "{s} <is|are> contraindicated in the case of {o}.",
        "{s} (should not be used|must not be given|must not be used) in the case of {o}.",
    ),
    "interaction": (
        "{s} <interacts|interact> with {a}(| when they are taken together).",
        "{s} <has|have> [an interaction|interactions] with {a}.",
        "(take care|be careful) when combining {s} with {a}, because they interact.",
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
        "(tests|investigations)(:| to think of:| may include) {a}.",
        "(it can be confirmed|it can be checked|this can be checked) with {a}.",
        "[a useful test is|useful tests include] {a}.",
        "the work-up(:| can include| may consist of) {a}.",
        "I would arrange [a test|some tests]: {a}.",
    ),
    "first_line": (
        "first-line: {a}.",
        "the first-line choice is {a}.",
        "(first-line treatment begins|treatment starts) with {a}.",
    ),
    "treatment": (
        "treatment: {a}.",
        "(treatment|management) can (include|involve) {a}.",
        "[a treatment option is|treatment options include] {a}.",
    ),
    "medicine": (
        "(medicines|drug options): {a}.",
        "[a medicine|medicines] that can be (used|prescribed) [is|include] {a}.",
        "a doctor may prescribe {a}.",
    ),
    "medicine~": ("it (is|can be) (used|given|prescribed) for {a}.",),
    "first_line~": ("it is first-line for {a}.", "it is a first choice in {a}."),
    "complication": (
        f"the condition {_MAY} (lead to|result in) {{a}}.",
        "complications(:| include| can be) {a}.",
    ),
    "department": ("the department to see is {a}.", "the department: {a}.",
                   "the department in charge is {a}."),
    "body_part": ("the condition affects the {a}.", "site: {a}."),
    "diet_recommended": ("recommended food: {a}.", "{a} [is|are] recommended."),
    "diet_avoided": ("avoid {a}.", "better not eat {o}."),
    "associated_with": (
        "on record are statistical (associations|links|correlations) with {a}.",
        "statistically, (it is found together with|it goes with|there is a link with) {a}.",
        "(the|its) statistical associations include {a}.",
        "it was found together with {a} by statistical association.",
        f"the {_DATA} (tie|link|connect) it statistically to {{a}}.",
    ),
    "side_effect": ("side effects: {a}.", "(unwanted|adverse) effects(:| include) {a}."),
    "contraindication": (
        "it is contraindicated in the case of {o}.",
        "contraindications: {a}.",
        "it must not be given in the case of {o}.",
    ),
    "interaction": ("it interacts with {a}.", "interactions: {a}."),
}  # fmt: skip
"""Without it, where it is plain of what one speaks."""

TEXT: dict[str, tuple[str, ...]] = {
    "description": ("about {s}:", "(briefly|in short), about {s}:", "as for {s}:",
                    "(a word|a few words) on {s}:"),
    "symptom": ("(symptoms of|on the symptoms of|as to symptoms of) {s}:",),
    "cause": ("(causes of|on the causes of|as to the causes of) {s}:",),
    "prevention": ("(prevention of|on the prevention of|how to prevent) {s}:",),
    "red_flag": ("(a red flag in|a warning sign in|a warning sign of) {s}:",),
    "population": ("(people affected by|who gets|those affected by) {s}:",),
    "transmission": ("(transmission of|on the transmission of) {s}:", "how {s} <spreads|spread>:"),
    "course": ("(course of|on the course of) {s}:", "how long {s} <lasts|last>:"),
    "prognosis": ("(prognosis of|on the prognosis of) {s}:", "the outlook in {s}:"),
    "drug_class": ("(as to|by) drug class, {s} <is|are>:",),
    "dose_limit": ("(the dose limit of|on the dose of) {s}:",),
    "monitoring": ("(during|in the course of) treatment with {s}, (monitor|check) the following:",
                   "to be monitored (during treatment with|with|while taking) {s}:"),
    "pregnancy": ("use of {s} in pregnancy:", "{s} in pregnancy:"),
    "contraindication": ("contraindications to {s}:",),
    "interaction": ("interactions of {s}:",),
    "side_effect": ("side effects of {s}:",),
}  # fmt: skip
"""What introduces a text of a relation: the text follows unchanged."""
