"""Confirmation numbers."""

from booking_core.domain.kernel.ids import ClaimId


def confirmation_code(prefix: str, claim: ClaimId) -> str:
    """`GH-NYC-7K3MPQ2W`: the venue's code and 40 random bits of the claim's UUIDv7 in Crockford's base 32."""
    bits = claim.int & (2**40 - 1)
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    return f"{prefix}-" + "".join(alphabet[bits >> shift & 31] for shift in range(35, -1, -5))
