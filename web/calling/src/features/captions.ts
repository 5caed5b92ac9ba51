// Captions of what is said. Each client begins and ends its own.
import type { CallCore } from "../calls/call";
import { Emitter } from "../emitter";
import { identifier } from "../identifiers";
import type { Captions, CaptionsCallFeature, CaptionsInfo } from "./types";

export function captions(call: CallCore): CaptionsCallFeature {
  const events = new Emitter<{ CaptionsKindChanged: void }>();
  const inner = new Emitter<{ CaptionsActiveChanged: void; SpokenLanguageChanged: void; CaptionsReceived: CaptionsInfo }>();
  let active = false;
  let language = "en-us";
  /** As this client said it, if it did. */
  let spoken: string | undefined;
  call.inner.on("message", (message) => {
    if (message.t === "captions.ended" && active) {
      active = false;
      return inner.emit("CaptionsActiveChanged");
    }
    if (message.t !== "caption" || !active) return;
    speaks(message.language);
    inner.emit("CaptionsReceived", {
      resultType: message.final ? "Final" : "Partial",
      speaker: { identifier: identifier(message.who), displayName: message.displayName },
      spokenLanguage: message.language ?? language,
      spokenText: message.text,
      timestamp: new Date(message.time ?? Date.now()),
    });
  });
  call.inner.on("over", () => (active = false));
  call.inner.on("rejoined", () => {
    if (!active) return;
    call.ask("captions.set", { on: true, language: spoken }).catch(() => {
      active = false;
      inner.emit("CaptionsActiveChanged");
    });
  });
  // The language is that of the call: whoever sets it last sets it for all.
  const speaks = (now: string | undefined): void => {
    if (!now || now.toLowerCase() === language) return;
    language = now.toLowerCase();
    inner.emit("SpokenLanguageChanged");
  };
  const set = async (on: boolean, wanted?: string): Promise<void> => {
    await call.ask("captions.set", { on, ...(wanted ? { language: wanted } : {}) });
    spoken = wanted ?? spoken;
    speaks(wanted);
    if (on === active) return;
    active = on;
    inner.emit("CaptionsActiveChanged");
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
    setSpokenLanguage: (wanted) => set(active, wanted),
    on: inner.on as Captions["on"],
    off: inner.off as Captions["off"],
  };
  return { name: "Captions", captions: object, on: events.on as CaptionsCallFeature["on"], off: events.off as CaptionsCallFeature["off"] };
}
