"""Sounds that are heard, seen and told: a clip each, and a player of them."""

from aigc_helpers.explorers.player.setting import Clip

__all__ = ["Clip"]
