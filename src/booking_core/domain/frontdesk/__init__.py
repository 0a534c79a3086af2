"""The front desk: rooms and who gets which, housekeeping, guests and their loyalty."""
