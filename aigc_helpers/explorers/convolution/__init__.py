"""A 3×3 kernel on a photograph."""
