"""Text that a language model writes, character by character."""
