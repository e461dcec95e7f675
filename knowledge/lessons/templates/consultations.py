"""Consultations: the words in which ChatDoctor lessons are held, as tables.

`{s}` stands for the condition or medicine, `{a}` and `{o}` for the items joined by "and" and "or",
`{i}`, `{have}`, `{my}` for who is ill. In English a capital key begins a sentence.
"""

from knowledge.records import Language

GREETING: dict[Language, tuple[str, ...]] = {
    "en": ("Doctor, ", "Hello doctor, ", "Hi doctor. ", "Good morning. ", "Hello, ", "Hi, ", "", "",
           "Dear doctor, ", "Good evening, doctor. ", "Thank you for seeing me. "),
    "zh": ("医生您好，", "大夫您好，", "您好，", "医生，", "大夫，", "", "", "你好医生，",
        "麻烦您了，", "医生好，"),
}  # fmt: skip

WORRY: dict[Language, tuple[str, ...]] = {
    "en": ("", "", "", "", "I am a little worried. ", "I did not want to wait any longer. ",
           "It is not getting better. ", "Sleeping is difficult as well. ",
               "Nothing like it happened before. ",
           "Nobody has looked at it yet. "),
    "zh": ("", "", "", "", "有点担心。", "一直没见好转。", "晚上也睡不好。", "以前没有过这种情况。",
        "还没去看过医生。", "不知道要不要紧。"),
}  # fmt: skip

COMPLAINT_EN = (
    "{I} {have} had {a} {since}.",
    "{I} {have} been troubled by {a} {since}.",
    "{Since}, {i} {have} had {a}.",
    "{I} {have} been having {a} {since}.",
    "{I} {have} been suffering from {a} {since}.",
    "It began with {x}, followed by {rest}.",
    "{I} {have} mostly had {x}, along with {rest}.",
    "{I} {have} {a}. It has been going on {since}.",
)
COMPLAINT_ZH = (
    "{i}{since}出现{a}。",
    "{i}{since}一直有{a}的情况。",
    "{i}先是{x}，后来又出现{rest}。",
    "{since}，{i}有{a}。",
    "{i}{since}有{a}。",
    "{i}{since}(身上|身体)不太对劲，主要是{a}。",
    "{since}，{i}的症状主要是{a}。",
    "{i}{since}(总是|时常)有{a}(|这些情况)。",
)
COMPLAINT_GOES_ON_ZH = (
    "{since}出现{a}。",
    "{since}一直有{a}的情况。",
    "先是{x}，后来又出现{rest}。",
    "{since}有{a}。",
    "{since}(身上|身体)不太对劲，主要是{a}。",
    "{since}(总是|时常)有{a}(|这些情况)。",
    "主要是{a}，{since}一直这样。",
)
"""The same where the sentence before has said who it is."""

