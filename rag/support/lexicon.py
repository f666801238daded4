# ruff: noqa: E501 - one group of words a line
"""Word tables of the checker: synonyms, opposites, sets that exclude one another, function words.

Data only.  The tables were written for policy prose (security, budgets, sanctions, elections,
health, climate); a word that is missing costs coverage, never a wrong pass.
"""

from __future__ import annotations

from functools import lru_cache

from rag import text as rt

ABBREVIATIONS = frozenset("""dr mr mrs ms prof gen col lt sen rep st no nos art vs jan feb mar apr""".split())

CLAUSE_WORDS = frozenset(
    """but while whereas although though however because since unless if whether that which who
    when yet despite mais tandis alors bien quoique que qui si لكن بينما غير رغم""".split()
)

LIGHT = frozenset(
    """compared comparing million millions billion billions thousand thousands trillion hundred bn percent percentage
    one ones also still even yet already thus therefore hence will would could might must shall
    may cannot been being having get got go went put though s t us-led via per amid toward towards
    among upon within without across along around another many much may many several various
    certain way according writes wrote write argues argued says said notes noted states stated
    adds added told selon ainsi aussi donc comme être avoir fait ont était sera seront été plus
    moins cette leurs وفقا بحسب قال يقول كتب ذكر أضاف بأن وأن كما حيث أي سوف قد""".split()
)

NEGATIVE_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
NOT_PREFIXED = frozenset(
    """under united union unite unit until include included includes including income incomes increase increased
    increases increasing industry industrial inform information informed inside insist insisted instead institute
    institution institutions interest interests internal international interior introduce introduced invade invest
    investment investments involve import imports imported important importance impose imposed improve improved
    improves imprison discuss discussed dispatch display displaced dispute disputed distance distribute distributed
    district districts disease illustrate international intend intended intensive intervene intervention interview
    invite invited inspect inspected inspection inspectors inspector insurance insurer insurers inquiry uncle
    understand understood undermine undermined indeed indicate index individual infant inflation influence initial
    initially inject injure injured inmates innings input instance instruct instrument implement implemented
    implementation implied impact impacts discover discovered discipline discharge disclose disclosed irrigated
    irrigation inhabitants inhabited interviews integrate integrated inherit inherited inaugurate installed
    install installation""".split()
)  # begin with such letters, deny nothing

PHRASES: dict[tuple[str, str], str] = {
    ("took", "part"): "attend", ("take", "part"): "attend", ("taking", "part"): "attend", ("takes", "part"): "attend",
    ("put", "back"): "restore", ("stepped", "down"): "resign", ("step", "down"): "resign",
    ("carried", "out"): "conducted", ("carry", "out"): "conducted", ("pulled", "out"): "withdraw",
    ("pull", "out"): "withdraw", ("called", "off"): "cancel", ("turned", "down"): "reject",
    ("turn", "down"): "reject", ("paid", "for"): "pay", ("ran", "out"): "exhausted", ("broke", "out"): "begin",
    ("put", "off"): "delay", ("gave", "up"): "abandon", ("giving", "up"): "abandon", ("brought", "back"): "restore",
    ("set", "up"): "create", ("voted", "down"): "reject", ("handed", "over"): "transfer",
    ("went", "up"): "rise", ("gone", "up"): "rise", ("went", "down"): "fall", ("gone", "down"): "fall",
    ("shut", "down"): "shut", ("closed", "down"): "shut", ("laid", "off"): "dismiss", ("struck", "down"): "annul",
}  # fmt: skip
"""Two words that are one verb, and a word of the synonym table that means the same."""

FRENCH = frozenset(
    """le la les des du une est et dans que qui pour par sur avec pas plus ne ce cette ont sont aux
    au selon à été sera ou son ses leur mais""".split()
)
ENGLISH = frozenset(
    """the of and to in is that for it on as with was by are be has have from at this which not
    will would were or an but may their its than""".split()
)

