"""What every training loop shares: its run, and a file to go on from."""

from aigc_helpers.training.run import DivergedError, History, Run, require_counts