ASK_EN: dict[str, tuple[str, ...]] = {
    "symptom": (
        "What could this be?", "What might be wrong?", "Do you have an idea what it is?",
        "Is it something serious?", "What do you think is going on?",
    ),
    "test": (
        "Which tests are needed?", "What could it be, and how do you find out?",
        "What should be checked?", "What tests do you recommend?",
    ),
    "first_line": ("What could it be, and what is tried first?",
        "What would the first treatment be?"),
    "treatment": (
        "What can be done about it?", "What might it be, and how is it treated?",
        "Is there a treatment?",
    ),
    "medicine": ("Is there a medicine for it?", "What could it be, and what might be prescribed?"),
    "department": ("Which department is the right one?", "Whom should I ask about it?"),
    "red_flag": ("When would it be urgent?", "How would I know that it is dangerous?"),
    "complication": ("What could it be, and what may come of it?",
        "Can it lead to something worse?"),
    "prevention": ("What is it, and how can it be prevented?",),
    "diet_recommended": ("What is it, and what is good to eat?",),
    "diet_avoided": ("What is it, and is there anything to avoid eating?",),
    "transmission": ("What is it, and is it contagious?",
        "What could it be, and can it be passed on?"),
    "prognosis": ("What is it, and what is the outlook?",),
    "cause": ("What could it be, and where does it come from?",),
    "risk_factor": ("What could it be, and what makes one prone to it?",),
}  # fmt: skip
ASK_ZH: dict[str, tuple[str, ...]] = {
    "symptom": ("请问这可能是什么病？", "这是怎么回事？", "您看可能是什么问题？", "会是什么病呢？"),
    "test": ("需要做哪些检查？", "可能是什么病，要查什么？", "请问应该先做什么检查？"),
    "first_line": ("可能是什么病，首选什么治疗？", "一般先怎么治？"),
    "treatment": ("该怎么治疗？", "可能是什么病，怎么治？", "有什么办法治吗？"),
    "medicine": ("可以用什么药？", "可能是什么病，吃什么药？"),
    "department": ("应该挂什么科？", "去哪个科看比较好？"),
    "red_flag": ("什么情况下要马上去医院？", "怎么知道严不严重？"),
    "complication": ("可能是什么病，会不会有并发症？", "拖着不管会引起别的病吗？"),
    "prevention": ("可能是什么病，以后怎么预防？",),
    "diet_recommended": ("可能是什么病，吃什么好？",),
    "diet_avoided": ("可能是什么病，有什么要忌口的？",),
    "transmission": ("可能是什么病，会传染给家里人吗？",),
    "prognosis": ("可能是什么病，能治好吗？",),
    "cause": ("可能是什么病，是什么引起的？",),
    "risk_factor": ("可能是什么病，哪些人容易得？",),
}

TOLD_EN = (
    "{I} {have} been told that it is {s}.", "{My} GP thinks that it is {s}.",
    "The clinic says it is {s}.",
        "{I} {have} just been diagnosed with {s}.",
    "{My} GP suspects {s}.", "A doctor has told me that it is {s}.",
)  # fmt: skip
TOLD_ZH = (
    "{i}被诊断为{s}。",
    "{i}得了{s}。",
    "门诊医生说{i}是{s}。",
    "{i}检查出来是{s}。",
    "医生怀疑{i}是{s}。",
    "{i}确诊为{s}。",
    "{i}(前几天|昨天|上周)查出{s}。",
    "{i}的(门诊病历|诊断书|检查报告)上写着{s}。",
)
TOLD_ASK_EN: dict[str, tuple[str, ...]] = {
    "symptom": ("Which symptoms are to be expected?", "How does it usually show itself?"),
    "test": ("Which tests will be done?", "What should be checked now?"),
    "first_line": ("What is the first treatment?", "Where does treatment start?"),
    "treatment": ("What are the options?", "How is it treated?", "What can be done?"),
    "medicine": ("Which medicines are used?", "Is medication needed?"),
    "department": ("Which department looks after this?", "Where should I make an appointment?"),
    "red_flag": ("When should I call for help?", "What should make us come in at once?"),
    "complication": ("What can it lead to?", "Are there complications to fear?"),
    "prevention": ("How can it be prevented?", "What helps to prevent it?"),
    "diet_recommended": ("What is good to eat?",),
    "diet_avoided": ("Is there anything to avoid eating?",),
    "transmission": ("Is it contagious?", "Can it be passed on to the family?"),
    "prognosis": ("What is the outlook?", "Can it be cured?"),
    "cause": ("Where does it come from?", "What caused it?"),
    "risk_factor": ("What makes people prone to it?", "Who tends to get it?"),
    "description": ("What is that exactly?", "Could you explain what it is?",
        "I have no idea what that means."),
}  # fmt: skip
TOLD_ASK_ZH: dict[str, tuple[str, ...]] = {
    "symptom": ("一般会有哪些症状？", "这个病有什么表现？"),
    "test": ("接下来要做哪些检查？", "还需要查什么？"),
    "first_line": ("首选什么治疗？", "一开始该怎么治？"),
    "treatment": ("该怎么治疗？", "有哪些治疗方法？", "怎么办才好？"),
    "medicine": ("可以吃什么药？", "用什么药好？"),
    "department": ("应该挂哪个科？", "去哪个科看？"),
    "red_flag": ("什么情况要马上去医院？", "有哪些危险信号要留意？"),
    "complication": ("会有并发症吗？", "以后会引起别的问题吗？"),
    "prevention": ("怎么预防？", "平时要注意什么来预防？"),
    "diet_recommended": ("吃什么好？", "饮食上宜吃什么？"),
    "diet_avoided": ("有什么不能吃的？", "要忌口什么？"),
    "transmission": ("会传染吗？", "会不会传给家人？"),
    "prognosis": ("能治好吗？", "治愈的希望大吗？"),
    "cause": ("是什么原因引起的？", "怎么会得这个病？"),
    "risk_factor": ("哪些人容易得？", "跟哪些危险因素有关？"),
    "description": ("这是什么病？", "能给我讲讲这个病吗？"),
}

