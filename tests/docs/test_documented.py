"""What can be set, called or met is documented, and what is documented exists."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import click
import pytest

from designer.app import create_app
from engine.app import Orderloom
from engine.cli.program import program
from engine.connection.types import connection_types, json_schema
from engine.errors import SettingsInvalid
from engine.flow.document import Document
from engine.settings import CONNECTION_PREFIX, PREFIX, Settings, load_settings
from engine.store.memory import MemoryStore
from tools import problem_codes

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("README*.md"), *DOCS.glob("*.md")])
INVENTED = PREFIX + "NOTHING"
"""Stands for a variable that nobody knows, here and in the examples."""


def page(name: str) -> str:
    return (DOCS / name).read_text(encoding="utf-8")


def variables() -> set[str]:
    """Every variable that the settings know, as they say it themselves."""
    with pytest.raises(SettingsInvalid) as caught:
        load_settings({INVENTED: "1"}, Path())
    return {*caught.value.problems[0].fields["known"], CONNECTION_PREFIX}


def commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(program)
    for name in program.list_commands(context):
        command = program.get_command(context, name)
        assert command is not None
        yield name, command


def operations() -> set[str]:
    """``GET /api/flows`` and so on, as the service describes itself."""
    described = create_app(Orderloom(Settings(), MemoryStore()), key="k").openapi_schema.to_schema()["paths"]
    return {f"{method.upper()} {path}" for path, methods in described.items() for method in methods}


def document_keys(model: type[Document]) -> Iterator[str]:
    for name, field in model.model_fields.items():
        yield field.alias or name


def test_every_setting_is_documented() -> None:
    text = page("operations.md")
    missing = [field.name for field in fields(Settings) if f"`{field.name}`" not in text]
    assert missing == []


def test_every_variable_is_documented() -> None:
    assert [name for name in sorted(variables()) if f"`{name}" not in page("operations.md")] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_a_page_names_no_variable_that_does_not_exist(document: Path) -> None:
    named = set(re.findall(r"ORDERLOOM_[A-Z_]*[A-Z]", document.read_text(encoding="utf-8").replace("\\_", "_")))
    assert [name for name in sorted(named) if not _known(name)] == []


@pytest.mark.parametrize("document", PAGES, ids=lambda document: document.name)
def test_links_and_named_tests_lead_to_files_that_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    linked = {document.parent / target for target in re.findall(r"\]\((?!https?:)([^)#\s]+)", text)}
    named = {ROOT / target for target in re.findall(r"`(tests/[\w/]+\.py)`", text)}
    assert [str(target) for target in sorted(linked | named) if not target.exists()] == []


def test_every_command_and_option_is_documented() -> None:
    text = page("commands.md")
    missing = [name for name, _ in commands() if f"## {name}" not in text]
    missing += [f"{name} {option}" for name, command in commands() for option in _options(command) if f"`{option}" not in _part(text, name)]
    assert missing == []


def test_every_connection_type_and_field_is_documented() -> None:
    text = page("connections.md")
    missing = [name for name in _own_types() if f"`{name}`" not in text]
    missing += [f"{name}.{field}" for name in _own_types() for field in json_schema(name)["properties"] if f"`{field}`" not in text]
    assert missing == []


def test_every_operation_of_the_api_is_documented() -> None:
    text = page("http-api.md")
    assert [one for one in sorted(operations()) if f"`{one}" not in text] == []


def test_every_key_of_a_flow_is_documented() -> None:
    text = page("flows.md")
    keys = {key for model in Document.__subclasses__() for key in document_keys(model)}
    assert [key for key in sorted(keys) if f"`{key}`" not in text] == []


def test_every_code_of_the_flow_check_is_documented() -> None:
    sources = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "engine/flow/check").glob("*.py"))
    codes = set(re.findall(r'Problem\("([a-z_]+\.[a-z_]+)"', sources))
    assert codes
    assert [code for code in sorted(codes) if f"`{code}`" not in page("flows.md")] == []


def test_the_table_of_the_flow_check_names_no_code_that_does_not_exist() -> None:
    table = page("flows.md").partition("## What the check finds")[2].partition("## Limits")[0]
    named = {code for row in re.findall(r"^\| (`.*?) \|", table, re.MULTILINE) for code in re.findall(r"`([a-z_]+\.[a-z_]+)`", row)}
    assert named
    assert sorted(named - problem_codes.codes("en").keys()) == []


def test_the_page_of_problem_codes_is_that_of_the_catalogues() -> None:
    assert page("problem-codes.md") == problem_codes.page(), "run tools/problem_codes.py"


def test_every_problem_has_its_two_sentences_in_both_languages() -> None:
    by_language = {language: problem_codes.codes(language) for language in problem_codes.LANGUAGES}
    incomplete = [code for codes in by_language.values() for code, text in codes.items() if not all(text.partition("\n"))]
    assert by_language["en"].keys() == by_language["zh"].keys()
    assert incomplete == []


def _known(name: str) -> bool:
    return name == INVENTED or name in variables() or f"{name}_" == CONNECTION_PREFIX or name.startswith(CONNECTION_PREFIX)


def _options(command: click.Command) -> list[str]:
    own = [parameter for parameter in command.params if isinstance(parameter, click.Option)]
    return [name for option in own for name in option.opts if name not in ("--lang", "--debug", "--help")]


def _part(text: str, command: str) -> str:
    """What stands below a command's heading."""
    return re.split(r"^## ", text.partition(f"## {command}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def _own_types() -> list[Any]:
    return sorted(name for name, model in connection_types().items() if model.__module__.startswith("engine."))
