"""Fields of the settings' forms, each made by one line; their data is what calls take."""

from collections.abc import Callable, Iterable
from typing import Any

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget


class LinesField(TextAreaField):  # type: ignore[misc]  # wtforms ships no types
    """Lines of text; empty ones are left out."""

    data: tuple[str, ...] | None

    def _value(self) -> str:
        return "\n".join(self.data or ())

    def process_formdata(self, valuelist: list[str]) -> None:
        """What was typed as a tuple of lines."""
        if valuelist:
            self.data = tuple(line.strip() for line in valuelist[0].splitlines() if line.strip())


class TicksField(SelectMultipleField):  # type: ignore[misc]  # wtforms ships no types
    """Several boxes to tick (macro `ticks`)."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


def _stripped(text: Any) -> Any:
    return text.strip() if isinstance(text, str) else text


def line(label: LazyString, hint: LazyString | str = "", *, required: bool = False, most: int = 200) -> Any:
    """One line of text."""
    first = InputRequired(_l("Fill this in.")) if required else Optional()
    return StringField(
        label, [first, Length(max=most, message=_l("Use at most %(max)d characters."))], filters=[_stripped],
        description=hint, render_kw={"maxlength": most, "autocomplete": "off"},
    )  # fmt: skip


def lines(label: LazyString, hint: LazyString | str = "") -> Any:
    """Some lines of text."""
    return LinesField(label, [Optional()], description=hint, render_kw={"rows": 4})


def whole(label: LazyString, hint: LazyString | str = "", *, least: int = 0, most: int) -> Any:
    """A whole number."""
    between = NumberRange(least, most, _l("Write a number from %(min)s to %(max)s."))
    return IntegerField(
        label, [InputRequired(_l("Write a whole number.")), between], description=hint,
        render_kw={"inputmode": "numeric", "min": least, "max": most},
    )  # fmt: skip


def amount(label: LazyString, hint: LazyString | str = "") -> Any:
    """An amount; the service that owns the currency reads it."""
    return StringField(
        label, [InputRequired(_l("Enter the amount.")), Length(max=30)], filters=[_stripped], description=hint,
        render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": 30},
    )  # fmt: skip


def one_of(
    label: LazyString,
    choices: Iterable[tuple[str, Any]] | Callable[[], Any] | None,
    hint: LazyString | str = "",
) -> Any:
    """One of a list; a function is asked for the list at each request, None leaves it to the page."""
    made = (
        choices
        if callable(choices) or choices is None
        else [SelectChoice(value, text) for value, text in choices]
    )
    return SelectField(label, choices=made, description=hint, validate_choice=made is not None)
