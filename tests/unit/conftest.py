"""How hard the property tests try: quickly here, long under ``make stress``."""

from pathlib import Path

import hypothesis

ROOT = Path(__file__).parents[2]

hypothesis.configuration.set_hypothesis_home_dir(ROOT / "build" / "hypothesis")
# The same examples in every run: a test that passes today passes tomorrow.
hypothesis.settings.register_profile(
    "quick", max_examples=60, deadline=None, derandomize=True, database=None
)
hypothesis.settings.register_profile(
    "long", max_examples=4000, deadline=None, print_blob=True
)
hypothesis.settings.load_profile("quick")
