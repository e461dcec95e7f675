"""Hand the text functions of `knowledge` to `finetune`; neither package may import the other."""

from finetune.text_tools import TextTools
from knowledge.text.citations import cite, uncited
from knowledge.text.sentences import sentence_spans

TEXT_TOOLS = TextTools(sentence_spans=sentence_spans, cite=cite, uncited=uncited)
