"""Money in motion: intents written before they are sent, payments and their states, and what must follow what."""
