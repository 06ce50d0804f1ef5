"""Forms of the account pages."""

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length

from gateway.pages.form import Form


class SignInForm(Form):
    """User name and password."""

    username = StringField(
        _l("User name"),
        [
            InputRequired(_l("Enter your user name.")),
            Length(max=200, message=_l("That is too long for a user name.")),
        ],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 200,
        },
    )
    password = PasswordField(
        _l("Password"),
        [
            InputRequired(_l("Enter your password.")),
            Length(max=200, message=_l("That is too long for a password.")),
        ],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )
    next = HiddenField()


def _code() -> StringField:
    """The field for a code of the app, or a recovery code in its place."""
    return StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the code from your app.")),
            Length(max=40, message=_l("That is too long for a code.")),
        ],
        description=_l(
            "The six digits that your authenticator app shows now, or one of your recovery codes."
        ),
        render_kw={"autocomplete": "one-time-code", "spellcheck": "false", "maxlength": 40},
    )


class SecondStepForm(Form):
    """The code of the second step of signing in."""

    code = _code()
    next = HiddenField()


class FirstCodeForm(Form):
    """The first code of an app that is being set up."""

    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the code from your app.")),
            Length(max=40, message=_l("That is too long for a code.")),
        ],
        description=_l("The six digits that the app shows now."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 40},
    )


class PasswordForm(Form):
    """The password, asked for once more."""

    password = PasswordField(
        _l("Your password"),
        [
            InputRequired(_l("Enter your password.")),
            Length(max=200, message=_l("That is too long for a password.")),
        ],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )


class ProofForm(PasswordForm):
    """Password and code, asked for once more."""

    code = _code()

    def proof(self) -> dict[str, str]:
        """What calls are given."""
        return {"password": self.password.data, "code": self.code.data}


class NewPasswordForm(Form):
    """A new password, typed twice."""

    password = PasswordField(
        _l("New password"),
        [
            InputRequired(_l("Enter a new password.")),
            Length(min=10, message=_l("Use at least 10 characters.")),
            Length(max=200, message=_l("Use at most 200 characters.")),
        ],
        description=_l(
            "At least 10 characters. A few words that belong together only for you are easy to remember."
        ),
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )
    repeated = PasswordField(
        _l("New password once more"),
        [
            InputRequired(_l("Enter the new password once more.")),
            EqualTo("password", message=_l("The two passwords are not the same.")),
        ],
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )


class ChangePasswordForm(NewPasswordForm):
    """The password as it is, then the new one twice."""

    current_password = PasswordField(
        _l("Current password"),
        [
            InputRequired(_l("Enter your current password.")),
            Length(max=200, message=_l("That is too long for a password.")),
        ],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )


def _trimmed(text: str | None) -> str | None:
    return text.strip() if text else text


class ForgottenPasswordForm(Form):
    """Who forgot their password."""

    username = StringField(
        _l("User name or CRF number"),
        [
            InputRequired(_l("Enter your user name or your CRF number.")),
            Length(max=200, message=_l("That is too long for a user name.")),
        ],
        filters=[_trimmed],
        description=_l("The CRF number is on every invoice."),
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 200,
        },
    )


class CodeForm(NewPasswordForm):
    """The code from the e-mail, and a new password."""

    username = StringField(
        _l("User name or CRF number"),
        [
            InputRequired(_l("Enter your user name or your CRF number.")),
            Length(max=200, message=_l("That is too long for a user name.")),
        ],
        filters=[_trimmed],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 200,
        },
    )
    code = StringField(
        _l("Code"),
        [
            InputRequired(_l("Enter the code from the e-mail.")),
            Length(max=20, message=_l("The code has six digits.")),
        ],
        filters=[_trimmed],
        description=_l("Six digits, from the newest e-mail."),
        render_kw={"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": 20},
    )
