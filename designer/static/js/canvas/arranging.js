// Lays the boxes out from left to right. The library that does it is fetched when it is first wanted.
import { say } from "../texts.js";
import { autoLayout } from "../graph/autolayout.js";
import { arrange } from "../graph/move.js";
import { portsOf } from "../graph/ports.js";
import { heightOf } from "./board/card_size.js";
import { documentOf, edit } from "./state/editor.js";

export async function arrangeAll(editor) {
  const dagre = await import("../../vendor/dagre.esm.js");
  const doc = documentOf(editor.get());
  const { types } = editor.get();
  edit(editor, say("Tidy up"), arrange(doc, autoLayout(doc, dagre, (slug) => heightOf(portsOf(doc, types, slug)))));
  editor.set({ fit: Date.now() });
}
