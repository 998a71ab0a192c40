// From afar a box shows only what it is: its small print could not be read.
const FAR = 0.58;

/** For React Flow's `useStore`. */
export const isFar = (state) => state.transform[2] < FAR;
