"""Make the mini model from nothing: a tokenizer, then stages of copying, then its score.

    texts -> tokenizer    segments, ever further apart -> easy drills -> full drills -> base folder

Drills alone teach a model of this size nothing in millions of tokens; first it must learn to copy
by content. A random segment repeated after a filler whose length grows by one each time the loss
falls under 1 teaches that in minutes (a fixed distance teaches the distance only).
"""

import json
import math
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import dialogue
from finetune.errors import FinetuneError
from finetune.mini import copying, reading
from finetune.mini import tokenizer as tokens
from finetune.mini.drills import Drills, Lexicon
from finetune.mini.reading import Score
from finetune.model import reduced

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

Report = Callable[[str, int, int | None], None]

STEEP = 2e-3
"""Learning rate of the copying exercises."""

FURTHEST = 30
"""Segments are learned when they are copied over this distance."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the mini model is made; the defaults made the one that ships."""

    hidden: int = 256
    layers: int = 4
    heads: int = 4
    inner: int = 704
    context: int = 1024
    merges: int = 3600
    row: int = 512
    rows: int = 8
    peak: float = 1.5e-3
    segment_minutes: float = 8.0
    minutes: float = 90.0
    seed: int = 7
    decay: float = 0.4

    def __post_init__(self) -> None:
        if not 512 <= self.row <= self.context:
            # shorter rows hold no whole drill, and the search for one would not end
            raise FinetuneError(
                f"A row of {self.row} tokens does not do.",
                where="row",
                remedy=f"Take 512 to {self.context}, the context.",
            )


def run(
    out: Path,
    texts: Iterable[str],
    lexicon: Lexicon,
    plan: Plan | None = None,
    report: Report = lambda step, done, total: None,
    measured: int = 200,
) -> Score:
    """Make the model in `out` and score it on `measured` drills; a stopped run goes on."""
    plan = plan or Plan()
    work = out.with_name(out.name + ".partial")
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(work, texts, plan)
    trainer = _Trainer(work, tokenizer, lexicon, plan, report)
    trainer.segments()
    trainer.drills()
    trainer.finish()
    result = reading.measure(trainer.model, tokenizer, measured)
    _write_card(work, plan, result, trainer)
    for name in ("trainer.safetensors", "trainer.json"):
        (work / name).unlink(missing_ok=True)
    if out.exists():
        raise FinetuneError(
            "The folder for the new mini model is there already.",
            where=str(out),
            remedy="Move it away; the new one waits beside it.",
        )
    work.rename(out)
    return result


def _tokenizer(work: Path, texts: Iterable[str], plan: Plan) -> "PreTrainedTokenizerFast":
    from transformers import PreTrainedTokenizerFast

    if (work / "tokenizer.json").is_file():
        found: PreTrainedTokenizerFast = PreTrainedTokenizerFast.from_pretrained(work)
        return found
    drills = Drills({}, "".join(tokens.common_characters()[:200]), ["dose", "fever"], 0)
    sample = [
        "\n".join(message["content"] for message in drills.make().messages()) for _ in range(1000)
    ]
    tokenizer = tokens.train([*list(texts) * 4, *sample], plan.merges)
    tokens.save(tokenizer, work)
    return tokenizer


