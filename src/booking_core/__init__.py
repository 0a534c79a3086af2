"""The pure core of the booking engine: what is open, what is free, what may change, and why not."""
