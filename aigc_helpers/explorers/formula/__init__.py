"""Curves and numbers of SymPy expressions, moved by sliders."""