TAKING_EN = (
    "I have been given {s}.", "I was prescribed {s} last week.", "I am about to start {s}.",
    "A specialist has suggested {s}.", "My treatment now includes {s}.",
    "The clinic would like me to have {s}.",
)  # fmt: skip
TAKING_ZH = (
    "医生给我开了{s}。",
    "我正在用{s}。",
    "我准备开始用{s}。",
    "我上周开始用{s}。",
    "药店给了我{s}。",
)
TAKING_ASK_EN: dict[str, tuple[str, ...]] = {
    "side_effect": ("Which side effects should I look out for?",
        "What unwanted effects can it have?"),
    "contraindication": ("Who should not be given it?", "When must it not be used?"),
    "interaction": ("What does it interact with?",
        "Is there anything I should not combine it with?"),
    "pregnancy": ("What if I become pregnant?", "Is it safe in pregnancy?"),
    "dose_limit": ("How much of it is too much?", "What is the limit for the dose?"),
    "monitoring": ("Will anything have to be monitored?", "Which checks will I need?"),
    "medicine~": ("What is it for?", "What is it used for?"),
    "description": ("What is it?", "What sort of medicine is that?"),
}  # fmt: skip
TAKING_ASK_ZH: dict[str, tuple[str, ...]] = {
    "side_effect": ("会有什么副作用？", "要留意哪些不良反应？"),
    "contraindication": ("哪些情况不能用？", "有什么禁忌？"),
    "interaction": ("不能和什么一起用？", "和别的药有相互作用吗？"),
    "pregnancy": ("怀孕了还能用吗？", "孕妇能用吗？"),
    "dose_limit": ("最多能用多少？", "用量有什么限制？"),
    "monitoring": ("用药期间要查什么？", "需要监测哪些指标？"),
    "medicine~": ("它是治什么的？", "这个药是干什么用的？"),
    "description": ("这是什么药？", "能介绍一下这个药吗？"),
}

