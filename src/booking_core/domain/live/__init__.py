"""Who is editing what at this moment."""
