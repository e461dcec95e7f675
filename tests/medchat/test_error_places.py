"""Logs that hold no words of an error, whichever library writes them."""

import subprocess
import sys

PROGRAM = """
import asyncio, logging, threading, traceback
from medchat.error_places import keep_words_out

keep_words_out()

def fail():
    raise ValueError("Mrs Example, born 1950")

try:
    fail()
except ValueError:
    traceback.print_exc()
    logging.getLogger("uvicorn.error").exception("Exception in ASGI application\\n")
    logging.getLogger("somebody").error("It failed", exc_info=True)
thread = threading.Thread(target=fail)
thread.start()
thread.join()

async def forgotten():
    asyncio.get_running_loop().create_task(asyncio.to_thread(fail))
    await asyncio.sleep(0.2)

asyncio.run(forgotten())
"""


def test_errors_are_logged_by_class_and_place_alone() -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True
    )
    assert ran.stdout == ""
    assert "Mrs Example" not in ran.stderr
    told = ran.stderr.splitlines()
    assert len(told) == 5
    assert all("ValueError in fail" in line for line in told)
