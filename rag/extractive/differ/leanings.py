# ruff: noqa: E501 - word tables
"""Word tables of opposite leanings: for each axis, phrases of one pole and of the other.  Data only.

A phrase that is missing costs a disagreement that is not shown, never a false one.
"""

from __future__ import annotations

from rag.support.tokens import Table, table


def poles(one: str, other: str) -> Table:
    """Both poles as one table: phrases separated by ``|``, values ``+`` and ``-``."""
    entries = {p.strip(): "+" for p in one.replace("\n", " ").split("|") if p.strip()}
    return table(entries | {p.strip(): "-" for p in other.replace("\n", " ").split("|") if p.strip()})


AXES: dict[str, Table] = {
    "whether the threat is over": poles(
        """no longer poses|no longer pose|no longer a threat|no longer threatens|not a threat|defeated|beaten|eliminated|
        eradicated|wiped out|is finished|are finished|has ended|have ended|nothing but|never to return|crushed|
        contained|under control|largely gone|is over|dismantled|remnants|stamped out|ceased to exist|weakened""",
        """comeback|coming back|come back|comes back|resurgence|resurgent|resurging|spreading|rebuilding|regrouping|regroup|re-emerging|reviving|revive|revival|
        remains a threat|remain a threat|active threat|still a threat|remains active|remain active|still active|
        still menace|still menaces|still threatens|still threaten|active cells|growing threat|poses a threat|pose a threat|
        still poses|continues to pose|is returning|are returning|gaining strength|regaining|still dangerous|not defeated|
        continue to threaten|continues to threaten|return of|stronger than ever|serious threat|real threat|grave threat""",
    ),
    "whether its own means suffice": poles(
        """able to|capable of|can manage|can cope|can defend|can secure|can handle|can do without|can protect|can feed|ready to|
        ready for|prepared to|prepared for|self-sufficient|no longer needs|no longer need|no longer requires|no longer depends|
        no longer relies|does not need|do not need|is ready|are ready|are able|is able|well equipped|strong enough|
        sufficient to|has the means|have the means|stand on its own""",
        """unable to|incapable of|cannot manage|cannot cope|cannot defend|cannot secure|cannot handle|cannot do without|
        cannot protect|cannot feed|not ready|not prepared|not able|not capable|unprepared|still needs|still need|
        still depends|still depend|still relies|still rely|ongoing need|continuing need|lacks the|lack the|lacks|lacking the|
        too weak|remains dependent|remain dependent|depends on|depend on|relies on|rely on|insufficient|general weakness|
        not strong enough|overwhelmed|overstretched|still requires|still require|dependence on|ill equipped|falls short""",
    ),
    "who gains and who loses": poles(
        """beneficiary|beneficiaries|benefit from|benefits from|will benefit|would benefit|benefits|gains|gain from|gain most|
        stands to gain|stand to gain|winner|winners|opportunity|opportunities|advantage|dividend|dividends|liberation|profit from|
        profits from|great benefits|windfall|boon|blessing|come out ahead|comes out ahead|good for|be better off|is better off""",
        """loser|losers|lose most|lose from|would lose|will lose|stands to lose|stand to lose|will harm|would harm|harms|disaster|
        disastrous|catastrophe|catastrophic|setback|setbacks|losses|damage|damages|damaging|suffer from|will suffer|would suffer|
        worse off|curse|bad for|chaos|ruin|hurt|detrimental|harm to""",
    ),
    "whether it will happen": poles(
        """is likely|are likely|likely to|very likely|will probably|inevitable|certain to|bound to|is expected|are expected|expected to|
        almost certain|almost certainly|sure to|imminent|unavoidable|a matter of time|highly probable|is probable|set to|on course to""",
        """unlikely|not likely|improbable|impossible|will probably not|not expected to|is not expected|are not expected|doubtful|
        highly uncertain|out of the question|remote|no prospect|not inevitable|little chance|little prospect|far-fetched""",
    ),
    "whether it worked": poles(
        """succeeded|succeeds|success|successful|successfully|achieved|achieves|attained|met its|met their|met all|produced an agreement|
        reached an agreement|reached agreement|ended in agreement|worked well|paid off|fulfilled|effective|accomplished|triumph|
        brought an agreement|delivered""",
        """failed|fails|failure|unsuccessful|unsuccessfully|missed|without agreement|no agreement|collapsed|came to nothing|fell short|
        falls short|ineffective|broke down|backfired|fiasco|achieved nothing|achieved little|in vain|did not work|has not worked""",
    ),
    "what was decided": poles(
        """demanded|demand the|demands the|voted to|voted for|voted in favour|passed|adopted|decided to|resolved to|ratified|signed|sign the|
        accepted|accepts|approved|approves|agreed to|endorsed|enacted|pushing for|called for|ordered""",
        """quorum|not quorate|inquorate|only deliberated|merely deliberated|deliberative session|only discussed|merely discussed|
        took no vote|took no decision|no vote|did not vote|never voted|without a vote|without a decision|refused to|refuses to|rejected|rejects|declined to|
        turned down|postponed|non-binding|shelved|vetoed|never signed|did not sign|never approved|debated without|reached no decision""",
    ),
    "who is for and who against": poles(
        """support|supports|supported|favour|favours|favor|favors|in favour of|welcome|welcomes|welcomed|back|backs|backed|endorse|endorses|
        want|wants|wanted|demand|demands|demanded|insist on|insists on|call for|calls for|advocate|advocates|prefer|prefers|push for|pushes for|
        in favor of|approve of|approves of|desires|wishes|keen to|willing to""",
        """oppose|opposes|opposed|opposition to|reject|rejects|rejected|is against|are against|was against|were against|refuse|refuses|refused|
        resist|resists|object to|objects to|resistant to|hostile to|do not want|does not want|did not want|not desire|no wish|no desire|
        against the|unwilling to|warn against|warns against|reluctant to|condemn|condemns|condemned|denounces|denounced""",
    ),
    "which way it is going": poles(
        """rising|rises|rose|risen|on the rise|growing|grows|grew|increasing|increased|increases|climbing|climbed|soaring|expanding|
        improving|improved|improves|accelerating|recovering|strengthening""",
        """falling|falls|fell|fallen|declining|declined|declines|decreasing|decreased|shrinking|shrank|dropping|dropped|diminishing|
        waning|deteriorating|worsening|worsened|worsens|slowing|receding|weakening|in decline|on the decline""",
    ),
    "whether it is lawful and binding": poles(
        """lawful|legal|constitutional|binding|legitimate|valid|legally sound|in line with the law""",
        """unlawful|illegal|unconstitutional|not binding|non-binding|nonbinding|illegitimate|invalid|violates the law|no legal force|
        breach of the law|in violation of""",
    ),
    "whether the demand is the country's own": poles(
        """genuine national|national demand|popular demand|popular will|national consensus|comes from within|home-grown|
        internal demand|domestic demand|widespread rejection|the people want|local grievances""",
        """external demand|foreign demand|dictated by|imposed from outside|imposed from abroad|driven by foreign|foreign agenda|
        does not reflect|not reflect a|on orders from|from abroad|at the behest of|tool of|proxy of|foreign-backed demand""",
    ),
    "whether it is temporary": poles(
        """permanent|permanently|for good|indefinitely|open-ended|lasting|irreversible""",
        """temporary|temporarily|provisional|short-lived|interim|transitional|reversible|for a limited time""",
    ),
    "whether it is gradual": poles(
        """immediate|immediately|at once|abrupt|sudden|without delay|overnight""",
        """gradual|gradually|phased|step by step|in stages|staged|over several years""",
    ),
}
"""What is in dispute, to the phrases that lean one way and the other."""

