"""Hand an adapter on: written smaller into a folder, taken from a folder into a home.

    adapters/R/round-N -> weights in bfloat16, compared -> folder with the manifests of its rounds
    such a folder -> checked against its manifest and the base -> adapters/R/round-N

An adapter may ship inside the package: `shipped` tells where.
"""

import json
import re
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from finetune import adapters, model
from finetune.adapters import Adapter
from finetune.architectures import encoder_decoder
from finetune.bases import base_records
from finetune.errors import FinetuneError
from finetune.files import manifests
from finetune.methods.method_registry import recorded, weights_hash
from finetune.scoring import raw_outputs
from finetune.templates import rendering

_SHIPPED = Path(__file__).resolve().parents[1] / "shipped"
_NAME = re.compile(r"([\w-]+)/round-([1-9][0-9]*)(?:\.([2-9]|[1-9][0-9]+))?")
_STAYS = (manifests.MANIFEST, raw_outputs.ANSWERS)
"""What is written anew, and texts of the data set, which whoever hands on an adapter may not have
the right to hand on."""
_LARGEST_CHANGE = 0.5
"""Of the logits, by halving the weights; what they change for a next token is far more."""

_QUESTIONS: tuple[tuple[str, str, rendering.Language], ...] = (
    ("What are the symptoms of asthma?", "Asthma — symptoms: wheeze; cough.", "en"),
    ("哮喘有哪些症状？", "哮喘——症状：喘息；咳嗽。", "zh"),
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A folder to hand on; `difference` is the largest one of logits to the adapter itself."""

    folder: Path
    bytes: int
    difference: float


def export(home: Path, adapter: Adapter, out: Path, base: str = "") -> Exported:
    """Write an adapter with weights in bfloat16 into a new folder, and compare what it says.

    `base` opens its base where that is not where the adapter's manifest says.
    """
    if out.exists():
        raise FinetuneError(
            f"The folder {out} is there already.", where="--out", remedy="Name a new folder."
        )
    remedy = "Run the round again, or choose another: medchat adapters list."
    weights = [path.name for path in adapter.folder.glob("*.safetensors")]
    whole = manifests.read_manifest(adapter.folder, remedy)
    manifests.check_files(adapter.folder, whole, weights, remedy)
    out.parent.mkdir(parents=True, exist_ok=True)
    partial = out.with_name(out.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir()
    try:
        with manifests.saving(partial):
            for path in adapter.folder.iterdir():
                if path.suffix == ".safetensors":
                    _write_halved(path, partial / path.name)
                elif path.is_file() and path.name not in _STAYS:
                    shutil.copyfile(path, partial / path.name)
        record = _with_lineage(home, adapter, partial)
        manifests.seal(partial, record)
        difference = _compare(base or base_records.find(home, adapter.base), adapter, partial)
        if not difference <= _LARGEST_CHANGE:
            raise FinetuneError(
                f"With halved weights the adapter says something else: its logits differ by "
                f"{difference:.2g}.",
                where=adapter.name,
                remedy="Hand on its folder as it is.",
                status=1,
            )
        halved = {"weights": weights_hash(adapter.folder)}
        manifests.seal(partial, {**record, "halved": {**halved, "difference": difference}})
        manifests.place(partial, out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    size = sum(path.stat().st_size for path in out.iterdir())
    return Exported(out, size, difference)


def take(home: Path, folder: Path) -> tuple[Adapter, bool]:
    """Copy an exported adapter into a home; return it, and whether it was not there before.

    FinetuneError where the folder is damaged, its base is not in the home or is another, or
    another adapter has its name.
    """
    remedy = "Copy or make the folder again."
    record = manifests.read_manifest(folder, remedy)
    files = record.get("files")
    names = list(files) if isinstance(files, dict) else []
    names = [name for name in names if Path(name).name == name]
    manifests.check_files(folder, record, names, remedy)
    name = str(record.get("name"))
    place = _NAME.fullmatch(name)
    if place is None or not {*recorded(folder).weights(names)} <= {*names}:
        raise FinetuneError(
            f"The folder {folder} holds no adapter.", where=str(folder), remedy=remedy
        )
    target = adapters.folder_of(home, place[1], int(place[2]), int(place[3] or 1))
    if (target / manifests.MANIFEST).is_file():
        if weights_hash(target) in (weights_hash(folder), _halved_from(record)):
            return adapters.named(home, name), False
        raise FinetuneError(
            f"This home has another adapter {name} already.",
            where=str(target),
            remedy="Move or delete that folder first.",
        )
    _check_base(home, record, folder)
    partial = target.with_name(target.name + ".taken")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir(parents=True)
        for one in (*names, manifests.MANIFEST):
            shutil.copyfile(folder / one, partial / one)
        manifests.place(partial, target)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return adapters.named(home, name), True


def shipped() -> Path | None:
    """Return the folder of the adapter that ships in the package, None where none does."""
    found = sorted(_SHIPPED.glob(f"*/{manifests.MANIFEST}"))
    return found[-1].parent if found else None


def is_shipped(adapter: Adapter) -> bool:
    """Say whether an adapter of a home is the one that ships."""
    folder = shipped()
    return folder is not None and weights_hash(folder) == weights_hash(adapter.folder)


def base_name(folder: Path) -> str:
    """Return the name of the base that an exported adapter stands on."""
    base = manifests.read_manifest(folder, "Copy or make the folder again.").get("base")
    return str(base["name"]) if isinstance(base, dict) else ""


def _write_halved(source: Path, target: Path) -> None:
    import torch
    from safetensors.torch import load_file, save_file

    weights = {name: tensor.to(torch.bfloat16) for name, tensor in load_file(source).items()}
    save_file(weights, target, metadata={"format": "pt"})


def _with_lineage(home: Path, adapter: Adapter, partial: Path) -> dict[str, object]:
    """Copy the manifests of the rounds before, and return this one's, without its files.

    Rounds before one that was taken from elsewhere are on record in its folder.
    """
    remedy = "Run the round again."
    record = manifests.read_manifest(adapter.folder, remedy)
    here = {one.name: one.folder for one in adapters.list_adapters(home)}
    folders, parent = [adapter.folder], adapter.parent
    while parent is not None:
        file = f"{parent.rpartition('/')[2]}.json"
        brought = [folder / file for folder in folders if (folder / file).is_file()]
        if parent not in here and brought:
            source = brought[0]
        else:
            source = adapters.named(home, parent).folder / manifests.MANIFEST
            folders.append(source.parent)
        shutil.copyfile(source, partial / file)
        before = json.loads(source.read_text(encoding="utf-8")).get("parent")
        parent = str(before["name"]) if isinstance(before, dict) else None
    return {name: value for name, value in record.items() if name != "files"}


def _compare(base: str, adapter: Adapter, folder: Path) -> float:
    """Return the largest difference of logits between an adapter and its halved copy."""
    import torch

    logits = []
    for one in (adapter.folder, folder):
        student = model.load(base, one, device="cpu", precision="float32")
        said = []
        for question, line, language in _QUESTIONS:
            prompt = rendering.grounded(question, [line], language)
            ids = torch.tensor([rendering.prompt_ids(student.tokenizer, prompt)])
            with torch.inference_mode():
                said.append(encoder_decoder.compared_logits(student.model, ids)[0, -1])
        logits.append(torch.stack(said))
    return float((logits[0] - logits[1]).abs().max())


def _halved_from(record: Mapping[str, object]) -> object:
    """Return the hash of the weights that an exported adapter was written from."""
    halved = record.get("halved")
    return halved.get("weights") if isinstance(halved, Mapping) else None


def _check_base(home: Path, record: dict[str, object], folder: Path) -> None:
    base = record.get("base")
    if not isinstance(base, dict) or not {"name", "hash"} <= base.keys():
        raise FinetuneError(
            f"The folder {folder} holds no adapter: its manifest names no base.",
            where=str(folder / manifests.MANIFEST),
            remedy="Copy or make the folder again.",
        )
    found = model.hash_of(model.locate(base_records.find(home, str(base["name"]))))
    if found != base.get("hash"):
        raise FinetuneError(
            f"The adapter in {folder} was trained on another {base['name']} than this home has.",
            where=str(folder),
            remedy="Add the base that it was trained on, under that name.",
        )
