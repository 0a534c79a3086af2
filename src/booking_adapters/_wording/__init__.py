"""What guests read, in their language: shared by every adapter that shows or sends text."""
