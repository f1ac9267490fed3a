"""A string of digits that a network speaks: heard, seen, and where it looked."""
