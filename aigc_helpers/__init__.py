"""Helpers of the book «AIGC 从入门到实战»: networks, losses, training, explorers."""

__version__ = "0.1.0"
