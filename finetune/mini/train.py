"""Train the mini model from nothing: a tokenizer, then stages of copying, then its score.

    texts -> tokenizer    segments -> lookups -> easy drills -> full drills -> base folder

Drills alone teach a model of this size nothing in millions of tokens. First it must learn to copy
by content: a random segment repeated after a filler whose length grows by one each time the loss
falls under 1 teaches that in minutes (a fixed distance teaches the distance only). Then it must
learn what to copy: lookups, which grow harder as they are answered. Choices count as much in the
loss as all other tokens together, or the nine of ten that follow from them would hide them.
"""

import json
import math
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from finetune import errors
from finetune.errors import FinetuneError
from finetune.mini import copying, reading_score
from finetune.mini import tokenizer as tokens
from finetune.mini.drills import Drills, Lexicon
from finetune.mini.reading_score import ReadingScore
from finetune.model import uses_bfloat16
from finetune.templates import rendering
from finetune.templates.rendering import Rendered

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerFast

StepReport = Callable[[str, int, int | None], None]

STEEP = 2e-3
"""Learning rate of the segments."""

FURTHEST = 30
"""Segments are learned when they are copied over this distance."""

SURE = 0.9
"""Share of right choices at which lookups and drills grow harder."""


@dataclass(frozen=True, slots=True)
class MiniPlan:
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
    lookup_minutes: float = 15.0
    minutes: float = 90.0
    seed: int = 7
    decay: float = 0.4

    @property
    def most(self) -> float:
        """Return the seconds that all stages take at most."""
        return 60 * (self.segment_minutes + self.lookup_minutes + self.minutes)

    def __post_init__(self) -> None:
        # shorter rows hold no whole drill, and the search for one would not end
        holds, wanted = 512 <= self.row <= self.context, f"from 512 to {self.context}, the context"
        errors.demand(holds, "The length of a row", self.row, wanted, where="row")


def run(
    out: Path,
    texts: Iterable[str],
    lexicon: Lexicon,
    plan: MiniPlan | None = None,
    report: StepReport = lambda step, done, total: None,
    measured: int = 200,
) -> ReadingScore:
    """Make the model in `out` and score it on `measured` drills; a stopped run goes on."""
    plan = plan or MiniPlan()
    work = out.with_name(out.name + ".partial")
    work.mkdir(parents=True, exist_ok=True)
    tokenizer = _tokenizer(work, texts, plan)
    trainer = _Trainer(work, tokenizer, lexicon, plan, report)
    trainer.segments()
    trainer.lookups()
    trainer.drills()
    trainer.finish()
    result = reading_score.measure(trainer.model, tokenizer, measured)
    _write_card(work, plan, result, trainer)
    for name in ("trainer.safetensors", "trainer.json"):
        (work / name).unlink(missing_ok=True)
    if out.exists():
        raise FinetuneError(
            "The folder for the new mini model is there already.",
            where=str(out),
            remedy="Move it away; the new one is kept next to it.",
        )
    work.rename(out)
    return result


def _tokenizer(work: Path, texts: Iterable[str], plan: MiniPlan) -> "PreTrainedTokenizerFast":
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


@dataclass(frozen=True, slots=True)
class _Batch:
    """Rows of token ids, what of them is learned, what of that is a choice, and the positions."""

    ids: "torch.Tensor"
    learn: "torch.Tensor"
    choice: "torch.Tensor"
    places: "torch.Tensor"


