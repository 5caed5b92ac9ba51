// A call as a file that the same page opens, also on another server.
import { signal } from "@preact/signals";
import { go } from "../../state/router";
import type { Call, Item } from "./model";

export interface Bundle {
  switchhook: 1;
  call: Call;
  items: Item[];
}

/** The bundle that was opened from a file, shown as calls/bundle. */
export const bundle = signal<Bundle | null>(null);

export function save(call: Call, items: Item[]): void {
  const file = new Blob([JSON.stringify({ switchhook: 1, call, items } satisfies Bundle)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = `call-${call.id}.json`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

export async function openBundle(file?: File): Promise<void> {
  if (!file) return;
  if (file.size > 50e6) throw new Error("the file is larger than 50 MB");
  let read: Bundle;
  try {
    read = JSON.parse(await file.text());
  } catch {
    throw new Error("the file is not a bundle of a call");
  }
  if (read?.switchhook !== 1 || typeof read.call?.id !== "string" || !Array.isArray(read.items)) throw new Error("the file is not a bundle of a call");
  bundle.value = read;
  go("calls/bundle");
}
