import assert from "node:assert/strict";
import { test } from "node:test";
import { byTitle } from "../../../../designer/static/js/canvas/side/text/by_title.js";

const problem = { code: "params.missing", what: "缺少参数“due”。", do: "请填写该参数。" };

test("a problem beside its field calls it as its label does, in both languages", () => {
  assert.equal(byTitle(problem, { name: "due", title: "处理时限" }).what, "缺少参数“处理时限”。");
  assert.equal(byTitle({ what: 'The parameter "due" is missing.', do: "" }, { name: "due", title: "Answer within" }).what, 'The parameter "Answer within" is missing.');
});

test("an item of a list has no label, and its problem stays as it is", () => assert.deepEqual(byTitle(problem, { name: "", title: "" }), problem));
