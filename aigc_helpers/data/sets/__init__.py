"""One module for each data set: its entry in the catalogue, and how it is read."""
