// Which control draws which kind of field.
import { BooleanControl } from "./boolean.js";
import { CelControl } from "./cel.js";
import { ChoiceControl } from "./choice.js";
import { ConnectionControl } from "./connection.js";
import { FlowControl } from "./flow.js";
import { JsonControl } from "./json.js";
import { ListControl } from "./list.js";
import { MapControl } from "./map.js";
import { NumberControl } from "./number.js";
import { ObjectControl } from "./object.js";
import { PathControl } from "./path.js";
import { TemplateControl } from "./template.js";
import { TextControl } from "./text.js";

const CONTROLS = {
  boolean: BooleanControl,
  choice: ChoiceControl,
  condition: CelControl,
  connection: ConnectionControl,
  duration: TextControl,
  expression: CelControl,
  flow: FlowControl,
  integer: NumberControl,
  list: ListControl,
  longtext: TemplateControl,
  map: MapControl,
  money: TextControl,
  number: NumberControl,
  object: ObjectControl,
  path: PathControl,
  secret: ConnectionControl,
  text: TextControl,
};

/** @param {{kind: string, format: string|null}} field */
export const controlOf = ({ kind, format }) => (kind === "text" && format === "url-template" ? TemplateControl : (CONTROLS[kind] ?? JsonControl));
