"""A payment provider in memory, for trials and tests: test cards, no money, and nothing survives the process."""

from booking_adapters.sandbox.account import Account, Trouble
from booking_adapters.sandbox.gateway import SandboxGateway
from booking_adapters.sandbox.vault import SandboxVault

__all__ = ["Account", "SandboxGateway", "SandboxVault", "Trouble"]
