"""Likeness: what a text is known by, and which case is like another."""

from bot.domain.likeness import asked, grams, ranked, weights
from bot.domain.values import CaseNumber


def test_japanese_is_cut_into_pairs_and_hiragana_alone_says_nothing():
    assert grams("店舗の障害について") == ("店舗", "舗の", "の障", "障害", "害に")


def test_a_word_of_two_characters_is_found():
    assert grams("障害") == ("障害",)


def test_width_and_case_make_no_difference_and_codes_stay_whole():
    assert grams("ORA-00600 ＰＯＳ ｻｰﾊﾞｰ") == grams("ora 00600 pos サーバー")
    assert grams("The disks of SRV01 are full") == ("disk", "srv01", "full")


def test_nothing_that_is_typed_can_leave_its_quotes():
    assert all(gram.isalnum() or "ー" in gram for gram in grams('") OR "x* NEAR(あ"障害"\0 -- 😀 サーバー'))


def test_rare_grams_say_more_and_are_looked_up_first():
    counts = {"": 1000, "pos": 900, "ora": 2, "new": 0}
    weight = weights(("pos", "ora", "new"), counts, 1000)

    assert weight["pos"] < weight["ora"] < weight["new"]
    assert asked(("pos", "ora", "new"), counts) == ["ora", "pos"]


def test_the_most_alike_first_the_newer_of_two_and_not_the_case_itself():
    weight = dict.fromkeys("abcd", 1.0)
    found = {CaseNumber(n): grams for n, grams in {1: "abc", 2: "ab", 3: "ab", 4: "abcd", 5: "a"}.items()}

    assert [one.number for one in ranked(weight, found, 9, apart=CaseNumber(4))] == [1, 3, 2]
