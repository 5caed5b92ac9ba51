// What a caller hands to who answers, within the documented bounds ("Pass contextual data between
// calls" of the calling SDK), in characters. Headers beyond them are left out.
import { failure } from "../errors";
import type { CustomContext, CustomHeader } from "../types";

/** Every header of SIP that an application makes begins so; those that do not are completed. */
const PREFIX = "X-MS-Custom-";
const SIP = { headers: 5, value: 256 };
const VOIP = { headers: 1_000, value: 1_024 };
const KEY = 64;
/** Of all headers for clients together, in bytes: a frame of the protocol has 64 KiB. */
const ALL = 32_000;

/** It throws 400 where a header has no key or no value. */
export function contextOf(context: CustomContext | undefined): CustomContext | undefined {
  if (!context) return undefined;
  const sip = [...headers(context.sipHeaders), ...headers(context.xHeaders)].map(({ key, value }) => ({ key: key.toLowerCase().startsWith(PREFIX.toLowerCase()) ? key : PREFIX + key, value }));
  return { userToUser: context.userToUser, sipHeaders: first(sip, SIP), voipHeaders: first(headers(context.voipHeaders), VOIP) };
}

function headers(given: CustomHeader[] | undefined): CustomHeader[] {
  if (!given) return [];
  const isHeader = (one: CustomHeader): boolean => typeof one?.key === "string" && typeof one.value === "string";
  if (!Array.isArray(given) || !given.every(isHeader)) throw failure(400, 0, "headers of customContext are a list, in which each has a key and a value: texts");
  return given;
}

function first(all: CustomHeader[], most: { headers: number; value: number }): CustomHeader[] {
  let room = ALL;
  const bytes = (text: string): number => new TextEncoder().encode(text).length;
  const fits = ({ key, value }: CustomHeader): boolean => {
    const size = bytes(key) + bytes(value);
    if (key.length > KEY || value.length > most.value || size > room) return false;
    room -= size;
    return true;
  };
  return all.filter(fits).slice(0, most.headers);
}
