// A node comes onto the board: where it was dropped, or behind the selected one, and connected where that is clear.
import { say } from "../../texts.js";
import { connect, insertOnWire, refusal } from "../../graph/connect.js";
import { addNode } from "../../graph/nodes.js";
import { COLUMN, places, ROW } from "../../graph/places.js";
import { portsOf } from "../../graph/ports.js";
import { wiresOf } from "../../graph/wires.js";
import { WIDTH } from "../../graph/size.js";
import { useCallback, useReactFlow } from "../react.js";
import { documentOf, edit } from "../state/editor.js";
import { selectedNode } from "../state/derived.js";

/** By keyboard or double click. */
export function useAdding(editor) {
  const flow = useReactFlow();
  return useCallback((type) => {
    const before = selectedNode(editor.get());
    const slug = before ? addBehind(editor, type, before) : addAt(editor, type, middle(flow));
    editor.set({ tab: "settings", pointed: slug });
  }, [editor, flow]);
}

/** @param {{x: number, y: number}} at of the board @param {string|null} [wire] on which it was dropped */
export function addAt(editor, type, at, wire = null) {
  const added = addNode(documentOf(editor.get()), { use: type.use, at });
  const doc = wire ? insertOnWire(added.doc, editor.get().types, wire, added.slug) : added.doc;
  edit(editor, say("Add {node}", { node: type.label }), doc, { select: { nodes: [added.slug] } });
  return added.slug;
}

/** Behind another node, at its first free port unless one is named. @param {string} before slug @param {string} [named] port */
export function addBehind(editor, type, before, named) {
  const { types } = editor.get();
  const doc = documentOf(editor.get());
  const at = freeSpot(doc, { x: places(doc)[before].x + COLUMN, y: places(doc)[before].y });
  const added = addNode(doc, { use: type.use, at });
  const port = named ?? firstFree(doc, types, before);
  const ends = port && { source: before, port, target: added.slug };
  const joined = ends && !refusal(added.doc, types, ends) ? connect(added.doc, ends) : added.doc;
  edit(editor, say("Add {node}", { node: type.label }), joined, { select: { nodes: [added.slug] } });
  return added.slug;
}

function firstFree(doc, types, slug) {
  const used = new Set(wiresOf(doc).filter(({ source }) => source === slug).map(({ port }) => port));
  return portsOf(doc, types, slug).find(({ name }) => name !== "error" && !used.has(name))?.name;
}

function freeSpot(doc, wish) {
  const taken = Object.values(places(doc));
  const spot = { ...wish };
  while (taken.some(({ x, y }) => Math.abs(x - spot.x) < COLUMN - 20 && Math.abs(y - spot.y) < ROW - 20)) spot.y += ROW;
  return spot;
}

function middle(flow) {
  const box = document.querySelector(".react-flow")?.getBoundingClientRect() ?? { left: 0, top: 0, width: 600, height: 400 };
  const point = flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
  return { x: point.x - WIDTH / 2, y: point.y - 39 };
}
