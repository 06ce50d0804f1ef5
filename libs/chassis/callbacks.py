"""Signatures of what a payment provider tells us: HMAC-SHA256 over named fields, each with its length."""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256

FRESH = timedelta(minutes=10)
"""What was signed longer ago, or further ahead, is not listened to."""


def canonical(fields: Mapping[str, str]) -> bytes:
    """The fields as bytes, in one order; lengths keep two different sets of fields from reading alike."""
    parts = (f"{len(name)}:{name}={len(text)}:{text}" for name, text in sorted(fields.items()))
    return "\n".join(parts).encode("utf-8", "surrogatepass")


def signature_of(secret: bytes, fields: Mapping[str, str]) -> str:
    """The signature in hex."""
    return hmac.new(secret, canonical(fields), sha256).hexdigest()


def is_signed(secret: bytes, fields: Mapping[str, str], signature: str) -> bool:
    """Whether who signed knew the secret; takes as long whatever is wrong."""
    return hmac.compare_digest(
        signature_of(secret, fields).encode(), signature.encode("utf-8", "surrogatepass")
    )


def is_fresh(at: datetime, now: datetime) -> bool:
    """Whether it was signed just now."""
    return abs(now - at) <= FRESH
