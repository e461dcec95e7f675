"""The error that finetune raises for what a user can fix, and the check of a value's bounds."""


class FinetuneError(Exception):
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


def demand(holds: bool, told: str, value: object, wanted: str, *, where: str) -> None:
    """Raise FinetuneError where a value is not what is wanted; `told` names it in the sentence."""
    if not holds:
        raise FinetuneError(
            f"{told} is {value}, but must be {wanted}.", where=where, remedy="Correct the value."
        )