HOLDERS = frozenset({"who is for and who against", "what was decided"})
"""Axes on which only the same actor's stance can be disputed: that two actors want different things is no dispute."""

DEONTIC = table(
    dict.fromkeys(
        """should|must|ought to|need to|needs to|has to|have to|we recommend|recommends|recommend|it is advisable|advise|advises|
        would do well to|is essential to|should be""".replace("\n", "").split("|"),
        "+",
    )
    | dict.fromkeys(
        """should not|must not|should never|must never|ought not|would be a mistake|would be wrong|would be unwise|advise against|
        advises against|warn against|warns against|should avoid|must avoid|should refrain|under no circumstances|is no reason to|
        shouldn't|mustn't|would be a grave error|we do not recommend|does not recommend""".replace("\n", "").split("|"),
        "-",
    )
)
"""Words of advice, for and against."""

ACTIONS: tuple[tuple[str, str], ...] = (
    ("keep keeps stay remain retain maintain preserve extend in force prolong", "withdraw leave remove lift end abolish close scrap dissolve disband cancel evacuate repeal"),
    ("open reopen", "close shut seal"),
    ("raise increase expand enlarge strengthen", "lower reduce cut shrink weaken limit"),
    ("allow permit legalise admit", "ban forbid prohibit outlaw bar"),
    ("join enter", "leave quit"),
    ("privatise sell", "nationalise"),
    ("centralise", "decentralise devolve"),
    ("integrate merge incorporate", "disband dissolve separate"),
    ("negotiate talk engage", "isolate boycott confront"),
    ("build construct", "demolish cancel abandon"),
    ("subsidise fund", "defund"),
)
"""Actions of which advice can only ask for one."""

ASKED: dict[str, Table] = {
    "whether the threat is over": poles(
        "beaten|defeated|finished|gone|over|past|dead|eliminated", "back|returning|return|alive|active|rising|threat|comeback|growing"
    ),
    "who gains and who loses": poles(
        "gain|gains|win|wins|benefit|benefits|better off|profit|winners|good for", "lose|loses|loss|losses|harm|worse off|losers|bad for|damage"
    ),
    "whether its own means suffice": poles("able|ready|capable|manage|cope|strong", "unable|unready|incapable|weak|dependent|need help|needs help|still need|still needs|outside help|foreign help|depend on|rely on"),
    "whether it worked": poles("success|succeed|succeeded|work|worked", "failure|fail|failed|flop"),
    "who is for and who against": poles("for|support|in favour|back", "against|oppose|reject"),
    "which way it is going": poles("rising|up|growing|better|improving", "falling|down|shrinking|worse|declining"),
    "whether it will happen": poles("likely|certain", "unlikely|doubtful|uncertain"),
}
"""Words that name both poles in a question: "beaten or coming back?", "loss or gain?"."""

ENTITY = frozenset(
    {
        "whether the threat is over", "whether its own means suffice", "who gains and who loses", "which way it is going",
        "whether it is lawful and binding", "whether it is temporary", "whether it is gradual", "whether it worked",
        "whether the demand is the country's own",
    }
)  # fmt: skip
"""Axes on which what stands right beside the leaning words is what leans, and has to be the same."""
