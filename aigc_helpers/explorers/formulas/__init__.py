"""Formulas for the page: stable in double precision, as JavaScript, as MathML."""
