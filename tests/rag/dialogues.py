"""Invented dialogues over the sample reports: what a follow-up must carry along and what it must leave behind.

``has`` and ``lacks`` are words, parted by ``|``, that the stand-alone question must and must not hold.  The
answers are cut short but have the form of real ones: a source's name with its date, quotes with numbers, lists in
lines.  :data:`WORKED_ON` was looked at while the rules were made, :data:`KEPT_ASIDE` only measured.
"""

from __future__ import annotations

from dataclasses import dataclass

CAMPS = (
    "Leonie Haverbrook (June 2025): By that measure we find three camps.[1]\n"
    "- Office-holders. They have most to lose: seats, salaries, contracts.[2]\n"
    "- Bargainers. They hold offices and keep rockets.[3]\n"
    "- Irreconcilables. They think of the exit as a first step and not as an end.[4]"
)
BARZANI = (
    "Al-Bayan digest (May 2025): On 9 January the Region's prime minister, Masrour Barzani, received the coalition "
    "commander, whose name the paper prints as “General Joel Faul”.[1]"
)
LAW = "Hashimi digest (May 2025): The official body rests on Law 40 of 2016.[1] Three orders are cited.[2]"
LOSSES = (
    "Maren Oakhurst (November 2023): If the coalition left tomorrow, Iraq's forces would lose five things:[1]\n"
    "- Surveillance: about 60 per cent of the drone hours flown over the Hamrin hills each month.[2]\n"
    "- Aircraft upkeep: 21 of 34 F-16 fighters are serviceable today.[3]\n"
    "- Medical evacuation by night: Iraqi crews fly only between dawn and dusk.[4]"
)
POWER = (
    "Idris Calloway (January 2025): Iraq's peak demand reached 36,000 megawatts in August 2024.[1]\n"
    "Rasanah digest (May 2025): The paper puts the deficit at about 14,000 megawatts.[2]"
)
BASES = "Newlines digest (May 2025): Sections of several bases would pass to Iraq: al-Qaim, al-Qayyarah, K1.[1]"
VOTE = "Newlines digest (May 2025): Parliament called for the expulsion of the coalition.[1]"
STRENGTH = "Leonie Haverbrook (June 2025): We put its strength at fewer than 1,000 in Iraq in May 2025.[1]"
MEDIATOR = (
    "Leonie Haverbrook (June 2025): A former mediator, here called Abu Sanad, told us that no one could end an "
    "argument with a telephone call.[1]"
)
BANKS = "Idris Calloway (January 2025): 28 private banks had been barred from dealing in dollars.[1]"
PROJECTS = (
    "Idris Calloway (January 2025): Three projects can close part of the gap:[1]\n"
    "- the Gulf grid link to Basra, 500 MW at first and 1,800 MW later;[2]\n"
    "- capture of flared gas in the southern fields;[3]\n"
    "- solar plants in Karbala and Najaf.[4]"
)
COURSES = (
    "Idris Calloway (January 2025): The table compares three courses.[1]\n"
    "- Agreed means that the timetable holds.[2]\n"
    "- Drifting means that dates slip and nobody explains why.[3]\n"
    "- Quarrel means that Iraq orders the troops out.[4]"
)
DAWOODI = "Marsh & Meridian (March 2024): Salma Dawoodi would accept the end of 2027 if the test were passed.[1]"
BRIGADE = "Hashimi digest (May 2025): American aircraft replied with raids on five depots of the 45th brigade.[1]"
CELL = "Leonie Haverbrook (June 2025): A liaison cell of 120 advisers should stay in Erbil after September 2026.[1]"


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Earlier questions with their answers, the follow-up, and the words it must and must not come to hold."""

    past: tuple[tuple[str, str], ...]
    question: str
    has: str
    lacks: str = ""


def _d(past: str | list[tuple[str, str]], question: str, has: str = "", lacks: str = "", answer: str = "…") -> Dialogue:
    rows = [(past, answer)] if isinstance(past, str) else past
    return Dialogue(past=tuple(rows), question=question, has=has, lacks=lacks)


_GAP = "How large is Iraq's electricity gap, according to Calloway?"
_ISIS = "How strong is ISIS in Iraq, according to Haverbrook?"
_FACTIONS = "How does Haverbrook sort the PMF factions?"
_HANDED = "Which bases were handed over in March 2020?"
_ASKED_FOR = "Why did parliament ask for a withdrawal in 2020?"
_LOSE = "What would Iraq's forces lose, according to Oakhurst?"

WORKED_ON: tuple[Dialogue, ...] = (
    # pronouns and pointers whose meaning only the answer gives
    _d("Who received the coalition commander on 9 January?", "What did he insist on?", "Barzani", answer=BARZANI),
    _d("Who met Barzani on 9 January?", "What rank does the general hold?", "Faul", answer=BARZANI),
    _d("What does the official Mobilization rest on?", "What does this law say about salaries?", "Law 40", answer=LAW),
    _d(_FACTIONS, "What does the second camp want?", "bargainers", "irreconcilables", CAMPS),
    _d(_FACTIONS, "What about the third one?", "irreconcilables", "bargainers", CAMPS),
    _d(_LOSE, "more on the first point", "surveillance|drone", "medical", LOSSES),
    _d("Which projects can close the power gap?", "How much would the last one give?", "solar", "flared", PROJECTS),
    _d("Whom does Haverbrook quote on mediation?", "What did he say about Suleimani?", "Abu Sanad", answer=MEDIATOR),
    _d(_ISIS, "When was that?", "ISIS|Haverbrook", answer=STRENGTH),
    # bare questions
    _d(_HANDED, "why?", "why|bases|March 2020", answer=BASES),
    _d(_HANDED, "Who said that?", "who|bases", answer=BASES),
    _d(_HANDED, "are you sure?", "bases|March 2020", answer=BASES),
    _d(_HANDED, "in which report?", "report|bases", answer=BASES),
    _d(_HANDED, "say it shorter", "bases|March 2020", "shorter", BASES),
    _d(_LOSE, "and the figures?", "figures|lose", answer=LOSSES),
    _d("Do Oakhurst and Calloway agree on sanctions?", "both of them?", "Oakhurst|Calloway|sanctions"),
    # corrections
    _d(_ASKED_FOR, "no, I meant the 2011 one", "2011|withdrawal|parliament", "2020", VOTE),
    _d("What do the Kurds think of the withdrawal?", "not the Kurds, the Turkmen", "Turkmen|withdrawal", "Kurds"),
    _d("How many attacks were there in 2019?", "sorry, 2020", "2020|attacks", "2019"),
    _d("How many troops are in Erbil?", "I meant Anbar", "Anbar|troops", "Erbil"),
    _d("How much gas comes from Iran?", "no, from Qatar", "Qatar|gas", "Iran"),
    # sources
    _d("How many banks are barred, according to Calloway?", "and in Al-Bayan?", "Bayan|banks", "Calloway", BANKS),
    _d(_GAP, "What do the other reports say?", "electricity|other", "Calloway", POWER),
    _d(_GAP, "And by 2030?", "2030|electricity|Calloway", answer=POWER),
    _d(_ISIS, "And Oakhurst?", "Oakhurst|ISIS", "Haverbrook", STRENGTH),
    # ellipsis
    _d("What does Haverbrook recommend to Baghdad?", "And to Washington?", "to Washington|Haverbrook", "Baghdad"),
    _d("What do Sunni politicians want?", "and the Kurds?", "Kurds|want"),
    _d("How large is the electricity deficit in 2024?", "And in 2019?", "2019|electricity", "2024"),
    # topic switches, and follow-ups after one
    _d("How strong is ISIS in Iraq?", "What would a fall of the dinar do to savers?", "dinar", "ISIS|Iraq", STRENGTH),
    _d(_GAP, "OK. Now, which bases did the coalition keep in 2020?", "bases|2020", "electricity|Calloway", POWER),
    _d(
        [("How strong is ISIS in Iraq?", STRENGTH), ("Which bases did the coalition keep in 2020?", BASES)],
        "And why?", "bases|2020", "ISIS",
    ),
    # small talk
    _d(_HANDED, "Thanks!", "thanks", "bases|March", BASES),
    _d(_HANDED, "great, thank you very much", "thank", "bases|March", BASES),
    # Arabic and French
    _d("ما موقف السنة من الانسحاب؟", "والأكراد؟", "الأكراد|الانسحاب"),
    _d("Que recommande Haverbrook à Bagdad ?", "Et à Washington ?", "Washington|recommande"),
    _d("ما عدد قوات التحالف في العراق؟", "ولماذا؟", "لماذا|التحالف"),
)

KEPT_ASIDE: tuple[Dialogue, ...] = (
    _d("Who would accept a later date?", "What does she think of sanctions?", "Dawoodi", answer=DAWOODI),
    _d("Whose depots were raided in March 2020?", "Who commands this brigade?", "45th brigade", answer=BRIGADE),
    _d("What should remain in Erbil?", "How many people would this cell have?", "liaison cell", answer=CELL),
    _d("Which courses does Calloway compare?", "How likely is the second course?", "drifting", "quarrel", COURSES),
    _d("Which courses does Calloway compare?", "what about the last one?", "quarrel", "drifting", COURSES),
    _d(_LOSE, "tell me more about the third point", "medical evacuation", "surveillance", LOSSES),
    _d("Which projects can close the power gap?", "Where is the first one?", "grid link|Basra", "solar", PROJECTS),
    _d("Who was received by Barzani?", "What did the general answer?", "Faul", answer=BARZANI),
    _d(_FACTIONS, "When was this written?", "Haverbrook", answer=CAMPS),
    _d(_ASKED_FOR, "since when?", "since when|parliament|2020", answer=VOTE),
    _d(_ASKED_FOR, "says who?", "who|parliament", answer=VOTE),
    _d(_ASKED_FOR, "Is that certain?", "certain|parliament", answer=VOTE),
    _d(_ASKED_FOR, "Where does it say that?", "parliament|withdrawal", answer=VOTE),
    _d(_ASKED_FOR, "shorter please", "parliament|2020", "shorter", VOTE),
    _d(_GAP, "any numbers?", "numbers|electricity", answer=POWER),
    _d("What do Oakhurst and Haverbrook say about Erbil?", "Do both agree?", "Oakhurst|Haverbrook|Erbil", answer=CELL),
    _d("How many votes were cast in 2020?", "I mean in 2024", "2024|votes", "2020", VOTE),
    _d("What do the bargainers want?", "no, not the bargainers, the office-holders", "office-holders", "bargainers"),
    _d("How many attacks were counted in November 2023?", "Sorry, October", "October|attacks", "November"),
    _d("How many drones fly over the Hamrin hills?", "Actually I meant Samarra", "Samarra|drones", "Hamrin"),
    _d("What does Oakhurst say about the F-16 contract?", "no, the tanks", "tanks|contract"),
    _d("What does Calloway say about sanctions?", "And Marsh & Meridian?", "Meridian|sanctions", "Calloway"),
    _d(_ISIS, "Do the others agree?", "agree|ISIS", "Haverbrook", STRENGTH),
    _d("What does Oakhurst say about Erbil?", "and about tanks?", "tanks|Oakhurst"),
    _d("How many banks are barred, according to Al-Bayan?", "same in Calloway?", "Calloway|banks", "Bayan", BANKS),
    _d("What do the office-holders want?", "and the bargainers?", "bargainers|want"),
    _d("How many F-16 fighters were serviceable in 2023?", "And tanks?", "tanks|serviceable|2023"),
    _d("What was the oil revenue in 2024?", "and in 2020?", "2020|oil", "2024"),
    _d(_FACTIONS, "How many megawatts does the Gulf grid link to Basra give?", "Gulf|Basra", "PMF|Haverbrook", CAMPS),
    _d(_LOSE, "Different question: who chairs the readiness committee?", "chairs|readiness", "Oakhurst|lose", LOSSES),
    _d(
        [(_GAP, POWER), ("What do Sunni politicians want from the withdrawal?", "…")],
        "and the Turkmen?", "Turkmen|withdrawal", "electricity|Calloway",
    ),
    _d(_GAP, "hello again", "hello", "electricity|Calloway", POWER),
    _d(_GAP, "ok thanks", "thanks", "electricity|Calloway", POWER),
    _d("Quelle est la position des Kurdes sur le retrait ?", "Et les sunnites ?", "sunnites|retrait"),
    _d("ماذا تريد الفصائل من الانسحاب؟", "وماذا عن التركمان؟", "التركمان|الانسحاب"),
    _d("Quelles bases ont été remises en mars 2020 ?", "Pourquoi ?", "pourquoi|bases|2020"),
)
