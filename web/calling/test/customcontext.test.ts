// Which headers of a custom context are handed over.
import assert from "node:assert/strict";
import { test } from "node:test";
import { contextOf } from "../src/calls/customcontext";

const keys = (headers: { key: string }[] | undefined): string[] => headers!.map(({ key }) => key);

test("headers are counted in characters, and those that are longer are left out", () => {
  const text = (length: number): string => "語".repeat(length);
  const given = contextOf({
    sipHeaders: [{ key: "a", value: text(256) }, { key: "b", value: text(257) }],
    voipHeaders: [{ key: text(64), value: text(1_024) }, { key: text(65), value: "1" }, { key: "c", value: text(1_025) }],
  });
  assert.deepEqual([keys(given?.sipHeaders), keys(given?.voipHeaders)], [["X-MS-Custom-a"], [text(64)]]);
});

test("headers for clients have 32,000 bytes together, and what fits behind one that does not is kept", () => {
  const long = (key: string, length = 1_024): { key: string; value: string } => ({ key, value: "語".repeat(length) });
  const given = contextOf({ voipHeaders: [...Array.from({ length: 10 }, (_, n) => long(String(n))), long("beyond"), long("k", 400)] });
  assert.deepEqual(keys(given?.voipHeaders).slice(-2), ["9", "k"]);
});