class _Trainer:
    """The model in training, its optimiser, and how far both are."""

    def __init__(
        self,
        work: Path,
        tokenizer: "PreTrainedTokenizerFast",
        lexicon: Lexicon,
        plan: MiniPlan,
        report: StepReport,
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
        self.reduced = uses_bfloat16(self.device.type, "auto")
        self.step, self.seen, self.spent, self.begun = 0, 0, 0.0, 0.0
        self.distance, self.level, self.hardness = 0, 0, 0.0
        self.stage, self.average, self.right = "segments", 9.0, 0.0
        self._resume()

    def segments(self) -> None:
        """Stage one: copy a random segment over a distance that grows as it is learned."""
        if self.stage != "segments":
            return
        pick, plain = random.Random(self.plan.seed + self.step), self._plain_tokens()
        while self.distance < FURTHEST and self.spent < self.plan.segment_minutes * 60:
            self._update(
                self._batch(lambda: copying.segment(pick, self.distance, plain)), self._warm(STEEP)
            )
            if self.average < 1.0:
                self.distance += 1
                self.average = 1.2
        self._enter("lookups")

    def lookups(self) -> None:
        """Stage two: find the line that is asked for, among ever more and longer ones."""
        if self.stage != "lookups":
            return
        pick, plain = random.Random(self.plan.seed + self.step), self._plain_tokens()
        marks = self._marks()
        last = self.begun + self.plan.lookup_minutes * 60

        def made() -> Rendered:
            level = self.level if pick.random() < 0.7 else pick.randint(0, self.level)
            return copying.lookup(pick, level, plain, marks)

        while self.level < copying.LEVELS and self.spent < last:
            self._update(self._batch(made), self._warm(self.plan.peak))
            if self.right > SURE:
                self.level += 1
                self.right = SURE - 0.2
        self._enter("drills")

    def drills(self) -> None:
        """Last stage: read drills, harder ones as they are answered; full ones from half time."""
        total = self.plan.minutes * 60
        supply = reading_score.supply(self.tokenizer, self.lexicon, self.plan.seed + self.step)
        pick, plain = random.Random(self.plan.seed + self.step), self._plain_tokens()
        marks = self._marks()

        def made() -> Rendered:
            kind = pick.random()  # the exercises stay in practice
            if kind < 0.1:
                return copying.segment(pick, 3 * FURTHEST, plain)
            if kind < 0.25:
                return copying.lookup(pick, copying.LEVELS, plain, marks)
            drill = supply.make(self.hardness * (1.0 if pick.random() < 0.6 else pick.random()))
            # many questions on the same evidence give many choices; one alone is what chat asks
            turn = pick.randrange(len(drill.questions)) if pick.random() < 0.5 else None
            return rendering.render(self.tokenizer, drill.messages(turn))

        while (done := self.spent - self.begun) < total:
            left = 1 - done / total
            rate = self.plan.peak * min(1.0, left / self.plan.decay + 0.01)
            self._update(self._batch(made), self._warm(rate))
            if self.right > SURE:
                self.hardness += 0.01
            self.hardness = min(1.0, max(self.hardness, 2 * done / total - 0.2))

    def finish(self) -> None:
        """Save the model as it ships: bfloat16 safetensors, no optimiser."""
        import torch

        self.model.to("cpu", torch.bfloat16)  # type: ignore[arg-type]
        self.model.save_pretrained(self.work)
        self.model.to(torch.float32).eval()  # type: ignore[arg-type]

    def _enter(self, stage: str) -> None:
        self.stage, self.begun, self.average, self.right = stage, self.spent, 5.0, 0.0
        self._save()

    def _warm(self, rate: float) -> float:
        """Return a learning rate that rises over the first steps from nothing."""
        return rate * min(1.0, (self.step + 1) / 50)

    def _marks(self) -> copying.DialogueTokens:
        ids = self.tokenizer.get_vocab()
        return copying.DialogueTokens(
            user=ids["<|user|>"],
            assistant=ids["<|assistant|>"],
            line=ids["<0x0A>"],
            colon=ids[":"],
            end=ids[str(self.tokenizer.eos_token)],
            opening=ids["["],
            closing=ids["]"],
            digits=tuple(ids[str(digit)] for digit in range(10)),
        )

    def _plain_tokens(self) -> list[int]:
        """Return the tokens that exercises are made of: all but markers and bytes."""
        return list(range(len(tokens.SPECIAL) + 256, len(self.tokenizer)))

    def _batch(self, made: Callable[[], Rendered]) -> "_Batch":
        """Return full rows of exercises end to end, cut where a row ends.

        The positions restart with each exercise, so that none sees what another holds.
        """
        import torch

        size, shape = self.plan.row, (self.plan.rows, self.plan.row)
        batch = _Batch(
            torch.zeros(shape, dtype=torch.long),
            torch.zeros(shape, dtype=torch.bool),
            torch.zeros(shape, dtype=torch.bool),
            torch.zeros(shape, dtype=torch.long),
        )
        for row in range(self.plan.rows):
            filled = 0
            while filled < size:
                exercise = made()
                if filled == 0 and len(exercise.ids) > size:
                    continue
                end = min(filled + len(exercise.ids), size)
                take, place = end - filled, slice(filled, end)
                batch.ids[row, place] = torch.tensor(exercise.ids[:take])
                batch.learn[row, place] = torch.tensor(exercise.learn[:take])
                batch.choice[row, place] = torch.tensor(copying.choices(exercise)[:take])
                batch.places[row, place] = torch.arange(take)
                filled = end
        return batch

    def _update(self, batch: "_Batch", rate: float) -> None:
        """Take one step; only learned positions reach the output layer, the costly part."""
        import torch

        began = time.monotonic()
        ids, places = batch.ids.to(self.device), batch.places.to(self.device)
        # the first token of an exercise does not follow from the last of another
        learn = (batch.learn & (batch.places > 0))[:, 1:].to(self.device)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.reduced):
            hidden = self.model.model(
                input_ids=ids, position_ids=places, use_cache=False
            ).last_hidden_state
            logits = self.model.lm_head(hidden[:, :-1][learn])
        wanted, choice = ids[:, 1:][learn], batch.choice[:, 1:].to(self.device)[learn]
        losses = torch.nn.functional.cross_entropy(logits.float(), wanted, reduction="none")
        loss = losses.mean()
        if choice.any():
            loss = loss + losses[choice].mean()
            right = float((logits.argmax(-1) == wanted)[choice].float().mean())
            self.right += 0.1 * (right - self.right)
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.step += 1
        self.seen += ids.numel()
        self.average += 0.1 * (float(losses.detach().mean()) - self.average)
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
            "choices": round(self.right, 4),
            "distance": self.distance,
            "level": self.level,
            "hardness": round(self.hardness, 2),
        }
        with (self.work / "curve.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        self.report(
            f"{self.stage}, loss {self.average:.2f}, choices {self.right:.0%}",
            int(self.spent),
            int(self.plan.most),
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
            "level": self.level,
            "hardness": self.hardness,
            "stage": self.stage,
            "average": self.average,
            "right": self.right,
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


def _write_card(work: Path, plan: MiniPlan, score: ReadingScore, trainer: _Trainer) -> None:
    card = {
        "plan": asdict(plan),
        "score": asdict(score),
        "steps": trainer.step,
        "tokens": trainer.seen,
        "seconds": round(trainer.spent),
        "parameters": sum(value.numel() for value in trainer.model.parameters()),
        "template": rendering.template_hash(trainer.tokenizer),
    }
    (work / "MINI.json").write_text(json.dumps(card, indent=1), encoding="utf-8")
