"""Who is editing what at this moment, and what those who watch a business are told."""
