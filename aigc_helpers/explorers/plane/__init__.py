"""A latent space of two numbers as a plane, over the encoded data."""
