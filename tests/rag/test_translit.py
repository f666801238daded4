"""Spellings of names that must meet, and names that must not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.translit import SAME, same_name, skeleton

SAME_PAIRS = [
    ("حمورابي", "Hammurabi"), ("الأعرجي", "al-Araji"), ("الأعرجي", "al-A'raji"), ("الأعرجي", "A’raji"),
    ("السوداني", "al-Sudani"), ("السوداني", "Soudani"), ("سليماني", "Soleimani"), ("سليماني", "Sulaimani"),
    ("سليماني", "Suleimani"), ("قاسم", "Qasim"), ("قاسم", "Qassem"), ("قاسم", "Kasem"),
    ("الغنيمي", "al-Ghoneimi"), ("كتائب", "Kata'ib"), ("كتائب", "Kataib"), ("الفياض", "al-Fayyad"),
    ("الفياض", "Fayadh"), ("الكاظمي", "al-Kadhimi"), ("الكاظمي", "Kazemi"), ("السيستاني", "al-Sistani"),
    ("المالكي", "Maliki"), ("العبادي", "al-Abadi"), ("الحلبوسي", "Halbousi"), ("الحلبوسي", "al-Halbusi"),
    ("بارزاني", "Barzani"), ("طالباني", "Talabani"), ("محمد", "Mohammed"), ("محمد", "Muhammad"),
    ("محمود", "Mahmoud"), ("محمود", "Mahmud"), ("حسين", "Hussein"), ("حسين", "Husayn"), ("حسن", "Hassan"),
    ("مصطفى", "Mustafa"), ("مصطفى", "Mostafa"), ("مقتدى", "Muqtada"), ("مقتدى", "Moqtada"),
    ("مقتدى", "Mouqtada"), ("عثمان", "Uthman"), ("عثمان", "Othman"), ("عثمان", "Osman"),
    ("ناظم", "Nazim"), ("رياض", "Riyadh"), ("رياض", "Riyad"), ("الهول", "al-Hawl"), ("الهول", "al-Hol"),
    ("خامنئي", "Khamenei"), ("نصرالله", "Nasrallah"), ("البصرة", "Basra"), ("البصرة", "al-Basrah"),
    ("الأنبار", "Anbar"), ("كركوك", "Kirkuk"), ("الموصل", "Mosul"), ("صلاح الدين", "Salah al-Din"),
    ("عبد المهدي", "Abdul Mahdi"), ("عبد المهدي", "Abdulmahdi"), ("عبدالمهدي", "Abd al-Mahdi"),
    ("قاسم الأعرجي", "Qassim al-Araji"), ("النجباء", "al-Nujaba"), ("جمال", "Gamal"), ("جمال", "Jamal"),
    ("Soleimani", "Sulaimani"), ("Soleimani", "Suleimani"), ("Sulaimani", "Soleymani"),
    ("Qasim", "Kasem"), ("Qassem", "Qasim"), ("Kataib", "Kata'ib"), ("Hussein", "Husayn"),
    ("Hussein", "Hossein"), ("Mohammed", "Muhammad"), ("Muhammad", "Mohamed"), ("Hassan", "Hasan"),
    ("Kadhimi", "Kazimi"), ("Ghoneimi", "Goneimi"), ("al-Hawl", "al-Hol"), ("Ash-Shammari", "al-Shammari"),
    ("Fayyad", "Fayad"), ("Yousef", "Yusuf"), ("Osama", "Usama"), ("Jafar", "Ja'far"), ("Basra", "Basrah"),
    ("Abdul-Mahdi", "Abd al-Mahdi"), ("Zarqawi", "Zarkawi"), ("Halbousi", "Halboosi"), ("Gamal", "Jamal"),
]  # fmt: skip

DIFFERENT_PAIRS = [
    ("Saadi", "Sadr"), ("السعدي", "Sadr"), ("الصدر", "Saadi"), ("حسن", "Hussein"), ("حسين", "Hassan"),
    ("محمد", "Mahmoud"), ("محمود", "Mohammed"), ("سلمان", "Sulaiman"), ("سليمان", "Salman"),
    ("قاسم", "Kissinger"), ("قاسم", "chasm"), ("قاسم", "Hashim"), ("هاشم", "Qasim"), ("المالكي", "Malta"),
    ("المالكي", "Mulk"), ("طالباني", "Taliban"), ("طالبان", "Talabani"), ("بارزاني", "Brazil"),
    ("كركوك", "Karaoke"), ("الأعرجي", "Iraqi"), ("الأعرجي", "origin"), ("الكاظمي", "academy"),
    ("العبادي", "Badi"), ("السوداني", "Sweden"), ("السوداني", "sedan"), ("حمورابي", "Hamburg"),
    ("الغنيمي", "enemy"), ("كتائب", "Qutb"), ("كتائب", "Kitab"), ("الفياض", "Faida"), ("النجباء", "Najib"),
    ("جمال", "Jamil"), ("كريم", "Karam"), ("سليم", "Salam"), ("رياض", "reads"), ("الهول", "al-Hilla"),
    ("الموصل", "Muslim"), ("الموصل", "missile"), ("البصرة", "Busir"), ("الأنبار", "Nabra"),
    ("صلاح الدين", "Sultan"), ("عبد المهدي", "Abdullah"), ("قاسم الأعرجي", "Qasim Soleimani"),
    ("قاسم سليماني", "Qasim al-Araji"), ("خامنئي", "Khomeini"), ("خميني", "Khamenei"),
    ("Saddam", "Sadr"), ("Hassan", "Hussein"), ("Mahmoud", "Mohammed"), ("Salman", "Sulaiman"),
    ("Talabani", "Taliban"), ("Barzani", "Bahrain"), ("Khamenei", "Khomeini"), ("Iran", "Iraq"),
    ("Maliki", "Malik"), ("Jamal", "Jamil"), ("Karim", "Karam"), ("Salim", "Salam"), ("Asadi", "Saadi"),
    ("Zaki", "Daki"), ("Amir", "Omar"), ("Basra", "Busra"), ("Kadhimi", "Academy"), ("Sudani", "Sweden"),
    ("Hadi", "Hadid"), ("Nasr", "Nasiri"), ("Qasim", "Hashim"), ("Mosul", "Muslim"), ("Hol", "Hilla"),
]  # fmt: skip


@pytest.mark.parametrize(("a", "b"), SAME_PAIRS)
def test_spellings_of_one_name_meet(a: str, b: str) -> None:
    assert same_name(a, b) >= SAME
    assert same_name(b, a) == same_name(a, b)
    assert skeleton(a) == skeleton(b)


@pytest.mark.parametrize(("a", "b"), DIFFERENT_PAIRS)
def test_different_names_stay_apart(a: str, b: str) -> None:
    assert same_name(a, b) < SAME
    assert same_name(b, a) < SAME


# Written down after the rules were, and not tuned on: what the rules are worth on new names.
HELD_OUT_SAME = """
    البرزاني=Barzani, القائم=al-Qaim, القائم=Qa'im, تكريت=Tikrit
    الفلوجة=Fallujah, الفلوجة=Falluja, الرمادي=Ramadi, سامراء=Samarra
    سامراء=Samarra', الناصرية=Nasiriyah, الناصرية=Nassiriya, كربلاء=Karbala
    كربلاء=Kerbala, دهوك=Duhok, دهوك=Dohuk, السليمانية=Sulaymaniyah
    السليمانية=Sulaimaniya, السليمانية=Slemani, حلبجة=Halabja, سنجار=Sinjar
    العامري=al-Amiri, العامري=Ameri, الخزعلي=al-Khazali, الخزعلي=Khaz'ali
    المهندس=al-Muhandis, المهندس=Mohandes, الحكيم=al-Hakim, الحكيم=Hakeem
    علاوي=Allawi, الجعفري=Jaafari, الجعفري=al-Ja'fari, الزيدي=Zaidi
    الزيدي=al-Zaydi, الفتلاوي=Fatlawi, الجبوري=Jubouri, الجبوري=al-Jabouri
    الجبوري=Jiburi, الساعدي=al-Saadi, الأسدي=al-Asadi, الكربولي=Karbouli
    النجيفي=Nujaifi, النجيفي=al-Nujayfi, المشهداني=Mashhadani, الخنجر=Khanjar
    السامرائي=Samarrai, زيباري=Zebari, زيباري=Zibari, فؤاد=Fuad
    فؤاد=Fouad, هادي=Hadi, فالح=Falih, فالح=Faleh
    نيجيرفان=Nechirvan, مسرور=Masrour, قباد=Qubad, قباد=Qubat
    بافل=Bafel, برهم=Barham, عدنان=Adnan, الأسد=al-Assad
    الأسد=Asad, الشرع=al-Sharaa, الجولاني=Jolani, الجولاني=al-Julani
    البغدادي=al-Baghdadi, الظواهري=al-Zawahiri, الحوثي=Houthi, الحوثي=Huthi
    بزشكيان=Pezeshkian, روحاني=Rouhani, رئيسي=Raisi, ظريف=Zarif
    قاآني=Qaani, عراقجي=Araghchi, لاريجاني=Larijani, أردوغان=Erdogan
    داود=Davutoglu, حقان=Hakan, عبد اللطيف=Abdul Latif, عبد اللطيف=Abdullatif
    عبد الله=Abdullah, عبدالله=Abdulla, هنية=Haniyeh, السنوار=Sinwar
    ميقاتي=Mikati, جنبلاط=Jumblatt, بري=Berri, الحريري=Hariri
    السيسي=Sisi, القذافي=Gaddafi, حفتر=Haftar, الدبيبة=Dbeibah
    ماكغورك=McGurk, Sulaymaniyah=Sulaimaniya, Fallujah=Falluja, Jubouri=Jabouri
    Zaidi=Zaydi, Dohuk=Duhok, Houthi=Huthi, Muhandis=Mohandes
    Khazali=Khaz'ali, Assad=Asad, Faleh=Falih, Nechirvan=Nichirvan
    Erbil=Arbil, Kerbala=Karbala, Raisi=Raeesi, Haniyeh=Haniya
    Jolani=Julani, Zibari=Zebari, Nujaifi=Nujayfi