# Word forms that a stemmer leaves apart, and words that policy prose uses for one another.
SYNONYMS: tuple[str, ...] = (
    "us usa america american americans washington unitedstates",
    "uk britain british briton britons",
    "un uno",
    "isis daesh isil",
    "soldier soldiers troop troops military forces servicemen personnel",
    "withdraw withdrawal withdrawals withdrew withdrawn withdrawing pullout leave leaving left depart departure exit",
    "rise rises rose risen rising increase increases increased increasing grow grows grew grown growth climb climbed growing expand expanded expansion gain higher up raise raised raises raising widen widened widening",
    "fall falls fell fallen falling decrease decreased decreases decline declined declines declining drop dropped drops shrink shrank shrunk reduce reduced reduces reduction reducing cut cuts cutting lower lowered lowering down contraction",
    "kill kills killed killing death deaths die died dies dead fatality fatalities",
    "injure injured injuries wounded wound",
    "buy buys bought purchase purchased purchases purchasing acquire acquired",
    "sell sells sold sale sales selling",
    "spend spends spent spending expenditure expenditures outlay outlays",
    "cost costs costing price prices priced",
    "money funds fund funding funded finance financed financing",
    "build builds built construct constructed construction building",
    "shut shuts close closed closes closing closure",
    "begin begins began begun beginning start starts started starting launch launched commence commenced onset",
    "end ends ended ending finish finished complete completed completes completion expire expires expired conclude concluded terminate terminated",
    "continue continues continued persist persists keep kept remain remains remained stay stayed",
    "stop stops stopped halt halted suspend suspended suspension cease ceased pause paused freeze froze frozen",
    "oppose opposes opposed opposition opposing against reject rejects rejected rejecting rejection object objected resist resists",
    "support supports supported supporting back backs backed backing favour favours favoured favor favors favored endorse endorsed endorses",
    "approve approves approved approval adopt adopted adopts adoption pass passed passes passing ratify ratified",
    "vote votes voted voting ballot ballots",
    "choose chose chosen elect elected election elections poll polls",
    "ban bans banned banning prohibit prohibited prohibits prohibition forbid outlaw outlawed bar barred",
    "allow allows allowed permit permits permitted let authorise authorised authorize authorized",
    "need needs needed require requires required requirement demand demands",
    "show shows showed shown demonstrate demonstrated reveal reveals revealed find finds found finding findings",
    "help helps helped aid aids assist assisted assistance",
    "country countries state states nation nations national",
    "government governments administration cabinet authorities",
    "lawmaker lawmakers mp mps legislator legislators parliamentarian parliamentarians deputies",
    "parliament legislature assembly",
    "law laws legislation act bill statute",
    "plan plans planned planning intend intends intended aim aims aimed",
    "agree agrees agreed agreement agreements deal deals accord pact",
    "talk talks negotiation negotiations negotiate negotiated negotiating discussions",
    "meet meets met meeting meetings",
    "attack attacks attacked strike strikes struck assault assaults bomb bombed hit hits",
    "win wins won victory victories",
    "lose loses lost loss losses losing",
    "job jobs employment work worker workers employ employs employed employee employees staff",
    "jobless unemployed unemployment joblessness",
    "doctor doctors physician physicians",
    "child children kid kids minors",
    "woman women female females",
    "man men male males",
    "people persons person residents inhabitants citizens population",
    "pupil pupils student students",
    "hospital hospitals clinic clinics",
    "emission emissions emit emitted emits",
    "illness illnesses disease diseases sickness",
    "vaccine vaccines vaccination vaccinated vaccinate immunisation immunization jab jabs",
    "power electricity",
    "oil petroleum crude",
    "ship ships vessel vessels",
    "refugee refugees displaced",
    "weapon weapons arms armament",
    "money-laundering laundering",
    "tax taxes taxed taxation levy levies",
    "debt debts borrowing",
    "deficit deficits shortfall shortfalls gap",
    "budget budgets budgetary",
    "year years annual annually yearly",
    "month months monthly",
    "week weeks weekly",
    "day days daily",
    "quarter quarters quarterly",
    "big large size major substantial considerable significant sizeable",
    "biggest largest",
    "small minor slight modest",
    "double doubled doubles doubling twice twofold",
    "triple tripled triples threefold thrice",
    "half halved halve halves",
    "delay delays delayed postpone postponed postponement defer deferred",
    "warn warns warned warning warnings caution cautioned",
    "threat threats threaten threatens threatened danger dangers risk risks",
    "quick quickly fast rapid rapidly swift swiftly soon",
    "send sends sent deploy deploys deployed deployment dispatch dispatched",
    "give gives gave given provide provides provided supply supplies supplied supplying deliver delivered offer offers offered",
    "receive receives received get obtain obtained",
    "make makes made produce produces produced production producing output",
    "protect protects protected protection safeguard safeguards shield",
    "change changes changed shift shifts shifted alter altered",
    "problem problems difficulty difficulties challenge challenges",
    "important crucial vital essential key",
    "near nearly almost close",
    "home homes house houses housing dwelling dwellings household households",
    "car cars vehicle vehicles",
    "school schools",
    "judge judges court courts tribunal",
    "company companies firm firms business businesses",
    "farmer farmers agricultural agriculture farm farms farming",
    "trade commerce commercial",
    "border borders frontier frontiers",
    "town towns city cities municipality municipalities municipal",
    "poor poverty impoverished",
    "rain rainfall rains",
    "heat hot heatwave heatwaves",
    "flood floods flooded flooding",
    "use uses used using usage",
    "leader leaders head heads chief",
    "minister ministers ministry",
    "pay pays paid afford afforded payment payments salary salaries wage wages",
    "earn earns earned earnings income incomes revenue revenues",
    "check checks checked inspect inspected inspection inspections audit audited audits",
    "report reports reported study studies paper survey surveys",
    "share shares proportion percentage",
    "most majority",
    "outbreak outbreaks epidemic epidemics",
    "deport deported deportation expel expels expelled expulsion oust ousted",
    "resign resigned resigns resignation",
    "sign signs signed signing signature",
    "visit visits visited visiting",
    "accuse accuses accused accusing blame blames blamed blaming",
    "defeat defeats defeated beat beats",
    "invade invades invaded invasion",
    "reform reforms reformed reforming overhaul overhauled",
    "strengthen strengthens strengthened reinforce reinforced bolster bolstered",
    "weaken weakens weakened undermine undermines undermined erode eroded",
    "improve improves improved improvement better",
    "worsen worsens worsened deteriorate deteriorated deterioration worse",
    "create creates created establish establishes established set setup founded",
    "train trains trained training trainers",
    "equip equipped equipment",
    "export exports exported exporting exporter exporters",
    "import imports imported importing importer importers",
    "invest invests invested investment investments",
        "exempt exempted exemption exemptions waiver waivers",
    "sanction sanctions sanctioned",
    "capital capitals",
    "enough sufficient adequate",
    "live lives lived living",
    "repair repairs repaired fix fixed",
    "quarter fourth",
    "carry carries carried transport transported",
    "cover covers covered coverage",
    "nurse nurses nursing",
    "promise promised promises pledge pledged pledges vow vowed",
    "fast swift",
    "insurer insurers insurance",
    "dry dried dries drought",
    "reach reached reaches stand stood stands amount amounted amounts total totalled totaled",
    "remove removed removes removing removal lift lifted lifting scrap scrapped",
    "restore restored restores restoring reinstate reinstated reimpose reimposed resume resumed",
    "oblige obliged obliges compel compelled",
    "decide decided decides decision resolve resolved",
    "declare declared declares declaration announce announced announces announcement",
    "select selected selects selection pick picked",
    "happen happened happens occur occurred occurs",
    "destroy destroyed destroys destruction demolish demolished wreck wrecked",
    "arrest arrested arrests detain detained detains detention",
    "flee fled flees escape escaped",
    "criticise criticised criticize criticized condemn condemned condemns denounce denounced",
    "praise praised welcome welcomed welcomes applaud applauded",
    "seize seized seizes seizing capture captured captures took take taken takes",
    "transfer transferred transfers hand handed handover",
    "appoint appointed appoints appointment nominate nominated named",
    "dismiss dismissed dismissal fire fired sack sacked",
    "amend amended amendment revise revised revision modify modified",
    "investigate investigated investigation probe probed inquiry",
    "collapse collapsed collapses crash crashed",
    "join joined joins enter entered entry",
    "monitor monitored monitoring observe observed track tracked",
    "limit limited limits limiting restrict restricted restriction restrictions curb curbed cap capped",
    "prevent prevented prevents avoid avoided avert averted",
    "replace replaced replaces replacement substitute substituted",
    "publish published publishes publication issue issued",
    "include comprise comprises comprised consist consists contain contains contained",
    "depend depends depended rely relies relied reliance",
    "cooperate cooperated cooperation collaborate collaborated collaboration",
    "split splits divide divided divides division",
    "recover recovered recovers recovery rebound rebounded",
    "accelerate accelerated accelerates acceleration speed sped",
    "slow slowed slows slowdown decelerate decelerated",
    "cancel cancelled canceled annul annulled revoke revoked repeal repealed void voided",
    "huge vast enormous immense",
    "rich wealthy affluent richer wealthier",
    "rural countryside",
    "old elderly aged older",
    "young youth youths younger",
    "main principal chief primary foremost",
    "extra additional further more",
    "recent latest newest",
    "previous former earlier prior past preceding",
    "obstacle obstacles barrier barriers hurdle hurdles",
    "ask asked asks request requested requests seek sought",
    "violate violated violation breach breached breaches breaching",
    "prison prisons jail jails",
    "road roads highway highways",
    "goods merchandise products",
    "fight fought fighting battle battles combat clash clashes",
    "safe safety secure security",
    "house-to-house door-to-door",
    "manage managed manages run runs ran administer administered operate operated operates",
    "guard guarded guards protect",
    "move moved moves relocate relocated relocation",
    "gather gathered collect collected collection",
    "almost virtually",
    "mostly mainly largely chiefly primarily",
    "partly partially",
    "yearly annual",
    "everywhere nationwide",
    "attend attended attends participate participated participation part",
    "involve involved involves",
    "wide widespread broad extensive",
    "strong robust",
    "weak fragile feeble",
    "sure certain",
    "full complete",
    "link linked links associate associated association connect connected",
    "achieve achieved achieves attain attained",
    "ensure ensured guarantee guaranteed",
    "suffer suffered suffers",
    "prove proved proven confirm confirmed",
    "explain explained explains",
    "discuss discussed debate debated",
    "argue argued argues contend contended maintain maintained assert asserted claim claimed",
    "estimate estimated estimates reckon reckoned put",
    "hostile hostility",
    "armed arms",
    "expect expected expects anticipate anticipated forecast predict predicted projected",
    "teacher teachers teaching",
    "lent lend lends lending loan loans loaned",
    "borrowed borrow borrows",
    "evidence proof proofs",
    "return returned returns returning gone back",
    "believed believe believes thought think thinks",
    "manipulate manipulated manipulation rigged",
    "struck strikes hit",
    "حكومة الحكومة حكومي الحكومية",
    "ارتفع ارتفاع ارتفعت زاد زيادة زادت ازداد",
    "انخفض انخفاض انخفضت تراجع تراجعت هبط",
    "augmenter augmenté augmente augmentation hausse progressé croissance augmentera",
    "baisser baissé baisse diminué diminution recul reculé réduit réduire réduction diminuer",
    "soutenir soutient soutenu soutiennent appuie appuyer favorable",
    "opposer oppose s'oppose opposé opposent rejeté rejette contre",
)

