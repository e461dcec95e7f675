"""The command `medchat build-data`: write training rows from the graph, or check a folder of them.

flags -> BuildOptions -> knowledge.lessons.build
--check -> knowledge.lessons.dataset_check
"""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from medchat.cli import output, startup
from medchat.cli.options import Json
from medchat.errors import MedchatError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from knowledge.datasets.filtering import Candidate
    from knowledge.datasets.imports.imported_rows import ImportedFile
    from knowledge.datasets.teacher_server import TeacherOptions
    from knowledge.lessons.aiming.row_share import Aim
    from knowledge.lessons.build import BuildReport
    from knowledge.lessons.build_options import BuildOptions
    from knowledge.lessons.dataset_check import CheckReport
    from medchat.cli.open_base import OpenBase


def register(parent: typer.Typer) -> None:
    """Add the command."""
    parent.command("build-data", epilog="Example: medchat build-data --out lessons --limit 5000")(
        build_data
    )


def build_data(
    out: Annotated[Path | None, typer.Option(help="A new folder for the dataset.")] = None,
    check: Annotated[Path | None, typer.Option(help="Prove the rows of this folder.")] = None,
    style: Annotated[
        str,
        typer.Option(
            help="Styles, with commas; all by default: chatdoctor, huatuo, grounded, vignette, "
            "dialogue, literature, appraisal, two-papers, knowledge-call, tools, safety, "
            "preference (pairs of all kinds)."
        ),
    ] = "",
    language: Annotated[str, typer.Option(help="Languages, with commas.")] = "en,zh",
    register: Annotated[
        str, typer.Option(help="How doctors speak: plain, professional; a mix by default.")
    ] = "",
    length: Annotated[
        str, typer.Option(help="How long their answers are: short, medium, long; a mix.")
    ] = "",
    difficulty: Annotated[
        str, typer.Option(help="How much must be reasoned: easy, medium, hard; a mix.")
    ] = "",
    limit: Annotated[int | None, typer.Option(help="At most so many rows.", min=1)] = None,
    parallel: Annotated[
        bool, typer.Option("--parallel", help="Tell the same facts in both languages, in pairs.")
    ] = False,
    seed: Annotated[int, typer.Option(help="The same seed gives the same bytes.")] = 0,
    workers: Annotated[int, typer.Option(help="Processes that prove rows.", min=1)] = 1,
    take_in: Annotated[
        list[Path] | None,
        typer.Option(
            "--import",
            help="Rows of other data sets (JSON, JSON Lines, CSV, TSV, Parquet, or a folder of the "
            "Hugging Face hub), the shape found by content; may be repeated. With --style imported "
            "nothing else is taken, and no knowledge base is needed.",
        ),
    ] = None,
    import_format: Annotated[str, typer.Option(help="Their shape, where it is not found.")] = "",
    import_licence: Annotated[str, typer.Option(help="Their licence.")] = "",
    feedback: Annotated[
        bool, typer.Option("--feedback", help="Take in what a curator approved of the answers.")
    ] = False,
    personal: Annotated[
        str, typer.Option(help="Rows from outside with personal data: drop, or mask.")
    ] = "drop",
    exclude: Annotated[
        list[Path] | None,
        typer.Option(
            help="Evaluation sets (JSON, JSON Lines, CSV, or a folder) that no row may overlap; "
            "may be repeated."
        ),
    ] = None,
    licence: Annotated[
        str, typer.Option(help="Only rows whose sources have these licences, with commas.")
    ] = "",
    keywords: Annotated[
        Path | None,
        typer.Option(help="A file of words and phrases, one a line, that no row may hold."),
    ] = None,
    least_quality: Annotated[
        int, typer.Option(help="Only rows of at least this quality, from 0 to 100.")
    ] = 0,
    for_: Annotated[
        str,
        typer.Option(
            "--for",
            help="A base (its name, folder or hub id) that rows are drawn for: it is asked which "
            "facts it knows, and most rows go to those that it does not.",
        ),
    ] = "",
    unknown_share: Annotated[
        float | None,
        typer.Option(help="With --for: the share of rows on what it does not know; 0.8."),
    ] = None,
    ask: Annotated[
        int | None,
        typer.Option(help="With --for: ask it about so many facts at most; 2000.", min=1),
    ] = None,
    teacher: Annotated[
        str,
        typer.Option(
            help="An OpenAI-compatible server that rewords answers, such as "
            "http://127.0.0.1:8080/v1; its key is read from MEDCHAT_TEACHER_KEY."
        ),
    ] = "",
    teacher_model: Annotated[str, typer.Option(help="The model that it shall use.")] = "",
    engine: Annotated[
        str, typer.Option(help="What writes rows: processes of this machine, or ray.")
    ] = "processes",
    as_json: Json = False,
) -> None:
    """Write instruction data from the graph, or prove each row of a folder against it."""
    if check is not None and out is None:
        _check(check, as_json)
    if out is None or check is not None:
        raise MedchatError(
            "Give a folder to write with --out, or one to prove with --check.",
            where="medchat build-data",
            remedy="For example: medchat build-data --out lessons",
        )
    from knowledge.lessons.build import build
    from knowledge.lessons.build_options import DEFAULTS, BuildOptions
    from knowledge.lessons.facts.manner import WantedManners
    from medchat.composition import find_urgent

    with _open() as base:
        options = BuildOptions(
            styles=_names(style.lower()) or DEFAULTS.styles,
            languages=_names(language.lower()),
            manners=WantedManners(
                _names(register.lower()), _names(length.lower()), _names(difficulty.lower())
            ),
            limit=limit,
            seed=seed,
            parallel=parallel,
            workers=workers,
            engine=engine,
            urgency=find_urgent,
            imports=_imported_files(take_in or (), import_format, import_licence),
            feedback=_approved_rows(base) if feedback else (),
            personal=personal,
            exclude=tuple(exclude or ()),
            licences=_names(licence),
            keywords=_read_keywords(keywords) if keywords else (),
            least_quality=least_quality,
            aim=_aim(base, language, for_, unknown_share, ask),
            teacher=_teacher_options(base, teacher, teacher_model) if teacher else None,
        )
        report = build(base.engine, _generation(base, options), out, options, base.progress)
    output.show(report, _built_lines(report, limit), as_json=as_json)


