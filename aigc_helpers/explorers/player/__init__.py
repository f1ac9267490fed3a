"""Sounds that are heard, seen and told: a clip each, and a player of them."""

from aigc_helpers.explorers.sounds.clips import Clip

__all__ = ["Clip"]
