"""One story a file: each use case is a frozen class with ports as fields and one call."""
