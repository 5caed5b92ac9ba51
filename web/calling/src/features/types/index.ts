// The types of the features of calls, clients and streams.
export * from "./capabilities";
export * from "./debuginfo";
export * from "./mediaaccess";
export * from "./mediastats";
export * from "./meeting";
export * from "./quality";
export * from "./recording";
export * from "./streameffects";
export * from "./teamsonly";
export * from "./texts";
export * from "./transfer";
