"""Try whether a network learns and writes at all, before a round relies on it.

    network -> loss of a short row, and its gradients -> a few tokens written -> what failed, if any

Transformers opens many architectures; some fail only once they are trained or asked to write.
"""

from typing import TYPE_CHECKING, Any

from finetune.architectures import architecture, families
from finetune.errors import FinetuneError
from finetune.inference import batch_state, batch_writing, decoding
from finetune.model import Student
from finetune.packing import pack
from finetune.templates.rendering import Rendered
from finetune.training.token_loss import token_losses

if TYPE_CHECKING:
    from transformers import PretrainedConfig

_IDS = [3, 5, 4, 6, 7, 9, 8, 10]


def demand(student: Student) -> None:
    """Raise FinetuneError where a network that is about to be trained fails to learn or write."""
    _refuse(fault(student), student.base_name, student.model.config)


def demand_of(config: "PretrainedConfig", base: str) -> None:
    """Raise FinetuneError where a small random model of an architecture fails.

    The promised families need no trial; an architecture that cannot be made small is not told here.
    """
    if families.family_of(config) in families.FAMILIES:
        return
    network = architecture.trial_model(config)
    if network is not None:
        _refuse(fault(Student(network, None, base, "")), base, config)  # type: ignore[arg-type]


def fault(student: Student) -> str:
    """Return what fails and how; empty where the network learns and writes."""
    network = student.model
    row = pack([Rendered(_IDS, [False] * 4 + [True] * 4)], len(_IDS)).rows[0]
    network.eval()
    doing = "learning"
    try:
        token_losses(network, row, student.device).mean().backward()  # type: ignore[no-untyped-call]
        for weight in network.parameters():
            weight.grad = None
        doing = "writing"
        list(decoding.tokens(student, _IDS[:4], 3))
        if batch_state.can_batch(network):
            batch_writing.try_out(student, [_IDS[:4], _IDS[:2]])
    except Exception as error:  # an architecture may fail in any way
        lines = str(error).strip().splitlines() or [""]
        return f"{doing} fails with {type(error).__name__}: {lines[0].rstrip('.')}"
    return ""


def _refuse(found: str, base: str, config: Any) -> None:  # noqa: ANN401
    if not found:
        return
    raise FinetuneError(
        f"The base model {base} ({config.model_type}) cannot be used here: {found}.",
        where="--base",
        remedy="Choose a base of a family that is promised, such as LLaMA, Qwen or GLM-4.",
    )