# The doctor's own way to say some relations; otherwise they are said as anywhere.
SPOKEN_EN: dict[str, tuple[str, ...]] = {
    "test": (
        "to confirm {s} or rule it out, (I would|let us|one can) arrange {a}.",
        "the next step is to check for {s} (with|by means of) {a}.",
        "to find out, the [test is|tests to consider are] {a}.",
    ),
    "first_line": ("if the diagnosis is {s}, the first-line treatment is with {a}.",),
    "treatment": (
        "if it is {s}, treatment can (include|involve|draw on) {a}.",
        "should {s} be confirmed, the treatment can include {a}.",
    ),
    "medicine": (
        "the [medicine|medicines] that a doctor may prescribe for {s} [is|include] {a}.",
        "if it is {s}, medicines such as {a} can be used.",
    ),
    "department": (
        "the [department|departments] to see for {s} [is|are] {a}.",
        "I would refer you to {a}.",
        "please make an appointment in {a}, [the department|the departments] for {s}.",
    ),
    "complication": ("{s} can lead to {a}, so please have it (looked at|checked).",),
    "interaction": (
        "{s} <interacts|interact> with {a}, so (ask|check with) (a doctor|a pharmacist|your "
        "prescriber) before "
        "you combine them.",
        "do not combine {s} with {o} on your own, because they interact.",
    ),
    "contraindication": (
        "do not use {s} (if there is|in cases of|where there is) {o}: [this is a contraindication"
        "|these are contraindications].",
    ),
    "side_effect": (
        "tell your doctor if you notice {o}: [this is a side effect|these are side effects] "
        "of {s}.",
    ),
}
SPOKEN_ZH: dict[str, tuple[str, ...]] = {
    "test": (
        "建议(先|尽快|下一步)(做|安排|去做){a}等检查，(以明确|以便确定|用来判断)是否为{s}。",
        "(为了|要|想)(确诊|排查|明确诊断){s}，(需要|可以|应)做{a}(|等检查)。",
        "(可以|可|请|应)先做[这项|这些]检查：{a}。",
        "(我想|我打算|建议)(先|尽快|)安排{a}，(查一查|检查一下)是否(为|是){s}。",
    ),
    "first_line": ("(如果|若|一旦)(确诊为|确定是){s}，首选{a}。",),
    "treatment": (
        "(如果|若|假如)是{s}，治疗(上|方面)(可以|可)(采用|选择|采取|考虑){a}。",
        "(确诊|确定是){s}(后|以后|之后)，治疗(可|可以)(选择|采用|考虑){a}。",
        "{s}的治疗(办法|方法|手段)(有|包括){a}。",
    ),
    "medicine": (
        "(如果|若|假如)是{s}，药物(方面|上)(可以|可)(用|选用|考虑){a}。",
        "(确诊|确定是){s}(后|以后|之后)，(可|可以)(使用|选用){a}(等药物|等药|)。",
        "(用药|药物)(可以|可)(选|用|考虑){a}，[|都](用于|可用于){s}。",
    ),
    "department": (
        "建议(尽早|尽快|及时|抽空|)(到|去){a}(就诊|看看|看诊)。",
        "(可以|请|建议|最好)(挂{a}看一下|挂{a}|到{a}(查一查|看一下))。",
        "{s}(请|应|可|宜)(到|去){a}(就诊|看诊|看)。",
    ),
    "complication": (
        "{s}(可能|会|可)(引起|引发|带来){a}等并发症，请(尽早|及早|尽快|早日)(就诊|就医|处理)。",
        "(延误治疗|不及时治疗|耽误了治疗)，{s}(可能|会|可)(并发|引起){a}。",
    ),
    "interaction": ("{s}与{a}有相互作用，合用前请先问(医生|药师|医生或药师)。",),
    "contraindication": ("有以下情况请不要使用{s}，[这是|这些是]禁忌证：{a}。",),
    "side_effect": ("(使用|用){s}后如果(出现|有){o}，可能是不良反应，请(告诉|联系|咨询)医生。",),
}
CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "if (it|anything) (gets worse|changes suddenly), (do not wait|seek help at once|get in "
        "touch straight away).",
        "(a doctor|someone|a clinician) who knows (your history|the whole history|you) (can|will) "
        "(judge this better than I can|tell you more than I can|see more in this than I do) (from "
        "here|at a distance|in writing).",
        "(take|bring) (any questions|what is still unclear) to your next (visit|appointment).",
        "your own (doctor|team|clinic) can (say|tell you) how (far |)this (applies to you|fits "
        "your "
        "case).",
    ),
    "zh": (
        "(以上|上述内容|上面说的|这些意见|我的分析)(仅供参考|不能代替面诊|只是初步看法)，(请|建议"
        "|最好)(尽早|及时|抽空)(就医|到医院|去门诊)(明确诊断|查清原因|"
        "核实|查一查)。",
        "(如果|若|要是|一旦)(症状|情况|不适)(加重|持续不缓解|反复出现|变化很快|影响生活)，(请|就"
        "要|应)(及时|尽快|马上)(就医|去医院|"
        "看医生|复诊)。",
        "(最终|具体|确切)(诊断|情况)(要|需|须)(由医生|请医生|让医生)(面诊后|当面检查后|结合检查)("
        "判断|确定|判定)。",
        "(就诊时|看医生时|看病时)(请|最好|记得)(说明|讲清|告知)(起病时间|病程长短|既往病史|在服哪"
        "些药)。",
        "(不要|请勿|切勿|别)(自行|擅自)(用药|判断|处理)，(有疑问|拿不准|不清楚)(请问|就问|请咨询|"
        "就咨询|就请教)医生。",
        "(查体|面诊|检查)(之后|过后|以后)，(医生|大夫)(才能|会)(给出|作出)(确切|准确|明确)的(结论"
        "|判断|诊断)。",
        "(平时|这几天|其间)(请|最好|可以)(记录|记下|留意)(症状的变化|发作的时间|作息和用药|加重的"
        "诱因)，(供|好让)医生(判断|参考)。",
        "(带上|携带|备好)(以往的病历|之前的检查单|正在用的药|既往资料)(去医院|就诊|看诊)，(会|能)("
        "省事些|更快些|少走些弯路)。",
    ),
}  # fmt: skip
CASE_CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        *CLOSING["en"][:2],
        "(this|that) is not a diagnosis; (please see a doctor|a doctor has to examine you) "
        "(to be sure|before anything is decided).",
        "please have it (looked at|checked|examined) (soon|in person), (above all|especially) if "
        "it (gets worse|does not settle|comes back).",
        "only an examination can (confirm|settle) it, so (do make|please make) an appointment.",
        "(write down|make a note of) when it (started|comes on) and (what makes it worse|what was "
        "taken for it), and bring (that|the note) along.",
    ),
    "zh": CLOSING["zh"],
}
"""The same where nobody has named the condition yet."""
LINKED_CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "please (see a doctor|have it examined|get it looked at) (soon|in the next days|this week)"
        "( to find out what it is| to learn what lies behind it||).",
        "(that|this|it) is no diagnosis(, so please make an appointment|: have it examined|).",
        "if it (gets worse|comes on suddenly|does not settle), (seek help|be seen|get help) (at "
        "once|without delay|the same day).",
        "(statistics|figures|such numbers) say (nothing|little) about (you in person|one single "
        "person|a single case)(; a doctor who examines you can||).",
        "a doctor (should|needs to|has to) (see|examine) (this|it) before (anything|more) can be "
        "said.",
        "(make|book) an appointment, and (mention|describe) (when it began|how it started|what "
        "makes it better or worse).",
    ),
    "zh": (
        "请(尽早|及时|早些)(就医|到医院|看医生)，(由医生|请医生|让医生)(当面检查|面诊|查体)后(判"
        "断|再定)。",
        "(如果|若|要是)(加重|持续不缓解|老不见好)，请(马上|尽快|及时)(就医|去医院|看医生)。",
    ),
}
URGENT_CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "(this|such a thing) can be urgent: if it (began suddenly|is severe|is getting worse), "
        "(call the emergency number|go to the emergency department) (now|at once).",
        "do not wait with this: (get help today|go to the emergency department), and call an "
        "ambulance if it gets worse.",
        "(because|since) this may become dangerous quickly, please (be seen today|seek help "
        "straight away).",
    ),
    "zh": (
        "(这种情况|此类情况|这样的情况|这类问题)(可能|有时|)较急，(如果|若|要是|一旦)(突然加重|症"
        "状明显|起病突然|越来越重)，(请|要|应)(立即|马上|立刻)"
        "(呼叫救护车|去医院|就医|看急诊|叫救护车)。",
        "(请不要|切勿|千万别|不能)(拖延|等待观察|在家硬扛|拖着)，(应|请|要)(立即|尽快|今天)(就"
        "医|去医院|去急诊|看急诊)。",
        "(病情|情况|症状)可能(变化很快|迅速加重|短时间内加重)，(请|要|务必)(马上|立即|尽快)(就医|"
        "去医院|急诊就诊|到急诊)。",
        "先(看急诊|去急诊|到急诊)(要紧|最稳妥)，(其他|别的)(检查|问题|事情)(到院|到了医院|随后)再"
        "(说|安排|办)。",
        "(若|如果|一旦)(人不清醒|喘不上气|叫不醒|站不住|越来越难受)，(请|要)(立即|马上|立刻)(呼救"
        "|叫救护车|去急诊)。",
    ),
}
MEDICINE_CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "(whether it suits you|if it is right for you|how well it suits you) depends on (your "
        "history|other illnesses and medicines|your age and "
        "other illnesses)(, so ask (a doctor|a pharmacist|whoever prescribed it)|: do ask|).",
        "(do not|please do not) start or stop (it|anything) on your own.",
        "tell (the doctor|the prescriber|your pharmacist) (what else you take|about everything "
        "else that you take|about all other medicines that you take).",
        "(follow|keep to) what (your doctor|the prescriber) has (said|advised).",
        "(a pharmacist|your pharmacist) can go through (the details|the leaflet) with you.",
        "(raise|mention) (any doubts|what worries you) (at the next visit|before the next dose).",
    ),
    "zh": (
        "(具体用药|用药方案|用法用量|怎么用药)请(遵医嘱|由医生决定|听从医生安排|问清医生)。",
        "(请勿|不要|切勿|千万别)(自行|擅自|自己)(加减药量|停药|换药|购药服用)。",
        "(用药前|就诊时|看病时|取药时)(请|要|记得)(告诉|告知)(医生|药师)(既往病史|过敏史|还在用哪"
        "些药|在用的别的药)。",
        "(用药)(后|期间)(若|如果|一旦)(有不适|不舒服|没有效果|觉得不对劲)，(请|要)(停下来问|及时"
        "问|尽快联系)(医生|药师)。",
        "(说明书|药品说明书)(上|里)的(注意事项|用法用量|禁忌)(请|要|最好)(先|仔细)(看清|读一遍|核"
        "对)。",
        "(应|请|宜|须)在(医生|药师|专业人员)指导下(使用|用药|服用)。",
    ),
}
PROGNOSIS_CLOSING: dict[Language, tuple[str, ...]] = {
    "en": (
        "how it goes for (you|one person) depends on (much else|age, other illnesses and how early "
        "it is treated); ask (your doctor|the team in charge).",
    ),
    "zh": (
        "(这只是|这是)(资料中的|一般的|记录里的)(数字|说法|估计)，(具体|实际)(因人而异|要看个人情"
        "况|还看病情和治疗)。",
        "(能否|是否能|能不能)(恢复|好转)(与|和)(病情轻重|治疗早晚|年龄、体质)有关，请(咨询|询问)("
        "主治医生|经治医生|看病的医生)。",
        "(落到|放到)(个人|每个人)身上(会|可能)(有出入|不一样|有好有坏)，(请|可以)(听听|问问)(主治"
        "医生|接诊医生)的(意见|判断)。",
    ),
}

