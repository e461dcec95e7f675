"""Read what a message states of somebody: which words are denied, past, feared or only asked about.

    message -> statements (clauses with their place) -> is this mention asserted, now, of a person?

Deterministic and bilingual, after the structure of NegEx and ConText: a cue governs what follows it
until the clause ends or a word takes the scope back.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

_CLAUSE_END = re.compile(
    r"(?<!\d)[.](?!\d)|[.](?=\s|$)|[;!?\n。；！？]|,?\s\b(?:but|however|yet|although|though|except)\b"
    r"|但是?|不过|然而|可是|只是|却",
)
_QUESTION = re.compile(r"[?？]|[吗呢]\s*$")

# ------------------------------------------------------------------------------------- denial
_DENIAL_EN = re.compile(
    r"\b(?:no(?!\s+(?:longer able|matter|doubt|urine|relief|improvement|better|response|pulse))"
    r"|without|den(?:y|ies|ied|ying)|never (?:had|has|have|been|felt|any)|nor|neither"
    r"|not (?:have|having|had|any|a|an|been|feeling|complaining|experienc\w+|associated|report\w*"
    r"|in|due|on)|(?:has|have|had|does|do|did|is|was|are|were)(?: not|n't)"
    r" (?:have|has|had|been|feel|felt|experience\w*|complain\w*|report\w*|show\w*|got|a|an|any|in"
    r"|appear\w*|develop\w*|seem\w*)|(?:has|have|had)n't|negative for|absence of|free (?:of|from)"
    r"|rul(?:ed?|ing) out|exclud(?:e|ed|ing)|resolved|lack(?:s|ed|ing)?)\b"
)
_DENIAL_ZH = re.compile(
    r"没有(?!办法|力气|好转|缓解|反应|意识|呼吸|尿|脉搏|知觉|效果|用)|无(?!力|法|尿|意识|反应|脉|明显诱因|诱因)"
    r"|否认|未(?!缓解|好转|见好转)(?:见|诉|有|出现|发现|伴)?|不伴|不是|并非|排除|没(?!法|力|用|反应|气|尿|劲|救|知觉|意识|什么力)"
)
_SCOPE_END_EN = re.compile(
    r"\b(?:and|now|then|today|with)\s+(?:i|my|he|she|his|her|they|we|now|suddenly|also|has|is|the)\b"
    r"|\b(?:now|suddenly|sudden|presents?|presented|complain(?:s|ing)|develop(?:s|ed)|because"
    r"|still|has (?:now|been)|who|which|since)\b"
)
_SCOPE_END_ZH = re.compile(r"[，,]|突然|突发|现在|出现|伴有?(?!随)|而且")
_LISTED = re.compile(r"\b(?:or|nor)\b")

# --------------------------------------------------------------------------------------- time
_PAST_BEFORE_EN = re.compile(
    r"\b(?:history of(?! \d)|hx of|h/o|past medical history|pmh|previous(?:ly)?|prior|past|post[- ]"
    r"|recovered from|survived|used to|last (?:year|month)|in (?:19|20)\d\d|as a (?:child|kid|baby)"
    r"|after (?:his|her|my|a|the|an)(?: \w+)? ?(?=stroke|heart attack|mi\b))\W*(?:[\w'/-]+\W+){0,5}$"
)
_PAST_AFTER_EN = re.compile(
    r"^\W*(?:[\w'-]+\W+){0,6}?(?:(?:years?|yrs?|months?|decades?) (?:ago|back|earlier)|last year"
    r"|in (?:19|20)\d\d|in the past\b(?! (?:few|\d|hour|day|two|three))|as a (?:child|kid|baby)"
    r"|years? before)"
)
_PAST_BEFORE_ZH = re.compile(
    r"(?:既往|曾经|曾(?!祖)|以前|从前|过去(?!\d)|病史|年前|个月前|去年|前年|小时候|有过|得过)[^，,。；]{0,10}$"
)
_PAST_AFTER_ZH = re.compile(r"^[^，,。；]{0,4}(?:病史|史(?!无前例)|后遗症|康复期|恢复期)")
_RELATIVE_EN = re.compile(
    r"\b(?:family history|died (?:of|from)|prevent\w*|risk (?:of|for|factors?)|screen(?:ing)? for"
    r"|prophylaxis|vaccin\w+|chance of|afraid of|complications? of|difference between|signs of"
    r"|symptoms of|causes? of|treatment (?:of|for)|guidelines? (?:on|for)|read (?:about|that)"
    r"|if (?:i|he|she|they|someone|a patient|the patient)(?: ever)? (?:gets?|develops?|were))"
    r"\W*(?:[\w'/-]+\W+){0,4}$"
)
_RELATIVE_ZH = re.compile(r"(?:家族史|死于|预防|风险|筛查|怕得|区别|万一)[^，,。；]{0,8}$")
_AFTER_TOPIC_ZH = re.compile(r"^[^，,。；]{0,3}(?:的(?:症状|原因|病因|治疗|定义|区别|机制|诊断标准)|怎么预防)")

# ------------------------------------------------------------------------------------- persons
_PERSON_EN = re.compile(
    r"\b(?:i'?m|i'?ve|i|me|my|he|she|he's|she's|his|her|him|hers|patient|pt|male|female|man|woman"
    r"|boy|girl|baby|infant|newborn|neonate|toddler|child|kid|son|daughter|dad|daddy|mum|mom"
    r"|mummy|mother|father|husband|wife|partner|brother|sister|friend|colleague|neighbou?r"
    r"|grand\w+|granny|nan|uncle|aunt\w*|boyfriend|girlfriend|someone|somebody|guy|lady|gentleman"
    r"|coworker|flatmate|roommate|teenager|student|customer|passenger|resident|primigravida"
    r"|\d+\s?(?:yo|y/o|yrs?|m|f)\b|\d+[- ](?:year|month|week|day|yr)s?[- ]old)\b"
)
_OWN_PERSON_EN = re.compile(
    r"\b(?:i'?m|i'?ve|i (?:have|had|took|feel|felt|got|am|was|just|keep|cannot|can't|think|woke|swallowed"
    r"|drank|cut|fell|hit)|my|he|she|he's|she's|his|her|him|(?:this|the|our) (?:patient|pt|child"
    r"|baby|man|woman)|\d+\s?(?:yo|y/o|yrs?)\b|\d+[- ](?:year|month|week|day)s?[- ]old|\d\d[mf]\b)"
)
_ASKER_EN = re.compile(
    r"\b(?:should|do|can|could|must|would|may|shall|did|when|if) (?:i|we|you|one)\b(?! have\b| take\b)"
    r"|\b(?:tell|give|help|show|remind|teach) me\b|\bi (?:want|need|would like) to (?:know|learn)\b"
    r"|\bmy (?:question|exam|notes|essay|lecture|students?|presentation|patients\b)"
)
_NOW_EN = re.compile(
    r"\b(?:right now|just now|now|suddenly|sudden onset|all of a sudden|an? (?:hour|minute)s? ago"
    r"|(?:\d+|few|two|three|four|five|ten|twenty|thirty|half an?|several|couple of) "
    r"(?:hours?|hrs?|h|minutes?|mins?|days?) ?(?:ago|now)?|since|today|tonight|this (?:morning|afternoon"
    r"|evening|week)|last night|yesterday|started|woke up|collapsed|what (?:should|do) (?:i|we) do"
    r"|help|presents?|presenting|presented|brought in|please)\b"
)
_ASKED_EN = re.compile(
    r"^\W*(?:and |so |hi |hello |please |ok(?:ay)? )*(?:what(?:'s| is| are| does| do| causes?"
    r"| would| was)?|which|how|define|list|explain|describe|summari[sz]e|tell me|when|why|where"
    r"|can|could|does|do|is|are|should|who|give me)\b"
)
_PERSON_ZH = re.compile(
    r"我|他|她|患者|病人|病患|\d+\s*岁|[一二三四五六七八九十]+岁|男性|女性|孩子|宝宝|小孩|婴儿|新生儿|儿子|女儿|爸|妈|"
    r"父亲|母亲|爷爷|奶奶|外公|外婆|姥姥|姥爷|老公|老婆|丈夫|妻子|朋友|同事|邻居|家人|有人|孕妇|产妇|老人|同学|"
    r"室友|男孩|女孩|弟弟|妹妹|哥哥|姐姐|男，|女，|老伴|家属|出生\d|工人|客人|乘客"
)
_NOW_ZH = re.compile(
    r"现在|突然|突发|刚刚|刚才|刚|今天|今早|今晚|昨晚|昨天|早上|小时前|分钟前|小时|分钟|半小时|正在|马上|怎么办|"
    r"救命|急|一下子|从.{1,6}开始|\d+天"
)
_ASKED_ZH = re.compile(
    r"(?:有哪些|是什么|什么是|怎么预防|如何|怎样|为什么|哪些|区别|定义|机制|指南|标准|的治疗|的症状|的原因|的病因"
    r"|怎么治|怎么诊断|吗|多久|几针|几次|多少(?!次)|何时|什么时候|要不要|能不能|是否|介绍|解释|列出)"
)


_TOPIC = re.compile(
    r"\b(?:treatments?|management|causes?|symptoms?|signs|guidelines?|dos(?:e|es|age|ing)|diagnos\w+"
    r"|definition|classification|mechanism|first[- ]line|therapy|differentials?|prognosis|prevention"
    r"|risk factors?|complications?|pathophysiology|epidemiology|criteria|side effects|overview"
    r"|protocol|algorithm|red flags?|scores?|interactions?|contraindications?)\b"
    r"|治疗|病因|原因|症状|诊断|机制|指南|剂量|分型|分类|预防|并发症|标准|鉴别|流程|用法|禁忌|护理|危险因素"
)
"""Words of a topic that is looked up: a line with one of them tells of nobody."""

_OWN_PERSON_ZH = re.compile(
    r"我|他(?!汀|克|莫)|她|这个?(?:病人|患者|孩子|宝宝|老人)|(?:患者|病人)(?=[，,:：]?(?:男|女|\d|突|出现|现|今|目前|正|因|以))"
    r"|\d+\s*岁|突然|突发|刚刚|刚才|现在"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A clause of a message, folded, with whether its sentence only asks, and speaks of someone."""

    text: str
    asks: bool
    someone: bool


