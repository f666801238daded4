"""Headings and labels of memos in the language of the task: English, French, Arabic.  Pure.

Quotes stay as their source has them, and so do the names of sources.
"""

from __future__ import annotations

from rag.glossary import detect

RIGHT_TO_LEFT = frozenset({"ar"})

_WORDS: dict[str, tuple[str, str]] = {
    # fixed sections
    "Bottom line": ("L’essentiel", "الخلاصة"),
    "In one line": ("En une ligne", "في سطر واحد"),
    "Key judgements": ("Jugements clés", "التقديرات الرئيسية"),
    "What the reports propose": ("Ce que proposent les rapports", "ما تقترحه التقارير"),
    "Where the reports disagree": ("Où les rapports divergent", "أين تختلف التقارير"),
    "How far each can be trusted": ("Crédit à accorder à chacun", "مدى الثقة بكل تقرير"),
    # aspects
    "What has happened": ("Ce qui s’est passé", "ما الذي حدث"),
    "Causes and motives": ("Causes et motifs", "الأسباب والدوافع"),
    "Positions of those concerned": ("Positions des intéressés", "مواقف الأطراف المعنية"),
    "Consequences and risks": ("Conséquences et risques", "العواقب والمخاطر"),
    "What could be done": ("Ce qui peut être fait", "ما يمكن فعله"),
    "State revenues and public finance": ("Recettes de l’État et finances publiques", "إيرادات الدولة والمالية العامة"),
    "Currency, banks and liquidity": ("Monnaie, banques et liquidités", "العملة والمصارف والسيولة"),
    "Sanctions and waivers": ("Sanctions et dérogations", "العقوبات والإعفاءات"),
    "Trade and investment": ("Commerce et investissement", "التجارة والاستثمار"),
    "Energy": ("Énergie", "الطاقة"),
    "Aid, reform and mitigation": ("Aide, réformes et atténuation", "المساعدات والإصلاح والتخفيف"),
    "Strength and tempo": ("Forces et rythme", "القوة ووتيرة النشاط"),
    "Intelligence and air support": ("Renseignement et appui aérien", "الاستخبارات والإسناد الجوي"),
    "Prisons, camps and borders": ("Prisons, camps et frontières", "السجون والمخيمات والحدود"),
    "Own forces: capability and gaps": ("Forces nationales : capacités et lacunes", "القوات الوطنية: القدرات والثغرات"),
    "Official assessments": ("Appréciations officielles", "التقديرات الرسمية"),
    "What decides the outcome": ("Ce qui décide de l’issue", "ما يحسم النتيجة"),
    "Classification and structure": ("Classement et structure", "التصنيف والبنية"),
    "Political alignment": ("Alignement politique", "الاصطفاف السياسي"),
    "Attacks so far": ("Attaques à ce jour", "الهجمات حتى الآن"),
    "Likely next steps": ("Suites probables", "الخطوات المرجحة"),
    "Limits of the government": ("Limites du gouvernement", "حدود قدرة الحكومة"),
    "Options of outside powers": ("Options des puissances extérieures", "خيارات القوى الخارجية"),
    "Process and dates": ("Déroulement et dates", "المسار والتواريخ"),
    "Terms and timetable": ("Termes et calendrier", "الشروط والجدول الزمني"),
    "Conditions and open points": ("Conditions et points en suspens", "الشروط والنقاط المعلّقة"),
    # labels of the page
    "For": ("Pour", "إلى"),
    "Date": ("Date", "التاريخ"),
    "Version": ("Version", "النسخة"),
    "As of": ("État au", "حتى تاريخ"),
    "Task": ("Demande", "المهمة"),
    "Evidence": ("Preuves", "الأدلة"),
    "Where the sources disagree": ("Où les sources divergent", "أين تختلف المصادر"),
    "Point": ("Point", "النقطة"),
    "Source and date": ("Source et date", "المصدر والتاريخ"),
    "What it says": ("Ce qu’elle dit", "ما يقوله"),
    "Figures": ("Chiffres", "الأرقام"),
    "Figure": ("Chiffre", "الرقم"),
    "Unit": ("Unité", "الوحدة"),
    "What is counted": ("Objet", "ما يُعدّ"),
    "Source": ("Source", "المصدر"),
    "Conflict": ("Conflit", "تعارض"),
    "Rows with the same letter under Conflict count the same thing differently.": (
        "Les lignes de même lettre sous « Conflit » comptent la même chose différemment.",
        "الصفوف التي تحمل الحرف نفسه تحت «تعارض» تعدّ الشيء نفسه على نحو مختلف.",
    ),
    "Timeline": ("Chronologie", "التسلسل الزمني"),
    "Event": ("Événement", "الحدث"),
    "What the reports do not say": ("Ce que les rapports ne disent pas", "ما لا تقوله التقارير"),
    "Source notes": ("Notes sur les sources", "ملاحظات عن المصادر"),
    "Table of sources": ("Tableau des sources", "جدول المصادر"),
    "Document": ("Document", "الوثيقة"),
    "Title": ("Titre", "العنوان"),
    "Publisher": ("Éditeur", "الناشر"),
    "Quotes": ("Citations", "العدد"),
    "Version (sha256)": ("Version (sha256)", "النسخة (sha256)"),
    "not named": ("non nommé", "غير مذكور"),
    "undated": ("sans date", "بلا تاريخ"),
    "not stated": ("non précisé", "غير محدد"),
    "Balance of the evidence: ": ("Équilibre des preuves : ", "توازن الأدلة: "),
    "Bibliography": ("Bibliographie", "المراجع"),
    "Annex: audit of the statements": ("Annexe : contrôle des énoncés", "ملحق: تدقيق العبارات"),
    "No.": ("N°", "م"),
    "Statement": ("Énoncé", "العبارة"),
    "Notes": ("Notes", "حواشٍ"),
    "Verdict": ("Verdict", "الحكم"),
    "Documents": ("Documents", "الوثائق"),
    "verified": ("vérifié", "متحقَّق منه"),
    "Annex: words of likelihood and confidence": (
        "Annexe : mots de la probabilité et de la confiance",
        "ملحق: ألفاظ الاحتمال والثقة",
    ),
    "Wording": ("Terme", "اللفظ"),
    "or": ("ou", "أو"),
    "Likelihood": ("Probabilité", "الاحتمال"),
    "Basis:": ("Fondement :", "الأساس:"),
    "Confidence:": ("Confiance :", "الثقة:"),
    " See also": (" Voir aussi", " انظر أيضاً"),
    " Against it": (" En sens contraire", " وبخلافه"),
    "Note: ": ("Note : ", "ملاحظة: "),
    "Further quotes consulted: ": ("Autres citations consultées : ", "اقتباسات أخرى: "),
    "Reported as fact": ("Rapporté comme un fait", "مذكور كواقع"),
    "Expected or feared": ("Attendu ou redouté", "متوقع أو مخشيّ"),
    "Proposed": ("Proposé", "مقترح"),
    # sentences
    "high": ("élevée", "عالية"),
    "moderate": ("moyenne", "متوسطة"),
    "low": ("faible", "منخفضة"),
    "one source only": ("une seule source", "مصدر واحد فقط"),
    "{n} independent sources": ("{n} sources indépendantes", "{n} مصادر مستقلة"),
    " (reports of one author or publisher counted once)": (
        " (rapports d’un même auteur ou éditeur comptés une fois)",
        " (تقارير المؤلف أو الناشر الواحد تُحسب مرة)",
    ),
    "stated at first hand": ("énoncé de première main", "مذكور مباشرة"),
    "reported from others": ("rapporté d’après autrui", "منقول عن آخرين"),
    "a forecast, not an observation": ("une prévision, non un constat", "توقع لا ملاحظة"),
    "a proposal": ("une proposition", "مقترح"),
    "{who} says otherwise": ("{who} dit le contraire", "{who} يقول خلاف ذلك"),
    "the report bears no date": ("le rapport n’est pas daté", "التقرير بلا تاريخ"),
    "the report is of {year}": ("le rapport date de {year}", "التقرير من عام {year}"),
    "One source: {names}.": ("Une source : {names}.", "مصدر واحد: {names}."),
    "{n} independent sources: {names}.": ("{n} sources indépendantes : {names}.", "{n} مصادر مستقلة: {names}."),
    "The reports do not answer: “{heading}”.": (
        "Les rapports ne répondent pas à : « {heading} ».",
        "لا تجيب التقارير عن: «{heading}».",
    ),
    "Only {source} speaks to “{heading}”; no other report confirms it.": (
        "Seul {source} traite de « {heading} » ; aucun autre rapport ne le confirme.",
        "لا يتناول «{heading}» سوى {source}؛ ولا يؤكده تقرير آخر.",
    ),
    "Nothing bearing on the task was found in: {names}.": (
        "Rien qui touche à la demande dans : {names}.",
        "لم يوجد ما يتصل بالمهمة في: {names}.",
    ),
    "Nothing quoted here was published after {date}; later events are not covered.": (
        "Rien de ce qui est cité n’a paru après {date} ; la suite n’est pas couverte.",
        "لا شيء مما اقتُبس هنا نُشر بعد {date}؛ ولا تشمل المذكرة ما جرى بعده.",
    ),
    "The time of writing is not stated in: {names}.": (
        "La date de rédaction n’est pas indiquée dans : {names}.",
        "زمن الكتابة غير مذكور في: {names}.",
    ),
    "Planned when the reports were written, and not known to have happened: {names}.": (
        "Prévu quand les rapports furent écrits, sans qu’on sache si cela eut lieu : {names}.",
        "كان مخططاً له حين كُتبت التقارير، ولا يُعرف هل حدث: {names}.",
    ),
    "{share} of the quotes come from one publisher ({name}); look for an opposing source.": (
        "{share} des citations viennent d’un seul éditeur ({name}) ; cherchez une source opposée.",
        "{share} من الاقتباسات من ناشر واحد ({name})؛ ابحث عن مصدر مخالف.",
    ),
    "{quotes} quotes from {sources} documents": (
        "{quotes} citations de {sources} documents",
        "{quotes} اقتباساً من {sources} وثائق",
    ),
    "{date}; nothing published later was used": (
        "{date} ; rien de postérieur n’a été utilisé",
        "{date}؛ ولم يُستخدم ما نُشر بعده",
    ),
}


def language_of(text: str) -> str:
    """The language of a memo's labels: that of its task where there are labels in it, else English.

    >>> language_of("Une note pour la ministre sur les barrages"), language_of("مذكرة عن السدود")
    ('fr', 'ar')
    """
    found = detect(text)
    return found if found in ("fr", "ar") else "en"


def say(text: str, language: str, **values: object) -> str:
    """A label or sentence in a language; English where the table has no other.

    >>> say("Figures", "fr"), say("{n} independent sources", "en", n=3)
    ('Chiffres', '3 independent sources')
    """
    known = _WORDS.get(text)
    if known and language in ("fr", "ar"):
        text = known[0 if language == "fr" else 1]
    return text.format(**values) if values else text