RED_FLAG: dict[Language, tuple[str, ...]] = {
    "en": ("(please remember|keep in mind|take note of|be aware of|look out for|do remember) "
    "(this|the "
           "following) (warning|red flag|danger sign): {v}",
           "(one|a) (red flag|warning) to (know|remember|keep in mind): {v}",
           "(above all|most important), (this|a) warning: {v}",
           "what (is|would be) urgent: {v}"),
    "zh": ("请(注意|留意|记住)这个警示征象：{v}", "要警惕这一危险信号：{v}",
           "以下情况请立即就医：{v}"),
}  # fmt: skip

LINKED_EN = (
    "in recorded (data|cases|figures), {a} are statistically (associated|linked|connected) with "
    "{s}(; this is not a diagnosis|).",
    "{a} are statistically (associated|linked|correlated) with {s}(, which does not prove that "
    "they come from it|| in the data|, but that alone does not show a cause).",
    "there is a statistical (association|link|connection|tie) between {s} and {a}(, but an "
    "examination has to show what lies behind it|; what it means has to be examined|).",
    "(what you describe|the complaints you mention|what you tell me about), {a}, (go|turn up|are "
    "found|have been recorded) together with {s} in the statistics.",
    "one (condition|diagnosis|possibility) that {a} (share|have) a statistical "
    "(link|association|tie) with is {s}(; only an examination can tell|; an examination would have "
    "to decide|).",
    "(statistically|by correlation|in the records), {a} point to {s}, (a statistical hint|a hint "
    "from statistics|a statistical pointer) that (needs|calls for|deserves) an examination.",
    "{s} comes up (here|first|in the records), because {a} (are|have been) statistically "
    "(tied|linked) to it(, though figures cannot replace an examination|).",
    "(thinking of|with) {a}, the (records|statistics|data) bring up {s} by (association|"
    "correlation|statistical association).",
    "(the records|case records|the data) (link|connect|tie) {a} with {s}, a (correlation|"
    "statistical association)(| that has to be looked into).",
    "on statistical grounds, {s} (is worth a thought|has to be considered|is on the list): it "
    "(is|has been) (recorded|found|noted) together with {a}.",
)
LINKED_ZH = (
    "{a}(与|和|同){s}在统计上相关，但这不等于诊断。",
    "从统计上看，{a}(与|和|同){s}相关，是否为{s}还需医生检查后判断。",
)

