import logging

import pytest

from medchat.cli import startup


@pytest.mark.parametrize(
    "name",
    [
        "torchao",
        "torchao.kernel.intmm",  # warns of triton that lacks
        "torch.utils._pytree",
        "bitsandbytes.backends.cpu.ops",
    ],
)
@pytest.mark.parametrize(("level", "shown"), [(logging.WARNING, False), (logging.ERROR, True)])
def test_libraries_warn_nobody_of_parts_for_other_machines(name, level, shown, caplog):
    startup.quieten()
    logging.getLogger(name).log(level, "Failed to load %s", "a part")
    assert (len(caplog.records) == 1) is shown
