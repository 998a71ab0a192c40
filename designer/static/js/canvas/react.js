// The one place that knows where React and React Flow come from: the vendored UMD files leave them on `window`.
import htm from "../../vendor/htm.module.js";

export const { React } = window;
export const html = htm.bind(React.createElement);
export const { createRoot } = window.ReactDOM;
export const { Fragment, createContext, memo, useCallback, useContext, useEffect, useId, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } = React;
export const {
  Background, BaseEdge, Controls, EdgeLabelRenderer, Handle, MiniMap, Panel, Position, ReactFlow, ReactFlowProvider, SelectionMode,
  applyNodeChanges, getBezierPath, useConnection, useReactFlow, useStore, useUpdateNodeInternals,
} = window.ReactFlow;