ONE_OF = (
    "fever", "cough", "headache", "sore throat", "rash", "runny nose", "blocked nose", "lump",
    "stiff neck", "tremor", "hoarse voice", "ulcer", "blister", "limp", "murmur", "nosebleed",
    "mass",
)  # fmt: skip

KIN: dict[tuple[str, Language], dict[str, tuple[str, ...]]] = {
    ("baby", "en"): {"f": ("baby girl",), "m": ("baby boy",), "": ("baby girl", "baby boy")},
    ("baby", "zh"): {"f": ("家女宝宝",), "m": ("家男宝宝",), "": ("家宝宝",)},
    ("child", "en"): {"f": ("daughter",), "m": ("son",), "": ("daughter", "son")},
    ("child", "zh"): {"f": ("女儿",), "m": ("儿子",), "": ("女儿", "儿子", "家孩子")},
    ("old", "en"): {"f": ("mother",), "m": ("father",), "": ("mother", "father")},
    ("old", "zh"): {
        "f": ("奶奶", "外婆", "母亲"), "m": ("爷爷", "外公", "父亲"),
        "": ("奶奶", "爷爷", "母亲", "父亲"),
    },
    ("mature", "en"): {
        "f": ("wife", "mother"), "m": ("husband", "father"), "": ("mother", "father"),
    },
    ("mature", "zh"): {
        "f": ("爱人", "母亲"), "m": ("爱人", "父亲"), "": ("爱人", "母亲", "父亲"),
    },
    ("adult", "en"): {
        "f": ("wife", "sister"), "m": ("husband", "brother"),
        "": ("wife", "husband", "sister", "brother"),
    },
    ("adult", "zh"): {
        "f": ("爱人", "姐姐", "妹妹"), "m": ("爱人", "哥哥", "弟弟"),
        "": ("爱人", "姐姐", "哥哥", "弟弟", "妹妹"),
    },
}  # fmt: skip

