// Hold and resume: the server is asked, and the call is followed until it is there.
import { coded, failure } from "../errors";
import type { CallState } from "../types";
import type { CallCore } from "./call";
import { established, over } from "./state";

/** What was asked for last, and is not there yet. */
const asked = new WeakMap<CallCore, Promise<void>>();

/** Holds a call, or resumes it: one after the other, so that what is asked for last holds. */
export function hold(call: CallCore, held: boolean): Promise<void> {
  const before = asked.get(call);
  const done = before ? before.catch(() => {}).then(() => change(call, held)) : change(call, held);
  asked.set(call, done);
  const settled = (): void => void (asked.get(call) === done && asked.delete(call));
  done.then(settled, settled);
  return done;
}

async function change(call: CallCore, held: boolean): Promise<void> {
  if (!established(call.state)) throw failure(412, held ? 41033 : 41034, "only a connected call can be held or resumed");
  if (held === (call.state === "LocalHold")) return;
  const reached = reach(call, held ? ["LocalHold"] : ["Connected", "RemoteHold"]);
  try {
    await call.ask(held ? "call.hold" : "call.resume");
    await reached.done;
    if (over(call.state)) throw failure(410, held ? 41033 : 41034, "the call ended before");
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
