// A bundle of a call, which a server has written, opened in the page of any server.
import { signal } from "@preact/signals";
import { go } from "../../state/router";
import type { Call, Item } from "./model";
import { textInZip } from "./zip";

export interface Bundle {
  call: Call;
  items: Item[];
}

/** The bundle that was opened from a file, shown as calls/bundle. */
export const bundle = signal<Bundle | null>(null);

export async function openBundle(file?: File): Promise<void> {
  if (!file) return;
  if (file.size > 50e6) throw new Error("the file is larger than 50 MB");
  let read: Bundle;
  try {
    read = JSON.parse(await textInZip(await file.arrayBuffer(), "call.json"));
  } catch (error) {
    throw new Error(`the file is not a bundle of a call: ${(error as Error).message}`);
  }
  if (typeof read?.call?.id !== "string" || !Array.isArray(read.items)) throw new Error("the file is not a bundle of a call");
  bundle.value = read;
  go("calls/bundle");
}
