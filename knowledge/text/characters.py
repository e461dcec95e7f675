"""Tell Chinese characters from all others, and cut runs of them into pairs.

A pair of characters is the unit in which Chinese text is indexed, searched and compared.
"""

CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
"""The ranges of Chinese characters, to stand within the brackets of a pattern."""


def character_pairs(run: str) -> list[str]:
    """Return the neighbouring pairs of a run of characters, or the run where it is one.

    >>> character_pairs("糖尿病"), character_pairs("痛")
    (['糖尿', '尿病'], ['痛'])
    """
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]
