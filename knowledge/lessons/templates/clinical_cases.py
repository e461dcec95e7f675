"""Cases: the words of vignettes and consultations in which conditions are weighed, as tables.

`{s}` is the condition, `{r}` its rival, `{x}` a finding that both have, `{a}` findings joined by
"and", `{who}` a patient, `{since}` for how long. Keys of a table are the relations of findings.
"""

from knowledge.records import Language

VIGNETTE: dict[Language, tuple[str, ...]] = {
    "en": (
        "{Who} presents with {a}. {Ask}",
        "{Who} has had {a} {since}. {Ask}",
        "Case for discussion: {who} with {a} {since}. {Ask}",
        "On today's list: {who} complaining of {a}. {Ask}",
        "{Who} was sent in because of {a}, going on {since}. {Ask}",
        "Vignette. {Who} whose main complaints are {a}. {Ask}",
        "I saw {who} earlier. The complaints were {a}, present {since}. {Ask}",
        "{Task} The patient is {who} with {a} {since}.{past}",
        "Handover: {who} with {a}; symptoms {since}. {Ask}",
        "A colleague asks about {who} with {a}. {Ask}",
        "{Who} comes in with {a}. {Ask}",
        "In clinic: {who} who has had {a} {since}. {Ask}",
        "Here is a case. {Who} reports {a} {since}. {Ask}",
    ),
    "zh": (
        "{who}，因{a}就诊。{ask}",
        "{who}，{since}(出现|有){a}。{ask}",
        "病例讨论：{who}，主诉{a}，{since}(未见好转|没有缓解|持续存在)。{ask}",
        "(今天门诊|上午查房|昨晚值班)(遇到一例|见到一例|有一例)：{who}，(表现为|表现有){a}。{ask}",
        "{who}，{since}有{a}，(由外院转来|由基层医院转来|自行来诊)。{ask}",
        "病历摘要：{who}；(主要表现为|主要症状为|记录有){a}。{ask}",
        "交班(时提到|记录)：{who}，{since}(出现|有){a}，(未缓解|仍在观察|未见好转)。{ask}",
        "{ask}患者情况：{who}，(有|出现|表现为){a}。",
        "(同事|外科|急诊科)请会诊：{who}，{since}(出现|有){a}。{ask}",
    ),
}
HISTORY: dict[Language, tuple[str, ...]] = {
    "en": (
        "The history includes {a}. ", "Of note in the history: {a}. ", "Known background: {a}. ",
        "There is a background of {a}. ", "Also known: {a}. ", "The notes mention {a}. ",
    ),
    "zh": ("既往情况：{a}。", "病史中有{a}。", "另需注意的病史：{a}。", "背景：{a}。"),
}  # fmt: skip
TASK: dict[Language, tuple[str, ...]] = {
    "en": (
        "What is your differential, and what next?",
        "Which conditions come into question, and how would you proceed?",
        "Please reason through the possible diagnoses and the plan.",
        "What do you consider, and why?",
        "How would you weigh the possible causes here?",
        "What fits best, what else could it be, and what should be done?",
        "Walk me through your thinking.",
        "Name the main possibilities and say what supports each.",
    ),
    "zh": (
        "请给出鉴别诊断和下一步处理。",
        "考虑哪些疾病？依据是什么？",
        "请分析可能的诊断及处理思路。",
        "最可能是什么，还需要和什么鉴别，接下来怎么办？",
        "应如何分析？",
        "请逐步说明诊断思路、检查和治疗。",
        "有哪些可能，各自的依据是什么？",
        "您怎么看这个病例？",
    ),
}
TASK_ALONE: dict[Language, tuple[str, ...]] = {
    "en": (
        "What comes to mind first, and what next?",
        "What is the leading diagnosis, and how would you proceed?",
        "Please reason through the likely diagnosis and the plan.",
        "What do you consider, and why?", "Walk me through your thinking.",
        "What fits, and what should be done?", "What would you think of, and what follows from it?",
        "Which condition would you follow up, and how?",
    ),
    "zh": TASK["zh"],
}  # fmt: skip
"""Where only one condition is followed: nobody asks for several."""
TASK_STATISTICAL: dict[Language, tuple[str, ...]] = {
    "en": (
        "What do the data suggest, and how far do they go?",
        "Which conditions do the statistics bring up?", "What do you consider, and why?",
        "How would you weigh the possibilities on record?", "Walk me through your thinking.",
        "Name two possibilities and say what the data offer for each.",
        "What could one think of on statistical grounds?",
        "Which conditions come into question, judging by the records?",
    ),
    "zh": TASK["zh"],
}  # fmt: skip
"""Where all that is known are statistics: nobody asks for a plan."""
BOTH: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{s} and {r} can both (cause|bring on|produce) {x}.",
        "two conditions (share|have in common) {x} as a symptom: {s} and {r}.",
        "both {s} and {r} may present with {x}, so they (have to|must|should) be (weighed against "
        "each other|told apart|compared).",
        "(on its own|taken alone|by itself), {x} (could be|may be|might be) a symptom of {s} or "
        "of {r}.",
        "(I would|one should|let us) put {s} and {r} on the list, as (either can|both can) cause "
        "{x}.",
        "{x} (occurs|is found|appears) as a symptom in {s} (as well as|and also) in {r}.",
        "a complaint (such as|like) {x} fits {s} as much as {r}.",
    ),
    ("symptom", "zh"): (
        "{s}(和|与|同){r}(都|均|皆)(可|会|可能)(出现|有|引起|伴有){x}(|，需要鉴别|，要加以区分|，"
        "先放在一起比较)。",
        "{x}既是{s}的(症状|表现)，(也是|同样是){r}的(症状|表现)。",
        "(单凭|仅凭|只看|光看|单看){x}(这一症状|这个症状|这一表现)，{s}(与|和){r}(都在考虑之列|都"
        "有可能|均要考虑|难分先后)。",
        "(鉴别诊断|鉴别的范围)(包括|涉及){s}(与|和|以及){r}，(两者|二者|它们)(都|均)("
        "可|会)(出现|有|伴有){x}。",
        "{x}(可见于|可出现在|可以出现在){s}患者，(也|同样)(可见于|可出现在|可以出现在){r}患者。",
        "{x}可见于{s}，(也|同样)可见于{r}。",
        "{x}(可能由{s}引起|可能是{s}的(症状|表现))，(也|同样)(可能由{r}引起|可能是{r}的(症状|表现"
        "))。",
        "(要|应|需|宜)把{s}(和|与){r}(放在一起|一并|一同)(比较|权衡|考虑)，(因为|毕竟)(两者|二者|"
        "两病)"
        "(的(症状|表现)(里|中)都有{x}|(都可引起|都会出现|均可出现){x}(|这一症状|这一表现))。",
        "{s}、{r}，(这两种病|两者|二者)(都|均)(可|会|可能)(出现|引起|伴有){x}，(需要|要|应)(辨别|"
        "区分|鉴别)(|清楚)。",
        "(提到|说起|见到|遇到|碰到){x}，(先|首先|自然|可以)(想到|考虑)(两种病|两个方向|两种可能)"
        "：{s}(和|与|以及){r}(，(两者|二者|它们)(都|均)(可|会)(出现|有|伴有)(这一|该|这个)(症状|"
        "表现)|，(都|均)以它为(症状|表现)之一)。",
        "{r}(与|和){s}(一样|同样)(会|可|可能)(出现|有|引起){x}，(所以|因此|故而|因而)(两者|二者|)"
        "(要|需|应|得)(作|进行|加以)"
        "(鉴别|区分|比较)。",
    ),
    ("associated_with", "en"): (
        "in (recorded|collected) (data|cases|figures), {s} and {r} are (both |)"
        "(statistically linked|statistically associated|statistically correlated) with {x}.",
        "statistically, {x} (is found|turns up|is recorded) (with|in) {s} (as well as|and also) "
        "(with|in) {r}.",
        "both {s} and {r} (are|have been) statistically (linked|associated|connected) with {x}.",
        "two conditions (on record|in the records|in the data) (share|have in common) a "
        "statistical (link|association|tie) with {x}: {s} and {r}.",
        "(going|to go|judging) by (statistical associations|the statistics|correlation), {x} "
        "(speaks for|points to) {s} and {r} (alike|equally).",
        "{x} can be (recorded|noted|reported) with {s} and (likewise|equally|also) with {r}, (a "
        "shared|a common) statistical (association|link).",
        "the (records|figures|data|statistics) (tie|link|connect) {x} to two "
        "conditions, {s} and {r}, (by correlation|by association).",
        "with {x} (alone|by itself) to go by, the (statistics|statistical links) (point to|speak "
        "for) {s} as much as {r}.",
        "{s} and {r} (compete|come up together) here, as {x} is statistically (tied|linked) to "
        "(both|each of them).",
    ),
    ("associated_with", "zh"): (
        "(从统计上看|统计资料显示|就统计而言)，{x}(与|和|同){s}(和|以及|及){r}(都|均)(相关|有关联"
        ")。",
        "{s}(和|与|以及){r}在统计上(都|均)(与|和|同){x}(相关|有关联|有联系)。",
    ),
}
FOR: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{s} <fits|fit> (well|the picture), since <its|their> symptoms include {a}.",
        "{a} [speaks|speak] for {s}(: [this is a symptom|these are symptoms] of it|, as [a symptom|"
        "symptoms] of it| as [a symptom|symptoms]).",
        "in favour of {s}: it can (cause|bring on|produce) {a}.",
        "(first on my list is|at the top of the list is|the leading candidate is) {s}, whose "
        "symptoms include {a}.",
        "the findings point towards {s}, which may present with {a}.",
        "{s} (comes first here|heads the list|deserves the first place), with {a} among "
        "<its|their> symptoms.",
        "I would think of {s} first: it can (cause|produce) {a}.",
        "{a} [is a symptom|are symptoms] of {s}, which (makes it a strong candidate|I would "
        "consider first).",
        "(my first thought is|what comes to mind is) {s}, as it can cause {a}.",
    ),
    ("symptom", "zh"): (
        "支持{s}的(依据|理由|线索)(是|在于)：{a}(属于|是)(它的|其|该病的|此病的)(症状|表现)。",
        "(首先|先|优先|最先)(考虑|想到|怀疑){s}，(其|它的)(症状|表现)(包括|有|里有){a}。",
        "{a}[|都](指向|提示|符合){s}，这[|些](是|属于)(它|该病|此病)的(症状|表现)。",
        "{s}(更符合|较为符合|更能解释|比较符合)(病情|这些表现|目前的表现|眼前的情况)，(因为|毕竟)"
        "它(可|会|可能)(出现|有|引起){a}。",
        "{a}，用{s}(来解释|解释)(最|较|更)(合理|顺当|贴切)，[它|它们](是|属于)(其|该病的|此病的)("
        "症状|表现)。",
        "(考虑|推断|分析)为{s}，(它|该病|此病)(可|会|可能)(出现|引起|伴有){a}(|，与所见一致|，与"
        "描述相合)。",
        "从{a}(这[个|些]表现|这[个|些]症状)(推断|推测|来看|判断)，{s}的可能性(较大|最大|居前)。",
        "从{a}(这[个|些]表现|这[个|些]症状)(来看|判断)，(首先|最)应考虑{s}。",
        "{s}(可|会|可能)(出现|引起|带来){a}，(与|和|同)(本例|眼前的情况|所述情况|病史|所见)(吻合|"
        "相符|"
        "一致|对得上)。",
        "(病例中|本例)的{a}(可以|能)用{s}来解释，[它|它们](是|属于)该病的(症状|表现)。",
        "就{a}(而论|来说|来看)，(我|)(倾向于|更倾向于|偏向于){s}：(这|上面)[一项|几项](是|属于)("
        "它的|其|该病"
        "的|此病的)(症状|表现)。",
    ),
    ("associated_with", "en"): (
        "{s} has a statistical (link|association|tie|connection) with {a} (as well|too|besides).",
        "for {s}, the statistical [association|associations] on record [is|include] {a}.",
        "of what was (told|reported|said|described), {a} [is|are] statistically "
        "(associated|linked|connected) with {s}.",
        "{s} (comes up|comes to mind|enters the list|has to be named) because of its statistical "
        "(association|link|tie) with {a}.",
        "on statistical grounds {s} is one to (consider|think of|keep in mind), (given|in view "
        "of|because of) {a}.",
        "the (data|records|figures) (link|tie|connect) {a} statistically to {s}, (which is a "
        "hint at most|a hint and no more|no more than a pointer|for what that is worth).",
        "(statistics|correlations|the statistics) (favour|speak for|point to) {s}, (which <is|are> "
        "recorded|since it is recorded|as it is recorded) (together with|alongside) {a}.",
        "{a} [adds|add] (to|weight to) the statistical case for {s}.",
        "the rest of the (story|picture), {a}, goes with {s} by (correlation|statistical "
        "association).",
    ),
    ("associated_with", "zh"): (
        "{s}在统计上(与|和|同){a}(相关|有关联|有联系)。",
        "统计资料(中|里|上)，{a}(与|和|同){s}(有关联|相关|有联系)。",
    ),
}
AGAINST: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "in {r} one would also expect {a}, [another symptom|other symptoms] of it.",
        "{r} would become more likely with {a}, [another|more] of its symptoms.",
        "(ask|enquire) about {a} too: [this is a symptom|these are symptoms] of {r}.",
        "to tell {r} apart, ask about {a}, which it can cause.",
        "{r} can also cause {a}, so that is worth (asking about|a question|enquiring about).",
        "for {r}, the (question|thing to ask) is {a}, [another symptom|other symptoms] of it.",
    ),
    ("symptom", "zh"): (
        "(如为|若是|如果是|假如是|换作){r}，(还|则|另外)(可|会|可能)出现{a}，(可|可以)(据此|就此|"
        "由此)(追问|询问|核实)。",
        "{r}的(症状|表现)(还|另外|也)(包括|有|可见){a}，(需要|应|宜|值得)(进一步|再|继续)(询问|了"
        "解|核实|追问)。",
        "(若|如果|要是|倘若)(同时|还|另外|又)有{a}[这一症状|这些症状]，(则|那么){r}的可能性("
        "上升|增大|更大|提高)。",
        "(为了|为|要|想)(区分|排查|判断|辨别){r}，(应|可|宜|需)(询问|了解|核对)(它的|其|该病的|此"
        "病的)(症状|表现)：{a}。",
        "{r}(可|会|可能)(出现|伴有){a}，(可以|可|值得)(多问一句|再问一问|专门问一下|留心查问)。",
        "(对|对于|至于|说到){r}，(要看|得看|需看|应看)(是否|有无)(出现|伴有){a}(，这[|些]是它的症"
        "状|，[它|它们]属于其症状)。",
    ),
    ("associated_with", "en"): (
        "{r} <is|are> statistically (associated|linked|connected) with {a} too, (so it is worth "
        "asking "
        "about|which can be asked about|which is worth a question).",
        "for {r}, (other|further|more) statistical links (are|exist) with {a}.",
        "if {a} came up (as well|too|besides), the statistical case for {r} would (grow|be "
        "stronger|improve).",
        "{r}, (for its part|on the other hand|in turn), (<goes|go>|<is|are> linked|<is|are> "
        "associated) "
        "statistically with {a}.",
        "(ask|enquire|one may ask) about {a}, which would (favour|speak for) {r} statistically.",
    ),
    ("associated_with", "zh"): (
        "{r}在统计上(还|也|另外)(与|和|同){a}相关，(可|可以)进一步询问。",
        "统计上{r}(还|也)(与|同){a}(有关联|相关)，(可|值得)(追问|核实|问一问)。",
    ),
}  # fmt: skip
ABSENT: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "{R} (is less likely|becomes less likely|moves down the list), (given|considering) the "
        "absence of {a}, a symptom of it.",
        "With {a} absent, a symptom of {r}, I (put|place|move) {r} further down the list.",
        "The absence of {a}, which {r} can (cause|produce|bring on), (speaks rather|speaks|counts) "
        "against {r}.",
        "Since there is no {a}, which {r} can (cause|produce), {r} (comes|moves) further down.",
        "{R} (would be|might be) expected to (cause|produce) {a}, which is absent here.",
        "As {a} is absent, a symptom of {r}, {r} (is|seems) the weaker candidate.",
    ),
    ("symptom", "zh"): (
        "{r}的可能性(较小|偏小|小一些|降低)，因为{a}这一(症状|表现)(尚未|并未|未)出现。",
        "{a}(尚未|并未)出现，(而|)这(正是|是|属于){r}的(症状|表现)，(故|所以|因此)(后者|这个病)("
        "的可能性(较小|偏小|小一些)|(可以排在后面|可以往后考虑))。",
        "由于(未出现|尚未出现|缺少|未见){a}这一(症状|表现)，{r}(可以|暂且)(排在后面|往后考虑)。",
        "{a}(是|属于){r}的(症状|表现)，(目前|眼下)(并未|尚未|没有)出现，所以{r}的(依据|证据)(较少"
        "|偏少|"
        "不足)。",
        "(目前|眼下)(未|并未|没有)(提到|出现){a}，而(这|它)(是|属于){r}的(症状|表现)，(因此|所以)"
        "{r}("
        "的可能性较小|可以往后考虑)。",
        "(若是|如果是|换作){r}，(可|会|可能)(出现|伴有){a}，(目前|眼下)却没有这一(症状|表现)，可"
        "能性(随之|因而|也就)"
        "(下降|变小|降低)。",
    ),
    ("associated_with", "en"): (
        "{r} (moves|slips|drops) down the list, (given|considering|in view of) the absence of "
        "{a}, to which it is (tied|linked|connected) statistically.",
        "with {a} absent, the statistical (case|argument) for {r} (is|gets|becomes) "
        "(weaker|thinner|poorer|slighter).",
        "{a} would have (spoken|counted) statistically for {r}, (but is absent|and is absent).",
        "(as|since) {a} (is absent|was denied|is missing), {r} (loses|gets less) statistical "
        "support.",
    ),
    ("associated_with", "zh"): (
        "{a}在统计上与{r}相关，您(并未|尚未|未曾)出现，所以{r}的依据(较少|偏少)。",
    ),
}
BACKGROUND: dict[Language, tuple[str, ...]] = {
    "en": (
        "(In|From) the history, {a} [raises|raise] the risk of {s}.",
        "The risk of {s} is higher with {a}(| in the history).",
        "(Another pointer is the history|The history points the same way|The history adds to "
        "this): {a} [is a "
        "risk factor|are risk factors] for {s}.",
        "(The background fits too|That fits the background), as {a} [is a risk factor|are risk "
        "factors] for {s}.",
    ),
    "zh": (
        "病史(中|里)的{a}是{s}的(危险因素|高危因素)。",
        "{a}会(增加|提高|加大){s}的风险，(也|同样)(支持|印证)(这一判断|这个判断|上述推断)。",
        "(另有|加上)(一条|一点)：{a}是{s}的(危险因素|高危因素)。",
    ),
}
CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "", "", "", "",
        "", "",
        "(this|that|all of this) is provisional until (the patient has been examined|the "
        "findings are "
        "in|an examination has been done).",
        "(the picture|my view|the order) may change once the (results|findings) are in.",
        "(none of this|nothing here) replaces an examination.",
        "I would (review|revisit) (this|the question) when more is known.",
        "should (things|the symptoms) get worse in the meantime, (do not wait|seek help at once).",
        "an examination and the results (have to|must) (confirm it|confirm this|bear this out) "
        "first.",
        "(examination|a full history) comes (before|ahead of) any of this.",
    ),
    "zh": (
        "", "", "", "",
        "(以上|上述|这些)(只|都|仅)是(初步|大致|暂时)(思路|分析|判断|考虑)，(还要|还需|仍须)(结合"
        "|参看)(查体|面诊|检查结果|化验)。",
        "(检查|化验|各项)结果(回来|出来|齐全)(后|之后|了)(再|还要)(调整|修正|完善|核对)(判断|思路"
        "|结论)。",
        "(最终|具体|确切)(判断|诊断|结论)(以|要以|仍以)(面诊|当面检查|查体)为准。",
        "(其间|等结果时|等待检查期间)(如|若|一旦)(病情|症状|情况)加重，(应|请|要)(立即|及时|马上)"
        "(就医|来诊)。",
        "(确诊|下结论|定论)之前，(仍需|还要|尚须)(结合|参考|对照)(查体和检查结果|病史和查体|化验"
        "和查体)。",
        "(仅凭|只凭)(目前|现有|这些)(资料|信息|描述)(还不能|尚不足以)(确诊|定论|下结论)。",
        "(诊断|病因)(明确|查清)(后|之后)，(处理|方案|用药)(可能|也会|或)(有所|随之)(调整|改变)。",
    ),
}  # fmt: skip
STATISTICAL: dict[Language, tuple[str, ...]] = {
    "en": (
        "",
        "",
        "(these|those) are (associations|correlations), which do not make a diagnosis; an "
        "examination (has to|must|should) follow.",
        "(associations|correlations|statistics) alone (prove nothing|settle nothing), so (please "
        "have it examined|let someone examine it|an examination is due).",
        "an examination (has to|must|should|needs to) (show|find out|settle) what lies behind it.",
        "(take|use|regard) this as (a starting point for|a reason for|a step towards) an "
        "examination "
        "(only|and no more).",
        "(such data|figures like these|correlations) cannot tell (cause from coincidence|what "
        "comes "
        "from what|why two things go together).",
        "(a clinician|someone|a doctor) who (examines|sees|talks to) the patient will (know "
        "more|be a "
        "better judge|judge it better).",
        "(history and examination count|a careful history counts) for more than (this|numbers do).",
    ),
    "zh": (
        "统计上的关联(不等于诊断|不能当作诊断)，还需(面诊|检查|医生判断)。",
        "这只是(线索|参考)，(需|要|应)由医生(检查|面诊)后判断。",
    ),
}

