"""Say what a base's architecture is like, whatever its configuration calls the parts.

configuration -> sizes of its text part · modules to leave alone · whether packed rows leak
"""

import copy
import inspect
import warnings
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import PretrainedConfig

_NOT_TEXT = "vision|visual|image|audio|speech|multi_modal|multimodal|mm_projector"
"""The modules of a model that reads pictures or sound too; rounds adapt what reads text."""
_BY_WEIGHT = r"out_proj|conv1d|dt_proj"
"""The layers of which Mamba's kind takes the weights alone, without what an adapter adds."""

_INNER = (
    "intermediate_size",
    "n_inner",
    "ffn_dim",
    "ffn_hidden_size",
    "encoder_ffn_dim",
    "decoder_ffn_dim",
    "d_ff",
)
_TOLERANCE = 1e-4
_WORDS = 32
"""Words in the vocabulary of a model that is made for a trial only."""


@dataclass(frozen=True, slots=True)
class TextSizes:
    """The sizes of the part that reads text; what a configuration lacks is estimated."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int


def text_config(config: "PretrainedConfig") -> Any:  # noqa: ANN401
    """Return the configuration of the part that reads text: a part's own, or the whole."""
    return config.get_text_config()


def sizes_of(config: "PretrainedConfig") -> TextSizes:
    """Return the sizes of a base; architectures without attention heads count as one head."""
    text = text_config(config)
    hidden = _number(text, "hidden_size", "n_embd", "d_model") or 1
    decoder = _number(text, "decoder_layers", "num_decoder_layers") if encodes(config) else 0
    return TextSizes(
        hidden,
        (_number(text, "num_hidden_layers", "n_layer", "encoder_layers") or 1) + decoder,
        _number(text, "num_attention_heads", "n_head", "encoder_attention_heads") or 1,
        _number(text, *_INNER) or 4 * hidden,
        _number(text, "vocab_size") or 1,
    )


def kept_numbers(sizes: TextSizes) -> int:
    """Return about how many numbers of a token a layer keeps for the way back.

    Thirteen of the hidden size by norms, attention and residuals, four of the inner size.
    """
    return 13 * sizes.hidden + 4 * sizes.inner


def context_of(config: "PretrainedConfig") -> int:
    """Return how many tokens of a text a base can hold: its positions, but one that begins answers
    where these are written apart."""
    return positions_of(config) - int(encodes(config))


def positions_of(config: "PretrainedConfig") -> int:
    """Return how many positions a base has; architectures without positions hold any number."""
    names = ("max_position_embeddings", "n_positions", "seq_length", "max_seq_len")
    return _number(text_config(config), *names) or 1 << 30


def encodes(network: Any) -> bool:  # noqa: ANN401
    """Say whether a network, or that of a configuration, encodes its prompt apart from answers."""
    config = getattr(inner(network), "config", network)
    return bool(getattr(config, "is_encoder_decoder", False))


def opener(config: "PretrainedConfig") -> Any:  # noqa: ANN401
    """Return the class of transformers that opens a configuration's model with its output layer.

    A base with code of its own says under which class it is to be found.
    """
    from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM

    own = getattr(config, "auto_map", None) or {}
    wanted: Any = AutoModelForSeq2SeqLM if encodes(config) else AutoModelForCausalLM
    choices: tuple[Any, ...] = (wanted, AutoModelForSeq2SeqLM, AutoModel)
    return next((one for one in choices if one.__name__ in own), wanted)


def task_of(network: Any) -> str:  # noqa: ANN401
    """Return peft's name of what a network does."""
    return "SEQ_2_SEQ_LM" if encodes(network) else "CAUSAL_LM"


def settle(network: Any) -> Any:  # noqa: ANN401
    """Return an opened network that leaves its weights as they are while it is used.

    RWKV halves some of them, in place and without what an adapter adds, to write in float16.
    """
    if hasattr(network.config, "rescale_every"):
        network.config.rescale_every = 0
    return network


def left_alone(network: Any) -> str | None:  # noqa: ANN401
    """Return a pattern of the modules that no adapter belongs on, or None."""
    parts = [_NOT_TEXT] if text_config(network.config) is not network.config else []
    if "mamba" in str(getattr(network.config, "model_type", "")):
        parts.append(_BY_WEIGHT)
    return rf".*({'|'.join(parts)}).*" if parts else None


