"""What all tests share."""

from __future__ import annotations

import os

from hypothesis import HealthCheck, settings

settings.register_profile(
    "broadsheet", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
# A check of a change must not fail by chance on what the change did not touch; chance is for desks.
settings.register_profile("ci", settings.get_profile("broadsheet"), derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "broadsheet")