# Each line: terms of which, in one place of a sentence, only one can be true.  ``|`` separates the
# members, blanks the words of one member.
EXCLUSIVE: tuple[str, ...] = (
    "north northern nord | south southern sud | east eastern est | west western ouest",
    "monday | tuesday | wednesday | thursday | friday | saturday | sunday",
    "spring | summer | autumn | winter",
    "men male | women female",
    "boy boys | girl girls",
    "urban | rural",
    "civilian civilians | soldier | police",
    "birth births | death",
    "public | private",
    "domestic internal | foreign external",
    "nurse | doctor | teacher",
    "coal charbon | oil | gas gaz | solar solaire | wind éolien | nuclear nucléaire | hydropower hydroelectric",
    "wheat | rice | maize corn | barley",
    "parliament | court",
    "senate | commons | lords",
    "president | minister",
    "primary | secondary | tertiary",
    "army armée | navy marine",
    "temporary | permanent",
    "direct | indirect",
    "morning | evening",
    "gross | net",
    "local | regional",
    "presidential | parliamentary",
    "daily | weekly",
    "nominal | real",
    "measles | polio | cholera | malaria | tuberculosis",
    "mayor | governor",
    "adult adults | child",
    "import | export",
    "month | week | day",
    "year | month",
    "kilometre kilometres km | mile miles",
    "tonne tonnes | kilogram kilograms kg",
    "megawatt megawatts mw | gigawatt gigawatts gw | kilowatt kilowatts kw",
    "hectare hectares | acre acres",
    "euro euros € | dollar dollars $ | pound pounds £ | dinar dinars | yen | rupee rupees",
    "first | second | third",
    "early | late",
    "quarter | third | half | fifth | tenth",
    "double | triple | quadruple quadrupled | half",
    "prime | defence defense | interior | finance | health | education",
    "importations | exportations",
    "hommes | femmes",
    "رجال الرجال | نساء النساء",
    "صادرات الصادرات | واردات الواردات",
    "شمال | جنوب | شرق | غرب",
    "سني السنة | شيعي الشيعة",
    "ministre | président | maire",
)

