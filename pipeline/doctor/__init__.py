"""Looks at what a run needs, and at what one left: one line each, with how to mend it."""

from pipeline.doctor.finding import Check, State
from pipeline.doctor.online import ask
from pipeline.doctor.rundirectory import check_run_directory
from pipeline.doctor.settings import check_cache, check_settings
from pipeline.doctor.setup import check_setup

__all__ = [
    "Check",
    "State",
    "ask",
    "check_cache",
    "check_run_directory",
    "check_settings",
    "check_setup",
]
