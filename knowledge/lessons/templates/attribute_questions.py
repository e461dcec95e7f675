"""Questions: the words in which HuaTuo lessons ask, as tables.

`{s}` stands for the subject, `{o}` for an object; forms of one entry are parted by `||`, and
`<one|many>` agrees with the subject, `«one|many»` with the object. Where the
answer is a set phrase, as after "is it a symptom of", it stands beside its question.
"""

from knowledge.records import Language

ASKED_EN: dict[str, tuple[str, ...]] = {
    "description": (
        "What <is|are> {s}?", "Can you explain (briefly |)what {s} <is|are>?",
        "What sort of {kind} <is|are> {s}?", "How would you describe {s}?",
        "What kind of {kind} <is|are> {s}?",
        "Could you tell me what {s} <is|are>?",
    ),
    "symptom": (
        "What are the symptoms of {s}?", "How <does|do> {s} present?",
        "What <does|do> {s} feel like?",
        "Which symptoms point to {s}?", "How would I recognise {s}?",
        "What does someone with {s} usually complain of?", "What should make me think of {s}?",
    ),
    "sign": (
        "Which signs are found on examination in {s}?", "What does a clinician look for in {s}?",
        "What are the physical signs of {s}?", "What can be seen on examination in {s}?",
    ),
    "cause": (
        "What causes {s}?", "Why do people get {s}?", "What is behind {s}?",
        "What is the aetiology of {s}?", "What can bring on {s}?",
    ),
    "risk_factor": (
        "What are the risk factors for {s}?", "Who is more likely to get {s}?",
        "What raises the risk of {s}?", "What predisposes to {s}?",
    ),
    "test": (
        "How <is|are> {s} diagnosed?", "Which tests are used for {s}?",
        "What work-up <does|do> {s} need?",
        "How can {s} be confirmed?", "Which investigations are done when {s} is suspected?",
        "What tests should I expect if my doctor suspects {s}?",
    ),
    "first_line": (
        "What is the first-line treatment for {s}?", "What is tried first in {s}?",
        "Which treatment comes first in {s}?", "How is treatment of {s} started?",
    ),
    "treatment": (
        "How <is|are> {s} treated?", "What are the treatment options for {s}?",
        "What can be done about {s}?", "How <is|are> {s} managed?",
        "Which treatments exist for {s}?",
    ),
    "medicine": (
        "Which medicines are used for {s}?", "What drugs can be given for {s}?",
        "What medication might be prescribed for {s}?", "Are there medicines for {s}?",
    ),
    "medicine~": (
        "What <is|are> {s} used for?", "Why would a doctor prescribe {s}?",
        "When <is|are> {s} given?",
        "Which conditions <is|are> {s} used for?",
    ),
    "first_line~": (
        "For which conditions <is|are> {s} a first-line treatment?",
        "Where <is|are> {s} the first choice?",
    ),
    "complication": (
        "What complications can {s} have?", "What can {s} lead to?",
        "What happens if {s} is left alone?", "What are the possible consequences of {s}?",
    ),
    "prevention": (
        "How can {s} be prevented?", "What helps to prevent {s}?",
        "How can I lower my risk of {s}?",
    ),
    "department": (
        "Which department treats {s}?", "In which department is {s} looked after?",
        "To whom should a patient with {s} be referred?", "Which specialist deals with {s}?",
    ),
    "red_flag": (
        "When <is|are> {s} an emergency?", "Which warning signs matter in {s}?",
        "When should someone with {s} seek help at once?", "What are the red flags in {s}?",
    ),
    "body_part": ("Which part of the body <does|do> {s} affect?", "Where <does|do> {s} occur?"),
    "population": ("Who gets {s}?", "In whom <is|are> {s} seen?"),
    "transmission": ("<Is|Are> {s} contagious?", "How <does|do> {s} spread?", "Can {s} be caught?"),
    "course": ("How long <does|do> {s} last?", "What is the course of {s}?"),
    "prognosis": ("What is the outlook in {s}?", "What is the prognosis of {s}?"),
    "diet_recommended": ("What is good to eat with {s}?", "Which foods are advised in {s}?"),
    "diet_avoided": ("Which foods should be avoided in {s}?", "What not to eat with {s}?"),
    "associated_with": (
        "What <is|are> {s} statistically associated with?",
        "What goes together with {s} in the data?",
        "Which associations of {s} are on record?", "What has been linked with {s}?",
    ),
    "drug_class": (
        "What class of drug <is|are> {s}?", "What kind of medicine <is|are> {s}?",
        "Which drug class <does|do> {s} belong to?",
    ),
    "side_effect": (
        "What are the side effects of {s}?", "What unwanted effects can {s} have?",
        "What should someone taking {s} look out for?", "Which adverse effects <does|do> {s} have?",
    ),
    "contraindication": (
        "Who should not be given {s}?", "When <is|are> {s} contraindicated?",
        "When must {s} not be used?",
        "What are the contraindications to {s}?",
    ),
    "interaction": (
        "What <does|do> {s} interact with?", "What should {s} not be combined with?",
        "Which interactions <does|do> {s} have?", "Is there anything that reacts with {s}?",
    ),
    "dose_limit": (
        "What is the dose limit of {s}?", "How much {s} is too much?",
        "What is the highest dose of {s}?",
    ),
    "monitoring": (
        "What needs monitoring with {s}?", "What should be checked during treatment with {s}?",
        "How are people on {s} followed up?",
    ),
    "pregnancy": (
        "Can {s} be used in pregnancy?", "<Is|Are> {s} all right for a pregnant woman?",
        "What about {s} in pregnancy?",
    ),
}  # fmt: skip