def fold(text: str) -> str:
    """Return a message in small letters, with plain apostrophes, digits and spaces."""
    plain = unicodedata.normalize("NFKC", text.replace("℃", "°C").replace("℉", "°F"))
    plain = re.sub("[’‘`´]", "'", plain).casefold()
    return re.sub(r"[ \t\r\f\v\u00a0]+", " ", plain)


def clauses(message: str) -> list[Clause]:
    """Return the clauses of a message, in order.

    >>> [each.text for each in clauses("No fever. Chest pain, but no sweating")]
    ['no fever', 'chest pain', ' no sweating']
    """
    text = fold(message)
    told = _speaks_of_someone(text)
    found = []
    for sentence in _sentences(text):
        asks = _only_asks(sentence)
        if asks:
            own = _OWN_PERSON_EN.search(_ASKER_EN.sub(" ", sentence))
            someone = bool(own or _OWN_PERSON_ZH.search(sentence))
        else:
            someone = told or not _TOPIC.search(sentence)
        found += [Clause(part, asks, someone) for part in _parts(sentence)]
    return found


def is_asserted(clause: Clause, start: int, end: int) -> bool:
    """Say whether the words from `start` to `end` are stated as so, and as so now."""
    before, after = clause.text[:start], clause.text[end:]
    if _is_denied(before) or _is_past(before, after):
        return False
    return not (
        _RELATIVE_EN.search(before)
        or _RELATIVE_ZH.search(before)
        or (clause.asks and not clause.someone)
        or (clause.asks and _AFTER_TOPIC_ZH.match(after))
    )


