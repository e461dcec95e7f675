"""Say what family a base belongs to, and how the models of that family read and write.

configuration -> Family: a named one, or "another" of its kind

A named family is promised: tests train it. Any other architecture is tried.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from transformers import PretrainedConfig

Kind = Literal["decoder", "recurrent", "encoder-decoder"]
"""`decoder` attends to all that stands before a token, `recurrent` keeps a state of fixed size in
its place, `encoder-decoder` reads a prompt as a whole and writes the answer apart from it."""


@dataclass(frozen=True, slots=True)
class Family:
    """A family by the name that the documents give it; `types` are the `model_type`s in it."""

    name: str
    kind: Kind
    types: tuple[str, ...]


FAMILIES: tuple[Family, ...] = (
    Family("llama", "decoder", ("llama",)),
    Family("qwen", "decoder", ("qwen2", "qwen3")),
    Family("glm4", "decoder", ("glm", "glm4")),
    Family("gemma", "decoder", ("gemma", "gemma2", "gemma3", "gemma3_text")),
    Family("mistral", "decoder", ("mistral",)),
    Family("phi", "decoder", ("phi", "phi3")),
    Family("gpt2", "decoder", ("gpt2",)),
    Family("rwkv", "recurrent", ("rwkv",)),
    Family("bart", "encoder-decoder", ("bart",)),
)
"""The families that are promised; the first type of each is the one that tests train."""

_STATES = ("state", "cache_params")


def family_of(config: "PretrainedConfig") -> Family:
    """Return the family of a configuration."""
    kind = str(getattr(config, "model_type", ""))
    for family in FAMILIES:
        if kind in family.types:
            return family
    if getattr(config, "is_encoder_decoder", False):
        return Family("another encoder-decoder", "encoder-decoder", (kind,))
    if _keeps_state(config):
        return Family("another recurrent model", "recurrent", (kind,))
    return Family("another decoder", "decoder", (kind,))


def named(name: str) -> Family:
    """Return a promised family by its name."""
    return next(one for one in FAMILIES if one.name == name)


def _keeps_state(config: "PretrainedConfig") -> bool:
    """Say whether a model takes a state in place of keys and values, by its forward's arguments."""
    import inspect

    from transformers.models.auto.modeling_auto import MODEL_FOR_CAUSAL_LM_MAPPING

    if type(config) not in MODEL_FOR_CAUSAL_LM_MAPPING:
        return False
    network: Any = MODEL_FOR_CAUSAL_LM_MAPPING[type(config)]
    taken = inspect.signature(network.forward).parameters
    return "past_key_values" not in taken and any(one in taken for one in _STATES)