ASKED_ZH: dict[str, tuple[str, ...]] = {
    "description": ("什么是{s}？", "{s}是什么？", "能介绍一下{s}吗？", "{s}是怎么回事？",
        "{s}指的是什么？"),
    "symptom": (
        "{s}有哪些症状？", "{s}会有什么表现？", "得了{s}会出现哪些情况？", "怎么看出是{s}？",
        "{s}的(临床症状|主要表现)有哪些？", "{s}患者(一般有哪些表现|身上会出现什么)？",
        "出现什么症状要考虑{s}？",
    ),
    "sign": ("{s}有哪些体征？", "{s}查体会发现什么？", "{s}患者体检可见什么？"),
    "cause": ("{s}是什么原因引起的？", "为什么会得{s}？", "{s}的病因是什么？",
        "哪些因素会导致{s}？"),
    "risk_factor": ("{s}的危险因素有哪些？", "什么情况更容易得{s}？",
        "哪些因素会增加患{s}的风险？"),
    "test": (
        "{s}要做哪些检查？", "怎么确诊{s}？", "怀疑{s}应该查什么？", "{s}的诊断需要哪些检查？",
        "{s}一般要化验或检查什么？", "医生说要排除{s}，会安排什么检查？",
    ),
    "first_line": ("{s}的一线治疗是什么？", "{s}首选什么治疗？", "{s}一开始应该怎么治？"),
    "treatment": (
        "{s}怎么治疗？", "{s}有哪些治疗方法？", "得了{s}该怎么办？", "{s}如何处理？",
        "{s}目前有什么办法治？",
    ),
    "medicine": ("{s}可以用哪些药？", "{s}吃什么药？", "治疗{s}的药物有哪些？",
        "{s}医生会开什么药？"),
    "medicine~": ("{s}用于治疗什么？", "{s}是治什么病的？", "什么情况下会用{s}？",
        "医生为什么开{s}？"),
    "first_line~": ("{s}是哪些疾病的一线治疗？", "哪些疾病首选{s}？"),
    "complication": (
        "{s}有哪些并发症？", "{s}会引起什么并发症？", "{s}不治疗会有什么后果？",
            "{s}可能并发什么？",
    ),
    "prevention": ("怎么预防{s}？", "{s}如何预防？", "平时怎样避免得{s}？"),
    "department": ("{s}挂什么科？", "{s}应该看哪个科？", "得了{s}去哪个科室就诊？",
        "{s}属于哪个科？"),
    "red_flag": ("{s}什么情况要马上就医？", "{s}有哪些危险信号？", "{s}出现什么需要急诊？"),
    "body_part": ("{s}发生在哪个部位？", "{s}是哪里的病？", "{s}影响身体的什么部位？"),
    "population": ("哪些人容易得{s}？", "{s}多见于什么人？", "{s}的易感人群有哪些？"),
    "transmission": ("{s}会传染吗？", "{s}有没有传染性？", "{s}会不会传给别人？"),
    "course": ("{s}要治多久？", "{s}的病程有多长？", "{s}的治疗周期是多长时间？"),
    "prognosis": ("{s}能治好吗？", "{s}的治愈率是多少？", "{s}的预后怎么样？"),
    "diet_recommended": ("{s}患者吃什么好？", "{s}饮食上宜吃什么？"),
    "diet_avoided": ("{s}患者不能吃什么？", "{s}饮食上要忌口什么？"),
    "associated_with": ("{s}和什么在统计上相关？", "与{s}相关的有哪些？", "{s}跟什么有关联？"),
    "drug_class": ("{s}属于哪类药？", "{s}是什么类型的药？", "{s}的药物类别是什么？"),
    "side_effect": (
        "{s}有什么副作用？", "吃{s}会有哪些不良反应？", "用{s}要留意哪些不良反应？",
            "{s}的副作用大吗，有哪些？",
    ),
    "contraindication": ("哪些情况不能用{s}？", "{s}有什么禁忌？", "什么人禁用{s}？",
        "{s}的禁忌证有哪些？"),
    "interaction": ("{s}不能和什么一起用？", "{s}和哪些药有相互作用？", "{s}与什么合用要小心？"),
    "dose_limit": ("{s}最多能用多少？", "{s}的最大剂量是多少？", "{s}的用量有什么限制？"),
    "monitoring": ("使用{s}要监测什么？", "用{s}期间需要查什么？", "{s}用药后要复查哪些指标？"),
    "pregnancy": ("孕妇能用{s}吗？", "怀孕了可以用{s}吗？", "{s}在妊娠期怎么用？"),
}  # fmt: skip

