from __future__ import annotations

import json
import stat

FLOW = {
    "format": 1,
    "name": "small",
    "nodes": {
        "start": {"use": "connector.manual@1", "params": {"key_path": "no"}},
        "big": {"use": "rule.condition@1", "params": {"when": 'money(item.paid) >= money("50")'}},
        "send": {"use": "connector.to_wms@1", "params": {"wms": {"connection": "wms"}}},
    },
    "wires": ["start -> big", "big.yes -> send"],
}
ORDERS = b'{"no": "1", "paid": "80.00", "version": "1"}\n{"no": "2", "paid": "8.00", "version": "1"}\n{"no": "3", "version": "1"}\n'


def prepare(folder, flow=FLOW) -> None:
    (folder / "small.json").write_text(json.dumps(flow))


def test_a_run_tells_effects_ends_and_parked_items_in_order_of_event_and_node(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    answer = orderloom("run", "small.json", "--input", "-", stdin=ORDERS)
    assert [(line["event"], line["node"], line["kind"]) for line in answer.lines] == [
        ("1", "send", "effect"), ("1", "send", "end"), ("2", "big", "end"), ("3", "big", "parked"),
    ]  # fmt: skip


def test_an_effect_shows_the_request_and_its_idempotency_key(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    request = orderloom("run", "small.json", "--input", "-", stdin=ORDERS).lines[0]["request"]
    assert (request["method"], request["url"], request["body"]["paid"]) == ("POST", "wms:/orders", "80.00")
    assert len(request["headers"]["Idempotency-Key"]) == 32


def test_an_end_names_the_port_and_a_parked_item_its_problem(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    _, _, end, parked = orderloom("run", "small.json", "--input", "-", stdin=ORDERS).lines
    assert (end["port"], end["item"]["no"]) == ("no", "2")
    assert parked["problem"]["code"] == "expression.no_such_field"
    assert set(parked["problem"]) == {"code", "where", "what", "do"}


def test_something_parked_makes_exit_code_1_and_nothing_0(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    assert orderloom("run", "small.json", "--input", "-", stdin=ORDERS).code == 1
    assert orderloom("run", "small.json", "--input", "-", stdin=ORDERS.splitlines()[0]).code == 0


def test_the_summary_stands_on_standard_error(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    assert orderloom("run", "small.json", "--input", "-", stdin=ORDERS).err.startswith(
        "3 events: 2 ends, 1 effect, 1 parked, 0 dropped, in "
    )


def test_the_output_file_belongs_to_its_owner_only(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    (tmp_path / "out.jsonl").touch(mode=0o644)
    assert orderloom("run", "small.json", "--input", "-", "--output", "out.jsonl", stdin=ORDERS).out == ""
    assert stat.S_IMODE((tmp_path / "out.jsonl").stat().st_mode) == 0o600
    assert len((tmp_path / "out.jsonl").read_bytes().splitlines()) == 4


def test_two_runs_give_the_same_bytes(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    outs = {orderloom("run", "small.json", "--input", "-", stdin=ORDERS).out for _ in range(2)}
    assert len(outs) == 1


def test_rows_before_an_unreadable_one_are_run(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    answer = orderloom("run", "small.json", "--input", "-", stdin=ORDERS + b"{oops\n")
    assert answer.code == 2
    assert len(answer.lines) == 4
    assert "Line 4 cannot be read" in answer.err


def test_output_and_input_must_not_be_the_same_file(orderloom, tmp_path) -> None:
    prepare(tmp_path)
    (tmp_path / "in.jsonl").write_bytes(ORDERS)
    answer = orderloom("run", "small.json", "--input", "in.jsonl", "--output", "in.jsonl")
    assert answer.code == 2
    assert (tmp_path / "in.jsonl").read_bytes() == ORDERS


def test_a_manual_trigger_starts_without_input(orderloom, tmp_path) -> None:
    flow = {**FLOW, "nodes": {"start": {"use": "connector.manual@1"}}, "wires": []}
    prepare(tmp_path, flow)
    assert orderloom("run", "small.json").lines == [
        {"event": "1", "node": "start", "port": "out", "kind": "end", "item_key": "1", "item": {}}
    ]


def test_a_file_trigger_needs_a_file(orderloom, flows) -> None:
    answer = orderloom("run", flows / "retail_import.json")
    assert answer.code == 2
    assert "run.input_needed" in answer.err


def test_the_trigger_must_be_named_where_several_fit(orderloom, flows) -> None:
    answer = orderloom("run", flows / "order_hub.json", "--input", "-", stdin=b"{}")
    assert answer.code == 2
    for trigger in ("jd, own_shop, own_shop_fetched", "pinduoduo, pinduoduo_told", "taobao, taobao_fetched, woocommerce"):
        assert trigger in answer.err


def test_a_flow_that_is_neither_file_nor_published_is_a_usage_error(orderloom) -> None:
    answer = orderloom("run", "order_hub", "--input", "-")
    assert answer.code == 2
    assert "cli.no_such_flow" in answer.err


def test_an_invalid_flow_is_not_run(orderloom, tmp_path) -> None:
    prepare(tmp_path, {**FLOW, "wires": ["start -> nowhere"]})
    assert orderloom("run", "small.json", "--input", "-", stdin=ORDERS).code == 2


def test_rows_before_one_that_is_no_object_are_kept(orderloom, flows, tmp_path) -> None:
    row = {
        "InvoiceNo": "1",
        "StockCode": "A",
        "Description": "x",
        "Quantity": "2",
        "InvoiceDate": "2011-07-01 08:26:00",
        "UnitPrice": "1.5",
    }
    lines = [{**row, "CustomerID": "7", "Country": "France"}, 5]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    answer = orderloom("run", flows / "retail_import.json", "--input", "in.jsonl")
    assert answer.code == 2
    assert [line["item"]["amount"] for line in answer.lines] == [{"items": "3.0"}]
    assert "input.not_an_object" in answer.err


def test_a_file_without_rows_is_said_to_have_none(orderloom, tmp_path) -> None:
    flow = {"format": 1, "name": "rows", "nodes": {"start": {"use": "connector.file@1"}}}
    (tmp_path / "rows.json").write_text(json.dumps(flow))
    (tmp_path / "none.csv").write_text("a,b\n")
    assert orderloom("run", "rows.json", "--input", "none.csv").err.startswith("none.csv holds no rows.\n0 events: ")
