"""What the use cases need of the world, as protocols in the words of the trade."""
