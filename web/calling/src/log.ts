// What the package logs: to the application's logger or, as the SDKs of Azure do, to the log of
// @azure/logger, which is silent until the page calls setLogLevel.
import { createClientLogger } from "@azure/logger";
import type { CallClientOptions } from "./types";

/** Pages that collect logs know these lines by how they begin: azure:ACS-calling:info. */
const azure = createClientLogger("ACS-calling");

export function logOf({ logger }: CallClientOptions): (line: string) => void {
  return (line) => (logger ?? azure).info(`calling: ${line}`);
}