OPENING: dict[Language, tuple[str, ...]] = {
    "en": ("", "", "", "", "Doctor, ", "Excuse me, ", "A quick question: ", "One question: ",
           "For my notes: ", "I am revising and wonder: ", "Please tell me: ", "Hello. "),
    "zh": ("", "", "", "", "请问", "请问医生，", "想问一下，", "您好，", "医生，", "我想了解一下，",
        "麻烦问下，"),
}  # fmt: skip
CONTEXT: dict[tuple[str, Language], tuple[str, ...]] = {
    ("condition", "en"): (
        "My {kin} was told it may be {s}. ", "A friend of mine has {s}. ",
        "I have just read about {s}. ", "We discussed {s} on the ward round today. ",
        "A patient of mine has {s}. ", "The letter from the clinic mentions {s}. ",
    ),
    ("condition", "zh"): (
        "我{kin}被诊断为{s}。", "(朋友|一位熟人|老同学)得了{s}。", "体检后医生提到{s}。",
        "科里来了一位{s}患者。",
        "刚看到一篇讲{s}的文章。", "家里有人得了{s}。",
    ),
    ("medicine", "en"): (
        "My {kin} has been prescribed {s}. ", "I have been given {s}. ",
        "A patient of mine takes {s}. ", "I found {s} on a medication list. ",
    ),
    ("medicine", "zh"): ("医生给我{kin}开了{s}。", "我正在用{s}。", "有位患者在用{s}。",
        "处方上有{s}。"),
}  # fmt: skip
KIN: dict[Language, tuple[str, ...]] = {
    "en": ("aunt", "uncle", "neighbour", "cousin", "colleague"),
    "zh": ("同事", "亲戚", "邻居", "朋友"),
}
SOME_EN = (
    "Name {n} {r} of {s}.", "Please give {n} {r} of {s}.", "Could you list {n} {r} of {s}?",
    "Which {n} {r} of {s} come to mind?",
)  # fmt: skip
SOME_ZH = (
    "请(说出|列出|写出){s}的{n}{m}{r}。",
    "{s}的{r}，举{n}{m}。",
    "能(列举|说出){s}的{n}{m}{r}吗？",
)
COUNTED = {2: ("two", "两"), 3: ("three", "三"), 4: ("four", "四")}
SOME_NAMES: dict[str, tuple[str, str, str]] = {
    "symptom": ("symptoms", "症状", "种"),
    "sign": ("signs", "体征", "种"),
    "cause": ("causes", "病因", "个"),
    "risk_factor": ("risk factors", "危险因素", "个"),
    "test": ("", "检查", "项"),
    "treatment": ("", "治疗方法", "种"),
    "complication": ("complications", "并发症", "种"),
    "side_effect": ("side effects", "不良反应", "种"),
    "contraindication": ("", "禁忌证", "个"),
    "diet_recommended": ("", "宜吃食物", "种"),
    "diet_avoided": ("", "忌吃食物", "种"),
}

