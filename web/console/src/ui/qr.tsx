// A text as a QR code (ISO/IEC 18004): bytes, error correction level M, versions 1 to 10.
import type { JSX } from "preact";

// Of each version: codewords of data, codewords of correction in a block, blocks.
const versions: [number, number, number][] = [
  [16, 10, 1],
  [28, 16, 1],
  [44, 26, 1],
  [64, 18, 2],
  [86, 24, 2],
  [108, 16, 4],
  [124, 18, 4],
  [154, 22, 4],
  [182, 22, 5],
  [216, 26, 5],
];
const alignment: number[][] = [[], [6, 18], [6, 22], [6, 26], [6, 30], [6, 34], [6, 22, 38], [6, 24, 42], [6, 26, 46], [6, 28, 50]];

// The field of 256 elements with the polynomial 0x11d.
const exp: number[] = [];
const log: number[] = [];
for (let i = 0, x = 1; i < 255; i++) {
  exp[i] = x;
  log[x] = i;
  x <<= 1;
  if (x & 0x100) x ^= 0x11d;
}
const times = (a: number, b: number): number => (a && b ? exp[(log[a]! + log[b]!) % 255]! : 0);

/** The codewords that correct a block of data (Reed-Solomon). */
function correction(data: number[], count: number): number[] {
  let generator = [1];
  for (let i = 0; i < count; i++) {
    const next = new Array<number>(generator.length + 1).fill(0);
    generator.forEach((g, k) => {
      next[k]! ^= g;
      next[k + 1]! ^= times(g, exp[i]!);
    });
    generator = next;
  }
  const rest = [...data, ...new Array<number>(count).fill(0)];
  for (let i = 0; i < data.length; i++) {
    const factor = rest[i]!;
    if (factor) generator.forEach((g, k) => (rest[i + k]! ^= times(g, factor)));
  }
  return rest.slice(data.length);
}

function codewords(bytes: Uint8Array, version: number): number[] {
  const [size, ec, blocks] = versions[version - 1]!;
  const bits: number[] = [];
  const push = (value: number, length: number): void => {
    for (let i = length - 1; i >= 0; i--) bits.push((value >> i) & 1);
  };
  push(4, 4);
  push(bytes.length, version < 10 ? 8 : 16);
  for (const byte of bytes) push(byte, 8);
  push(0, Math.min(4, size * 8 - bits.length));
  while (bits.length % 8) bits.push(0);
  const data: number[] = [];
  for (let i = 0; i < bits.length; i += 8) data.push(parseInt(bits.slice(i, i + 8).join(""), 2));
  for (let pad = 0xec; data.length < size; pad ^= 0xec ^ 0x11) data.push(pad);
  const short = Math.floor(size / blocks);
  const long = size % blocks; // so many blocks at the end have one more
  const split: number[][] = [];
  for (let i = 0, at = 0; i < blocks; i++) {
    const length = short + (i >= blocks - long ? 1 : 0);
    split.push(data.slice(at, at + length));
    at += length;
  }
  const all: number[] = [];
  for (let i = 0; i <= short; i++) for (const block of split) if (i < block.length) all.push(block[i]!);
  const checks = split.map((block) => correction(block, ec));
  for (let i = 0; i < ec; i++) for (const check of checks) all.push(check[i]!);
  return all;
}

/** The bits of a format or version, with their check bits. */
function checked(value: number, generator: number, bits: number): number {
  let rest = value << bits;
  for (let i = 31 - Math.clz32(rest || 1); i >= bits; i = 31 - Math.clz32(rest || 1)) rest ^= generator << (i - bits);
  return (value << bits) | rest;
}

/** Rows of modules; null where the text is too long. */
export function modules(text: string): boolean[][] | null {
  const bytes = new TextEncoder().encode(text);
  const version = versions.findIndex(([size], i) => bytes.length + (i < 9 ? 2 : 3) <= size) + 1;
  if (version === 0) return null;
  const side = 17 + 4 * version;
  const grid: (boolean | null)[][] = Array.from({ length: side }, () => new Array<boolean | null>(side).fill(null));
  const set = (row: number, column: number, dark: boolean): void => {
    if (row >= 0 && column >= 0 && row < side && column < side) grid[row]![column] = dark;
  };
  const finder = (row: number, column: number): void => {
    for (let r = -1; r <= 7; r++)
      for (let c = -1; c <= 7; c++) {
        const ring = Math.max(Math.abs(r - 3), Math.abs(c - 3));
        set(row + r, column + c, ring <= 1 || ring === 3);
      }
  };
  finder(0, 0);
  finder(0, side - 7);
  finder(side - 7, 0);
  const centres = alignment[version - 1]!;
  for (const row of centres)
    for (const column of centres)
      if (grid[row]![column] === null) for (let r = -2; r <= 2; r++) for (let c = -2; c <= 2; c++) set(row + r, column + c, Math.max(Math.abs(r), Math.abs(c)) !== 1);
  for (let i = 8; i < side - 8; i++) {
    set(6, i, i % 2 === 0);
    set(i, 6, i % 2 === 0);
  }
  const format = checked(0b00_000, 0b10100110111, 10) ^ 0b101010000010010; // level M, mask 0
  for (let i = 0; i < 15; i++) {
    const dark = ((format >> i) & 1) === 1;
    set(i < 6 ? i : i < 8 ? i + 1 : side - 15 + i, 8, dark);
    set(8, i < 8 ? side - 1 - i : i === 8 ? 7 : 14 - i, dark);
  }
  set(side - 8, 8, true);
  if (version >= 7) {
    const about = checked(version, 0b1111100100101, 12);
    for (let i = 0; i < 18; i++) {
      const dark = ((about >> i) & 1) === 1;
      set(Math.floor(i / 3), side - 11 + (i % 3), dark);
      set(side - 11 + (i % 3), Math.floor(i / 3), dark);
    }
  }
  const bits = codewords(bytes, version).flatMap((word) => [7, 6, 5, 4, 3, 2, 1, 0].map((i) => (word >> i) & 1));
  let at = 0;
  for (let right = side - 1, up = true; right > 0; right -= 2, up = !up) {
    if (right === 6) right--;
    for (let i = 0; i < side; i++) {
      const row = up ? side - 1 - i : i;
      for (const column of [right, right - 1]) {
        if (grid[row]![column] !== null) continue;
        const bit = bits[at++] ?? 0;
        grid[row]![column] = (bit === 1) !== ((row + column) % 2 === 0);
      }
    }
  }
  return grid as boolean[][];
}

export function QR(props: { text: string }): JSX.Element | null {
  const grid = modules(props.text);
  if (!grid) return null;
  const side = grid.length;
  const path = grid.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + 4} ${y + 4}h1v1h-1z` : ""))).join("");
  return (
    <svg class="qr" viewBox={`0 0 ${side + 8} ${side + 8}`} role="img" aria-label="Code with the account, for a softphone to scan">
      <rect width={side + 8} height={side + 8} fill="#fff" />
      <path d={path} fill="#000" shape-rendering="crispEdges" />
    </svg>
  );
}
