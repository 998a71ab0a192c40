// What is pressed stands still: were the board to move between press and release, the click would fall on nothing.

/** @param {() => void} halt ends the move that is under way */
export function createStill(halt) {
  let pressed = false;
  let next = null;
  const follow = () => {
    if (pressed || !next) return;
    const run = next;
    next = null;
    run();
  };
  return {
    press() {
      pressed = true;
      halt();
    },
    release() {
      pressed = false;
      setTimeout(follow); // the click comes first
    },
    /** Moves the view now, or after the release; of several moves that wait the last one counts. */
    move(run) {
      next = run;
      follow();
    },
  };
}