IS: dict[str, tuple[tuple[str, str], tuple[str, str]]] = {
    "symptom": (
        ("«Is|Are» {o} a symptom of {s}?||Can {s} cause {o}?||Could {o} come from {s}?",
         "(Yes|Indeed|Right), {o} «is|are» (a|one) symptom of {s}.||(Yes, |Indeed, |It can: ){s} "
         "can "
         "(cause|bring on|produce) {o}; (it|that) is one of <its|their> symptoms."),
        ("{o}是{s}的症状吗？||{s}会出现{o}吗？",
            "(是的|是|对)，{o}(是|属于){s}的症状之一。||(会|会的|有可能)，{s}可出现{o}(这一症状|"
            "这一表现)。"),
    ),
    "sign": (
        ("«Is|Are» {o} a sign of {s}?", "(Yes|Indeed), {o} «is|are» (a|one) sign of {s}.||Yes: "
        "examining someone with {s} can "
         "(show|reveal) {o}."),
        ("{o}是{s}的体征吗？", "是的，{o}是{s}的体征之一。"),
    ),
    "cause": (
        ("Can {o} cause {s}?||«Is|Are» {o} a cause of {s}?", "(Yes|Indeed), {o} «is|are» (a|one) "
        "cause of {s}.||Yes, {o} can (cause|lead to|bring on) {s}."),
        ("{o}会引起{s}吗？||{o}是{s}的病因吗？",
            "(会|会的)，{o}(可|可以|可能)引起{s}。||(是的|是|对)，{o}(是|属于){s}的病因之一。"),
    ),
    "risk_factor": (
        ("«Does|Do» {o} raise the risk of {s}?||«Is|Are» {o} a risk factor for {s}?",
         "(Yes|Indeed), {o} «is|are» a risk factor for {s}.||Yes, the risk of {s} (rises|goes "
         "up|is "
         "higher) with {o}."),
        ("{o}会增加{s}的风险吗？", "会，{o}是{s}的危险因素。"),
    ),
    "test": (
        ("«Is|Are» {o} useful when {s} is suspected?||«Does|Do» {o} help to investigate {s}?",
         "(Yes|Indeed), {o} «is|are» (a test used to investigate|one of the tests for) "
         "{s}.||Yes, {s} "
         "can be (checked for|investigated|confirmed) with {o}."),
        ("怀疑{s}需要做{o}吗？||{o}能用来检查{s}吗？",
            "(需要|要的)，{o}(是|属于){s}的检查项目之一。||(可以|能|可以的)，{o}可用于(检查|诊断)"
            "{s}。"),
    ),
    "first_line": (
        ("«Is|Are» {o} a first-line treatment for {s}?",
            "(Yes|Indeed), {o} «is|are» a first-line treatment for {s}.||Yes, first-line "
            "treatment of {s} can be with {o}."),
        ("{s}首选{o}吗？||{o}是{s}的一线治疗吗？",
            "(是的|对|对的)，{o}(是|属于){s}的一线治疗(之一|)。"),
    ),
    "treatment": (
        ("«Is|Are» {o} a treatment for {s}?||Can {s} be treated with {o}?",
         "(Yes|Indeed), {o} «is|are» (a|one) treatment for {s}.||Yes, {o} can be part of the "
         "treatment of {s}."),
        ("{s}可以用{o}吗？||{o}对{s}有用吗？",
            "可以，{o}(是|属于){s}的(治疗方法|治疗手段)之一。||(有用|有的)，{o}(是|属于){s}的治疗"
            "方法之一。"),
    ),
    "medicine": (
        ("«Is|Are» {o} used for {s}?||Can {o} be given for {s}?",
            "(Yes|Indeed), {o} «is|are» (a medicine used|prescribed) for {s}.||Yes, "
            "(doctors|clinicians) (may prescribe|can prescribe) {o} for {s}."),
        ("{o}能治{s}吗？||{s}可以用{o}吗？",
            "(可以|可以的|能)，{o}(是用于{s}的药物之一|可用于治疗{s}|属于{s}可用的药物)。"),
    ),
    "complication": (
        ("Can {s} lead to {o}?||«Is|Are» {o} a complication of {s}?",
         "(Yes|Indeed), {o} «is|are» a complication of {s}.||"
         "(Yes|It can): {s} can (lead to|be complicated by) {o}(|, a known complication)."),
        ("{s}会并发{o}吗？||{o}是{s}的并发症吗？",
            "(会|会的|有可能)，{o}(是|属于){s}的并发症之一。||(是的|是|对)，{s}(可|可能|会)并发{o"
            "}。"),
    ),
    "department": (
        ("«Is|Are» {o} the right department for {s}?", "(Yes|It is), the department for {s} is "
        "{o}.||Yes, patients with {s} are seen in {o}."),
        ("{s}看{o}对吗？||{s}可以挂{o}吗？",
            "(对|对的)，{s}的就诊科室(里有|包括){o}。||可以，{s}患者可(到|去){o}就诊。"),
    ),
    "side_effect": (
        ("Can {s} cause {o}?||«Is|Are» {o} a side effect of {s}?",
            "(Yes|Indeed), {o} «is|are» (a|one) side effect of {s}.||Yes, {s} can cause {o} as a "
            "side "
            "effect."),
        ("{o}是{s}的副作用吗？||用{s}会出现{o}吗？",
            "(是的|是|对)，{o}(是|属于){s}的不良反应(之一|)。||(会|有可能)，{o}属于{s}的不良反应"
            "。"),
    ),
    "contraindication": (
        ("Can {s} be used where there is {o}?||Is {s} allowed with {o}?",
         "No, {o} «is|are» a contraindication to {s}.||"
         "No, {s} (<is|are> contraindicated|should not be used) (where there is|with) {o}."),
        ("{o}时可以用{s}吗？||{o}能用{s}吗？",
            "不可以，{o}是{s}的禁忌证。||不能，存在{o}时禁用{s}。"),
    ),
    "interaction": (
        ("Do {s} and {o} interact?||Is it safe to take {s} together with {o}?",
         "{S} and {o} (do |)interact, so (ask a doctor or pharmacist|have that checked) first.||"
         "There is an interaction between {s} and {o}, so (ask a doctor or pharmacist|a pharmacist "
         "should look at it) first."),
        ("{s}和{o}有相互作用吗？||{s}能和{o}一起用吗？",
         "{s}与{o}存在相互作用，合用前请先问医生或药师。||{s}和{o}之间有相互作用，一起用之前请先"
         "问医生或药师。"),
    ),
    "associated_with": (
        ("<Is|Are> {s} associated with {o}?",
         "(Yes|In the statistics, yes), {s} <is|are> statistically "
         "(associated|linked|correlated) with "
         "{o}(; that alone does not show a cause|, which does not show a cause|).||Yes, a "
         "statistical (association|link|correlation) (is on record|has been recorded|exists) "
         "between "
         "{s} and {o}."),
        ("{s}和{o}有关吗？", "{s}与{o}在统计上相关，但这并不说明因果关系。"),
    ),
    "medicine~": (
        ("<Is|Are> {s} used for {o}?", "(Yes|Indeed|Correct), {s} <is|are> "
        "(used|given|prescribed) for {o}.||Yes, {o} «is|are» "
         "(one of its uses|among the uses of {s})."),
        ("{s}能用于{o}吗？||{s}可以治{o}吗？",
         "(可以|可以的|能)，{s}可用于{o}。||(可以|能)，{s}(可|可以)(用于|用来)治疗{o}。"),
    ),
    "diet_recommended": (
        ("«Is|Are» {o} good to eat with {s}?", "Yes, {o} «is|are» recommended in {s}."),
        ("{s}患者可以吃{o}吗？", "可以，{o}是{s}患者宜吃的食物。"),
    ),
    "diet_avoided": (
        ("May someone with {s} eat {o}?", "No, {o} «is|are» a food to avoid in {s}."),
        ("{s}患者可以吃{o}吗？", "不宜，{s}患者应忌吃{o}。"),
    ),
}  # fmt: skip

