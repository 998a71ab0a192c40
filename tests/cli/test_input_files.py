from __future__ import annotations

import gzip
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from engine.catalogue import explain
from engine.errors import InputInvalid
from engine.intake.files import InputFile
from engine.intake.table_rows import encoding_of, read_table
from engine.intake.workbook_rows import cell_text


def items(path: Path) -> list[object]:
    return list(InputFile(str(path)))


def failing(path: Path) -> tuple[list[object], InputInvalid]:
    """What was read before reading failed, and how it failed."""
    found: list[object] = []
    with pytest.raises(InputInvalid) as caught:
        found.extend(iter_into(found, path))
    return found, caught.value


def iter_into(found: list[object], path: Path) -> list[object]:
    for item in InputFile(str(path)):
        found.append(item)  # noqa: PERF402 - what came before a fault is looked at
    return []


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_json_object_is_one_item_and_an_array_many(tmp_path) -> None:
    assert items(write(tmp_path / "a.json", '{"n": 1.10}')) == [{"n": Decimal("1.10")}]
    assert items(write(tmp_path / "b.json", '[{"n": 1}, {"n": 2}]')) == [{"n": 1}, {"n": 2}]


def test_json_lines_are_one_item_each_and_empty_ones_none(tmp_path) -> None:
    assert items(write(tmp_path / "a.jsonl", '{"n": 1}\n\n{"n": 2}')) == [{"n": 1}, {"n": 2}]


def test_an_unreadable_line_is_named_and_those_before_it_are_kept(tmp_path) -> None:
    found, error = failing(write(tmp_path / "a.jsonl", '{"n": 1}\n{"n": 2}\n{"n": \n'))
    assert found == [{"n": 1}, {"n": 2}]
    assert error.problems[0].fields["line"] == 3


def test_a_fault_in_a_json_document_is_named_by_its_line(tmp_path) -> None:
    _, error = failing(write(tmp_path / "a.json", '{\n "n": 1,\n "m": oops\n}'))
    assert error.problems[0].fields["line"] == 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_table_is_read_in_the_encodings_that_spreadsheets_write(tmp_path, encoding) -> None:
    assert items(write(tmp_path / "a.csv", "订单号,备注\nA1,加急\nA2,\n".encode(encoding))) == [
        {"订单号": "A1", "备注": "加急"},
        {"订单号": "A2", "备注": ""},
    ]


def test_cells_of_a_table_stay_text_and_may_hold_line_breaks(tmp_path) -> None:
    assert items(write(tmp_path / "a.csv", 'no,note\n007,"a\nb"\n')) == [{"no": "007", "note": "a\nb"}]


def test_a_row_of_another_length_is_named_by_its_line_and_those_before_it_are_kept(tmp_path) -> None:
    found, error = failing(write(tmp_path / "a.csv", "a,b\n1,2\n3\n"))
    assert found == [{"a": "1", "b": "2"}]
    assert (error.problems[0].code, error.problems[0].fields["line"]) == ("input.unreadable", 3)


def test_what_is_wrong_with_a_row_is_told_in_chinese_too(tmp_path) -> None:
    _, long = failing(write(tmp_path / "a.csv", f"a,b\n1,{'x' * 140_000}\n"))
    _, quoted = failing(write(tmp_path / "b.csv", 'a,b\n1,"x"y\n'))
    assert "131072" in explain(long.problems[0], "zh")["what"]
    assert "引号" in explain(quoted.problems[0], "zh")["what"]


def test_columns_of_the_same_name_are_refused_and_nameless_ones_numbered(tmp_path) -> None:
    _, error = failing(write(tmp_path / "a.csv", "a,a\n1,2\n"))
    assert error.problems[0].code == "input.header_twice"
    assert items(write(tmp_path / "b.csv", ",a\n0,1\n")) == [{"column_1": "0", "a": "1"}]


def test_any_file_may_be_compressed(tmp_path) -> None:
    assert items(write(tmp_path / "a.csv.gz", gzip.compress("a\n加急\n".encode("gb18030")))) == [{"a": "加急"}]
    assert items(write(tmp_path / "a.jsonl.gz", gzip.compress(b'{"n": 1}\n'))) == [{"n": 1}]


