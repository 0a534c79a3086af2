"""The shipped test kit: contracts, strategies, builders and throw-away servers for your own test suite."""
