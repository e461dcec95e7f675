"""Define the one error of this package: something that a user can fix."""


class KnowledgeError(Exception):
    """A user's mistake or a damaged input, described in one sentence.

    `what` is the sentence, `where` names the file, line or flag, `remedy` says what to do.
    `status` is the exit status that the command line returns (2 bad input, 1 the work failed).
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "", status: int = 2) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.remedy = remedy
        self.status = status
