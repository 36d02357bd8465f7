"""`python -m bot doctor`: checks this machine, the settings and the records, and says what to do.

Imports no heavy library: it must work when those do not.
"""

from bot.doctor.examination import diagnose, run

__all__ = ["diagnose", "run"]
