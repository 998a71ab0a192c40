from __future__ import annotations

import json

FAULTY = {
    "format": 1,
    "name": "faulty",
    "nodes": {
        "start": {"use": "connector.manual@1"},
        "big": {"use": "rule.condition@1", "params": {"when": "item.total >"}},
        "sums": {"use": "transform.sums@1"},
        "short": {"use": "transform.limit@1", "params": {}},
    },
    "wires": ["start -> big", "big.maybe -> sums", "start -> short", "start -> nowhere"],
}
GOOD = {
    "format": 1,
    "name": "good",
    "nodes": {"start": {"use": "connector.manual@1"}, "big": {"use": "rule.condition@1", "params": {"when": "item.qty > 1"}}},
    "wires": ["start -> big"],
    "tests": [{"name": "two reach it", "trigger": "start", "input": [{"qty": 2}], "expect": {"big": {"items": [{"qty": 2}]}}}],
}


def test_all_faults_of_a_flow_are_reported_in_one_go(orderloom, tmp_path) -> None:
    (tmp_path / "faulty.json").write_text(json.dumps(FAULTY))
    answer = orderloom("check", "faulty.json")
    codes = [line.split()[-1] for line in answer.out.splitlines() if line.startswith("  ")]
    assert answer.code == 2
    assert sorted(codes) == ["expression.syntax", "node.unknown", "params.missing", "wire.unknown_node", "wire.unknown_port"]


def test_the_flows_of_a_folder_are_found_and_schemas_and_samples_are_not(orderloom, tmp_path) -> None:
    (tmp_path / "flows" / "good").mkdir(parents=True)
    (tmp_path / "flows" / "good.json").write_text(json.dumps(GOOD))
    (tmp_path / "flows" / "good" / "sample.json").write_text("[]")
    (tmp_path / "flows" / "flow.schema.json").write_text("{}")
    answer = orderloom("check", "flows")
    assert (answer.code, answer.out) == (0, "1 flow checked, 0 problems.\n")


def test_a_folder_without_flows_is_a_usage_error(orderloom, tmp_path) -> None:
    (tmp_path / "empty").mkdir()
    answer = orderloom("check", "empty")
    assert answer.code == 2
    assert "cli.no_flows" in answer.err


def test_problems_name_the_file_where_it_is_called_otherwise_than_the_flow(orderloom, tmp_path) -> None:
    (tmp_path / "other.json").write_text(json.dumps({**GOOD, "wires": ["start -> big", "start -> big"]}))
    assert orderloom("check", "other.json").out.startswith('other.json › good › wire "start -> big": This wire is there twice.')


def test_green_tests_are_named_and_exit_with_0(orderloom, tmp_path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD))
    answer = orderloom("test", "good.json")
    assert (answer.code, answer.out) == (0, "passed  good › two reach it\n1 test passed, 0 failed.\n")


def test_a_red_test_shows_place_expected_and_actual(orderloom, tmp_path) -> None:
    red = {**GOOD["tests"][0], "input": [{"qty": 3}]}
    (tmp_path / "good.json").write_text(json.dumps({**GOOD, "tests": [red]}))
    answer = orderloom("test", "good.json")
    assert answer.code == 1
    assert answer.out.splitlines()[:4] == ["FAILED  good › two reach it", "  big › items › 1 › qty", "    expected: 2", "    actual:   3"]


def test_a_flow_without_any_test_exits_with_1(orderloom, tmp_path) -> None:
    (tmp_path / "good.json").write_text(json.dumps({**GOOD, "tests": []}))
    answer = orderloom("test", "good.json")
    assert answer.code == 1
    assert "test.none" in answer.out


def test_testing_an_invalid_flow_exits_with_2(orderloom, tmp_path) -> None:
    (tmp_path / "faulty.json").write_text(json.dumps(FAULTY))
    assert orderloom("test", "faulty.json").code == 2


def test_an_unreadable_flow_is_named_with_its_ending(orderloom, tmp_path) -> None:
    (tmp_path / "cut.json").write_text('{"format": 1,')
    assert orderloom("check", "cut.json").out.startswith("cut.json: The file is not readable JSON: it ends too early at line 1, column 14.")


def test_a_flow_that_begins_with_a_byte_order_mark_is_read(orderloom, tmp_path) -> None:
    (tmp_path / "good.json").write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert orderloom("check", "good.json").code == 0
    (tmp_path / "cut.json").write_text('{"format": 1,', encoding="utf-8-sig")
    assert "at line 1, column 14." in orderloom("check", "cut.json").out


def test_a_table_is_not_taken_for_a_flow(orderloom, tmp_path) -> None:
    (tmp_path / "orders.csv").write_text("a,b\n1,2\n")
    answer = orderloom("check", "orders.csv")
    assert answer.code == 2
    assert "cli.not_a_flow" in answer.err


def test_more_than_one_are_counted_in_the_plural(orderloom, tmp_path) -> None:
    for name in ("good", "better"):
        (tmp_path / f"{name}.json").write_text(json.dumps({**GOOD, "name": name, "wires": ["start -> big", "start -> big"]}))
    assert orderloom("check", "good.json").out.endswith("1 flow checked, 1 problem.\n")
    assert orderloom("check", ".").out.endswith("2 flows checked, 2 problems.\n")
