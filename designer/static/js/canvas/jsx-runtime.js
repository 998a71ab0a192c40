// Loaded as a plain script between React and React Flow, whose UMD asks for `react/jsx-runtime`: React 18 has none as UMD.
// The contract (https://github.com/reactjs/rfcs/pull/107): children travel in the props, the key beside them.
(() => {
  const { createElement, Fragment } = window.React;
  const jsx = (type, props, key) => createElement(type, key === undefined ? props : { ...props, key });

  window.jsxRuntime = { Fragment, jsx, jsxs: jsx };
})();
