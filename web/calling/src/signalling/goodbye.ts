// The end of a session whose client has no socket, or no good token, any more
// (docs/browser-protocol.md, "Sessions").
import { Socket } from "./socket";

/** Opens a socket and says bye with the session's secret: nobody shall wait for a client that does not come back. */
export function sayGoodbye(address: string, session: string): void {
  const socket = new Socket(address, { frame: () => {}, closed: () => {} }, () => {
    socket.send({ t: "bye", session });
    socket.close();
  });
}

/** Says it from a page that is being left, for which the browser opens no socket any more. */
export function sayGoodbyeLeaving(address: string, session: string): void {
  globalThis.navigator?.sendBeacon?.(address.replace(/^ws/, "http"), JSON.stringify({ t: "bye", session }));
}
