from hypothesis import given
from hypothesis import strategies as st

from reports.renderers.shaping import clean, fit, runs, width, wrap

ANY_TEXT = st.text(alphabet=st.characters(exclude_categories=()), max_size=60)


def drawn(text: str) -> str:
    return "".join(run.text for run in runs(text))


def test_plain_text_is_one_run_of_one_font() -> None:
    assert [run.text for run in runs("Fish & Chips <Ltd")] == ["Fish & Chips <Ltd"]


def test_persian_letters_are_joined_and_drawn_from_the_right() -> None:
    assert drawn("علی") == "\ufbfd\ufee0\ufecb"


def test_brackets_in_persian_text_are_mirrored() -> None:
    assert drawn("(علی)").startswith("(")
    assert drawn("(علی)").endswith(")")


def test_numbers_keep_their_order_within_persian_text() -> None:
    assert "12345" in drawn("شماره 12345")


def test_the_joiner_of_persian_words_separates_letters_and_is_not_drawn() -> None:
    assert "\u200c" not in drawn("می\u200cشود")
    assert drawn("می\u200cشود") != drawn("میشود")


def test_every_script_finds_a_font_that_has_its_letters() -> None:
    for text in ("Zażółć gęślą jaźń", "王小明", "علی رضایی", "Đặng Văn", "Владимир", "Ελένη", "שרה", "한국"):
        assert all(run.font.has(character) for run in runs(text) for character in run.text), text


def test_breaks_and_control_characters_become_spaces() -> None:
    assert clean("a\x00b\nc\u2028d") == "a b c d"


def test_marks_that_turn_text_around_are_dropped() -> None:
    assert clean("abc\u202edef\u2066") == "abcdef"


@given(ANY_TEXT)
def test_any_text_can_be_drawn(text: str) -> None:
    for run in runs(text):
        assert run.text
        assert run.font.em_width(run.text) >= 0


@given(ANY_TEXT, st.floats(min_value=10, max_value=400))
def test_fitted_text_is_never_wider_than_its_room(text: str, room: float) -> None:
    assert width(fit(text, room, 9), 9) <= room


@given(ANY_TEXT, st.floats(min_value=20, max_value=200), st.integers(min_value=1, max_value=4))
def test_wrapped_lines_fit_and_are_no_more_than_allowed(text: str, room: float, most: int) -> None:
    lines = wrap(text, room, 9, most=most)
    assert len(lines) <= most
    assert all(width(each, 9) <= room for each in lines)


def test_wrapping_loses_no_word() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 4
    assert " ".join(wrap(text, 150, 9, most=50)).split() == text.split()


def test_chinese_breaks_between_characters() -> None:
    assert "".join(wrap("台北有線電視股份有限公司" * 3, 60, 9, most=20)) == "台北有線電視股份有限公司" * 3


def test_two_hundred_thousand_characters_are_cut_quickly() -> None:
    assert fit("x" * 200_000, 100, 9).endswith("…")
    assert len(wrap("علی رضایی " * 20_000, 100, 9, most=3)) == 3