class _Trainer:
    """The model in the making, its optimiser, and where it stands."""

    def __init__(
        self,
        work: Path,
        tokenizer: "PreTrainedTokenizerFast",
        lexicon: Lexicon,
        plan: Plan,
        report: Report,
    ) -> None:
        import torch
        from transformers import LlamaConfig, LlamaForCausalLM

        torch.manual_seed(plan.seed)
        self.work, self.tokenizer, self.lexicon = work, tokenizer, lexicon
        self.plan, self.report = plan, report
        self.model = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=len(tokenizer),
                hidden_size=plan.hidden,
                intermediate_size=plan.inner,
                num_hidden_layers=plan.layers,
                num_attention_heads=plan.heads,
                num_key_value_heads=plan.heads,
                max_position_embeddings=plan.context,
                tie_word_embeddings=True,
                bos_token_id=tokenizer.bos_token_id,
                eos_token_id=tokenizer.eos_token_id,
                pad_token_id=tokenizer.pad_token_id,
            )
        )
        self.device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        self.model.to(self.device)  # type: ignore[arg-type]
        self.optimizer = torch.optim.AdamW(
            self.model.parameters(), lr=plan.peak, betas=(0.9, 0.95), weight_decay=0.01, fused=True
        )
        self.reduced = reduced(self.device.type, "auto")
        self.step, self.seen, self.spent, self.begun = 0, 0, 0.0, 0.0
        self.distance = 0
        self.stage, self.average = "segments", 9.0
        self._resume()

    def segments(self) -> None:
        """Stage one: copy a random segment over a distance that grows as it is learned."""
        if self.stage != "segments":
            return
        pick = random.Random(self.plan.seed + self.step)
        plain = self._plain_tokens()
        while self.distance < FURTHEST and self.spent < self.plan.segment_minutes * 60:
            made = [copying.segment(pick, self.distance, plain) for _ in range(96)]
            self._update(*_batch(made), None, STEEP * min(1.0, (self.step + 1) / 50))
            if self.average < 1.0:
                self.distance += 1
                self.average = 1.2
        self._enter("drills")

    def drills(self) -> None:
        """Last stages: read drills, easy ones first, full ones from 40 % of the time."""
        start, total = self.begun, self.begun + self.plan.minutes * 60
        supply = reading.supply(self.tokenizer, self.lexicon, self.plan.seed + self.step)
        rows = self._rows(supply, lambda: self._hardness(start, total))
        while self.spent < total:
            batch = next(rows)
            left = (total - self.spent) / max(total - start, 1)
            self._update(*batch, self.plan.peak * min(1.0, left / self.plan.decay + 0.01))

    def finish(self) -> None:
        """Save the model as it ships: bfloat16 safetensors, no optimiser."""
        import torch

        self.model.to("cpu", torch.bfloat16)  # type: ignore[arg-type]
        self.model.save_pretrained(self.work)
        self.model.to(torch.float32).eval()  # type: ignore[arg-type]

    def _enter(self, stage: str) -> None:
        self.stage, self.begun, self.average = stage, self.spent, 5.0
        self._save()

    def _plain_tokens(self) -> list[int]:
        """Return the tokens that exercises are made of: all but markers and bytes."""
        return list(range(len(tokens.SPECIAL) + 256, len(self.tokenizer)))

    def _hardness(self, start: float, total: float) -> float:
        return min(1.0, max(0.0, (self.spent - start) / (0.4 * max(total - start, 1))))

    def _rows(
        self, supply: Drills, hardness: Callable[[], float]
    ) -> Iterator[tuple["torch.Tensor", "torch.Tensor", "torch.Tensor"]]:
        """Yield batches of full rows: drills end to end, cut where the row ends.

        The positions restart with each drill, so that none sees the evidence of another.
        """
        import torch

        size, pick = self.plan.row, random.Random(self.plan.seed)
        while True:
            ids = torch.zeros(self.plan.rows, size, dtype=torch.long)
            learn = torch.zeros(self.plan.rows, size, dtype=torch.bool)
            places = torch.zeros(self.plan.rows, size, dtype=torch.long)
            for row in range(self.plan.rows):
                filled = 0
                while filled < size:
                    level = hardness() * (1.0 if pick.random() < 0.5 else pick.random())
                    drill = supply.make(level)
                    turn = pick.randrange(len(drill.questions))
                    made = dialogue.render(self.tokenizer, drill.messages(turn))
                    if filled == 0 and len(made.ids) > size:
                        continue
                    take = min(len(made.ids), size - filled)
                    ids[row, filled : filled + take] = torch.tensor(made.ids[:take])
                    learn[row, filled : filled + take] = torch.tensor(made.learn[:take])
                    places[row, filled : filled + take] = torch.arange(take)
                    filled += take
            yield ids, learn, places

    def _update(
        self,
        ids: "torch.Tensor",
        learn: "torch.Tensor",
        places: "torch.Tensor | None",
        rate: float,
    ) -> None:
        """Take one step; only learned positions reach the output layer, the costly part."""
        import torch

        began = time.monotonic()
        ids, learn = ids.to(self.device), learn.to(self.device)
        given = {} if places is None else {"position_ids": places.to(self.device)}
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.reduced):
            hidden = self.model.model(input_ids=ids, use_cache=False, **given).last_hidden_state
            wanted = learn[:, 1:]
            if places is not None:  # the first token of a drill does not follow from the last
                wanted = wanted & (places[:, 1:] > 0).to(self.device)
            logits = self.model.lm_head(hidden[:, :-1][wanted])
        loss = torch.nn.functional.cross_entropy(logits.float(), ids[:, 1:][wanted])
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self.seen += ids.numel()
        self.average += 0.1 * (float(loss.detach()) - self.average)
        self.spent += time.monotonic() - began
        if not math.isfinite(self.average):
            raise FinetuneError("The loss is no longer a number.", where="mini train", status=1)
        if self.step % 20 == 0:
            self._log()
        if self.step % 100 == 0:
            self._save()

    def _log(self) -> None:
        line = {
            "stage": self.stage,
            "step": self.step,
            "tokens": self.seen,
            "seconds": round(self.spent),
            "loss": round(self.average, 4),
            "distance": self.distance,
        }
        with (self.work / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.report(
            f"{self.stage}, loss {self.average:.2f}", int(self.spent), int(self.plan.minutes * 60)
        )

    def _save(self) -> None:
        """Write a checkpoint: weights and optimiser as safetensors, the rest as JSON, last."""
        from safetensors.torch import save_file

        names = dict(self.model.named_parameters())
        state = {f"model.{name}": value.detach().contiguous() for name, value in names.items()}
        for name, value in names.items():
            for key, moment in self.optimizer.state[value].items():
                state[f"optimizer.{key}.{name}"] = moment
        fresh = self.work / "trainer.fresh"
        save_file(state, fresh)
        fresh.replace(self.work / "trainer.safetensors")
        where = {
            "step": self.step,
            "seen": self.seen,
            "spent": self.spent,
            "distance": self.distance,
            "stage": self.stage,
            "average": self.average,
            "begun": self.begun,
        }
        (self.work / "trainer.json").write_text(json.dumps(where), encoding="utf-8")

    def _resume(self) -> None:
        from safetensors.torch import load_file

        if not (self.work / "trainer.json").is_file():
            return
        where = json.loads((self.work / "trainer.json").read_text(encoding="utf-8"))
        for key, value in where.items():
            setattr(self, key, value)
        state = load_file(self.work / "trainer.safetensors")
        for name, value in self.model.named_parameters():
            value.data.copy_(state[f"model.{name}"])
            moments = {
                key.split(".")[1]: moment
                for key, moment in state.items()
                if key.startswith("optimizer.") and key.split(".", 2)[2] == name
            }
            if moments:
                self.optimizer.state[value] = moments


def _batch(made: Sequence[copying.Exercise]) -> tuple["torch.Tensor", "torch.Tensor"]:
    """Return exercises as one batch, padded at the end with what is not learned."""
    import torch
    from torch.nn.utils.rnn import pad_sequence

    ids = [torch.tensor(one) for one, _ in made]
    learn = [torch.tensor(one) for _, one in made]
    return pad_sequence(ids, batch_first=True), pad_sequence(learn, batch_first=True)


def _write_card(work: Path, plan: Plan, score: Score, trainer: _Trainer) -> None:
    card = {
        "plan": asdict(plan),
        "score": asdict(score),
        "steps": trainer.step,
        "tokens": trainer.seen,
        "seconds": round(trainer.spent),
        "parameters": sum(value.numel() for value in trainer.model.parameters()),
        "template": dialogue.template_hash(trainer.tokenizer),
    }
    (work / "MINI.json").write_text(json.dumps(card, indent=1), encoding="utf-8")