"""
HELD_OUT_DIFFERENT = """
    البرزاني=Brazilian, القائم=Kim, القائم=qualm, تكريت=Take
    الرمادي=Armed, سامراء=summer, سامراء=Samir, الناصرية=Nasser
    كربلاء=Kabul, دهوك=Dhaka, حلبجة=Aleppo, سنجار=singer
    سنجار=Singapore, العامري=America, العامري=army, الخزعلي=Khalil
    الحكيم=Hakkari, الحكيم=Haqim al-Zamili, علاوي=alloy, علاوي=Ali
    الجعفري=Jabr, الزيدي=Saudi, الزيدي=Saadi, الجبوري=Jabiri
    الساعدي=Saudi, الأسدي=Sidi, النجيفي=Najafi, زيباري=Zubair
    فؤاد=food, فؤاد=Fahd, هادي=Hodeida, فالح=fall
    فالح=Falluja, نيجيرفان=Nigerian, مسرور=measure, عدنان=Eden
    الأسد=used, الأسد=seed, الشرع=share, الشرع=Sharia
    الجولاني=Jalal, البغدادي=Baghdad, الحوثي=House, روحاني=Iran
    رئيسي=Russia, رئيسي=racy, ظريف=tariff, ظريف=Sharif
    هنية=Hanna, ميقاتي=market, بري=Barry, بري=Beirut
    الحريري=Harir, السيسي=Sassi, حفتر=after, حفتر=Hafter al-Din
    جنوب=Jenin, دولة=Dallah, قطر=Qadir, لبنان=Lebanese
    العراق=Iraqi, Erbil=Rebel, Karbala=Kabul, Assad=Saad
    Houthi=Hadith, Raisi=Rossi, Nujaifi=Najafi, Barham=Ibrahim
    Hakim=Hakam, Falih=Fallah, Amiri=Omari, Zubair=Zebari
    Jalal=Julani, Khalid=Khalidi, Rashid=Rashad, Rashid=Rasheedi
    Nouri=Nouriel, Tariq=Tareq Aziz, Samir=Samar, Habib=Habboub
    Harith=Hurra, Majid=Majidi, Munir=Manar, government=Germany
    parliament=Palermo, nuclear=Nicholas, Sunni=Shani
