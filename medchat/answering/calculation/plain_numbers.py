"""Write the numbers of a message plainly, before quantities are looked for.

"1m75", 一米七五 -> 1.75 m     "sodium\\n138\\nmmol/l" -> one line     "1, 65 m" -> 1.65 m
"""

import re

_SPLIT_NUMBER = re.compile(
    r"(?:(?<=[a-z+)）\u4e00-\u9fff])|(?<=[a-z]\d))\s*\n\s*(?=\d+(?:\.\d+)?[\s,，、])(?!\d+[.、]\s)"
)
_SPLIT_UNIT = re.compile(
    r"(?<=\d)\s*\n\s*(?=(?:[a-zμ%×^0-9]{0,6}/[a-z]{1,5}|mm ?hg|mg|%|次/分)(?:[\s,，、。;；:：]|$))"
)
_ALIASES = re.compile(r" ?\((?:[a-z0-9+-]{1,6}/)+[a-z0-9+-]{1,6}\)")
_DECIMAL_COMMA = re.compile(
    r"(?<![\d.,])(\d{1,3}),(\d{1,2})"
    r"(?= ?(?:m|kg|cm|mg/dl|g/dl|mmol/l|μmol/l|umol/l)(?![a-z]))|"
    r"(?<![\d.,])([12]), (\d{2})(?= ?m(?![a-z]))"
)
_THOUSANDS = re.compile(r"(?<![\d.])(\d{1,3})\.(\d{3})(?= ?/ ?(?:μl|ul|mm3|mm\^3|mcl))")
_URINE_LIST = re.compile(
    r"(?:urin(?:e|ary)|spot) (?:electrolytes?|studies|chemistr\w+|labs?|tests?|biochemistry|values)"
    r"[^.;\n]*(?:\.\d[^.;\n]*)*|尿(?:液)?(?:电解质|生化|检查)[^。；\n]*"
)
_OF_URINE = re.compile(r"(?<!urine )((?<![a-z])(?:sodium|na|creatinine|urea)(?![a-z]))")
_METRES = re.compile(r"(?<![\d.])([12]) ?(?:m|米) ?(\d{1,2})(?![\d.]| ?(?:kg|公斤|斤|岁))")
_SPELLED_METRES = re.compile("一米([一二三四五六七八九])([一二三四五六七八九])?")
_DIGITS = {sign: str(place) for place, sign in enumerate("一二三四五六七八九", 1)}
_PACKS = re.compile("([一两二三半])包")
_SHARES = {"一": "1", "两": "2", "二": "2", "三": "3", "半": "0.5"}


def plain_numbers(text: str) -> str:
    """Return a text with heights and packs as plain numbers: "1m75", 一米七五, 半包.

    A label, its number and its unit on lines of their own are joined; "urine electrolytes: sodium
    20" says that the sodium is the urine's.
    """
    text = text.replace("i.e.", "namely").replace("e.g.", "as")  # no end of a sentence
    text = _SPLIT_NUMBER.sub(" ", text)
    text = _SPLIT_UNIT.sub(" ", text)
    text = _ALIASES.sub(" ", text)
    text = _THOUSANDS.sub(r"\1\2", text)
    text = _DECIMAL_COMMA.sub(lambda found: ".".join(each for each in found.groups() if each), text)
    text = _URINE_LIST.sub(lambda match: _OF_URINE.sub(r"urine \1", match[0]), text)
    text = _METRES.sub(r"\1.\2 m ", text)
    text = _SPELLED_METRES.sub(
        lambda match: f"1.{_DIGITS[match[1]]}{_DIGITS.get(match[2] or '', '0')} m ", text
    )
    return _PACKS.sub(lambda match: f"{_SHARES[match[1]]}包", text)
