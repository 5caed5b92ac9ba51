// Hold and resume: the server is asked, and the call is followed until it is there.
import { coded, failure } from "../errors";
import type { CallState } from "../types";
import type { CallCore } from "./call";
import { established, over } from "./state";

/** Holds a call, or resumes it. */
export async function hold(call: CallCore, held: boolean): Promise<void> {
  if (held === (call.state === "LocalHold")) return;
  if (!established(call.state)) throw failure(412, held ? 41033 : 41034, "only a connected call can be held or resumed");
  const reached = reach(call, held ? ["LocalHold"] : ["Connected", "RemoteHold"]);
  try {
    await call.ask(held ? "call.hold" : "call.resume");
    await reached.done;
  } catch (error) {
    reached.cancel();
    throw coded(error, 500, held ? 41033 : 41034);
  }
}

/** Waits for one of the states, or for the end of the call. */
function reach(call: CallCore, states: CallState[]): { done: Promise<void>; cancel(): void } {
  let cancel = (): void => {};
  const done = new Promise<void>((resolve) => {
    const look = (): void => {
      if (!states.includes(call.state) && !over(call.state)) return;
      cancel();
      resolve();
    };
    cancel = () => call.events.off("stateChanged", look);
    call.events.on("stateChanged", look);
    look();
  });
  return { done, cancel };
}
