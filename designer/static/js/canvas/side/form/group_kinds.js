const GROUPS = ["list", "map", "object"];

/** Whether a field consists of other fields. @param {{kind: string}} field */
export const isGroup = ({ kind }) => GROUPS.includes(kind);
