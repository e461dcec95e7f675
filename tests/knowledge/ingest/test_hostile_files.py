"""Every hostile file of the benchmark but the large ones is refused, or its sound part is read, in
one process that serves them all and stays small.

The benchmark gives each to `medchat kb add` in a process of its own.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hostile_files import FILES, READ, Hostile

CHECKOUT = Path(__file__).resolve().parents[3]
SECONDS = 60
MEMORY = 300

_CHILD = """
import json, sys, time
from pathlib import Path
from knowledge.ingest import updates
from knowledge.graph.catalog import CatalogBase, connect
from knowledge.errors import KnowledgeError
home = Path(sys.argv[1])
engine = connect(f"sqlite:///{home / 'medchat.db'}")
CatalogBase.metadata.create_all(engine)
for line in sys.stdin:
    began, told = time.process_time(), {"what": "", "remedy": "", "brought": 0, "left_out": {}}
    try:
        update = updates.add(engine, home, [Path(json.loads(line))])
        told["brought"] = update.entities + update.facts + update.documents
        told["left_out"] = update.left_out
    except KnowledgeError as error:
        told["what"], told["remedy"] = error.what, error.remedy
    told["seconds"] = time.process_time() - began
    # the resource module would count the peak of the process that started this one
    peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    told["memory"] = int(peak.split()[1]) / 1024
    print(json.dumps(told), flush=True)
"""


@pytest.fixture(scope="module")
def adding(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """Start a process that adds what it is told to, one file a line."""
    home = tmp_path_factory.mktemp("hostile")
    with subprocess.Popen(
        [sys.executable, "-c", _CHILD, str(home)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT,
    ) as child:  # fmt: skip
        yield child
        assert child.stdin is not None
        child.stdin.close()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "hostile", [each for each in FILES if not each.large], ids=lambda each: each.name
)
def test_a_hostile_file_is_refused_or_read(
    adding: "subprocess.Popen[str]", tmp_path: Path, hostile: Hostile
) -> None:
    assert adding.stdin is not None and adding.stdout is not None
    path = hostile.make(tmp_path)
    adding.stdin.write(json.dumps(str(path)) + "\n")
    adding.stdin.flush()
    told = json.loads(adding.stdout.readline())
    subprocess.run(
        ["rm", "-rf", str(tmp_path)], check=True
    )  # some are big, some too deep for pytest
    assert told["seconds"] < SECONDS, told
    assert told["memory"] < MEMORY, told
    assert bool(told["what"]) == bool(told["remedy"])
    if hostile.outcome == READ:
        assert told["brought"], told
    else:
        assert not told["brought"], told
        assert told["what"] or told["left_out"], told
