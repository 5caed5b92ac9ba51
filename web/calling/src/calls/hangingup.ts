// The end of a call by its own user: for this client, or for everybody.
import { hasCode } from "../errors";
import type { CallCore } from "./call";
import { over } from "./state";

/** How long the server has to confirm that a call has ended. */
const HANGUP_MS = 5_000;

/** Leaves the call. `forEveryone` ends it for all; a server that refuses that has changed nothing, and the call goes on. */
export async function hangUp(call: CallCore, forEveryone: boolean): Promise<void> {
  if (call.endReason) return;
  if (over(call.state)) return new Promise((resolve) => call.inner.on("over", resolve)); // it was asked for before
  if (call.state === "None") return call.end(0, 0); // the server has not heard of it, and will not
  if (!forEveryone) call.move("Disconnecting");
  let timer: ReturnType<typeof setTimeout> | undefined;
  const gone = new Promise<void>((resolve, reject) => {
    call.inner.on("over", resolve);
    // Nobody waits for an answer that a lost connection brings after minutes, or never.
    timer = setTimeout(() => call.end(0, 0), HANGUP_MS);
    call.ask("call.hangup", forEveryone ? { forEveryone } : {}).then(
      () => call.move("Disconnecting"),
      (error: unknown) => {
        if (call.endReason) return;
        if (forEveryone && refused(error)) return reject(error);
        call.context.log(`hang up: ${error}`);
        call.end(0, 0);
      },
    );
  });
  await gone.finally(() => clearTimeout(timer));
}

/** Whether the server has answered that it may not be, in contrast to a call or a connection that is lost. */
function refused(error: unknown): boolean {
  return hasCode(error) && error.code >= 400 && error.code < 500 && ![404, 410, 490].includes(error.code);
}
