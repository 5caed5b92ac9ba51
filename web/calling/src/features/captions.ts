// Captions of what is said. Each client begins and ends its own.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { failure } from "../errors";
import type { Made } from "./made";
import { participantInfo } from "./participantinfo";
import type { Captions, CaptionsCallFeature, CaptionsInfo } from "./types";

export function captions(call: CallCore): Made<CaptionsCallFeature> {
  const events = new Emitter<{ CaptionsKindChanged: void }>();
  const inner = new Emitter<{ CaptionsActiveChanged: void; SpokenLanguageChanged: void; CaptionsReceived: CaptionsInfo }>();
  let active = false;
  /** What this client asked for last, also while the server has not answered. */
  let wanted = false;
  let language = "en-us";
  /** As this client said it, if it did. */
  let spoken: string | undefined;
  const become = (now: boolean): void => {
    if (now === active) return;
    active = now;
    inner.emit("CaptionsActiveChanged");
  };
  const end = (): void => {
    wanted = false;
    become(false);
  };
  call.inner.on("message", (message) => {
    if (message.t === "captions.ended") return end();
    if (message.t !== "caption" || !active) return;
    speaks(message.language);
    inner.emit("CaptionsReceived", {
      resultType: message.final ? "Final" : "Partial",
      speaker: participantInfo(call, message.who, message.displayName),
      spokenLanguage: language,
      spokenText: message.text,
      timestamp: new Date(message.time ?? Date.now()),
    });
  });
  call.inner.on("over", end);
  call.inner.on("rejoined", () => {
    if (active) call.ask("captions.set", { on: true, language: spoken }).catch(end);
  });
  // The language is that of the call: whoever sets it last sets it for all.
  const speaks = (now: string | undefined): void => {
    if (!now || now.toLowerCase() === language) return;
    language = now.toLowerCase();
    inner.emit("SpokenLanguageChanged");
  };
  const set = async (on: boolean, said?: string): Promise<void> => {
    wanted = on;
    try {
      await call.ask("captions.set", { on, ...(said ? { language: said } : {}) });
    } catch (error) {
      wanted = active;
      throw error;
    }
    spoken = said ?? spoken;
    speaks(said);
    if (!call.endReason) become(on);
  };
  const object: Captions = {
    kind: "Captions",
    get isCaptionsFeatureActive() {
      return active;
    },
    supportedSpokenLanguages: ["en-us", "de-de", "fr-fr", "es-es", "it-it", "nl-nl", "pt-br", "pt-pt", "pl-pl", "sv-se", "da-dk", "fi-fi", "cs-cz", "ja-jp", "ko-kr", "zh-cn"],
    get activeSpokenLanguage() {
      return language;
    },
    startCaptions: (options) => set(true, options?.spokenLanguage),
    stopCaptions: () => set(false),
    setSpokenLanguage: async (said) => {
      if (typeof said !== "string" || said === "") throw failure(400, 0, "a spoken language is a text, such as en-us");
      await set(wanted, said);
    },
    on: inner.on as Captions["on"],
    off: inner.off as Captions["off"],
  };
  return { name: "Captions", captions: object, on: events.on as CaptionsCallFeature["on"], off: events.off as CaptionsCallFeature["off"] };
}
