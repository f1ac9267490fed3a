"""What a language model needs, whatever its network."""
