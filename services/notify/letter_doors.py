"""The doors about letters and the mail server; calls are in contracts/calls/letters.py and mail_server.py."""

from chassis.service import Service, call
from contracts.actor import Actor
from contracts.calls import letters, mail_server
from notify.letter_queries import get_letter, letter_view, list_letters, preview_letter
from notify.testing_mail import mail_server as shown_mail_server
from notify.testing_mail import send_test_mail
from notify.usecases.write_letter import change_letter, reset_letter


class LetterDoors(Service):
    """What an operator does about the words of its e-mails."""

    @call
    def list_letters(self, request: letters.ListLetters, actor: Actor) -> letters.LetterList:
        """Every kind of e-mail."""
        with self.reading() as session:
            return list_letters(session, request, actor)

    @call
    def get_letter(self, request: letters.GetLetter, actor: Actor) -> letters.LetterView:
        """The words of an e-mail."""
        with self.reading() as session:
            return get_letter(session, request, actor)

    @call
    def change_letter(self, request: letters.ChangeLetter, actor: Actor) -> letters.LetterView:
        """Replace the words of an e-mail."""
        with self.transaction() as session:
            change_letter(session, request, actor, self.clock)
            return letter_view(session, request.template, request.locale, request.branch_id)

    @call
    def reset_letter(self, request: letters.ResetLetter, actor: Actor) -> letters.LetterView:
        """Go back to the standard words."""
        with self.transaction() as session:
            reset_letter(session, request, actor, self.clock)
            return letter_view(session, request.template, request.locale, request.branch_id)

    @call
    def preview_letter(self, request: letters.PreviewLetter, actor: Actor) -> letters.LetterPreview:
        """How an e-mail would look."""
        with self.reading() as session:
            return preview_letter(session, request, actor)

    @call
    def get_mail_server(self, request: mail_server.GetMailServer, actor: Actor) -> mail_server.MailServerView:
        """The settings in force."""
        return shown_mail_server(self.platform, actor)

    @call
    def send_test_mail(self, request: mail_server.SendTestMail, actor: Actor) -> mail_server.MailTested:
        """Send a mail to the caller; no transaction is open meanwhile."""
        return send_test_mail(self.platform, request, actor)
