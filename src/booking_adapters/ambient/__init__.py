"""The world as it is: system time, UUIDv7, public holidays, and retries of lost races."""
