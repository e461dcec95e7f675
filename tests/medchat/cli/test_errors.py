"""What commands raise, as one sentence and an exit status."""

import errno
import os

import pytest

from medchat.cli import errors


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
@pytest.mark.parametrize(
    ("names", "shown"),
    [(("in.txt", None, "out.txt"), "out.txt: "), (("out.txt",), "out.txt: "), ((), "")],
)
def test_a_full_disk_is_told_with_what_could_not_be_written(capsys, number, names, shown):
    def work():
        raise OSError(number, os.strerror(number), *names)

    assert errors.guarded(work, as_json=False) == 1
    told = f"{shown}The disk is full. Make room and run the command again.\n"
    assert capsys.readouterr().err == told
