"""Train the mini model's tokenizer: English byte pairs, one token per Chinese character.

    texts -> byte-pair vocabulary + the common Chinese characters -> tokenizer folder

Copying is easier the fewer ways there are to write a name, so that Chinese is never merged, digits
and punctuation stand alone, and a word after a space looks the same wherever it stands. Characters
outside the vocabulary fall back to their bytes.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from finetune.templates.rendering import TEMPLATE

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerFast

SPECIAL = ["<pad>", "<s>", "</s>", "<unk>", "<|system|>", "<|user|>", "<|assistant|>"]
MEDICAL_CHARACTERS = (
    "癫痫疱疹痹痤疮痔瘘疝痉挛瘙痒痈疖疽疸痢疟瘀痰瘢痂痿疳瘰疬癣癜癔痨瘪疣痣疡瘊癍瘿痼痞痧疴癌瘤"
    "胱肱胫腓髌髋髂髓骶骺骼颅颞颌颧颏颊腭腱腺腋腹腔膈膀脐胰肽胺脲脒肼胍胨脘腧腠臀肛肘腕踝趾"
    "哮喘咳嗽咯呕吐噎嗳呃呻吟嘌呤嘧啶吡唑咪噻吩喹啉吲哚哌嗪哒吗啡喃嘶哑咽喉舌龈龋齿"
    "氟氯溴碘氨氮氧氢钾钠钙镁铁锌铜锂铋铂砷汞硒硼酚酮酯醇醛酶醚酰酐羧羟羰烷烯炔苯萘蒽苷苄茶碱茚"
    "芬酞酪噪螨虱蛔蛲绦丝鞭蚴蜱蚊疫菌霉梅衣支螺旋弧杆球链葡萄沙门志贺幽门曲霉隐孢疏螺"
    "瞳孔睑眶睫泪虹膜晶玻璃体视网斑翳障眩晕耳蜗鼓鼻窦咽鼾窒息梗阻栓塞狭窄瓣膜窦房颤扑搏脉"
    "肾盂肾炎膀胱尿道前列腺睾丸卵巢输卵管宫颈妊娠娩乳房甲状旁腺垂体肾上腺胰岛胸腺淋巴脾"
    "贫血溶血紫癜血友病白细胞粒巨噬浆纤维蛋白凝酶球蛋白抗核糖醛固酮皮质醇雌孕雄激素"
    "蹒跚谵妄躁狂抑郁焦虑恐惧厌食呆傻麻痹瘫痪震颤僵硬肌萎缩脑膜脊髓椎间盘瘘管囊肿息肉憩室"
    "皲裂皱褶痂皮糜烂溃疡坏疽水泡荨麻疹湿疹银屑脓疱丘疹斑疹瘀点瘀斑黄疸腹水蛛网"
    "鞣蜕蟾蜍麝芪芍芎苓茯苡薏枸杞葛菊荆芥柴胡黄芩连翘岑藿佩菖蒲砂仁蔻"
)
"""Characters of medical Chinese, many of them outside GB 2312 level 1."""

_CJK = r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]"


def common_characters() -> list[str]:
    """Return the 3,755 characters of GB 2312 level 1, the standard's everyday list."""
    return [
        bytes((row, cell)).decode("gb2312")
        for row in range(0xB0, 0xD8)
        for cell in range(0xA1, 0xFF)
        if (row, cell) < (0xD7, 0xFA)
    ]


def train(texts: Iterable[str], merges: int) -> "PreTrainedTokenizerFast":
    """Train on texts; `merges` bounds the English part of the vocabulary."""
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    kept = list(texts)
    seen = {character for text in kept for character in text if character.isprintable()}
    known = (
        set(common_characters()) | set(MEDICAL_CHARACTERS) | set("、。，；：？！（）《》“”—…·％")
    )
    alphabet = sorted(seen | known | set(map(chr, range(33, 127))))
    bytes_ = [f"<0x{value:02X}>" for value in range(256)]

    tokenizer = Tokenizer(models.BPE(unk_token="<unk>", byte_fallback=True, fuse_unk=False))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex("\n"), "isolated"),
            pre_tokenizers.Metaspace(prepend_scheme="never"),
            pre_tokenizers.Split(Regex(_CJK), "isolated"),
            pre_tokenizers.Digits(individual_digits=True),
            pre_tokenizers.Punctuation("isolated"),
        ]
    )
    tokenizer.decoder = decoders.Sequence(
        [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    )
    trainer = trainers.BpeTrainer(
        vocab_size=len(SPECIAL) + len(bytes_) + len(alphabet) + 1 + merges,
        special_tokens=SPECIAL + bytes_,
        initial_alphabet=alphabet,
        limit_alphabet=len(alphabet) + 1,
        min_frequency=3,
        show_progress=False,
    )
    tokenizer.train_from_iterator(kept, trainer)
    tokenizer = Tokenizer.from_str(_plain_bytes(tokenizer.to_str()))
    fast = PreTrainedTokenizerFast(  # type: ignore[no-untyped-call]
        tokenizer_object=tokenizer,
        bos_token="<s>",
        eos_token="</s>",
        unk_token="<unk>",
        pad_token="<pad>",
        clean_up_tokenization_spaces=False,
    )
    fast.chat_template = TEMPLATE
    return fast


def _plain_bytes(state: str) -> str:
    """Unmark the byte tokens, which the trainer takes as special: decoding would drop them."""
    loaded = json.loads(state)
    loaded["added_tokens"] = [one for one in loaded["added_tokens"] if one["content"] in SPECIAL]
    return json.dumps(loaded)


def save(tokenizer: "PreTrainedTokenizerFast", folder: Path) -> None:
    """Write the tokenizer's files and its chat template into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(folder)