"""


def _pairs(table: str) -> list[list[str]]:
    return [pair.strip().split("=") for pair in table.replace("\n", ",").split(",") if "=" in pair]


def test_precision_and_recall_on_names_not_tuned_on() -> None:
    same, different = _pairs(HELD_OUT_SAME), _pairs(HELD_OUT_DIFFERENT)
    assert len(same) >= 100
    assert len(different) >= 80
    found = sum(same_name(a, b) >= SAME for a, b in same)
    wrong = sum(same_name(a, b) >= SAME for a, b in different)
    assert found / len(same) >= 0.88
    assert found / (found + wrong) >= 0.92


def test_article_and_sun_letters_are_dropped() -> None:
    assert skeleton("ash-Shammari") == skeleton("al-Shammari") == skeleton("الشمري") == "Smr"


def test_an_article_that_belongs_to_the_name_stays() -> None:
    assert skeleton("Ali") == "l"
    assert skeleton("ألمانيا") == skeleton("Almania")


def test_nothing_is_no_name() -> None:
    assert skeleton("") == ""
    assert same_name("", "Sadr") == 0.0


@given(st.text(max_size=30), st.text(max_size=30))
def test_any_text_scores_alike_in_both_directions(a: str, b: str) -> None:
    score = same_name(a, b)
    assert 0.0 <= score <= 1.0
    assert score == same_name(b, a)
