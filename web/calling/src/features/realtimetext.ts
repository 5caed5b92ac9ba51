// Text that is typed while others read it.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import type { Made } from "./made";
import { participantInfo } from "./participantinfo";
import type { RealTimeTextCallFeature, RealTimeTextInfo } from "./types";

const LONGEST = 2_000;

export function realTimeText(call: CallCore): Made<RealTimeTextCallFeature> {
  const events = new Emitter<{ realTimeTextReceived: RealTimeTextInfo }>();
  /** Of each person, the text that is being typed, with its number there and here: it is final before the next begins. */
  const typing = new Map<string, { n: number; sequenceId: number; began: Date }>();
  /** The last text of this client. */
  let sequence = 1;
  /** The last text that was told: pages know a text by this number alone, whoever types it. */
  let told = 0;
  call.inner.on("message", (message) => {
    if (message.t !== "text") return;
    tell(message.who, message.displayName, message.n, message.text, message.final, false);
  });
  function tell(who: string, displayName: string | undefined, n: number, text: string, final: boolean, isLocal: boolean): void {
    const now = new Date();
    const key = `${isLocal ? "here" : "there"} ${who}`; // the user may type on two devices
    const before = typing.get(key);
    const typed = before?.n === n ? before : { n, sequenceId: ++told, began: now };
    if (final) typing.delete(key);
    else typing.set(key, typed);
    const resultType = final ? "Final" : "Partial";
    events.emit("realTimeTextReceived", { sequenceId: typed.sequenceId, sender: participantInfo(call, who, displayName), text, resultType, receivedTimestamp: typed.began, updatedTimestamp: now, isLocal });
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
