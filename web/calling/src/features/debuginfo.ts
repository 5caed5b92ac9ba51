// Which browser this is, and whether another tab has a client too.
import { Emitter } from "../emitter";
import { watchOtherTabs } from "./othertabs";
import type { DebugInfoFeature, EnvironmentInfo } from "./types";

/** The feature, and what ends it. */
export function debugInfo(): { feature: DebugInfoFeature; stop(): void } {
  const events = new Emitter<{ isCallClientActiveInAnotherTabChanged: void }>();
  let active = false;
  const stop = watchOtherTabs((now) => {
    if (now === active) return;
    active = now;
    events.emit("isCallClientActiveInAnotherTabChanged");
  });
  const feature: DebugInfoFeature = {
    name: "DebugInfo",
    get isCallClientActiveInAnotherTab() {
      return active;
    },
    dispose: () => {},
    getEnvironmentInfo: async () => environment(globalThis.navigator?.userAgent ?? ""),
    on: events.on as DebugInfoFeature["on"],
    off: events.off as DebugInfoFeature["off"],
  };
  return { feature, stop };
}

const BROWSERS: [RegExp, string, number][] = [
  [/Edg(?:e|A|iOS)?\/([\d.]+)/, "edge", 100],
  [/(?:Firefox|FxiOS)\/([\d.]+)/, "firefox", 100],
  [/(?:Chrome|CriOS|HeadlessChrome)\/([\d.]+)/, "chrome", 100],
  [/Version\/([\d.]+).*Safari/, "safari", 15],
];
const PLATFORMS: [RegExp, string][] = [
  [/Android/, "android"],
  [/iPhone|iPad|iPod/, "ios"],
  [/Windows/, "windows"],
  [/Mac OS X|Macintosh/, "mac"],
  [/Linux|X11|CrOS/, "linux"],
];

/** Reads a user agent. */
export function environment(userAgent: string): EnvironmentInfo {
  const platform = PLATFORMS.find(([pattern]) => pattern.test(userAgent))?.[1] ?? "unknown";
  const known = BROWSERS.find(([pattern]) => pattern.test(userAgent));
  const browserVersion = known?.[0].exec(userAgent)?.[1] ?? "0";
  const isSupportedPlatform = platform !== "unknown";
  const isSupportedBrowser = known !== undefined;
  const isSupportedBrowserVersion = known !== undefined && parseInt(browserVersion, 10) >= known[2];
  return {
    environment: { platform, browser: known?.[1] ?? "unknown", browserVersion },
    isSupportedPlatform,
    isSupportedBrowser,
    isSupportedBrowserVersion,
    isSupportedEnvironment: isSupportedPlatform && isSupportedBrowser && isSupportedBrowserVersion,
  };
}
