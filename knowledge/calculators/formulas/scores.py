"""Scores of infections, brain and throat: points for findings and values, added up."""

from dataclasses import replace

from knowledge.calculators.formulas.formula import Band, Formula, Input, Limit, ScoreTerm
from knowledge.calculators.formulas.quantities import (
    AGE,
    BUN,
    DIABETES,
    DIASTOLIC,
    HEART_RATE,
    RESPIRATORY,
    SYSTOLIC,
    TEMPERATURE,
    chosen,
    finding,
    item,
)

_OLD = replace(AGE, low=42, high=91)
_CONFUSION = finding("confusion", "new confusion", "新发意识模糊", "意识模糊")
_THROAT = (
    finding("exudate", "tonsillar exudate", "扁桃体渗出"),
    finding("nodes", "tender anterior neck nodes", "颈前淋巴结压痛"),
    finding("fever", "fever above 38 °C", "38 ℃以上发热"),
)
_COUGH = finding("cough", "cough", "咳嗽")
_PAIN = (
    finding("fever", "fever in the last day", "近一日发热"),
    finding("pus", "purulent tonsils", "扁桃体化脓"),
    finding("rapid", "attendance within three days", "三日内就诊"),
    finding("inflamed", "severely inflamed tonsils", "扁桃体重度炎症"),
)
_CORYZA = finding("coryza", "cough or coryza", "咳嗽或流涕")
_EYES = Input("eye", ("eye opening",), ("睁眼反应",), "", 1, 4)
_VERBAL = Input("verbal", ("verbal response",), ("语言反应",), "", 1, 5)
_MOTOR = Input("motor", ("motor response",), ("运动反应",), "", 1, 6)
_WEAK = chosen(
    "clinical", "clinical feature", "临床表现",
    ("weakness", "unilateral weakness", "单侧肢体无力"),
    ("speech", "speech disturbance without weakness", "仅言语障碍"),
    ("neither", "neither weakness nor speech disturbance", "无力及言语障碍均未出现"),
)  # fmt: skip
_LASTING = chosen(
    "duration", "duration", "持续时间",
    ("long", "60 minutes or more", "60分钟及以上"),
    ("middle", "10 to 59 minutes", "10至59分钟"),
    ("short", "under 10 minutes", "不足10分钟"),
)  # fmt: skip
_WHITE = Input("wbc", ("white cell count",), ("白细胞计数",), "×10⁹/L", 2.2, 21, 1)

