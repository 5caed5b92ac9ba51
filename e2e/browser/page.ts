// The page of the tests: the library, and what tests look at it with.
import * as calling from "../../web/calling/src/index";
import { AzureCommunicationTokenCredential } from "@azure/communication-common";
import { moves, tone } from "./measure";

/** Every state of a call, and everything that it tells, as lines. */
function watch(call: calling.Call): string[] {
  const lines: string[] = [];
  call.on("stateChanged", () => lines.push(`state ${call.state}`));
  call.on("isMutedChanged", () => lines.push(`muted ${call.isMuted}`));
  call.on("mutedByOthers", () => lines.push("mutedByOthers"));
  call.on("roleChanged", () => lines.push(`role ${call.role}`));
  call.on("remoteParticipantsUpdated", ({ added, removed }) => {
    for (const person of added) lines.push(`came ${person.displayName ?? ""}`);
    for (const person of removed) lines.push(`left ${person.displayName ?? ""}`);
  });
  return lines;
}

/** Every socket of the page, so that tests can cut them. */
const sockets: WebSocket[] = [];
globalThis.WebSocket = class extends WebSocket {
  constructor(address: string | URL) {
    super(address);
    sockets.push(this);
  }
};

Object.assign(globalThis, { sockets, calling, AzureCommunicationTokenCredential, tone, watch, moves });
