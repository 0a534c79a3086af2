"""Values that everything is made of: money, time, ids, errors, events."""
