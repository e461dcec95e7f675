"""Texts for property tests: arbitrary ones, and mixed English and Chinese sentences."""

from hypothesis import strategies as st

_PIECES = st.sampled_from(
    [
        "Give 2.5 mg. ",
        "e.g. ",
        "Smith et al. ",
        "高血压很常见。",
        "；",
        "，",
        "\n\n",
        "\n",
        " ",
        "…",
    ]
    + ["word ", "“真的吗？”", "[1]", "U.S. ", "x" * 40, "肺" * 50, "No. 5 ", "! ", "\u3000", "A. "]
)
TEXTS = st.one_of(st.text(max_size=400), st.lists(_PIECES, max_size=80).map("".join))
