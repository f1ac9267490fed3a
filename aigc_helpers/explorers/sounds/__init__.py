"""Sounds in explorers: clips, their words, their pictures until a module runs.

``front/sound`` has the same for the page.
"""