FURTHER_ZH = ("(另外|此外|除此之外|除了这些)，", "(另外|此外)，", "(顺便一提|补充一点)，")
"""How further facts of the same kind are led up to."""

PAIRED: dict[str, tuple[str, str]] = {
    "symptom": ("its symptoms", "症状"),
    "cause": ("its causes", "病因"),
    "risk_factor": ("its risk factors", "危险因素"),
    "test": ("the tests for it", "检查项目"),
    "first_line": ("its first-line treatment", "一线治疗"),
    "treatment": ("its treatment", "治疗方法"),
    "medicine": ("the medicines used for it", "用药"),
    "complication": ("its complications", "并发症"),
    "department": ("the department to go to", "就诊科室"),
    "prevention": ("how to prevent it", "预防方法"),
    "transmission": ("whether it spreads", "传染性"),
    "prognosis": ("the outlook", "预后"),
    "population": ("who gets it", "易感人群"),
    "side_effect": ("its side effects", "不良反应"),
    "contraindication": ("its contraindications", "禁忌证"),
    "interaction": ("its interactions", "相互作用"),
    "drug_class": ("its drug class", "药物类别"),
    "monitoring": ("what to monitor", "监测项目"),
}
PAIR_EN = (
    "I would like to know (two things |)about {s}: {a} and {b}.",
    "{S}: please tell me {a} and {b}.", "Please sum up two things about {s}: {a} and {b}.",
    "Two questions on {s}: {a}, and {b}?", "With regard to {s}, please explain {a}, then {b}.",
)  # fmt: skip
PAIR_ZH = (
    "{s}的{a}和{b}分别是什么？", "请(介绍|介绍一下|讲讲|说明){s}的{a}和{b}。",
    "我想(知道|了解){s}的{a}，还有{b}。",
    "关于{s}，{a}、{b}各是什么情况？", "请说说{s}的{a}以及{b}。",
)  # fmt: skip

ASKED: dict[Language, dict[str, tuple[str, ...]]] = {"en": ASKED_EN, "zh": ASKED_ZH}
PAIR: dict[Language, tuple[str, ...]] = {"en": PAIR_EN, "zh": PAIR_ZH}
