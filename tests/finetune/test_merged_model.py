import json

import pytest
import torch
from toy_finetune import trained

from finetune import FinetuneError, adapters, merged_model, model, rendering


def test_a_merged_folder_says_what_base_and_adapter_say(tmp_path):
    made = trained()
    folder = adapters.folder_of(made.home, "toy", 1)
    merged = merged_model.merge(str(made.base), folder, tmp_path / "deep" / "merged")
    assert merged.difference <= 1e-4
    assert (merged.folder / "model.safetensors").is_file()
    assert not list(merged.folder.glob("adapter_*"))
    manifest = json.loads((merged.folder / "MANIFEST.json").read_text())
    assert manifest["adapter"] == "toy/round-1"

    plain = model.load(str(merged.folder))
    both = model.load(str(made.base), folder)
    bare = model.load(str(made.base))
    messages = rendering.grounded("痛风？", ["痛风——症状：发热。"], "zh")
    ids = torch.tensor([rendering.prompt_ids(plain.tokenizer, messages)])
    with torch.inference_mode():
        wanted = both.model(ids).logits
        assert torch.allclose(plain.model(ids).logits, wanted, atol=1e-4)
        assert not torch.allclose(bare.model(ids).logits, wanted, atol=1e-1)


def test_a_folder_that_is_there_is_not_touched(tmp_path):
    made = trained()
    (tmp_path / "merged").mkdir()
    with pytest.raises(FinetuneError, match="there already"):
        merged_model.merge(
            str(made.base), adapters.folder_of(made.home, "toy", 1), tmp_path / "merged"
        )
    assert list((tmp_path / "merged").iterdir()) == []
