// The public types of the package. Applications see nothing else; the classes that they
// construct are declared in their own files and exported by ../index.ts.
export * from "../features/feature";
export * from "./agent";
export * from "./call";
export * from "./devices";
export * from "./names";
export * from "./options";
export * from "./people";
export * from "./streams";
export * from "./teams";
export * from "./values";
