"""Secrets from the operating system."""

import secrets

BITS = 256


class SecretTokens:
    """The TokenSource port."""

    def new(self) -> str:
        """256 random bits in 43 characters."""
        return secrets.token_urlsafe(BITS // 8)
