"""Make a one-time link that sets a password."""

from datetime import datetime
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.orm import Session

from chassis.seal import seal
from contracts.events import SealedSecret
from customers.domain.tokens import ONE_TIME_LIFE, fingerprint, new_token
from customers.signin_tables import OneTimeLink

PURPOSE = "password-link"
"""What a link's token is sealed for in PasswordLinkIssued."""


def issue_link(session: Session, login_id: UUID, now: datetime, sealing_key: AESGCM) -> SealedSecret:
    """A link for this login, sealed for the mail. Only its hash is stored."""
    token, expires_at = new_token(), now + ONE_TIME_LIFE
    session.add(
        OneTimeLink(
            id=uuid4(), login_id=login_id, token_hash=fingerprint(token), issued_at=now, expires_at=expires_at
        )
    )
    return seal(sealing_key, token, PURPOSE, expires_at)
