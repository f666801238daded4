"""Arabic and French questions become English search words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import SettingsError
from rag.glossary import detect, gloss, read_glossary, translate_terms

ARABIC = [
    ("ما حجم التبادل التجاري السنوي بين السعودية والعراق؟", "trade exchange annual Saudi Arabia Iraq"),
    ("ما المعسكرات والقواعد التي سُلّمت إلى الجانب العراقي في آذار 2020 وبأي ترتيب؟",
     "camps bases handed over Iraqi March 2020 order"),
    ("كم عدد دول التحالف الدولي ضد داعش؟ وهل تتفق التقارير على الرقم؟",
     "how many countries Coalition agree reports figure"),
    ("ماذا قال قاسم الأعرجي عن تنظيم داعش في آب 2023؟", "said Qasim al-Araji Islamic State August 2023"),
    ("ما موقف المرجع السيستاني من انسحاب قوات التحالف؟", "position al-Sistani withdrawal coalition forces"),
    ("كم يبلغ عدد الجنود الأمريكيين في العراق وسوريا؟", "how many soldiers American Iraq Syria"),
    ("لماذا يعارض الأكراد والسنة خروج القوات الأميركية؟", "why oppose Kurds Sunnis exit US forces"),
    ("متى صوّت البرلمان العراقي على إخراج القوات الأجنبية؟", "when voted Iraqi parliament expulsion foreign"),
    ("ما هي مهام بعثة الناتو في العراق بعد الانسحاب؟", "tasks NATO Mission Iraq after withdrawal"),
    ("من اغتال قاسم سليماني وأبو مهدي المهندس؟", "who assassinated Soleimani al-Muhandis"),
    ("هل هاجمت كتائب حزب الله قاعدة عين الأسد؟", "attacked Kataib Hezbollah Ain al-Asad Base"),
    ("ما العقوبات التي فرضتها واشنطن على المصارف العراقية؟", "sanctions imposed Washington banks Iraqi"),
    ("كم برميلاً من النفط تصدّر بغداد يومياً؟", "how many barrel oil exports Baghdad daily"),
    ("كيف أثرت العقوبات على الاقتصاد الإيراني؟", "sanctions economy Iranian"),
    ("ما ميزانية وزارة الدفاع لعام ٢٠٢٤؟", "budget Ministry Defence 2024"),
    ("ما رأي الخبراء في مستقبل العلاقات بين أنقرة وأربيل؟", "opinion experts future relations Ankara Erbil"),
    ("من هو مبعوث الأمم المتحدة إلى اليمن؟", "who envoy United Nations Yemen"),
    ("ما دور الفصائل المسلحة المدعومة من إيران؟", "role armed factions backed Iran"),
    ("كيف ستحمي الحكومة سيادة العراق؟", "how protect government sovereignty Iraq"),
    ("وبالنسبة للأكراد، ما موقفهم؟", "Kurds position"),
    ("ما شروط صندوق النقد الدولي لمنح القرض لمصر؟", "conditions International Monetary Fund loan Egypt"),
    ("ما نتائج الانتخابات البرلمانية في لبنان؟", "results elections parliamentary Lebanon"),
]  # fmt: skip
FRENCH = [
    ("Combien de pays compte la coalition contre Daech ?", "how many country coalition Islamic State"),
    ("Quand les troupes américaines doivent-elles quitter l'Irak ?", "when troops American leave Iraq"),
    ("Quelle est la position de l'ayatollah Sistani sur le retrait ?", "position al-Sistani withdrawal"),
    ("Quels camps et bases ont été remis à la partie irakienne en mars 2020, et dans quel ordre ?",
     "camps bases handed over Iraqi March 2020 order"),
    ("Quel est le volume annuel des échanges commerciaux entre l'Arabie saoudite et l'Irak ?",
     "volume annual trade Saudi Arabia Iraq"),
    ("Qu'a dit Qassim al-Araji au sujet de l'État islamique en août 2023 ?",
     "said Qasim al-Araji Islamic State August 2023"),
    ("Pourquoi les Kurdes et les sunnites s'opposent-ils au départ des forces américaines ?",
     "why Kurds Sunni oppose departure US forces"),
    ("Quelles sanctions les États-Unis ont-ils imposées aux banques irakiennes ?",
     "sanctions United States impose bank Iraqi"),
    ("Combien de soldats américains sont stationnés en Syrie ?", "how many soldier American Syria"),
    ("Quel rôle jouent les milices chiites soutenues par l'Iran ?", "role militias Shia supported Iran"),
    ("Qui a succédé au général Soleimani à la tête de la Force Al-Qods ?", "who Soleimani Quds Force"),
    ("Combien de barils de pétrole Bagdad exporte-t-il par jour ?", "barrel oil Baghdad exports per day"),
    ("Quel est le budget du ministère de la Défense pour 2024 ?", "budget Ministry Defence 2024"),
    ("Quels effets l'accord nucléaire a-t-il eus sur l'économie iranienne ?", "nuclear deal economy Iranian"),
    ("Comment la Turquie utilise-t-elle les drones contre le PKK ?", "Turkey drone Kurdistan Workers' Party"),
    ("Quelle part du PIB l'Allemagne consacre-t-elle à la défense ?", "gross domestic product Germany defence"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "content"), ARABIC)
def test_arabic_questions(question: str, content: str) -> None:
    result = gloss(question, "ar")
    assert set(content.split()) <= set(result.english.split())
    assert result.coverage >= 0.8


@pytest.mark.parametrize(("question", "content"), FRENCH)
def test_french_questions(question: str, content: str) -> None:
    result = gloss(question, "fr")
    assert set(content.split()) <= set(result.english.split())
    assert result.coverage >= 0.8


def test_unknown_words_come_back_for_matching_by_sound() -> None:
    result = gloss("ماذا قال الفتلاوي للزبيدي عن العراق؟", "ar")
    assert result.unknown == ("الفتلاوي", "الزبيدي")
    assert result.coverage == pytest.approx(3 / 5)  # what, said, Iraq of five content words
    assert result.english == "what said Iraq"


def test_french_unknown_words_stay_in_the_query() -> None:
    result = gloss("Qui est Dupontel ?", "fr")
    assert result.unknown == ("Dupontel",)
    assert result.english.endswith("Dupontel")


def test_the_longest_entry_wins() -> None:
    assert translate_terms("مجلس الأمن القومي", "ar")[0][1][0] == "National Security Council"
    assert [english[0] for _, english in translate_terms("une base aérienne", "fr")] == ["air base"]


def test_sources_are_stretches_of_the_question_in_order() -> None:
    question = "ما أسباب النزوح من سنجار؟"
    at = 0
    for source, english in translate_terms(question, "ar"):
        at = question.index(source, at) + len(source)
        assert english


def test_nothing_known_covers_everything() -> None:
    assert gloss("", "ar").coverage == 1.0
    assert gloss("؟", "ar").english == ""


@pytest.mark.parametrize(
    ("text", "language"),
    [(q, "ar") for q, _ in ARABIC]
    + [(q, "fr") for q, _ in FRENCH]
    + [
        ("How many US troops are in Iraq?", "en"),
        ("Kataib Hezbollah", "en"),
        ("PMF budget 2023", "en"),
        ("What did Le Monde say about the coup d'État in Niger?", "en"),
        ("Et les Kurdes ?", "fr"),
        ("retrait américain", "fr"),
        ("ISIS (داعش) in Mosul: what happened after 2017?", "en"),
        ("والأكراد؟", "ar"),
        ("Wie viele Soldaten sind im Irak?", "other"),
        ("¿Cuántos soldados hay?", "other"),
        ("چند سرباز آمریکایی در عراق هستند؟", "other"),
        ("Сколько солдат?", "other"),
        ("2023?", "en"),
    ],
)
def test_the_language_of_a_question(text: str, language: str) -> None:
    assert detect(text) == language


def test_a_line_without_a_tab_is_named(tmp_path: Path) -> None:
    file = tmp_path / "glossary.ar.tsv"
    file.write_text("# comment\nانسحاب withdrawal\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"line 2"):
        read_glossary(file)


@pytest.mark.parametrize(("language", "least"), [("ar", 900), ("fr", 800)])
def test_the_word_lists_are_clean(language: str, least: int) -> None:
    path = Path(__file__).parents[2] / "rag" / "data" / f"glossary.{language}.tsv"
    entries = read_glossary(path)
    terms = [term for term, _ in entries]
    assert len(terms) >= least
    assert len(set(terms)) == len(terms)
    assert all(e.isascii() for _, english in entries for e in english)


@given(st.text(max_size=60))
def test_any_text_has_a_gloss(text: str) -> None:
    for language in ("ar", "fr"):
        result = gloss(text, language)
        assert 0.0 <= result.coverage <= 1.0
    assert detect(text) in ("ar", "fr", "en", "other")


def test_a_listed_arabic_word_is_not_read_as_and_with_a_city() -> None:
    assert "paper" in gloss("ما عنوان ورقة الباحث؟", "ar").english  # not "and Raqqa"
