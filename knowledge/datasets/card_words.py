"""Say in words what styles, topics and languages of rows are, for the card."""

STYLES = {
    "chatdoctor": "a patient tells, a doctor answers",
    "huatuo": "a question about one or two things of an entity, and the answer",
    "grounded": "numbered evidence and a question; the answer cites, or says that it is not there",
    "vignette": "a case; the conditions that fit, and what follows",
    "multi-hop": "a case over two or three entities, such as a condition beside another",
    "dialogue": "a consultation in which the doctor asks before answering",
    "literature": "a talk about a paper, answered in its own words",
    "two-papers": "what two papers state of the same two things, and whether they agree",
    "appraisal": "whom a study studied, how, and its limits, quoted from its abstract",
    "knowledge-call": "a call of a knowledge base, what it gives, and the answer in a sentence",
    "safety": "warnings and interactions that the graph holds, refusals of harm, and plain "
    "answers to requests that only look harmful",
    "tools": "a clinical formula called with the values of a case, and what comes out",
    "overview": "a paragraph on one condition or medicine, told in order",
    "exam": "a question with options, a statement to judge or a blank, with the fact that decides",
    "comparison": "two conditions or two medicines: what both have, what only one has",
    "imported": "rows of other people's data sets",
}
"""What the rows of each style are."""

TOPICS = {
    "comparison": "what two entities share and how they differ",
    "overview": "what is known of an entity, relation by relation",
    "calculation": "the result of a clinical formula",
    "first": "the first sentences of an abstract",
    "last": "the last sentences of an abstract",
    "background": "what a paper starts from",
    "aim": "what a paper set out to do",
    "method": "how it was done",
    "result": "what was found",
    "conclusion": "what its authors conclude",
    "summary": "a text in a sentence",
    "population": "people affected, or whom a study studied",
    "intervention": "what was done in a study",
    "pico": "population, intervention, comparison and outcome of a study",
    "groups": "the groups of a study",
    "outcome": "what a study measured",
    "appraisal": "design, size and limits of a study",
    "limits": "the limits of a study",
    "agree": "two papers that agree",
    "differ": "two papers that do not agree",
    "open": "two papers of which neither can be said",
    "part": "a section of a text",
    "imported": "not known",
}
"""Topics that are no relation of the graph."""

LANGUAGES = {"en": "English", "zh": "Chinese"}