def _is_denied(before: str) -> bool:
    for cue in _DENIAL_EN.finditer(before):
        between = before[cue.end() :]
        if _SCOPE_END_EN.search(between):
            continue
        if "," not in between or _LISTED.search(between) or _LISTED.search(cue[0]):
            return True
    for cue in _DENIAL_ZH.finditer(before):
        between = before[cue.end() :]
        if not _SCOPE_END_ZH.search(between) and len(between) <= 16:
            return True
    return False


def _is_past(before: str, after: str) -> bool:
    return bool(
        _PAST_BEFORE_EN.search(before)
        or _PAST_AFTER_EN.search(after)
        or _PAST_BEFORE_ZH.search(before)
        or _PAST_AFTER_ZH.search(after)
    )


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for stop in re.finditer(r"(?<!\d)[.](?=\s|$)|(?<=\d)[.](?=\s+[a-z])|[!?\n。！？]+", text):
        yield text[start : stop.end()]
        start = stop.end()
    if text[start:].strip():
        yield text[start:]


def _parts(sentence: str) -> Iterator[str]:
    start = 0
    for stop in _CLAUSE_END.finditer(sentence):
        if sentence[start : stop.start()].strip():
            yield sentence[start : stop.start()]
        start = stop.end()
    if sentence[start:].strip():
        yield sentence[start:]


def _only_asks(sentence: str) -> bool:
    if _ASKED_EN.search(sentence):
        return True
    chinese = bool(re.search("[\u4e00-\u9fff]", sentence))
    return chinese and bool(_ASKED_ZH.search(sentence)) and not _NOW_ZH.search(sentence)


def _speaks_of_someone(text: str) -> bool:
    bare = _ASKER_EN.sub(" ", text)
    return bool(_PERSON_EN.search(bare) or _PERSON_ZH.search(text) or _NOW_EN.search(text)
                or _NOW_ZH.search(text))  # fmt: skip
