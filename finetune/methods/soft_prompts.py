"""P-Tuning v2, P-tuning and prompt tuning: learned vectors before the text, the base untouched.

    prefix      keys and values before those of every layer (P-Tuning v2)
    encoder     embeddings that a small network computes (P-tuning)
    embeddings  embeddings alone (prompt tuning)

peft's checkpoint holds the vectors, but not the network that they come from, so it cannot be
trained on. That network's state is kept beside it, and is what is opened again.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from finetune.architectures import architecture
from finetune.errors import FinetuneError
from finetune.methods.low_rank import CONFIG, WEIGHTS, save_config, save_state
from finetune.recipe import Prompt, Recipe
from finetune.student import Student, quiet

if TYPE_CHECKING:
    import torch

Kind = Literal["prefix", "encoder", "embeddings"]

ENCODER = "prompt_encoder.safetensors"

_BESIDE = "beside"
_CACHES = ("past_key_values", "cache_params", "state")


@dataclass(frozen=True, slots=True)
class SoftPrompt:
    """Virtual tokens as the recipe's `prompt` section describes them."""

    kind: Kind
    policies: tuple[str, ...] = ("continue",)
    alone: str = "virtual tokens of two rounds cannot be joined into one prompt."
    packs: bool = False
    whole: bool = False
    unmergeable: str = "its learned prompt stands before the text, and no weights can hold it."

    def check(self, recipe: Recipe) -> None:
        """Refuse values of the recipe that would leave the virtual tokens unseen or unused."""
        if self.kind == "prefix" and recipe.recompute:
            raise FinetuneError(
                "The recipe's recompute: true does not go with method: ptuning-v2: layers that are "
                "computed again do not see the prefix.",
                where="recompute",
                remedy="Leave it out: a prefix takes little memory. Or take method: ptuning.",
            )
        if recipe.prompt.projection and self.kind != "prefix":
            raise FinetuneError(
                "The recipe's prompt.projection is how ptuning-v2 computes a prefix; the method "
                f"{recipe.method} has none.",
                where="prompt.projection",
                remedy="Leave it out, or take method: ptuning-v2.",
            )
        if recipe.prompt.encoder_size and self.kind != "encoder" and not recipe.prompt.projection:
            raise FinetuneError(
                "The recipe's prompt.encoder_size is the inner size of what computes the tokens; "
                f"as the recipe stands, the method {recipe.method} learns them directly.",
                where="prompt.encoder_size",
                remedy="Leave it out, or take method: ptuning, or ptuning-v2 with projection.",
            )
        if self.kind != "embeddings" and recipe.prompt.text:
            raise FinetuneError(
                "The recipe's prompt.text is where prompt tuning starts from; the method "
                f"{recipe.method} starts from random vectors.",
                where="prompt.text",
                remedy="Leave it out, or take method: prompt-tuning.",
            )

    def demand_libraries(self, recipe: Recipe) -> None:
        """Nothing beyond what every round needs."""

    def before_text(self, recipe: Recipe) -> int:
        """Return the number of virtual tokens."""
        return recipe.prompt.virtual_tokens

    def shape(self, recipe: Recipe) -> dict[str, object]:
        """Return the recipe's values that give virtual tokens their shape."""
        prompt = recipe.prompt
        names = ("virtual_tokens", "projection", "encoder_size")
        return {f"prompt.{name}": getattr(prompt, name) for name in names}

    def resume(self, student: Student, recipe: Recipe) -> Student:
        """Return the student: nothing but the shape is set."""
        return student

    def attach(self, student: Student, recipe: Recipe) -> Student:
        """Put new virtual tokens before a bare base."""
        import torch

        torch.manual_seed(recipe.seed)
        config = self._config(student, recipe.prompt)
        network = _prompted()(student.model, config)
        if self.kind == "embeddings":
            _start_from_words(network, student, recipe.prompt)
        elif self.kind == "prefix" and not recipe.prompt.projection:
            _start_from_read_words(network, student)
        return replace(student, model=network, adapter="new")

    def stack(self, student: Student, recipe: Recipe) -> Student:
        """Never asked for: the policies do not hold it."""
        raise NotImplementedError

    def join(self, student: Student, recipe: Recipe) -> Student:
        """Return the student: there is one prompt only."""
        return student

    def put_on(self, student: Student, folder: Path, *, trainable: bool) -> Student:
        """Put saved virtual tokens before the base."""
        network = _prompted()(student.model, _saved_config(folder))
        _load(network, student.slot, folder)
        network.prompt_encoder.requires_grad_(trainable)
        return replace(student, model=network.eval())

    @contextmanager
    def beside(self, student: Student, folder: Path) -> Iterator[Student]:
        """Give a student with saved virtual tokens before the same base."""
        network = student.model
        network.add_adapter(_BESIDE, _saved_config(folder))
        _load(network, _BESIDE, folder)
        network.set_adapter(_BESIDE)
        network.eval()
        try:
            yield replace(student, slot=_BESIDE)
        finally:
            network.set_adapter(student.slot)
            network.delete_adapter(_BESIDE)

    def save(self, student: Student, folder: Path) -> None:
        """Write the vectors in peft's own form, and the state of what they are computed by."""
        import torch

        network = student.model
        with torch.inference_mode():
            vectors = network.get_prompt_embedding_to_save(adapter_name=student.slot)
        save_state({"prompt_embeddings": vectors}, folder / WEIGHTS)
        encoder = network.prompt_encoder[student.slot]
        save_state(dict(encoder.state_dict()), folder / ENCODER)
        save_config(student, folder)

    def weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return the file of the vectors, and that of what they are computed by."""
        return WEIGHTS, ENCODER

    def beside_weights(self, names: Iterable[str]) -> tuple[str, ...]:
        """Return peft's configuration."""
        return (CONFIG,)

    def merged(self, student: Student) -> Any:  # noqa: ANN401
        """Never asked for: it is not mergeable."""
        raise NotImplementedError

    def _config(self, student: Student, prompt: Prompt) -> Any:  # noqa: ANN401
        from peft import (
            PrefixTuningConfig,
            PromptEncoderConfig,
            PromptTuningConfig,
            PromptTuningInit,
            TaskType,
        )

        sizes = architecture.sizes_of(student.model.config)
        width = int(student.model.get_input_embeddings().weight.shape[1])
        shape: dict[str, Any] = {
            "task_type": TaskType.CAUSAL_LM,
            "num_virtual_tokens": prompt.virtual_tokens,
            "num_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "token_dim": sizes.hidden if self.kind == "prefix" else width,
            "num_transformer_submodules": 1,
        }
        inner = prompt.encoder_size or sizes.hidden
        if self.kind == "prefix":
            return PrefixTuningConfig(
                **shape, prefix_projection=prompt.projection, encoder_hidden_size=inner
            )
        if self.kind == "encoder":
            return PromptEncoderConfig(**shape, encoder_hidden_size=inner)
        return PromptTuningConfig(**shape, prompt_tuning_init=PromptTuningInit.RANDOM)