# Opposites that turn a statement round; a negation turns it back.
OPPOSITE: tuple[str, ...] = (
    "increase | decrease",
    "support | oppose",
    "approve | reject",
    "before prior ahead avant | after following après",
    "more | less fewer",
    "win | lose",
    "strengthen | weaken",
    "improve | worsen",
    "begin | end",
    "continue | stop",
    "allow | ban",
    "success successful succeed succeeded successfully | failure fail failed fails unsuccessful failing",
    "lawful legal legally | unlawful illegal illegally",
    "possible | impossible",
    "likely | unlikely",
    "able | unable",
    "constitutional | unconstitutional",
    "binding | nonbinding",
    "stable stability | unstable instability",
    "positive positively | negative negatively",
    "surplus surpluses | deficit",
    "high highest | low lowest",
    "faster | slower slow slowly",
    "accept accepts accepted accepting | reject",
    "include includes included including | exclude excludes excluded excluding",
    "friend ally allies allied | enemy enemies adversary",
    "safe safer | unsafe dangerous",
    "effective effectively | ineffective ineffectively",
    "employed | jobless",
    "buy | sell",
    "import | export",
    "optimistic | pessimistic",
    "advantage advantages benefit benefits benefited | disadvantage harm harms harmed",
    "older | younger",
    "richer richest rich wealthier | poorer poorest poor",
    "earlier | later",
    "inside | outside",
    "minimum minimal | maximum maximal",
    "above over | below under",
    "best | worst",
    "majority | minority",
    "augmenter | baisser",
    "soutenir | opposer",
    "ارتفع | انخفض",
    "يدعم تدعم دعم تؤيد يؤيد أيد | يعارض تعارض يرفض ترفض رفض رفضت",
    "قبل | بعد",
)


def _canonical_forms() -> dict[str, str]:
    forms: dict[str, str] = {}
    for group in SYNONYMS:
        members = [_folded(w) for w in group.split()]
        for word in members:
            forms.setdefault(word, members[0])
    return forms


@lru_cache(maxsize=4096)
def _folded(word: str) -> str:
    return "".join(rt.words(word)) or word


CANONICAL: dict[str, str] = _canonical_forms()


@lru_cache(maxsize=1)
def canonical_stems() -> dict[str, str]:
    """Stems of the synonyms to their head, so that forms not listed fall in too."""
    stems: dict[str, str] = {}
    for word, head in CANONICAL.items():
        stems.setdefault(rt.stem(word, "en"), head)
    return stems
