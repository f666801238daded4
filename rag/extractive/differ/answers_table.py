# ruff: noqa: E501 - word tables
"""Word tables of questions that name two answers: what asks for either, and what a source says that gives it.  Data only.

They are looked up only where a question names both answers, so that words may stand here which say too little elsewhere.
``*`` at a word's end matches any ending.
"""

from __future__ import annotations

from dataclasses import dataclass

from rag.extractive.differ.leanings import ASKED, AXES, poles
from rag.support.tokens import Table


@dataclass(frozen=True, slots=True)
class Answers:
    """One question of two answers: its title, the words that ask for either, those of sources that give it.

    ``turns``: of which answers (``+``, ``-``) a negation before the words gives the other one: who stops training
    does not fight.
    """

    title: str
    asked: Table
    said: Table
    turns: str = "+-"


def _answers(title: str, asked: tuple[str, str], said: tuple[str, str], *, turns: str = "+-") -> Answers:
    return Answers(title, poles(*asked), poles(*said), turns)


ANSWERS: tuple[Answers, ...] = (
    _answers(
        "Gaining or losing importance",
        (
            "climbing|gaining|up again|back up|rising|moving up|growing|more important|centre stage|center stage|matters more|returning",
            "slipping|losing|falling|fading|sliding|less important|dropping|declining|shrinking|off the radar|matters less|waning|sidelined",
        ),
        (
            "regain*|renewed focus|renewed importance|renewed interest|central to|centrality|how central|growing importance|growing priority|"
            "top priority|key arena|pivotal|more important|re-engag*|back at the top|crucial point|remains vital|indispensable",
            "decline of|declin* role|diminish* importance|diminish* role|diminish* interest|diminish* influence|less important|no longer ranks|"
            "loses importance|losing importance|shift* away|shift* its focus|shift* its attention|shift* to|pivot*|lower priority|lost interest|"
            "neglect*|disengag*|turn* away|downgrad*|marginal|reduced role|reduced interest|lower on the list",
        ),
    ),
    _answers(
        "More calm or more conflict",
        (
            "calm*|quiet*|closer together|peace*|united|unity|stabil*|reconcil*|less tension|easier|settle*|harmony",
            "feud*|quarrel*|conflict*|strife|tension*|chaos|infighting|violence|unrest|divid*|division*|civil war|apart|instabil*|clash*|fight*",
        ),
        (
            "calm|calms|calming|reconcil*|stabilis*|stabiliz*|defus*|cohesion|harmony|consensus|settle their|bring together|brings together|national unity|"
            "more stable|lower the risk|lowers the risk|reduce friction|reduces friction",
            "reignit*|inflam*|feud|feuds|feuding|strife|quarrel*|rift|rifts|polaris*|polariz*|civil war|infighting|tensions|dispute|disputes|armed conflict|"
            "sectarian conflict*|ethnic conflict*|internal conflict*|disrupt the delicate|disrupt the balance|destabilis*|destabiliz*|upset the balance|pit against",
        ),
    ),
    _answers(
        "Fighting or only advising",
        (
            "fighting|fight|combat|shooting|in battle|themselves|front line|battlefield",
            "advis*|advice|training|train|trainers|mentoring|teaching",
        ),
        (
            "combat|joint operations|joint raids|fight beside|fights beside|fight alongside|fights alongside|front line|"
            "take part in operations|takes part in operations|took part in operations|still fight|offensive operation*|conduct* raids",
            "advisory|advising|advise and assist|training and advi*|train and advi*|non-combat|trainers only|limited to training|no combat",
        ),
        turns="+",
    ),
    _answers(
        "Unable or unwilling",
        (
            "cant|cannot|can not|unable|not able|no means|powerless|incapable|too weak|lacks the means|could not|couldnt",
            "wont|will not|unwilling|no wish|no will|doesnt want|does not want|dont want|do not want|not want|refus*|choose* not|wouldnt|reluctan*",
        ),
        (
            "unable to|cannot|can not|could not|incapable of|powerless|inability to|lacks the means|lack the means|lacks the power|lack the power|"
            "does not have the power|do not have the power|too weak|lacks the capacity|lack the capacity|not able to|no means to",
            "lacks the political will|lack the political will|lack of political will|lacks the will|no political will|unwilling|refus*|reluctan*|"
            "chooses not|choose not|chose not|does not want|do not want|no wish|wary of|turns a blind eye|turn a blind eye|tolerat*|prefers not|avoids confront*",
        ),
        turns="",
    ),
    _answers(
        "Certain or only possible",
        (
            "for sure|for certain|certain|certainly|sure|inevitabl*|definite*|guaranteed|settled|bound to",
            "maybe|perhaps|possib*|may|might|chance|doubtful|uncertain|risk|open",
        ),
        (
            "inevitabl*|certainly|certain to|nearly settled|almost settled|is settled|will be forced|bound to|undoubtedly|definitely|sure to|without doubt|will surely|"
            "beyond doubt",
            "might|may|could|possibly|perhaps|potentially|uncertain|not certain|remains open|not inevitable|open question",
        ),
        turns="",
    ),
    _answers(
        "The country's own demand or driven from outside",
        (
            "ordinary people|the people|people|truly want|really want|townspeople|genuine|popular|home-grown|national demand|public|at home|citizens|own idea|grassroots",
            "abroad|foreign|outside|dictated|neighbour|neighbor|neighbours|puppet*|pulling the strings|behind it|proxy|proxies|external|behest|foreigners",
        ),
        (
            "genuine public|genuine popular|genuine national|genuine demand|popular will|popular rejection|popular demand|public anger|public demand|grew out of|"
            "national demand|grassroots|domestic pressure*|internal pressure*|from within|home-grown|local rejection|widespread rejection|public rejection|"
            "the people want|national consensus|comprehensive national consensus",
            "external demand|foreign demand|dictated|steered from|driven by armed|driven by foreign|from abroad|foreign agenda|orchestrat*|instigat*|at the behest|"
            "foreign-backed|agents|on orders|imposed from|serves foreign|foreign interests|external actors|external agenda",
        ),
    ),
    _answers(
        "National institution or partisan tool",
        (
            "national|state|official|institution|regular|lawful|public body|of the state|army",
            "sectarian|tool|private|proxy|proxies|militia|militias|partisan|party|clan|parallel|instrument|agent|agents|foreign",
        ),
        (
            "national institution|part of the national|state institution|national defence|national defense|national force|national non-border|state budget|"
            "commander in chief|part of the state|part of iraq's national|under the state|official institution|official body|government institution|state body",
            "sectarian interest*|sectarian agenda|partisan interest*|partisan agenda|non-state actor*|private army|parallel army|parallel state|foreign agenda|proxies|"
            "outside the state|outside state control|obeys them|obey foreign|serves as a tool|instrument of|proxy of",
        ),
    ),
    _answers(
        "Begun by it or already under way",
        (
            "start|started|starts|begin|began|begun|set off|set it off|trigger*|because of|spark*|caused|new",
            "already|before|earlier|under way|underway|all along|older|long before|anyway|there before|ongoing",
        ),
        (
            "since the|began with|started with|began after|started after|triggered by|set off by|sparked by|as a pretext|broke out after|in response to|in the wake of",
            "continuation of|continued an earlier|continued a|earlier one|long before|predates|predated|dates back to|older than|resumed an|already under way|already begun|"
            "had already",
        ),
        turns="",
    ),
    _answers(
        "Fought or left alone",
        (
            "go after|goes after|fight|fights|fought|pursue|pursues|work against|worked against|confront|confronts|tackle|hunt|crack down",
            "leave alone|leaves alone|leave them alone|tolerate|tolerates|spare|spares|turn a blind eye|protect|protects|or not",
        ),
        (
            "fight against|fights against|fought against|the fight of|the fight against|campaigned against|campaign against|crack* down|hunt down|war on|war against|"
            "struggle against|combat*|liberated from|battle against",
            "tolerat*|leave them alone|leaves them alone|leave it alone|deep enmity|no enmity|enmity for|turn a blind eye|turns a blind eye|coexist*|spares|rather than isis|"
            "no hostility|hostility to|little interest in fighting|shelters|avoid fighting|avoids fighting",
        ),
    ),
    _answers(
        "Confidence gained or lost",
        (
            "reassur*|attract*|encourag*|stay put|not even notice|even notice|unmoved|confidence|trust|calm|keep investing|come in",
            "scar*|frighten*|flee|flight|lose confidence|deter*|drive away|driven away|leave|run|worried|pull out",
        ),
        (
            "reassur*|encourag*|attract*|confidence in|investor confidence|safe investment|safe environment|no cause for concern|unmoved|not worried|builds trust|build trust",
            "drive investors|drive savers|drives away|drive away|scare*|deter|deters|deterred|hinder*|capital flight|frighten*|discourag*|lose confidence|erod*|unstable environment",
        ),
    ),
    _answers(
        "United or divided",
        (
            "united|unanimous|of one mind|one voice|together|agreed|consensus|behind it",
            "divided|split|at odds|quarrel*|disagree*|fragmented|torn|several camps",
        ),
        (
            "united in|united front|unanimous*|broad consensus|national consensus|all parties agree|one voice|agree on|agreed on",
            "divided|deeply split|is split|are split|no consensus|lack of consensus|lacks consensus|at odds|variance in|internal disagreement*|rifts|fragmented|rival camps",
        ),
    ),
    _answers(
        "Forced or of its own will",
        (
            "forced|pushed|compelled|made to|under pressure|driven out|thrown out|no choice",
            "voluntar*|own will|own accord|by choice|chose|agreed|free decision|willingly",
        ),
        (
            "forced to|compelled|had no choice|has no choice|coerced|pushed out|driven out|under pressure|expelled|giving in|bowed to",
            "voluntar*|of its own accord|of their own accord|own decision|by choice|chose to|by mutual agreement|agreed withdrawal|sovereign decision",
        ),
    ),
    _answers(
        "In earnest or for show",
        (
            "serious*|earnest|genuine*|mean it|means it|sincere*|really want|believes in it|for real|committed",
            "for show|bluff*|lip service|playing for time|buying time|cosmetic|symbolic|theatre|pretend*|appease*|giving in",
        ),
        (
            "serious about|in earnest|sincere|committed to|firm commitment|determined to|genuinely want*|firm decision",
            "buying time|buy time|cosmetic|lip service|symbolic|for show|appease|appeasing|not actually desire|not actually want|does not really want|bluff|posturing|empty threat",
        ),
    ),
    _answers(
        "Strong or weak",
        ("strong*|powerful|formidable|mighty|robust", "weak*|fragile|feeble|paper tiger|hollow|brittle"),
        (
            "powerful|formidable|robust|very strong|strong units|battle-hardened|considerable capabilities|well armed|highly capable",
            "weak|weaker|weakness*|fragile|feeble|hollow|poorly armed|poorly equipped|deficien*|limited capabilities",
        ),
    ),
    _answers(
        "Safer or more dangerous",
        ("safer|more secure|safe|security|protect*|stabilis*|stabiliz*", "dangerous|less safe|riskier|threat*|unsafe|insecur*|exposed|vacuum|vulnerable"),
        (
            "safer|more secure|improve security|improves security|strengthen security|enhances security|remove the pretext|removes the pretext|less danger",
            "more dangerous|security vacuum|power vacuum|insecurity|exposed to|vulnerable to|security risk*|worsen security|undermine security|threaten the security",
        ),
    ),
    _answers(
        "Temporary or for good",
        ("temporar*|for now|short break|pause|interim|passing", "for good|permanent*|for ever|forever|lasting|final|indefinite*"),
        (
            "temporary|temporarily|provisional|short-lived|interim|meant to be temporary|until the threat|can be resumed|paused|suspended",
            "permanent|permanently|for good|indefinite*|irreversibl*|final departure|never return|will not return|ended for ever",
        ),
    ),
    _answers(
        "At once or step by step",
        ("at once|immediate*|straight away|overnight|quick*|abrupt*|sudden*|full|now", "gradual*|step by step|phased|in stages|slow*|bit by bit|over years"),
        (
            "immediate|immediately|at once|abrupt|sudden|without delay|overnight|forthwith",
            "gradual|gradually|phased|step by step|in stages|staged|over several years|scheduling|over the coming years|orderly",
        ),
    ),
    _answers(
        "Legal or not",
        ("lawful|legal*|constitutional|binding|valid|legitimate", "unlawful|illegal*|unconstitutional|not binding|non-binding|invalid|illegitimate|violat*|breach"),
        (
            "lawful|legal basis|legally sound|constitutional|legally binding|binding|legitimate|at the invitation|at the request",
            "unlawful|illegal|unconstitutional|not binding|non-binding|nonbinding|illegitimate|violat* the|violation of|no legal basis|breach of|without legal basis",
        ),
    ),
    _answers(
        "Useful or pointless",
        ("useful|helpful|effective|worth|work|works|help|helps|makes sense", "pointless|useless|ineffective|fruitless|futile|waste|counterproductive|harm*|backfire*"),
        (
            "effective|useful|worthwhile|essential|vital|paid off|has helped|proved its worth|successful",
            "ineffective|useless|pointless|futile|counterproductive|counter-productive|backfire*|no effect|little effect|achieved nothing|unsuccessful",
        ),
    ),
    *(
        Answers(title, ASKED[axis], AXES[axis])
        for axis, title in (
            ("whether the threat is over", "Beaten or still a threat"),
            ("whether its own means suffice", "Able to manage alone or not"),
            ("whether it worked", "Success or failure"),
        )
    ),
)
"""Kinds of questions that name two answers."""

GAINING: Table = poles(
    "comes out ahead|come out ahead|wins|win|winner|winners|benefits|benefit|gains|gain|profits|profit|better off|good for|beneficiary|"
    "beneficiaries|comes out on top|come out on top|laughing|victor",
    "loses|lose|loser|losers|suffers|suffer|worse off|pays the price|pay the price|harmed|victim",
)
"""What asks which of two named parties gains or loses."""