def inner(network: Any) -> Any:  # noqa: ANN401
    """Return the transformers model within peft's wrapping, or the network itself without one."""
    return network.get_base_model() if hasattr(network, "get_base_model") else network


def virtual_tokens(network: Any) -> int:  # noqa: ANN401
    """Return how many learned tokens an adapter of a network puts before each text."""
    configs = getattr(network, "peft_config", None) or {}
    return max((getattr(one, "num_virtual_tokens", 0) for one in configs.values()), default=0)


def takes(network: Any, argument: str) -> bool:  # noqa: ANN401
    """Say whether a network's forward takes an argument by name."""
    return argument in inspect.signature(inner(network).forward).parameters


def keeps_apart(config: "PretrainedConfig") -> bool:
    """Say whether examples that share a row do not see each other where positions restart.

    Tried on a small random model of the architecture; what cannot be tried counts as leaking.
    """
    import torch

    if encodes(config):
        return False
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        try:
            return _is_equal_alone(_small(config))
        except Exception:  # an architecture may refuse its small form in any way
            return False


def looks_ahead(config: "PretrainedConfig") -> bool:
    """Say whether a model reads what follows a token, as those do that do not write: BERT, XLNet.

    Tried on a small random model of the architecture; what cannot be tried counts as writing.
    """
    import torch

    if encodes(config):  # its decoder writes
        return False
    with torch.random.fork_rng(devices=[]), warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")
        torch.manual_seed(0)
        try:
            network = _small(config)
            before, after = (
                network(input_ids=torch.tensor([[*range(1, 6), last]]), use_cache=False).logits[0]
                for last in (7, 8)
            )
        except Exception:  # an architecture may refuse its small form, or these words, in any way
            return False
    return float((before[:5] - after[:5]).abs().max()) > _TOLERANCE * float(before.abs().max())


def trial_model(config: "PretrainedConfig") -> Any:  # noqa: ANN401
    """Return a small random model of an architecture, or None where none can be made."""
    import torch

    with torch.random.fork_rng(devices=[]), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return _small(config)
        except Exception:  # an architecture may refuse its small form in any way
            return None


def _small(config: "PretrainedConfig") -> Any:  # noqa: ANN401
    """Return a random model with few words, narrow inner layers, and a layer of each kind."""
    import torch

    text = copy.deepcopy(text_config(config))
    kinds = getattr(text, "layer_types", None) or getattr(text, "layers_block_type", None) or [""]
    layers = max(kinds.index(kind) for kind in set(kinds)) + 1
    text.vocab_size, text.num_hidden_layers = _WORDS, max(layers, 2)
    if getattr(text, "layer_types", None):
        with suppress(AttributeError):  # some derive it from the number of layers
            text.layer_types = (list(kinds) * 2)[: text.num_hidden_layers]
    for name in _INNER:
        if _number(text, name):
            setattr(text, name, 64)
    for name in ("pad_token_id", "bos_token_id", "eos_token_id", "decoder_start_token_id"):
        setattr(text, name, 0)
    text.forced_bos_token_id = None
    if getattr(text, "quantization_config", None) is not None:
        del text.quantization_config
    network = settle(opener(text).from_config(text, trust_remote_code=False)).float().eval()
    with torch.no_grad():
        for weight in network.parameters():
            if weight.dim() > 1:  # drawn wide, so that a leak shows
                weight.normal_(std=0.3)
    return network


def _is_equal_alone(network: Any) -> bool:  # noqa: ANN401
    """Compare the second of two examples in a row with the same one alone."""
    import torch

    if not takes(network, "position_ids"):
        return False
    first, second = list(range(1, 10)), list(range(20, 27))
    positions = [*range(len(first)), *range(len(second))]
    with torch.inference_mode():
        packed = network(
            input_ids=torch.tensor([first + second]),
            position_ids=torch.tensor([positions]),
            use_cache=False,
        ).logits[0, len(first) :]
        alone = network(input_ids=torch.tensor([second]), use_cache=False).logits[0]
    return float((packed - alone).abs().max()) <= _TOLERANCE * max(1.0, float(alone.abs().max()))


def _number(config: Any, *names: str) -> int:  # noqa: ANN401
    """Return the first of several values that a configuration has, or 0."""
    for name in names:
        value = getattr(config, name, None)
        if isinstance(value, int) and value > 0:
            return value
    return 0
