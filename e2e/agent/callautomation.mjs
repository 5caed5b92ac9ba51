// The SDK of Call Automation: the newest, or the old release that the environment
// names by its alias in package.json.
const release = process.env.CALL_AUTOMATION || "@azure/communication-call-automation";

export const { CallAutomationClient, parseCallAutomationEvent } = await import(release);

// recognizeArguments are the arguments of startRecognizing. The release 1.0 takes
// the number of tones as one of its own, where later ones have it in the options.
export const recognizeArguments = (target, options) =>
  release.endsWith("-1.0") ? [target, options.maxTonesToCollect, options] : [target, options];
