"""What is open, what is free, and why something cannot be booked."""
