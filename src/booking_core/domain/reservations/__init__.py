"""Lanes, holds, closures, and the reservation with its state machine."""