_HEARD = (
    "(好的，|嗯，|明白，|了解了，|知道了，|我记下了，|您别急，|听明白了，|接着问一句，|另外，|还"
    "有，|请再想想，|再说说，|"
    "那么，|顺便问问，|还得问问，|我再确认，|对了，||)"
)
_WHEN = (
    "(这阵子|这几天|平时|最近|近来|起病以来|发病前后|这次|以前|这段时间|不舒服的时候|难受起来|除"
    "了这些|同时|前后|一直以来||)"
)
_ASKING = "(问清|弄清|了解|核实|确认|知道)(一下|一点|)(，|：)"
"""Chinese parts of a doctor's question: that the reply was heard, since when, and that one asks."""

ASKED: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "«Is|Are» there also {x}?", "«Has|Have» there been any {x}?", "What about {x}?",
        "(Thank you|Thanks|Right). (Have|And have) you noticed {x}( as well| too|)?",
        "I see. «Does|Do» {x} come with it?",
        "(Let me ask about one more thing|One thing more|A further question|Another question): "
        "«is|are» "
        "there {x}?", "(Before I answer|First|Before anything else|Just to be sure): any {x}?",
        "(To narrow it down|To be sure|So that I understand): any (trouble|problem|difficulty) "
        "with {x}?",
        "(All right|Thanks|I see). And {x}, has that (occurred|happened|come up)?",
        "(May|Can|Might) I ask whether there «is|are» {x}?", "And «is|are» there {x}, too?",
        "(Thanks|Right|I see). Any {x}(| that you know of| at all)?",
        "(Could you tell me|Can you say) whether there «has|have» been any {x}?",
    ),
    ("symptom", "zh"): (
        f"{_HEARD}{_WHEN}(有没有|是否有|有无|可有|是不是有|有没有出现过|是否出现过|可曾有过){{x}}"
        "(|呢|的情况|这种情况|这类表现|这一症状|之类)？",
        f"{_HEARD}{_WHEN}(出现过|有过|伴有){{x}}(吗|么|没有|的情况吗|这类情况吗)？",
        f"(想|要|需要|还想){_ASKING}{_WHEN}(有没有|是否有|有无|会不会有){{x}}(|的情况|这种情况|这类"
        "表现)？",
        "(好的，|嗯，|明白，|了解了，|知道了，|)(还|另外|同时|平时|最近|近来|这段时间)(伴有|有过|"
        "出现过){x}(吗|么)？",
        "(请问，|想问问，|那么，|再问一下，|想确认一下，|顺便问问，|补充问一句，|)(有没有|是否有|"
        "有无|可有|是否出现过|是否伴有){x}(|呢|的情况|这种情况)？",
        "(另外|此外|除此之外|除了这些|还有一点)，(有|出现过){x}(的情况吗|吗|没有|么)？",
        "(好的|我明白|嗯|谢谢|了解)，(先|再|我想|还想)(问一下|确认一下|核实一下|了解一下)：(有没"
        "有|是否有|有无|可曾有过){x}？",
        "我(再|还想|需要|想)(了解|确认|核实|问清)(一下|一点)，(最近|近期|这几天|这阵子)有{x}(吗|"
        "么|没有)？",
        "{x}(这种情况|这样的情况|这个情况)(有吗|出现过吗|有没有过|最近有吗)？",
        "为了(判断得准一些|弄清楚|缩小范围)，想(问一下|知道|了解)(有无|有没有|是否"
        "有){x}？",
        "(近来|这次)(有没有|是否有|有无){x}？",
        "(最近|这段时间)有过{x}(吗|没有)？",
        "(前面|刚才)(没提到|没说到)的，(像|比如){x}，(有过|出现过)(吗|没有)？",
        "(有没有|是否)(注意到|留意到|出现过|伴随着){x}？",
        "(起病|发病|不舒服)(前后|以来|之后)，(有没有|是否有|可有){x}(|这类情况|的表现)？",
        "(方便的话|可以的话)，(说说|告诉我)(有没有|是否有){x}？",
        "除了(刚才|前面)(说的|提到的)，(还有没有|是不是还有|有没有){x}？",
        "(再问一个问题|还有一个问题|还要问一句)：(平时|近来|这一阵)(会不会|有没有)(出现|伴有){x}？",
        "{x}，(这一点|这方面|这一项)(有没有|有吗|有过吗|符合吗)？",
    ),
    ("risk_factor", "en"): (
        "Does this apply: {x}?", "(One|A) question on (the |)background: «does|do» {x} apply?",
        "As to the history: «does|do» {x} apply?", "Is there anything like {x} in the history?",
        "Thinking of the background, «does|do» {x} apply?", "Would {x} apply(| at all)?",
    ),
    ("risk_factor", "zh"): (
        "有{x}的情况吗？",
        "(既往|以往|过去)有没有{x}(|的情况)？", "病史里有{x}(吗|没有)？",
    ),
}  # fmt: skip
YES: dict[Language, tuple[str, ...]] = {
    "en": (
        "Yes, that as well.", "Yes, now that you ask.", "Yes, I have noticed that.",
        "Yes, there is that too.", "Yes, it started about the same time.",
        "Yes. I had not thought it mattered.", "That too, I am afraid.", "Yes, I would say so.",
        "Yes, that is right.", "Indeed, yes.", "Yes, for some of the time.",
    ),
    "zh": (
        "(有的|有|有一点)，(差不多同时开始的|一直都有|时好时坏|比以前明显)。",
        "(嗯|对|是的)，(也有这个情况|这个也有|差不多同时开始的)。",
        "(您这么一问|您一说|仔细想想|想起来了)，(确实有|是有的|好像有|还真有)。",
        "(嗯|对|是的)，(也有|有一点|有的|有过)。",
    ),
}  # fmt: skip
APPLIES: dict[Language, tuple[str, ...]] = {
    "en": ("Yes, that applies.", "Yes, that is so.", "Yes, I am afraid so.",
           "Yes, that is right.", "That is the case, yes."),
    "zh": ("(有的|有|是的)，(有这个情况|确实如此|一直都有)。", "(嗯|对)，(是这样|有的)。"),
}  # fmt: skip
"""Replies on what is part of somebody's history, which one has and does not feel."""

