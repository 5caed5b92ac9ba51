// Text that is typed while others read it.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import { identifier } from "../identifiers";
import type { RealTimeTextCallFeature, RealTimeTextInfo } from "./types";

const LONGEST = 2_000;

export function realTimeText(call: CallCore): RealTimeTextCallFeature {
  const events = new Emitter<{ realTimeTextReceived: RealTimeTextInfo }>();
  /** Of each person, the text that is being typed: it is final before the next begins. */
  const typing = new Map<string, { n: number; began: Date }>();
  let sequence = 1;
  call.inner.on("message", (message) => {
    if (message.t !== "text") return;
    tell(message.who, message.displayName, message.n, message.text, message.final, false);
  });
  function tell(who: string, displayName: string | undefined, n: number, text: string, final: boolean, isLocal: boolean): void {
    const now = new Date();
    const before = typing.get(who);
    const receivedTimestamp = before?.n === n ? before.began : now;
    if (final) typing.delete(who);
    else typing.set(who, { n, began: receivedTimestamp });
    const resultType = final ? "Final" : "Partial";
    events.emit("realTimeTextReceived", { sequenceId: n, sender: { identifier: identifier(who), displayName }, text, resultType, receivedTimestamp, updatedTimestamp: now, isLocal });
  }
  return {
    name: "RealTimeText",
    sendRealTimeText: async (text, finalized = false) => {
      if (typeof text !== "string" || text.length > LONGEST) throw failure(400, 0, `a text has ${LONGEST} characters at most`);
      const n = sequence;
      if (finalized) sequence++;
      await call.ask("text.send", { n, text, final: finalized });
      tell(call.context.session.welcome?.user ?? "", call.context.displayName, n, text, finalized, true);
    },
    on: events.on as RealTimeTextCallFeature["on"],
    off: events.off as RealTimeTextCallFeature["off"],
  };
}
