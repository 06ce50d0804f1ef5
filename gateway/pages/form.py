"""What every form of the pages is: Flask-WTF's, with what WTForms says by itself in our words and languages."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

_CHOOSE = _l("Choose one of the list.")
_DAY = _l("This is not a day; write year, month and day, such as 2026-11-30.")
_FILL_IN = _l("Fill this in.")
_AT_LEAST = _l("Use at least %(min)d characters.")
_AT_MOST = _l("Use at most %(max)d characters.")

WORDS: dict[str, LazyString] = {
    "This field is required.": _FILL_IN,
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Not a valid date value.": _DAY,
    "Not a valid datetime value.": _DAY,
    "Not a valid integer value.": _l("Write a whole number."),
    "Field must be equal to %(other_name)s.": _l("The two are not the same."),
    "Field must be at least %(min)d character long.": _AT_LEAST,
    "Field cannot be longer than %(max)d character.": _AT_MOST,
    "Field must be exactly %(max)d character long.": _l("Use exactly %(max)d characters."),
    "Field must be between %(min)d and %(max)d characters long.": _l("Use %(min)d to %(max)d characters."),
    "Number must be at least %(min)s.": _l("Write a number from %(min)s on."),
    "Number must be at most %(max)s.": _l("Write a number up to %(max)s."),
    "Number must be between %(min)s and %(max)s.": _l("Write a number from %(min)s to %(max)s."),
}
"""A sentence of WTForms (of a plural: its singular) -> ours. A test looks for those that our fields can say."""


class OwnWords:
    """Takes the place of WTForms' catalogs, which lack languages that we have."""

    def gettext(self, sentence: str) -> str:
        """Our sentence in the page's language."""
        return str(WORDS.get(sentence, sentence))

    def ngettext(self, singular: str, plural: str, count: int) -> str:
        """The same for a sentence that counts."""
        return str(WORDS.get(singular, singular if count == 1 else plural))


class Form(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A form of a page."""

    class Meta:
        """How it speaks."""

        def get_translations(self, form: FlaskForm) -> OwnWords:
            """What WTForms asks for its sentences."""
            return OwnWords()
