import logging

import pytest

from medchat.cli import startup


@pytest.mark.parametrize(
    "name", ["torchao", "torch.utils._pytree", "bitsandbytes.backends.cpu.ops"]
)
@pytest.mark.parametrize(("level", "shown"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_libraries_warn_nobody_of_parts_for_other_machines(name, level, shown):
    startup.quieten()
    logger = logging.getLogger(name)
    record = logger.makeRecord(name, level, "", 0, "Failed to load %s", ("a part",), None)
    assert bool(logger.filter(record)) is shown
