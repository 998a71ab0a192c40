// Boxes are moved on the board first, and in the document when they are let go.
import { say } from "../../texts.js";
import { hasNode } from "../../graph/document.js";
import { moveNodes } from "../../graph/move.js";
import { drawnPlaces } from "../../graph/places.js";
import { applyNodeChanges } from "../react.js";
import { documentOf, edit } from "../state/editor.js";

/** @param {object[]} changes of React Flow @param {object[]} nodes */
export const withDragged = (changes, nodes) => {
  const visual = changes.filter((change) => change.type === "position" || change.type === "dimensions");
  return visual.length ? applyNodeChanges(visual, nodes) : nodes;
};

/** Takes over the places of boxes that were let go (or moved by an arrow key). */
export function placeMoved(editor, changes) {
  const released = changes.filter((change) => change.type === "position" && change.dragging === false && change.position);
  if (!released.length) return;
  const doc = documentOf(editor.get());
  const now = drawnPlaces(doc);
  const moved = released.filter(({ id, position }) => hasNode(doc, id) && (now[id].x !== position.x || now[id].y !== position.y));
  if (!moved.length) return;
  const slugs = moved.map(({ id }) => id);
  edit(editor, say("Move"), moveNodes(doc, Object.fromEntries(moved.map(({ id, position }) => [id, position]))), { merge: `move ${slugs.join(" ")}` });
}