FORMULAS = (
    Formula(
        "curb-65",
        ("CURB-65 score", "CURB-65"),
        ("CURB-65评分",),
        (_OLD, _CONFUSION, BUN, replace(RESPIRATORY, low=14), SYSTOLIC, DIASTOLIC),
        unit="points",
        places=0,
        terms=(
            item(_CONFUSION),
            ScoreTerm("(bun > 19.6)", "urea nitrogen", "尿素氮"),
            ScoreTerm("(resp >= 30)", "respiratory rate", "呼吸频率"),
            ScoreTerm("(sbp < 90 or dbp <= 60)", "blood pressure", "血压"),
            ScoreTerm("(age >= 65)", "age", "年龄"),
        ),
        bands=(
            Band(2, "the low-risk group of 0 to 1", "0至1分的低危组"),
            Band(3, "the intermediate-risk group of 2", "2分的中危组"),
            Band(None, "the high-risk group of 3 to 5", "3至5分的高危组"),
        ),
        source="Lim WS et al. Thorax 2003;58:377-382",
    ),
    Formula(
        "qsofa",
        ("qSOFA score", "qSOFA"),
        ("qSOFA评分", "快速SOFA评分"),
        (replace(RESPIRATORY, low=14), replace(SYSTOLIC, high=140),
         finding("mental", "altered mental state", "意识状态改变")),
        unit="points",
        places=0,
        terms=(
            ScoreTerm("(resp >= 22)", "respiratory rate", "呼吸频率"),
            ScoreTerm("(sbp <= 100)", "systolic pressure", "收缩压"),
            ScoreTerm("(mental == yes)", "altered mental state", "意识状态改变"),
        ),
        bands=(
            Band(2, "below 2, so not positive", "低于2分，属阴性"),
            Band(None, "2 or more, so positive", "达到或超过2分，属阳性"),
        ),
        source="Singer M et al. JAMA 2016;315:801-810",
    ),
    Formula(
        "sirs",
        ("SIRS count", "number of SIRS criteria met"),
        ("SIRS符合项数", "全身炎症反应综合征符合项数"),
        (TEMPERATURE, HEART_RATE, RESPIRATORY, _WHITE),
        places=0,
        terms=(
            ScoreTerm("(temperature > 38 or temperature < 36)", "temperature", "体温"),
            ScoreTerm("(heart_rate > 90)", "heart rate", "心率"),
            ScoreTerm("(resp > 20)", "respiratory rate", "呼吸频率"),
            ScoreTerm("(wbc > 12 or wbc < 4)", "white cell count", "白细胞计数"),
        ),
        bands=(
            Band(2, "fewer than the 2 criteria that SIRS needs", "不足SIRS所需的2项"),
            Band(None, "enough for SIRS, which needs 2 criteria", "已达SIRS所需的2项"),
        ),
        source="Bone RC et al. Chest 1992;101:1644-1655",
    ),
    Formula(
        "mcisaac",
        ("McIsaac score", "modified Centor score"),
        ("McIsaac评分", "改良Centor评分"),
        (replace(AGE, low=4, high=72), *_THROAT, _COUGH),
        unit="points",
        places=0,
        terms=(
            *(item(each) for each in _THROAT),
            ScoreTerm("(cough == no)", "absence of cough", "咳嗽缺如"),
            ScoreTerm("(age < 15) - (age >= 45)", "age", "年龄"),
        ),
        limits=(
            Limit(
                "age < 3",
                "the McIsaac score starts at 3 years of age",
                "McIsaac评分从3岁起适用",
                "judge a child this young without it",
                "更小的患儿请不用此评分另行评估",
                values={"age": (1, 2)},
            ),
        ),
        source="McIsaac WJ et al. CMAJ 1998;158:75-83",
    ),
    Formula(
        "feverpain",
        ("FeverPAIN score", "FeverPAIN"),
        ("FeverPAIN评分",),
        (*_PAIN, _CORYZA),
        unit="points",
        places=0,
        terms=(
            *(item(each) for each in _PAIN),
            ScoreTerm("(coryza == no)", "absence of cough and coryza", "咳嗽流涕缺如"),
        ),
        source="Little P et al. BMJ 2013;347:f5806",
    ),
    Formula(
        "gcs",
        ("Glasgow coma scale", "GCS"),
        ("格拉斯哥昏迷评分", "GCS评分"),
        (_EYES, _VERBAL, _MOTOR),
        unit="points",
        places=0,
        terms=(
            ScoreTerm("eye", "eye opening", "睁眼反应"),
            ScoreTerm("verbal", "verbal response", "语言反应"),
            ScoreTerm("motor", "motor response", "运动反应"),
        ),
        bands=(
            Band(9, "severe by the usual grades of head injury", "按颅脑损伤的常用分级为重度"),
            Band(13, "moderate by the usual grades of head injury", "按颅脑损伤的常用分级为中度"),
            Band(None, "mild by the usual grades of head injury", "按颅脑损伤的常用分级为轻度"),
        ),
        source="Teasdale G, Jennett B. Lancet 1974;2:81-84",
    ),
    Formula(
        "abcd2",
        ("ABCD2 score",),
        ("ABCD2评分",),
        (_OLD, SYSTOLIC, DIASTOLIC, _WEAK, _LASTING, DIABETES),
        unit="points",
        places=0,
        terms=(
            ScoreTerm("(age >= 60)", "age", "年龄"),
            ScoreTerm("(sbp >= 140 or dbp >= 90)", "blood pressure", "血压"),
            ScoreTerm(
                "2 if clinical == weakness else (1 if clinical == speech else 0)",
                "clinical feature",
                "临床表现",
            ),
            ScoreTerm(
                "2 if duration == long else (1 if duration == middle else 0)",
                "duration",
                "持续时间",
            ),
            item(DIABETES),
        ),
        source="Johnston SC et al. Lancet 2007;369:283-292",
    ),
)  # fmt: skip
