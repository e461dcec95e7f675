"""List stop words: everyday words that are no names, question words, framing words.

Two lists are stop lists: what says nothing of the topic of a question (search drops it), and what
says nothing in a statement (the comparison of a claim with its evidence drops it).
"""


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


EVERYDAY_EN = frozenset(
    _words("""
    able about adult adults affect age aged ages aid aids air all allow an and animal anxious
    apply are area as at attack average avoid baby bad balance base be best better birth black
    blood blue body both box boy break breathing bridge by can cap capital care case cat catch
    cause cell center central chain change check chest child children city class clear clinic
    clock close cold color condition control cool country course cover critical cup cut cycle
    daily danger date day death deep degree diagnosis diet difference discharge disease disorder
    do doctor dog dose drink drop drug dry due ear early east eat effect egg elderly emergency
    end energy evening event exercise eye face fact factor fall family fast fat father feel
    female field final fire first fish fit fix flat food foot force foreign form free fruit game
    gas general girl go goal gold good great green ground group grow growth had hair hand hard
    has have head health healthy heart heat heavy help her high him his history hit home
    hospital hot hour house how human ice if illness in infant injury iron is it joint key kid
    large last late lead leave left leg level life lift light like limit line liquid live living
    long loss low lunch machine make male man mark mass match may me meal meat medical
    medication medicine medicines men menu middle milk mind minor mixed month more morning
    mother mouth move movie my nail name natural neck need new night no normal nose not nurse of
    oil old older on open or organ other others over parent part pass patient patients people
    person pet physical place plan plant play position post power pregnant present pressure
    prevent problem procedure procedures process product public push quality rain range rate red
    related relief rest result review rice right ring risk role root run safe salt scale school
    score sea season second seed self sensitive service set sex shape she shock short sick side
    sign signs simple sit size skin sleep slow small smoke snow so soft some song soup south
    space sport spot spring stage stand start state step stop stream strength strong study sugar
    summer sun support surface surgery swing symptom symptoms system table take tea team term
    test testing tests the therapy thing time tip to tongue tooth top touch travel treatment
    treatments tree trip type ultra unit up urgent us use vegetable visit vital walk wall war
    warm wash waste watch water wave way weather week weight well west wheel white who wind
    window winter woman women wood work world worm worse year young youth
    acute axial bilateral chronic common diffuse episodic excluded focal frequency frequent
    generalized generalised infrequent intermittent localized localised moderate mild nocturnal
    obligate occasional onset persistent progressive prolonged rare recurrent refractory
    resistance severe severity sharp stable sudden symmetric transient triggered unilateral
    upper lower variable
    """)
)
"""English words that the linker does not link where they are a whole name."""

EVERYDAY_ZH = frozenset(
    _words("""
    治疗 检查 疾病 症状 药物 用药 手术 饮食 出现 感觉 患者 病人 医院 医生 科室 部位 全身 其他
    其它 无 正常 异常 预防 病因 原因 并发 诊断 运动 休息 食物 水 成人 儿童 老人 女性 男性 多种
    中药 西药 护理 综合 一般 对症 支持 手段 方法 冠军 世界 天气 首都 生活 中国 心理 家庭 环境
    年龄 时间 遗传 使用 服用 偶尔 频繁 频繁的 经常 慢性 急性 缓解 严重 轻度 中度 重度 加重 反复 持续
    间歇性 进行性 双侧 单侧 罕见 常见
    """)
)
"""Chinese words that the linker does not link where they are a whole name."""

QUESTION_WORDS_EN = frozenset(
    _words("""
    a about after all also am an and any are as at be because been being but by can could did do
    does doing explain for from get give given had has have having he her him his how i if in
    into is it its just let like made make many may me might more most much must my no not of
    often on one or other our out over please should show so some such take taken tell than that
    the their them then there these they this those through to too under up us use used using
    usually very was we were what when where which while who whom whose why will with would you
    your
    """)
)
"""English words of a question that say nothing of what is asked."""

QUESTION_PHRASES_ZH = _words("""
    什么时候 多长时间 需不需要 几个小时 几小时 几个月 要不要 该不该 用不用 多久 多长 多大 几天
    几岁 几次 一定 有可能 可能 可不可以 有没有 是什么 有哪些 有什么 为什么 怎么样 怎么办 什么样
    能不能 是不是 多少 什么 哪些 哪里 哪个 怎么 怎样 如何 请问 是否 可以 应该 需要 一下 一般
    通常 患者 病人 的人 我们 你们 他们 或者 以及 并且 但是 因为 所以 如果 的 了 吗 呢 吧 啊 和
    与 及 或 是 有 在 会 要 能 我 你 他 她 它 这 那 请 被 把 对 就 都 也 还 很 用 得 地 到 从 为
    由 于 以
""")
"""Chinese phrases of a question that say nothing of what is asked, longest first."""

STATEMENT_WORDS_EN = frozenset(
    _words("""
    a an the of for in on to with as at from by into onto per via within among between and or nor
    but if then than that this these those there here it its they their them he she his her who
    whom whose which what when where why how is are be been being was were am do does did has have
    had having can could may might will would shall should must also both either each such so very
    usually commonly typically often generally mainly frequently sometimes normally include
    includes including included contain contains consist consists comprise comprises use used uses
    using give gives given people person patient patients someone anyone you your common main
    typical usual several various other others following example about according evidence source
    sources based says say said shows shown known called e.g i.e eg ie etc please tell me my i we
    our us list know need want ask get gets got need needs take takes taking help helps any some
    because affected affect affects doctor doctors clinician clinicians
    """)
)
"""English words that only frame a statement: evidence need not hold them to carry it.

Other than in a question, what denies, orders or compares ("not", "after", "more") counts here.
"""

STATEMENT_PHRASES_ZH = _words("""
    的 了 是 有 在 和 与 及 或 等 也 还 都 就 对 把 为 以 于 由 从 向 到 并 且 而 则 即 其 该
    此 这 那 可 会 能 应 需 要 宜 常 多 较 一般 通常 主要 常见 包括 包含 例如 比如 如 以及
    以下 可以 可能 可见 能够 应该 应当 需要 建议 患者 病人 人群 用于 使用 采用 服用 进行
    给予 表现为 属于 根据 证据 资料 显示 提示 方面 情况 什么 哪些 哪个 哪种 怎么 怎样
    如何 为什么 是否 请问 请 吗 呢 吧 啊 我 你 您 他 她 它 我们 得 得了 想 知道 告诉 下列
    关于 有关 相关 之一 一种 一个 时 中 者 来 上 下 医生 医师
""")
"""Chinese words that only frame a statement."""

TOPICLESS_EN = frozenset(
    _words("""
    adult afraid ask between briefli children common condit consid describ diseas differ doctor
    effect explain happen help illness import includ indic kind know main mean medic mild need new
    normal old patient peopl person possibl problem question recommend safe sever someon someth
    sort start stop suffer take
    thing think time treat typic want way work
    """)
)
"""Stems of English words of a medical question that name no topic of their own."""

TOPICLESS_ZH = _words("""
    简单说 简要 说一下 说说 讲讲 讲一下
    患者 病人 疾病 情况 问题 医生 大夫 成人 严重 主要 常见 推荐 知道 建议 需要 方面 这种 那么 老是
""")
"""Chinese words of a medical question that name no topic of their own."""