def test_a_compressed_file_that_was_cut_off_is_unreadable(tmp_path) -> None:
    whole = gzip.compress(b"a\n" + b"".join(b"%d\n" % n for n in range(100_000)))
    _, error = failing(write(tmp_path / "a.csv.gz", whole[: len(whole) // 2]))
    assert error.problems[0].code == "input.unreadable"


def test_a_workbook_gives_text_like_a_table(tmp_path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["no", "qty", "price", "at", "note"])
    sheet.append(["A1", 6, 2.55, datetime(2010, 12, 1, 8, 26), None])  # noqa: DTZ001 - workbooks know no zones
    sheet.append([536365, 1.0, 0.1])
    packed = BytesIO()
    book.save(packed)
    rows = [
        {"no": "A1", "qty": "6", "price": "2.55", "at": "2010-12-01 08:26:00", "note": ""},
        {"no": "536365", "qty": "1", "price": "0.1", "at": "", "note": ""},
    ]
    assert items(write(tmp_path / "a.xlsx", packed.getvalue())) == rows
    assert items(write(tmp_path / "a.xlsx.gz", gzip.compress(packed.getvalue()))) == rows


def test_what_only_looks_like_a_workbook_is_unreadable(tmp_path) -> None:
    _, error = failing(write(tmp_path / "a.xlsx", "no,qty\n"))
    assert error.problems[0].code == "input.unreadable"


@pytest.mark.parametrize(("name", "code"), [("a.xls", "input.unknown_format"), ("a", "input.unknown_format")])
def test_other_files_are_refused_at_once(tmp_path, name, code) -> None:
    write(tmp_path / name, b"x")
    with pytest.raises(InputInvalid) as caught:
        InputFile(str(tmp_path / name))
    assert caught.value.problems[0].code == code


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        (b'{"n": 1}', [{"n": 1}]),
        (b'{"n": 1}\n{"n": 2}\n', [{"n": 1}, {"n": 2}]),
        (b'[{"n": 1},\n {"n": 2}]', [{"n": 1}, {"n": 2}]),
        (b'\n{\n "n": 1\n}\n', [{"n": 1}]),
        (b"", []),
    ],
)
def test_standard_input_is_json_or_json_lines(sent, expected) -> None:
    assert list(InputFile("-", BytesIO(sent))) == expected


@given(
    st.lists(
        st.dictionaries(st.sampled_from("abc"), st.text(st.characters(exclude_categories=["Cs", "Cc"])), min_size=3, max_size=3),
        min_size=1,
        max_size=20,
    )
)
@settings(max_examples=60, deadline=None)
def test_whatever_is_written_as_csv_is_read_back(rows) -> None:
    quoted = "".join(",".join('"' + row[name].replace('"', '""') + '"' for name in "abc") + "\r\n" for row in rows)
    raw = ("a,b,c\r\n" + quoted).encode()
    assert list(read_table(BytesIO(raw), "x.csv", encoding_of(BytesIO(raw)))) == [{name: row[name] for name in "abc"} for row in rows]


@given(st.integers(-(10**12), 10**12), st.integers(0, 4))
def test_a_number_in_a_cell_keeps_its_value(digits, scale) -> None:
    value = Decimal(digits).scaleb(-scale)
    text = cell_text(float(value))
    assert Decimal(text) == value
    assert "E" not in text


@pytest.mark.parametrize("header", ["a;b", "a\tb"])
def test_a_table_with_another_delimiter_is_recognised_by_its_header(tmp_path, header) -> None:
    _, error = failing(write(tmp_path / "a.csv", f"{header}\n1;2\n"))
    assert error.problems[0].code == "input.delimiter"


def test_a_folder_is_not_a_file(tmp_path) -> None:
    with pytest.raises(InputInvalid) as caught:
        InputFile(str(tmp_path))
    assert caught.value.problems[0].code == "input.is_a_folder"


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", "a,b\n1\n"), ("a.csv", 'a,b\n"1'), ("a.xlsx", "a,b\n"), ("a.jsonl", "{\n"), ("a.csv.gz", "x")]
)
def test_why_a_file_cannot_be_read_is_told_in_chinese(tmp_path, name, content) -> None:
    problem = failing(write(tmp_path / name, content))[1].problems[0]
    reason = explain(problem, "zh")["what"].partition("：")[2]
    assert str(problem.fields["reason"]) not in reason
    assert reason
