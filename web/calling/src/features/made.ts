import type { Feature } from "./feature";

/** A feature of a call as its file makes it; what all have in common is added to it (callfeatures.ts). */
export type Made<T extends Feature> = Omit<T, "dispose">;