def _saved_config(folder: Path) -> Any:  # noqa: ANN401
    """Return a saved configuration, made such that the vectors are computed, not looked up."""
    from peft import PeftConfig

    config: Any = PeftConfig.from_pretrained(str(folder))
    config.inference_mode = False
    return config


def _load(network: Any, slot: str, folder: Path) -> None:  # noqa: ANN401
    from safetensors.torch import load_file

    encoder = network.prompt_encoder[slot]
    device = next(network.get_base_model().parameters()).device
    encoder.load_state_dict(load_file(folder / ENCODER))
    encoder.to(device)


def _start_from_words(network: Any, student: Student, prompt: Prompt) -> None:  # noqa: ANN401
    """Let virtual tokens begin as the embeddings of a text's words, or of random words."""
    import torch

    embedded = student.model.get_input_embeddings().weight
    if embedded.is_meta:  # only the shape is asked for
        return
    count = prompt.virtual_tokens
    if prompt.text:
        said = student.tokenizer(prompt.text, add_special_tokens=False)["input_ids"]
        ids = torch.tensor((list(said) * count)[:count])
    else:
        ids = torch.randint(0, len(embedded), (count,))
    with torch.no_grad():
        weight = network.prompt_encoder["default"].embedding.weight
        weight.copy_(embedded[ids.to(embedded.device)])


def _start_from_read_words(network: Any, student: Student) -> None:  # noqa: ANN401
    """Let a prefix begin as the keys and values of random words.

    Random numbers would be smaller than what a base computes, and hardly be attended to.
    """
    import torch

    weight = network.prompt_encoder["default"].embedding.weight
    words = student.model.get_input_embeddings().weight
    if words.is_meta:  # only the shape is asked for
        return
    ids = torch.randint(0, len(words), (1, len(weight)), device=words.device)
    with torch.no_grad():
        kept = student.model(input_ids=ids, use_cache=True).past_key_values
        both = [part[0].transpose(0, 1).flatten(1) for one in kept.layers for part in _pair(one)]
        weight.copy_(torch.cat(both, 1))


