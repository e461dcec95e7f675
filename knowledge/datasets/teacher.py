"""Reword answers with a language model; what no longer proves stays as it was.

    rows -> wording of the server -> number of sentences, filters, proof -> row | as it was

The server sees answers only, never questions, ids or sources. Nothing that it says is trusted: a
reworded row passes the stateless filters and the proof anew.
"""

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from knowledge.datasets import quality
from knowledge.datasets.filtering import BatchFilter, Candidate, FilterStage, RowFilter
from knowledge.datasets.row_ids import id_of
from knowledge.datasets.teacher_server import TeacherError, TeacherOptions, TeacherServer
from knowledge.records import Language, Lesson, LessonMessage, Progress, silent
from knowledge.text.citations import cited_numbers
from knowledge.text.sentences import sentence_spans

REWORDED = "reworded"
KEPT = "kept as it was: "
UNASKED = "not asked: the wording is fixed"

_RULES: dict[Language, str] = {
    "en": (
        "Reword the sentences of a doctor's answer so that they read naturally. Keep every name "
        "and number exactly as it is written. Add nothing, leave nothing out, and keep the number "
        "and the order of sentences. Reply with a JSON array of strings, one for each sentence, "
        "and with nothing else."
    ),
    "zh": (
        "请改写医生回答中的句子，使其自然通顺。所有名称和数字须原样保留，不得增加或删减内容，"
        "句子的数目和顺序不变。只回复一个JSON字符串数组，每句一项，不要输出其他内容。"
    ),
}
_FIXED = ("declined", "partly", "refused", "conflict")


class Teacher:
    """Rewords rows with a server."""

    def __init__(self, options: TeacherOptions, progress: Progress = silent) -> None:
        self._server = TeacherServer(options)
        self._progress = progress
        self._began = time.monotonic()

    def stage(
        self, prove: BatchFilter, filters: Sequence[RowFilter], report: dict[str, int]
    ) -> FilterStage:
        """Return the stage that rewords the rows of a build, and counts what became of each."""

        def rewording(batches: Iterable[list[Candidate]]) -> Iterator[list[Candidate]]:
            for batch in batches:
                kept = [lesson for lesson, reason in batch if lesson and not reason]
                worded = iter(self._reword(kept, prove, filters, report))
                yield [
                    (next(worded), "") if lesson and not reason else (lesson, reason)
                    for lesson, reason in batch
                ]

        return rewording

    def _reword(
        self,
        lessons: list[Lesson],
        prove: BatchFilter,
        filters: Sequence[RowFilter],
        report: dict[str, int],
    ) -> list[Lesson]:
        """Return the lessons, in the teacher's wording where that is as true as theirs."""
        with ThreadPoolExecutor(self._server.options.parallel) as pool:
            drafts = list(pool.map(self._draft, lessons))
        self._server.raise_if_gone()
        changed = [draft for draft in drafts if isinstance(draft, Lesson)]
        faults = iter(prove(changed))
        done = []
        for lesson, draft in zip(lessons, drafts, strict=True):
            why = draft if isinstance(draft, str) else ""
            if isinstance(draft, Lesson):
                why = next((found for row_filter in filters if (found := row_filter(draft))), "")
                why = next(faults) and f"{KEPT}not proven" or (why and f"{KEPT}{why}")
            report[why or REWORDED] = report.get(why or REWORDED, 0) + 1
            done.append(draft if isinstance(draft, Lesson) and not why else lesson)
        asked, tokens = self._server.asked, self._server.tokens
        rate = asked / max(time.monotonic() - self._began, 1e-9)
        self._progress(f"teacher, {tokens:,} tokens, {rate:.1f} answers/s", asked, None)
        return done

    def _draft(self, lesson: Lesson) -> Lesson | str:
        """Return a lesson in the teacher's words, unproven, or why there is none."""
        if not _is_free(lesson):
            return UNASKED
        answer = lesson.messages[-1].content
        own = [answer[start:end].strip() for start, end in sentence_spans(answer)]
        try:
            reply = self._server.reply(_RULES[lesson.language], own)
            said = _parse_reply(reply, len(own))
        except TeacherError as error:
            return f"{KEPT}{error}"
        joint = " " if lesson.language == "en" else ""
        text = joint.join(said)
        if len(sentence_spans(text)) != len(own):
            return f"{KEPT}another number of sentences"
        if text == joint.join(own):
            return f"{KEPT}nothing was changed"
        messages = (*lesson.messages[:-1], LessonMessage("assistant", text))
        meta = {**lesson.meta, "teacher": self._server.options.model}
        worded = replace(lesson, messages=messages, meta=meta)
        return quality.rated(replace(worded, id=id_of(worded)))


def _is_free(lesson: Lesson) -> bool:
    """Say whether an answer may be reworded: it is proven and quotes, cites, reckons nothing."""
    quotes = any(source.kind == "passage" or source.calculated for source in lesson.sources)
    fixed = quotes or lesson.imported or any(lesson.meta.get(mark) for mark in _FIXED)
    return not fixed and not cited_numbers(lesson.messages[-1].content)


def _parse_reply(reply: str, wanted: int) -> list[str]:
    """Return the sentences of a reply, which may stand in a fence. Raises TeacherError."""
    start, end = reply.find("["), reply.rfind("]")
    try:
        said = json.loads(reply[start : end + 1])
    except ValueError as error:
        raise TeacherError("the reply is no list of sentences") from error
    if not isinstance(said, list) or not all(
        isinstance(each, str) and each.strip() for each in said
    ):
        raise TeacherError("the reply is no list of sentences")
    if len(said) != wanted:
        raise TeacherError("another number of sentences")
    return [" ".join(each.split()) for each in said]