NO: dict[Language, tuple[str, ...]] = {
    "en": (
        "No, nothing of the kind.", "No, that has not happened.", "Not that I know of.",
        "No, I would have noticed.", "No, not that.", "Not at all, no.",
    ),
    "zh": (
        "(没有|没)，(这个倒没有|一直都没有|目前没发现|没出现过)。",
        "(这个|这方面|这种情况)(没有的|没有|倒没有|没注意到)。",
        "(没有出现过|目前没发现|暂时没有|从来没有)。",
    ),
}  # fmt: skip
LAST: dict[Language, tuple[str, ...]] = {
    "en": ("", "", " What do you think it is?", " So what could it be?", " What should I do now?",
           " What might be behind it?"),
    "zh": ("", "", "那可能是什么病？", "请问该怎么办？", "您看是怎么回事？", "这会是什么问题？"),
}  # fmt: skip
SUMMARY: dict[tuple[str, Language], tuple[str, ...]] = {
    ("symptom", "en"): (
        "(thank you, that helps|thanks, that helps|all right|I see): {a} (fit|may be due "
        "to|could come from) {s}, as "
        "(symptoms of it|its symptoms).",
        "from what you (say|describe|tell me), {s} (has to|must|should) be considered, "
        "(since|because|as) it "
        "can (cause|bring on|produce) {a}.",
        "(taken together|put together|as a whole), {a} (may|could|might) be symptoms of {s}.",
        "my first thought is {s}, because its symptoms include {a}.",
        "(so you describe|you report|what I hear is) {a}, and {s} may present like this.",
        "{a}: [this is a symptom|these are symptoms] of {s}, which I would (look into|check for|"
        "consider|pursue).",
        "that makes {s} a possibility worth (following up|pursuing|checking): its symptoms "
        "include {a}.",
    ),
    ("symptom", "zh"): (
        "(综合来看|综合起来|合起来看|总的来看)，{a}(符合|像是|较像){s}的(症状|表现)。",
        "您(说的|提到的|描述的|讲的){a}[|都](是|属于){s}的(症状|表现)，(要|应|需|得)(考虑(这个病|"
        "此病|这一可能)|排查(这个病|此病))。",
        "(听下来|问下来|听完|了解之后)，(我|)(首先|先|最先)(想到|考虑|怀疑)(的是|){s}(，它(可|会|"
        "可能)(出现|引起|有){a}|："
        "{a}[|都](是|属于)(它的|该病的|此病的)(症状|表现))。",
        "从{a}(这[个|几个]症状|这[个|些]表现)(看|来看|判断)，(可能|有可能|或许|也许)是{s}。",
        "(谢谢您的补充|感谢配合|谢谢您说得这么细|好的，情况清楚了|明白了)，{s}(可|会|可能)(出现|"
        "引起|伴有){a}，(需要|应|要|得)((排查|进一步确认|核实)(一下|)|查一查|查清楚)。",
        "(就|以|按|照)(目前|现有|您说)的(情况|描述)，(较|比较|更)(像|符合|接近){s}：它的(症状|表"
        "现)(有|包括|里有){a}。",
        "{s}(值得|需要|应该)(重点|首先|优先)(考虑|排查)，因为{a}[|都](是|属于"
        ")(它的|其|该病的|此病的)(症状|表现)。",
    ),
    ("associated_with", "en"): (
        "(thank you|thanks|all right|I see); statistically, {a} [is|are] "
        "(associated|linked|connected) with {s}.",
        "in recorded (data|cases|figures), {s} (has|shows) a statistical (association|link|tie) "
        "with {a}.",
        "(on record is|the data hold|there is) a statistical (link|association|tie|connection) "
        "of {s} "
        "with {a}; (that is all the data say|the data say this and no more|beyond that the data "
        "are "
        "silent).",
        "what you (tell me|describe|report|mention), {a}, (fits|goes with) {s} statistically.",
        "(going|judging|to go) by the (statistics|correlations), {a} (would|may) (fit|go "
        "with|belong with) {s}.",
        "(the records|case records|the data) (connect|tie|link) {a} with {s} by "
        "(association|correlation|statistical association).",
        "{a} [goes|go] together with {s} in the statistics.",
    ),
    ("associated_with", "zh"): ("从统计上看，{a}(与|和|同){s}(相关|有关联)。",),
}
