"""Values, aggregates and policies: pure, frozen, without input or output."""
