"""Choose the article that an English name takes within a sentence.

    "pilonidal cyst" -> "a pilonidal cyst"; "gout", "kidney stones", "Crohn's disease" -> unchanged

Names of a graph are headings without articles, which reads wrong in running text. Only head nouns
that are always countable are listed: where English allows both, a name stays as it is.
"""

import re
from functools import lru_cache

_COUNTED = (
    "abnormality abortion abrasion abscess adenoma allergy amputation aneurysm angiogram "
    "assessment audiogram cholangiogram dipstick echocardiogram electromyogram fast mammogram "
    "panel sonogram venogram "
    "attack baby biopsy bite blister bruise bump bunion burn callus cataract catheter "
    "chalazion clot concussion contraceptive contusion count crisis culture cyst defect "
    "device diary diet dislocation diverticulum droop effusion electrocardiogram "
    "electroencephalogram embolus ependymoma examination exanthem fibroadenoma fibroma "
    "fissure fistula flare fracture gallstone glioma goiter goitre granuloma grid "
    "haemangioma haematoma hemangioma hematoma hernia hydrocele infant inhaler injury "
    "interval laceration lesion level limp lipoma lump mass melanoma mole murmur neuroma "
    "nodule nosebleed osteochondroma pacemaker papule pinguecula polyp pregnancy "
    "prescription profile programme prosthesis pseudocyst puncture pustule questionnaire "
    "rash reaction reflex scan scar screen seizure smear sore spasm spot sprain stent sting "
    "stoma stone strain stricture study supplement swab system taste tear teratoma test toe "
    "tongue transplant tremor tumor tumour ulcer ultrasound valve varicocele wart wheeze "
    "wound X-ray"
)
_HEADS = frozenset(_COUNTED.split())
_BARE = re.compile(
    r".*culture wound|(?:acute |chronic )?(?:kidney|liver|lung) injury|pregnancy(?! test)\b.*|"
    r"(?:malignant )?melanoma|herpes .*|stiffness .*|(?:.* )?(?:immune|nervous|digestive) system|"
    r"(?:transmission|spread|lack|loss|absence|presence|use|abuse|removal|prevention|treatment) .*",
    re.IGNORECASE,
)
"""Names whose head is listed, or seems to be, and that take no article nevertheless."""

_ALWAYS = re.compile(
    r"(?:history|feeling of|sensation|inability|change|family history|foreign body|deviated nasal "
    r"septum|missed period|frozen shoulder)\b|"
    r".*\b(?:sensation|history of|lump or mass|mass or lump)\b|"
    r"(?:sore|runny|blocked|stuffy|stiff|hoarse|swollen|weak|hard) (?:[\w-]+ )?"
    r"(?:throat|nose|neck|voice|abdomen|eye|stream|prostate)$|"
    r"previous [\w ]+ infection$|(?:[\w-]+ "
    r")?(?:ear|eye|skin|kidney|bladder|chest|sinus|tooth|throat|yeast|urinary tract|"
    r"respiratory tract|wound|fungal|bacterial|viral) infection$|"
    r"(?:eating|personality|mood|metabolic|bleeding|skin|bone|sleep|tic|thyroid|pituitary|hormone|"
    r"seizure|movement|adjustment|conduct|impulse control|salivary gland|ovarian|vulvar|cervical|"
    r"nose|blood|psychotic|dysthymic|psychosexual|joint|tooth|testicular|rectal|dissociative|"
    r"mental|genetic|somatization|corneal|neurological|jaw|bladder|clotting) disorder$|"
    r"[\w-]+ \([\w ]+\) disorder$|skin growth$|(?:broken|loose|missing) tooth$",
    re.IGNORECASE,
)
"""Names that are countable as a whole, though their head alone may not be."""

_MEASURED = re.compile(
    r"(?:[\w-]+ )*(?:sedimentation|filtration|heart|pulse|respiratory|peak flow) rate|"
    r"(?:ankle-brachial|body mass) index|(?:[\w-]+ )*(?:prothrombin|thromboplastin|bleeding) time|"
    r"(?:[\w.-]+ )+virus|albumin-to-creatinine ratio|international normali[sz]ed ratio",
    re.IGNORECASE,
)
"""Measures of which there is one in each of us, and viruses that a name tells apart."""

_PARTED = re.compile(
    r" (?:of|in|between|on|with|after|during|for|from|to|at|by|behind|under|and|or|due|without)\b.*"
    r"|[,(].*"
)
_DETERMINED = re.compile(r"(?:an?|the|any|no|this|that|other|several|some|each|every)\b", re.I)
_ARTICLE = re.compile(
    r"^(?:an? |the (?=common cold$|(?:[\w-]+ )+(?:rate|index|time|ratio|virus)$))"
)
_AN = re.compile(
    r"[aioAIO](?![A-Z0-9])|[eE](?!u|[A-Z0-9])|[uU](?!ni|r[a-z]|se|su|te|[A-Z0-9])|8|11\b|18\b|"
    r"hour|heir|"
    r"(?!HER2|SARS|MRSA)[AEFHILMNORSX](?=[A-Z0-9]|-[a-z]|\b)"
)
_ASKS_BARE = re.compile(
    r"(?:\b(?:the|known|any|no|my|your|his|her|their|our|this|that|some|more|term|cases "
    r"of)|['’]s) $",
    re.IGNORECASE,
)
"""Words before a name that take the place of its article."""


@lru_cache(maxsize=1 << 15)
def with_article(name: str) -> str:
    """Return a name with the article that running text gives it, where it needs one.

    >>> with_article("erythrocyte sedimentation rate")
    'the erythrocyte sedimentation rate'

    >>> [with_article(name) for name in ("pilonidal cyst", "kidney injury", "history of falls")]
    ['a pilonidal cyst', 'kidney injury', 'a history of falls']
    """
    if not name or _DETERMINED.match(name) or _BARE.fullmatch(name):
        return name
    if name == "common cold" or _MEASURED.fullmatch(name):
        return f"the {name}"
    head = _PARTED.sub("", name).rsplit(" ", 1)[-1]
    if head not in _HEADS and not _ALWAYS.match(name):
        return name
    return indefinite_article(name) + name


def indefinite_article(name: str) -> str:
    """Return the article by which a name is introduced.

    >>> [indefinite_article(name) for name in ("X-ray", "urine culture", "umbilical hernia")]
    ['an ', 'a ', 'an ']
    """
    return "an " if _AN.match(name) else "a "


def without_article(said: str) -> str:
    """Return a name without its article.

    >>> without_article("an ulcer"), without_article("gout")
    ('ulcer', 'gout')
    """
    return _ARTICLE.sub("", said)


def leaves_no_article(before: str) -> bool:
    """Say whether the words before a name leave no room for an article.

    >>> [leaves_no_article(words) for words in ("My brother's ", "the term ", "symptoms of ")]
    [True, True, False]
    """
    return _ASKS_BARE.search(before) is not None
