// Errors of the package: every rejection has a numeric code and subCode.
import type { CallEndReason, CommunicationServicesError } from "./types";

/** Expected: the application or the user can mend it. Unexpected: the server or the browser failed. */
export type ErrorCategory = "ExpectedError" | "UnexpectedClientError" | "UnexpectedServerError";

/** Makes an error with a code. */
export function failure(code: number, subCode: number, message: string, category?: ErrorCategory): CommunicationServicesError {
  const error = new Error(message);
  const resultCategories = [category ?? (code >= 500 ? "UnexpectedServerError" : "ExpectedError")];
  return Object.assign(error, { name: "CommunicationServicesError", code, subCode, resultCategories });
}

/** Whether an error has a code of ours already. Errors of browsers have numbers of their own (DOMException.code), and no subCode. */
export function hasCode(error: unknown): error is CommunicationServicesError {
  const { code, subCode } = (error ?? {}) as { code?: unknown; subCode?: unknown };
  return typeof code === "number" && typeof subCode === "number";
}

/** The same error if it has a code, else one with this code that keeps its message. */
export function coded(error: unknown, code: number, subCode: number): CommunicationServicesError {
  if (hasCode(error)) return error;
  return failure(code, subCode, error instanceof Error ? error.message : String(error), "UnexpectedClientError");
}

/** A call's end, as a plain object that nobody changes later. */
export function endReason(code: number, subCode: number, message?: string): CallEndReason {
  const normal = code === 0 || code === 487 || code === 603;
  return { code, subCode, message: message ?? "", resultCategories: [normal ? "Success" : code >= 500 ? "UnexpectedServerError" : "ExpectedError"] };
}

/** Something that this service does not have. */
export function unsupported(what: string): CommunicationServicesError {
  return failure(400, 0, `${what} is not supported`);
}
