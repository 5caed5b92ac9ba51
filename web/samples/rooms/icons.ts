// The drawings of the page, 24×24, in the colour of the text around them.
const SLASH = "M4 3 21 20";
const MICROPHONE = "M12 3a3 3 0 0 0-3 3v5a3 3 0 0 0 6 0V6a3 3 0 0 0-3-3zM6 11a6 6 0 0 0 12 0M12 17v4M9 21h6";
const CAMERA = "M4 7h9a2 2 0 0 1 2 2v6a2 2 0 0 1-2 2H4a2 2 0 0 1-2-2V9a2 2 0 0 1 2-2zM15 11l6-3.5v9L15 13";

const PATHS: Record<string, string[]> = {
  microphone: [MICROPHONE],
  "microphone-off": [MICROPHONE, SLASH],
  camera: [CAMERA],
  "camera-off": [CAMERA, SLASH],
  screen: ["M3 5h18v11H3zM9 20h6M12 16v4M12 13V8M9.5 10.5 12 8l2.5 2.5"],
  hand: ["M8 12V6.5a1.5 1.5 0 0 1 3 0V11V4.5a1.5 1.5 0 0 1 3 0V11V6.5a1.5 1.5 0 0 1 3 0V14a6 6 0 0 1-6 6h-.5a6 6 0 0 1-5-2.7L3.3 13a1.6 1.6 0 0 1 2.6-1.8L8 13.5"],
  pause: ["M8 5v14M16 5v14"],
  people: ["M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6.5M18 14.5a6.5 6.5 0 0 1 3.5 5.5"],
  leave: ["M3 14.5c0-1.5 3.5-4.5 9-4.5s9 3 9 4.5V17l-5-1v-2.5a15 15 0 0 0-8 0V16l-5 1z"],
  link: ["M10 14a4 4 0 0 0 6 .5l3-3a4 4 0 0 0-5.7-5.7l-1 1M14 10a4 4 0 0 0-6-.5l-3 3a4 4 0 0 0 5.7 5.7l1-1"],
};

/** A drawing by its name. */
export function icon(name: string): SVGElement {
  const namespace = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(namespace, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  for (const path of PATHS[name] ?? []) {
    const line = document.createElementNS(namespace, "path");
    line.setAttribute("d", path);
    drawing.append(line);
  }
  return drawing;
}
