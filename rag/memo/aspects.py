"""What a policy reader expects to be told under a subject: aspects by field of policy.

A general list, like the headings of a desk's handbook; it knows fields, no region and no report.  An
aspect becomes a section only when the library has evidence for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Aspect:
    """A heading, the words that a search for it uses, and how a task asks for it in words of its own."""

    heading: str
    query: str
    asks: str = ""

    def asked(self, question: str) -> bool:
        """True when a question of the task is this aspect's.

        >>> Aspect("Attacks so far", "number of attacks", "attack").asked("how many attacks there were")
        True
        """
        return bool(self.asks) and re.search(rf"\b(?:{self.asks})", question, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class Field:
    """A field of policy: when a task is about it, and its aspects in reading order."""

    name: str
    trigger: re.Pattern[str]
    aspects: tuple[Aspect, ...]


def _field(name: str, trigger: str, *aspects: tuple[str, ...]) -> Field:
    return Field(
        name,
        re.compile(rf"\b(?:{trigger})", re.IGNORECASE),
        tuple(Aspect(*row) for row in aspects),
    )


FIELDS: tuple[Field, ...] = (
    _field(
        "economy",
        r"econom|financ|fiscal|budget|trade|currenc|bank|sanction|investment|revenue|tariff|اقتصاد|مالي",
        (
            "State revenues and public finance",
            "state revenues, accounts, central bank, budget, control of funds",
            r"revenues?|receipts|public finance|state finances",
        ),
        (
            "Currency, banks and liquidity",
            "currency exchange rate, dollar supply, transfers, banks",
            r"currency|dinar|dollar|exchange rate|banks?\b",
        ),
        (
            "Sanctions and waivers",
            "economic and financial sanctions on banks and companies, waivers, exemptions",
            r"sanctions",
        ),
        (
            "Trade and investment",
            "exports, imports, trade volume, investment, joint projects",
            r"trade\b|investment|exports",
        ),
        (
            "Energy",
            "electricity shortfall, gas and power imports, oil, megawatts",
            r"electric|energy|megawatt|power (?:gap|shortage|cuts)",
        ),
        ("Aid, reform and mitigation", "aid, economic reform, negotiating to soften measures"),
    ),
    _field(
        "security",
        r"terror|insurgen|isis|isil|daesh|jihad|comeback|resurgence|militant|extremis|الارهاب|داعش|أمن",
        (
            "Strength and tempo",
            "estimated number of fighters, number of attacks, operations",
            r"how (?:strong|many fighters)|strength of|whose figures",
        ),
        (
            "Intelligence and air support",
            "loss of intelligence, surveillance and air support",
            r"intelligence|air support|surveillance",
        ),
        ("Prisons, camps and borders", "detainees, prisons, camps, families, borders"),
        (
            "Own forces: capability and gaps",
            "capability of the security forces, weaknesses, coordination, maintenance",
            r"readiness|ready\b|capab",
        ),
        ("Official assessments", "officials and experts say that the threat is over or remains"),
        ("What decides the outcome", "severity depends on the manner, speed and conditions"),
    ),
    _field(
        "factions",
        r"militia|faction|armed group|paramilitar|proxy|proxies|warlord|فصائل|ميليشي",
        (
            "Classification and structure",
            "groups, camps, categories, leaders, share of posts, legal status by law",
            r"classif|categor|sort\b|sorted|group(?:ed|ing)|types? of|kinds? of|divided into|made up",
        ),
        ("Political alignment", "parties, blocs, movements and alliances that press for it"),
        ("Attacks so far", "number of attacks on forces and bases", r"attacks?\b"),
        (
            "Likely next steps",
            "likely response, escalation, continued attacks, pressure on the government",
            r"likely to (?:do|act|respond|react)|will do|would do|next steps?|respond|react|what (?:do )?they want",
        ),
        (
            "Limits of the government",
            "government cannot prevent, lacks will, fears internal fighting",
            r"government (?:can|cannot)|limits of the government",
        ),
        ("Options of outside powers", "possible approaches towards the groups: separate, split, support"),
    ),
    _field(
        "negotiation",
        r"negotiat|talks|agreement|accord|deal|ceasefire|truce|treaty|mediation|مفاوض|اتفاق",
        (
            "Process and dates",
            "talks began, committee formed, rounds, announcement",
            r"when (?:did|do|were|are)|rounds\b|process\b|so far",
        ),
        (
            "Terms and timetable",
            "agreement proposes phases, deadline, remaining presence",
            r"(?:has|have|had|was|were|is|are) (?:been )?agreed|terms\b|timetable|deadline",
        ),
        (
            "Conditions and open points",
            "conditions demanded, no timeline set, awaiting approval",
            r"not (?:been )?agreed|still open|outstanding|conditions?\b|open points",
        ),
        ("Denials and private positions", "denied plans, leaked or private statements, does not actually want"),
        (
            "How motives are read",
            "real motives, domestic pressure, buying time, strategy",
            r"motives?\b|reasons?\b|why\b",
        ),
    ),
    _field(
        "centre-region",
        r"region(?=['’]?s? (?:desk|government))|kurd|federal|autonom|provinc|secession|separatis|كرد|اقليم|إقليم",
        (
            "Position of the region",
            "regional leaders and parties support, fear or reject it",
            r"region.{0,20}(?:want|position)|who argues",
        ),
        ("Dispute with the centre", "region acts against the federal government's decision, dispute, threat of force"),
        ("Reactions of the centre", "federal government reaction: protest notes, pressure, encouraging attacks"),
        ("Forces and bases", "transfer of forces and bases to the region"),
        ("Communities and balance of power", "fear of losing balance among components, demands for protection"),
        ("Votes and decisions", "parliament session, quorum, absence of members, vote"),
    ),
    _field(
        "defence",
        r"equip|procure|arms|weapon|armament|defen[cs]e (?:suppl|depend)|military aid|support dependenc|تسليح",
        (
            "Supplies at risk",
            "halting supply of aircraft, missiles, vehicles, armaments and technology",
            r"what .{0,40}lose|supplies|equipment",
        ),
        (
            "Maintenance and training",
            "weak maintenance, guidance, armament, training of the forces",
            r"maintenance|training",
        ),
        ("Assistance received so far", "assistance provided: maintenance, operation, intelligence, grants"),
        (
            "Other suppliers and diversification",
            "buying air defence systems from other countries, threat of sanctions",
            r"other suppliers|diversif|alternatives",
        ),
        ("Partners’ cooperation", "other countries reduce arms sales, ammunition, training and cooperation"),
        ("Remaining need", "continues to need assistance to complete armament"),
    ),
    _field(
        "regional",
        r"regional|neighbo|gulf|foreign relations|foreign ministry|geopolit|balance of power|alli(?:es|ance)|خليج",
        ("Regional balance of power", "regional balance shifts in favour of a rival, new regional equation"),
        ("Neighbours: sanctions and ties", "sanctions inhibit neighbouring states from strengthening relations"),
        ("Projects, trade and investment", "electricity links, road and rail projects, trade volume, investment"),
        ("Armed groups across borders", "militias consolidate across borders, strengthen allied groups"),
        ("Confidence of allies", "crisis of confidence among allies, self-reliance, protection"),
        ("Role and perception", "balancing factor, regional security system, message to friends and adversaries"),
    ),
    _field(
        "comparison",
        r"disagree|differ|contradict|compar|trust|reliab|credib|reports? (?:on|about)",
        ("Figures", "number of members, countries, percentages, shares"),
        ("Events and decisions", "parliament session, vote, quorum, resolution"),
        ("Severity of the problem", "no longer a threat, or a threat that remains and grows"),
        ("Winners and losers", "who benefits and who loses"),
        ("Standpoint of the authors", "views of the author, institute, loaded words for friends and adversaries"),
    ),
    _field(
        "humanitarian",
        r"humanitarian|refugee|displace|famine|migration|health|epidemic|hospital|aid work|لاجئ|صح[ةي]",
        ("People affected", "number of people displaced, affected or in need"),
        ("Services and access", "access, hospitals, water, food, shelter"),
        ("Funding and actors", "funding, agencies, donors, responsibilities"),
        ("Risks ahead", "risk, expected deterioration, winter, disease"),
    ),
    _field(
        "environment",
        r"climate|water|drought|flood|dam\b|dams\b|river|pollution|emission|مياه|مناخ|سد",
        ("State of the resource", "flow, volume, level, quality, supply"),
        ("Causes and responsibilities", "causes, upstream use, policy, responsibility"),
        ("Effects", "effects on farming, households, energy and migration"),
        ("Agreements and measures", "agreements, treaties, measures, investment"),
    ),
    _field(
        "technology",
        r"technolog|digital|cyber|artificial|telecom|data protection|surveillance law|تقني",
        ("State of play", "systems, adoption, capability, figures"),
        ("Risks and incidents", "incidents, vulnerabilities, misuse, risks"),
        ("Rules and oversight", "law, regulation, oversight, standards"),
        ("Options", "options, recommendations, investment"),
    ),
)

GENERAL = (
    Aspect("What has happened", "events, decisions and figures so far"),
    Aspect("Causes and motives", "causes, reasons, motives, pressures"),
    Aspect("Positions of those concerned", "positions, demands, support and rejection"),
    Aspect("Consequences and risks", "consequences, repercussions, risks, threats"),
    Aspect("What could be done", "recommendations, measures, options, conditions"),
)


ASKED = (
    Aspect(
        "What has happened",
        "talks began, decisions taken, events and dates so far",
        r"happened|so far\b|to date\b|done until now|has been done",
    ),
    Aspect(
        "What is planned",
        "planned dates, schedule, timetable, phases, by the end of the year",
        r"(?:is|are|was|were) planned|plans? (?:are|is)\b|scheduled|timetable|next dates",
    ),
    Aspect(
        "What is open",
        "no timeline set, not yet decided, awaiting approval, uncertain, conditions",
        r"undecided|unresolved|unsettled|(?:is|are|remains?) (?:still )?(?:open|unclear|uncertain)|"
        r"not (?:yet )?(?:been )?decided",
    ),
    Aspect(
        "Who they are",
        "group, members, leaders, origin, ideology, affiliation, includes",
        r"who (?:they|it|he|she) (?:are|is)\b|who (?:are|is)\b|made up of",
    ),
    Aspect(
        "What they have done",
        "attacks, operations, statements, decisions, claimed responsibility",
        r"have done\b|has done\b|did (?:they|it) do|their record",
    ),
    Aspect(
        "What they want",
        "aims, demands, objectives, strategy, seek to, reject",
        r"(?:they|it|he|she) (?:wants?|seeks?)\b|aims?\b|objectives?\b",
    ),
)
"""What a task may ask of any subject in words of its own; never a section unless asked."""


def aspects_for(text: str, *, most: int) -> tuple[Aspect, ...]:
    """The aspects of the fields a task is about, interleaved by field; general ones when none fits.

    Fields come in the order of their first mention; more than two fields blur a memo, so two count.
    """
    found = [(m.start(), f) for f in FIELDS if (m := f.trigger.search(text))]
    fields = [f for _, f in sorted(found, key=lambda item: item[0])][:2]
    if not fields:
        return GENERAL[:most]
    rows = [list(f.aspects) for f in fields]
    if len(rows) == 1:
        return tuple(rows[0][:most])
    merged: list[Aspect] = []
    for number in range(max(map(len, rows))):
        merged += [row[number] for row in rows if number < len(row)]
    return tuple(merged[:most])
