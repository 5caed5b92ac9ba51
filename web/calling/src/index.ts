// The public surface of the package.
export { CallClient } from "./client";
export { LocalAudioStream } from "./media/localaudiostream";
export { LocalVideoStream } from "./media/localvideostream";
export { VideoStreamRenderer } from "./media/renderer";
export { Features } from "./features/names";
export * from "./types";
export * from "./features/types";

/** Categories of the reasons that calls end for. */
export const disconnectCategoryMap: Readonly<Record<string, string>> = {};
