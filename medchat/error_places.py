"""Say of an error what a log may hold: its class and where it was raised, never its words.

The words of an error may repeat a question, and with it what is known of a patient.
"""

import traceback


def place_of(error: BaseException) -> str:
    """Return the class of an error with the file, line and function that raised it."""
    frames = traceback.extract_tb(error.__traceback__)
    name = type(error).__name__
    if not frames:
        return name
    last = frames[-1]
    return f"{name} in {last.name} ({last.filename}:{last.lineno})"
