// The page as a whole: bar, palette, board or outline, side panel, drawer.
import { say } from "../texts.js";
import { html, ReactFlowProvider, useEffect } from "./react.js";
import { EditorContext, usePicked } from "./context.js";
import { isDrawable } from "../graph/document.js";
import { Bar } from "./bar/bar.js";
import { Board } from "./board/board.js";
import { Boundary } from "./boundary.js";
import { Dialogs } from "./dialog/dialogs.js";
import { Drawer } from "./drawer/drawer.js";
import { Guide } from "./guide/guide.js";
import { Notices } from "./notices.js";
import { Outline } from "./outline/outline.js";
import { Palette } from "./palette/palette.js";
import { Side } from "./side/side.js";
import { Undrawable } from "./undrawable.js";
import { useClipboard } from "./clipboard.js";
import { useFocusKept } from "./focus_kept.js";
import { useShortcuts } from "./shortcuts.js";
import { isSideOpen } from "./state/derived.js";
import { documentOf } from "./state/editor.js";
import { keepChecked } from "./state/checking.js";
import { keepUnsaved } from "./state/keep.js";
import { keepTold } from "./state/others.js";
import { keepWatching } from "./state/watching.js";

/** @param {{editor: object}} props */
export function App({ editor }) {
  useEffect(() => {
    const ends = [keepChecked(editor), keepUnsaved(editor), keepWatching(editor), keepTold(editor)];
    return () => ends.forEach((end) => end());
  }, [editor]);
  return html`<${EditorContext.Provider} value=${editor}><${ReactFlowProvider}><${Shell} /></><//>`;
}

const VIEWS = { canvas: Board, outline: Outline };

function NotDrawn() {
  const flow = usePicked((state) => state.flow);
  const problems = usePicked((state) => state.problems);
  return html`<${Undrawable} flow=${flow} problems=${problems} />`;
}

function Shell() {
  const view = usePicked((state) => state.view);
  const drawer = usePicked((state) => state.drawer);
  const readOnly = usePicked((state) => state.readOnly);
  const drawable = usePicked((state) => isDrawable(documentOf(state)));
  const palette = drawable && !readOnly && view === "canvas";
  const side = usePicked(isSideOpen);
  useShortcuts();
  useClipboard();
  useFocusKept();
  return html`
    <div className="editor" data-drawer=${drawer ? "open" : "closed"} data-side=${side ? "open" : "closed"} data-palette=${palette ? "open" : "closed"}>
      <${Bar} />
      ${palette ? html`<${Palette} />` : null}
      <main className="stage" id="stage" tabIndex="-1" aria-label=${view === "canvas" ? say("Canvas") : say("Outline")}>
        <${Boundary}><${drawable ? VIEWS[view] : NotDrawn} /><//>
        <${Guide} />
        <${Notices} />
      </main>
      ${side ? html`<${Boundary}><${Side} /><//>` : null}
      <${Boundary}><${Drawer} /><//>
      <${Dialogs} />
    </div>
  `;
}
