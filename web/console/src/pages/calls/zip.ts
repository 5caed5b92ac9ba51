// Reads one file out of a zip, as servers write bundles (APPNOTE 6.3.10, §4.3).

const most = 100e6; // bytes of a file

/** The text of a file in an archive; an error where there is none. */
export async function textInZip(archive: ArrayBuffer, name: string): Promise<string> {
  const view = new DataView(archive);
  const end = endOf(view);
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("the file is damaged");
    const [method, size, length] = [view.getUint16(at + 10, true), view.getUint32(at + 20, true), view.getUint32(at + 24, true)];
    const [named, extra, comment, from] = [view.getUint16(at + 28, true), view.getUint16(at + 30, true), view.getUint16(at + 32, true), view.getUint32(at + 42, true)];
    if (new TextDecoder().decode(new Uint8Array(archive, at + 46, named)) === name) {
      if (length > most) throw new Error("the file is larger than 100 MB");
      const start = from + 30 + view.getUint16(from + 26, true) + view.getUint16(from + 28, true);
      return unpack(archive.slice(start, start + size), method);
    }
    at += 46 + named + extra + comment;
  }
  throw new Error(`there is no ${name} in it`);
}

/** Where the record is that ends the archive. */
function endOf(view: DataView): number {
  for (let at = view.byteLength - 22; at >= Math.max(0, view.byteLength - 22 - 65535); at--) if (view.getUint32(at, true) === 0x06054b50) return at;
  throw new Error("it is no zip");
}

async function unpack(bytes: ArrayBuffer, method: number): Promise<string> {
  if (method === 0) return new TextDecoder().decode(bytes);
  if (method !== 8) throw new Error("it is packed in an unknown way");
  const unpacked = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let part = await unpacked.read(); !part.done; part = await unpacked.read()) {
    text += decoder.decode(part.value, { stream: true });
    if (text.length > most) throw new Error("the file is larger than 100 MB");
  }
  return text;
}
