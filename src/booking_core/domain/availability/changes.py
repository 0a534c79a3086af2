"""The names of the events after which a place may be free that was taken, or taken that was free."""

OF_RESERVATIONS = frozenset(
    {
        "ReservationPlaced",
        "ReservationConfirmed",
        "ReservationMoved",
        "ReservationCancelled",
        "ReservationDeclined",
        "ReservationExpired",
        "ReservationCompleted",
        "GuestCheckedIn",
        "GuestDidNotShow",
        "StayExtended",
        "StayShortened",
    }
)
OF_HOLDS = frozenset({"HoldPlaced", "HoldReleased", "HoldExpired"})
OF_CLOSURES = frozenset({"ResourceClosed", "ResourceReopened"})
CATALOG_CHANGED = "CatalogChanged"
"""Schedules, rates and restrictions are all in the catalog."""
EVERY_CHANGE = OF_RESERVATIONS | OF_HOLDS | OF_CLOSURES | {CATALOG_CHANGED}
