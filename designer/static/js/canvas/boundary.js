// A fault in one part of the page stays there: the part says so, everything else lives on. The next change tries it again.
import { say } from "../texts.js";
import { html, React } from "./react.js";
import { usePicked } from "./context.js";
import { documentOf } from "./state/editor.js";

const AROUND = [documentOf, (state) => state.selection, (state) => state.view, (state) => state.tab, (state) => state.drawer, (state) => state.overlay];

/** @param {{children: any}} props */
export function Boundary({ children }) {
  const around = AROUND.map(usePicked);
  return html`<${Catching} around=${around}>${children}<//>`;
}

class Catching extends React.Component {
  constructor(props) {
    super(props);
    this.state = { faulty: false };
  }

  static getDerivedStateFromError() {
    return { faulty: true };
  }

  componentDidUpdate({ around }) {
    if (this.state.faulty && around.some((one, n) => one !== this.props.around[n])) this.setState({ faulty: false });
  }

  render() {
    return this.state.faulty ? html`<p className="problem err part-fault" role="alert">${say("This part could not be shown. Undo, or load the page again; nothing is lost.")}</p>` : this.props.children;
  }
}
