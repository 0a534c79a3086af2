"""Outside sellers: what a booking of theirs changes here, and what they are told of our restrictions."""
