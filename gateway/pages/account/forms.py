"""Forms of the account pages."""

from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import EqualTo, InputRequired, Length


class SignInForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """User name and password."""

    username = StringField(
        "User name",
        [
            InputRequired("Enter your user name."),
            Length(max=200, message="That is too long for a user name."),
        ],
        render_kw={
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
            "maxlength": 200,
        },
    )
    password = PasswordField(
        "Password",
        [InputRequired("Enter your password."), Length(max=200, message="That is too long for a password.")],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )
    next = HiddenField()


class NewPasswordForm(FlaskForm):  # type: ignore[misc]  # flask_wtf ships no types
    """A new password, typed twice."""

    password = PasswordField(
        "New password",
        [
            InputRequired("Enter a new password."),
            Length(min=10, message="Use at least 10 characters."),
            Length(max=200, message="Use at most 200 characters."),
        ],
        description="At least 10 characters. A few words that belong together only for you are easy to remember.",
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )
    repeated = PasswordField(
        "New password once more",
        [
            InputRequired("Enter the new password once more."),
            EqualTo("password", message="The two passwords are not the same."),
        ],
        render_kw={"autocomplete": "new-password", "maxlength": 200},
    )


class ChangePasswordForm(NewPasswordForm):
    """The password as it is, then the new one twice."""

    current_password = PasswordField(
        "Current password",
        [
            InputRequired("Enter your current password."),
            Length(max=200, message="That is too long for a password."),
        ],
        render_kw={"autocomplete": "current-password", "maxlength": 200},
    )
