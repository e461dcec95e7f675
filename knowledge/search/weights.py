"""Every number that the ranking of passages and facts is tuned with.

    cue weights -> facts ────────────────────────────────┐
    fusion -> candidates -> gate -> worth of a passage ──┴─> one ranking

The search reads `weights.NAME` whenever it needs a number, so a benchmark tries another value by
setting the attribute; `benchmarks/retrieval_quality.py --tune` does. Scores of hits are about 0 to
1, higher is better. Each docstring says what the number weighs, its range, and where it was chosen;
"chosen by hand" means that no measurement of it is recorded.

Three numbers act elsewhere, on what the index or the segmentation of Chinese is made of:
`knowledge.index.lexical.TITLE_TIMES`, which needs the index to be built anew, and the two costs of
`knowledge.text.segmentation`. How many vectors FAISS looks at stands in `knowledge.index.dense`.
"""

# Fusion: what a passage is worth before it is read.

DENSE_WEIGHT = 0.8
"""Share of the cosine in the fused score, 0 to 1; BM25 has the rest.

Chosen with benchmarks/retrieval_quality.py on the first halves of the five English development
sets; values from 0.73 to 0.86 differ there by less than 0.011 of nDCG@10.
"""

TITLE_WEIGHT = 0.6
"""Factor of the BM25 score of a term in the title, added to that of the text; 0 upwards.

Chosen by hand.
"""

# The gate: whether a passage is about the question at all.

GATE = 0.5
"""Least value of cosine + COVERAGE_WEIGHT * share of the question's terms, 0 to 1.25.

Measured on 500 questions of PubMedQA with a known abstract and 42 that no base answers: 98.6 % of
the abstracts reach it, the best passage for the others stays under 0.47.
"""

GATE_WITH_UNKNOWN_WORD = 0.56
"""The same where the question has a word that nothing in the base holds, most likely its topic.

Chosen by hand.
"""

COVERAGE_WEIGHT = 0.25
"""Factor of the covered share of a question's terms in the gate and in doubt; 0 upwards.

Chosen by hand, with GATE.
"""

COVERED = 0.72
"""Covered share of a question's terms, 0 to 1, with which a passage passes whatever its cosine.

Chosen by hand.
"""

COVERED_WITH_ALL_NAMES = 0.45
"""The same for a passage that the model cannot read and that speaks of all that a question names.

Chosen on 40 Chinese questions over the starter's notes and 20 that must not be answered: from 0.72
to 0.45 eight more found their sentence, and as many as before found nothing.
"""

# The worth of a passage that passed.

DOUBT = 0.5
"""Share of its fused score, 0 to 1, that a passage loses in which nothing of the question is found.

One that holds a part of it loses in proportion. Chosen on the first halves of the five English
development sets; values from 0 to 1 differ there by less than 0.011 of nDCG@10.
"""

PASSAGE = 0.97
"""Factor of every passage, 0 to 1: the very facts that are asked for come before the best one.

Chosen by hand.
"""

OTHER_LANGUAGE = 0.8
"""Factor of a passage that is not in the question's language, 0 to 1.

Chosen on the 40 Chinese questions: at 0.7 two more of them came first, and one more wrong one.
"""

PER_DOCUMENT = 2
"""Most passages of one document in a ranking. Chosen by hand."""

ALIKE = 0.9
"""Jaccard index of terms, 0 to 1, from which two passages say the same and the better one is shown.

Chosen by hand.
"""

COVERAGE_ENTITIES = 3
"""Most entities of an ambiguous mention whose names count as that mention. Chosen by hand."""

# How many candidates are looked at: recall against time.

CANDIDATES = 60
"""Least number of passages that vectors and words are each asked for. Chosen by hand."""

CANDIDATES_PER_HIT = 4
"""The same for each wanted hit. Chosen by hand."""

WIDENING = 4
"""Factor of candidates where filters or removed documents left too few. Chosen by hand."""

