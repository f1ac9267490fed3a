"""Sliders through the latent space of any decoder."""
