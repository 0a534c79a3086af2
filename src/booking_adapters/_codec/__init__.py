"""Domain values as JSON-ready data and back, strictly: no coercion, no unknown fields."""
