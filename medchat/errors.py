"""Describe what a user can fix in one sentence, with a remedy.

    Exception
    ├── MedchatError            wrong use, a damaged home, a server that does not answer
    │   ├── SettingsError       a setting that is unknown or cannot be used
    │   └── WriterStalled       a writer that is too slow, or does not come back
    ├── knowledge.KnowledgeError   a file that cannot be read, an unknown id, a lock that is held
    └── finetune.FinetuneError     an unknown recipe, a base that is not there, a data fault

The three share `what`, `where`, `remedy` and `status` but no base class, because `knowledge` and
`finetune` import neither each other nor medchat. Everything else that is raised is a fault of the
program and keeps its traceback.
"""


class MedchatError(Exception):
    """A user's mistake or a damaged home, described in one sentence.

    `what` is the sentence, `where` names the file, setting or flag, `remedy` says what to do.
    `status` is the exit status that the command line returns (2 bad input, 1 the work failed).
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", status: int = 2) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.status = status


class SettingsError(MedchatError):
    """A setting whose name is unknown or whose value cannot be used."""


class WriterStalled(MedchatError):
    """A writer that takes longer than it may; the evidence is quoted instead."""