def _check(folder: Path, as_json: bool) -> NoReturn:
    """Prove the rows of a folder; exit with 0 where nothing is wrong with it, else with 1."""
    from knowledge.lessons.dataset_check import check
    from medchat.composition import find_urgent

    with _open() as base:
        report = check(base.engine, base.generation, folder, base.progress, find_urgent)
    output.show(report, _report_lines(report), as_json=as_json)
    raise typer.Exit(1 if report.faults else 0)


def _open() -> "AbstractContextManager[OpenBase]":
    from medchat.cli.open_base import open_base

    return open_base(startup.settings())


def _generation(base: "OpenBase", options: "BuildOptions") -> int:
    """Return what to read; rows of other data sets alone need no knowledge base."""
    return 0 if options.writes_none else base.generation


def _names(text: str) -> tuple[str, ...]:
    """Return the names of a text that separates them by commas."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _imported_files(paths: Sequence[Path], format: str, licence: str) -> "tuple[ImportedFile, ...]":
    from knowledge.datasets.imports.imported_rows import files_of

    return tuple(file for path in paths for file in files_of(path, format, licence))


def _approved_rows(base: "OpenBase") -> "tuple[Candidate, ...]":
    from medchat.storage.feedback import approved_rows

    return tuple(approved_rows(base.engine))


def _read_keywords(path: Path) -> tuple[str, ...]:
    from knowledge.datasets.filters.keywords import read_keywords

    return read_keywords(path)


def _teacher_options(base: "OpenBase", url: str, model: str) -> "TeacherOptions":
    """Return where the teacher is; its replies are kept in the home."""
    from knowledge.datasets.teacher_server import TeacherOptions

    key = base.settings.teacher_key.get_secret_value()
    return TeacherOptions(url, model, base.settings.home / "teacher.db", key)


def _aim(
    base: "OpenBase", language: str, name: str, share: float | None, ask: int | None
) -> "Aim | None":
    """Return what rows are drawn by, and tell what the base knows; nothing where none is named."""
    from knowledge.lessons.build_options import BuildOptions
    from medchat.aiming import ASKED, UNKNOWN_SHARE, Wanted, aim_at

    if not name and (share is not None or ask is not None):
        flag = "--unknown-share" if share is not None else "--ask"
        raise MedchatError(
            "No base is named whose knowledge is meant.", where=flag, remedy="Add --for BASE."
        )
    if not name:
        return None
    languages = BuildOptions(languages=_names(language.lower())).ordered_languages
    wanted = Wanted(name, UNKNOWN_SHARE if share is None else share, ask or ASKED)
    home = base.settings.home
    aimed = aim_at(base.engine, base.generation, home, languages, wanted, base.progress)
    for line in aimed.told:
        output.note(line)
    return aimed.aim


def _report_lines(report: "BuildReport | CheckReport") -> list[str]:
    """Return a report as lines, the first faults in full."""
    from knowledge.datasets.row_counts import topic_name

    values = asdict(report)
    if not values.get("for_base"):
        values.pop("for_base", None)
    if "relations" in values:
        values["relations"] = {topic_name(key): n for key, n in values["relations"].items()}
    values.pop("chosen_alone", None)  # told in words
    faults = values.get("faults", [])
    lines = output.pairs(values)
    lines += [f"{each['file']}:{each['line']}: {each['reason']}." for each in faults[:20]]
    return lines


def _built_lines(report: "BuildReport", limit: int | None) -> list[str]:
    return [*_report_lines(report), *_pair_lines(report), *_supply_lines(report, limit)]


def _pair_lines(report: "BuildReport") -> list[str]:
    if not report.chosen_alone:
        return []
    return [
        f"{report.chosen_alone:,} rows are the chosen answers of imported preference pairs; the "
        "rejected ones are left out. A round of preference learns from both where its settings "
        "name the file: feedback: FILE, JSON lines with prompt, chosen and rejected."
    ]


def _supply_lines(report: "BuildReport", limit: int | None) -> list[str]:
    """Say how many rows there are, and what limits them, where fewer were made than asked for."""
    if limit is None or report.rows >= limit:
        return []
    told = f"There are {report.rows:,} such rows, fewer than the {limit:,} asked for."
    reasons = sorted(report.dropped.items(), key=lambda each: (-each[1], each[0]))[:2]
    if not reasons:
        return [f"{told} They say all that the knowledge base holds."]
    because = " and ".join(f"{reason} ({count:,})" for reason, count in reasons)
    return [f"{told} What was left out most: {because}. More knowledge gives more rows."]