READ = 30
"""Least number of candidates that are read and judged at a time.

Ranks PubMedQA as reading all of up to 180 did.
"""

READ_PER_HIT = 3
"""The same for each wanted hit. Chosen by hand."""

BEST_OF_EACH = 8
"""Best of vectors and best of words that are read before the others, whatever their fused score.

Chosen by hand: by the fused score alone a name that only words find stood behind sixty passages
that were vaguely near, and was not read.
"""

JUDGED_PER_HIT = 2
"""Passages that must pass the gate, for each wanted hit, before reading ends. Chosen by hand."""

# The other language.

TRANSLATED_NAMES_EACH = 2
"""Most names of a mentioned entity that are searched for in the other language. Chosen by hand."""

TRANSLATED_NAMES = 8
"""Most names of all mentioned entities together. Chosen by hand."""

# Cues: how clearly a question asks for a relation. Weights are 0 to 1.

CLEAR_CUE = 1.0
"""A cue that asks for nothing but its relation; the scale of the others."""

WEAK_CUE = 0.5
"""A cue that counts only where the question has no clearer one, such as "class". Chosen by hand."""

SECOND_CUE = 0.6
"""A relation that is but the second best answer: "drug" in "drug interactions", all medicines where
the first line is asked for. Weights from here on count beside a clearer one. Chosen by hand."""

ONLY_WEAK_CUES = 0.9
"""Every relation of a question that has weak cues only, such as "what is". Chosen by hand."""

PERMISSION = 0.9
"""What speaks against a medicine, where a question is whether one may have it. Chosen by hand."""

# Facts: the score of a group is the weight of what is asked, times one of these.

FACTS_EXPLAINED = 0.3
"""Least share of a question that mentions and cues explain for facts to answer. Chosen by hand."""

FACTS_UNEXPLAINED = 0.3
"""Factor of facts where nothing of a question is explained, 0 to 1; it grows to 1 where all is.

Chosen by hand.
"""

FACT_GROUPS = 6
"""Most groups of facts in a ranking. Chosen by hand."""

FACT_ENTITIES_EACH = 4
"""Most entities of an ambiguous mention whose facts are looked at. Chosen by hand."""

FACT_ENTITIES = 12
"""Most entities of a question whose facts are looked at. Chosen by hand."""

FACT_PAIR = 1.1
"""Score of facts between two mentioned entities, of a relation that is asked for or that matters
between any two. Chosen by hand."""

FACT_PAIR_UNASKED = 0.55
"""Score of facts of another relation between two mentioned entities. Chosen by hand."""

FACT_COMPANION = 0.85
"""Factor of a relation that belongs to the answer beside the asked one. Chosen by hand."""

FACT_INVERSE = 0.95
"""Factor of the asked relation seen from its object, where the entity has none of its own.

Chosen by hand.
"""

FACT_SIBLING = 0.7
"""Factor of a related relation where the asked one has no facts. Chosen by hand."""

FACT_SIBLING_OF_INVERSE = 0.75
"""Factor of a related relation seen from its object, beside the asked one. Chosen by hand."""

FACT_INSTEAD_STEP = 0.05
"""What each further relation loses among those that a relation asked of an object stands for.

Chosen by hand.
"""

FACT_MEMBER = 0.9
"""Factor of what a member of a class has, where the class that is asked about has nothing of it.

Chosen by hand.
"""

FACT_MEMBERS = 3
"""Most members of a class whose facts are shown. Chosen by hand."""

FACT_OVERVIEW = 0.75
"""Score of the first group of an overview, where no relation is asked for. Chosen by hand."""

FACT_OVERVIEW_DECAY = 0.85
"""Factor from one group of an overview to the next. Chosen by hand."""

FACT_OVERVIEW_STEP = 0.05
"""What the overview of each further entity loses at its start. Chosen by hand."""

FACT_OVERVIEW_STEPS = 4
"""Entities after so many lose no more than the last of them. Chosen by hand."""