def _pair(layer: Any) -> tuple[Any, Any]:  # noqa: ANN401
    return layer.keys, layer.values


@cache
def _prompted() -> Any:  # noqa: ANN401
    """Return peft's class of such models, with a forward that its callers need not know of."""
    from peft import PeftModelForCausalLM

    class Prompted(PeftModelForCausalLM):
        """A base with virtual tokens before its text, which takes and gives what the base does.

        Positions and logits are those of the text. The tokens are put in where a text begins:
        where nothing is kept of it yet.
        """

        def __init__(self, *given: Any, **named: Any) -> None:  # noqa: ANN401
            with quiet():
                super().__init__(*given, **named)
            device = next(self.get_base_model().parameters()).device
            self.prompt_encoder.to(device)

        def forward(  # type: ignore[override]
            self,
            input_ids: "torch.Tensor",
            attention_mask: "torch.Tensor | None" = None,
            **given: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            if _goes_on(given):
                return self.base_model(input_ids, attention_mask=attention_mask, **given)
            import torch

            config = self.active_peft_config
            rows, count = len(input_ids), config.num_virtual_tokens
            if attention_mask is not None:
                before = attention_mask.new_ones(rows, count)
                attention_mask = torch.cat((before, attention_mask), 1)
            positions = given.get("position_ids")
            prompt = self.get_prompt(rows)
            if config.peft_type == "PREFIX_TUNING":
                given["past_key_values"] = prompt
                if positions is not None:
                    given["position_ids"] = positions + count
                return self.base_model(input_ids, attention_mask=attention_mask, **given)
            if positions is not None:
                virtual = torch.arange(count, device=positions.device).expand(len(positions), -1)
                given["position_ids"] = torch.cat((virtual, positions + count), 1)
            places = given.get("logits_to_keep", 0)
            if isinstance(places, torch.Tensor):
                given["logits_to_keep"] = places + count
            base: Any = self.get_base_model()
            embedded = base.get_input_embeddings()(input_ids)
            text = torch.cat((prompt.to(embedded.dtype), embedded), 1)
            out = self.base_model(inputs_embeds=text, attention_mask=attention_mask, **given)
            if isinstance(places, int) and not places:
                out.logits = out.logits[:, count:]
            return out

        def generate(
            self,
            input_ids: "torch.Tensor",
            num_beams: int = 1,
            logits_processor: Sequence[Any] = (),
            **given: Any,  # noqa: ANN401
        ) -> Any:  # noqa: ANN401
            import torch
            from transformers import LogitsProcessorList

            base: Any = self.get_base_model()
            if not architecture.takes(self, "past_key_values"):
                raise FinetuneError(
                    "A search by beams does not go with virtual tokens before a recurrent base.",
                    where="beams",
                    remedy="Set beams to 1.",
                )
            # transformers takes what is kept of the virtual tokens for that of as many words
            count = self.active_peft_config.num_virtual_tokens
            text = torch.cat((input_ids.new_zeros(len(input_ids), count), input_ids), 1)
            given["attention_mask"] = torch.ones_like(text)
            made = base.generate(
                input_ids=text,
                num_beams=num_beams,
                past_key_values=self._read(len(input_ids) * num_beams),
                logits_processor=LogitsProcessorList(_after(count, logits_processor)),
                **given,
            )
            return made[:, count:]

        def _read(self, rows: int) -> Any:  # noqa: ANN401
            """Return what is kept of the virtual tokens once they are read."""
            prompt = self.get_prompt(rows)
            if self.active_peft_config.peft_type == "PREFIX_TUNING":
                return prompt
            base: Any = self.get_base_model()
            wide = prompt.to(base.get_input_embeddings().weight.dtype)
            return base(inputs_embeds=wide, use_cache=True).past_key_values

    return Prompted


def _after(count: int, processors: Sequence[Any]) -> list[Any]:
    """Return processors of logits that see the text behind so many words only."""

    def behind(processor: Any) -> Any:  # noqa: ANN401
        return lambda said, scores: processor(said[:, count:], scores)

    return [behind(one) for one in processors]


def _goes_on(given: dict[str, Any]) -> bool:
    """Say whether something of the text was read before, and the virtual tokens with it."""
    kept = next((given[name] for name in _CACHES if given.get(name) is not None), None)
    if kept is None:
        return False
    return bool(kept.get_seq_length()) if hasattr(kept, "get_seq_length") else True
