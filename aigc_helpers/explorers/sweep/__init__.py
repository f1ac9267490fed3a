"""What a function gives for each value of one or two sliders."""