PRONOUN: dict[str, str] = {
    **dict.fromkeys(("son", "husband", "brother", "father", "baby boy"), "he"),
    **dict.fromkeys(("儿子", "哥哥", "弟弟", "爷爷", "外公", "父亲"), "他"),
    **dict.fromkeys(("女儿", "姐姐", "妹妹", "奶奶", "外婆", "母亲"), "她"),
}
"""Who is spoken of again; in English everyone else is a she, in Chinese the word is repeated."""

ASK: dict[Language, dict[str, tuple[str, ...]]] = {"en": ASK_EN, "zh": ASK_ZH}
COMPLAINT: dict[Language, tuple[str, ...]] = {"en": COMPLAINT_EN, "zh": COMPLAINT_ZH}
LINKED: dict[Language, tuple[str, ...]] = {"en": LINKED_EN, "zh": LINKED_ZH}
SPOKEN: dict[Language, dict[str, tuple[str, ...]]] = {"en": SPOKEN_EN, "zh": SPOKEN_ZH}
TAKING: dict[Language, tuple[str, ...]] = {"en": TAKING_EN, "zh": TAKING_ZH}
TAKING_ASK: dict[Language, dict[str, tuple[str, ...]]] = {"en": TAKING_ASK_EN, "zh": TAKING_ASK_ZH}
TOLD: dict[Language, tuple[str, ...]] = {"en": TOLD_EN, "zh": TOLD_ZH}
TOLD_ASK: dict[Language, dict[str, tuple[str, ...]]] = {"en": TOLD_ASK_EN, "zh": TOLD_ASK_ZH}
