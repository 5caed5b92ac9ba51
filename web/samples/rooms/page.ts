// Small helps of the page.
import { icon } from "./icons";

export const element = <T extends HTMLElement = HTMLElement>(id: string): T => document.getElementById(id) as T;

/** An element with a class and a text. */
export function text(tag: string, kind: string, content: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = kind;
  made.textContent = content;
  return made;
}

/** Gives every button its drawing; its text stays. */
export function drawButtons(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-icon]")) label(button, button.dataset.icon!, button.textContent!.trim());
}

export function label(button: HTMLElement, drawing: string, words: string): void {
  button.replaceChildren(icon(drawing), ...(words ? [text("span", "", words)] : []));
}

/** Shows a button as pressed or not. */
export function press(id: string, pressed: boolean, drawing: string, words: string): void {
  const button = element(id);
  const state = `${pressed} ${drawing} ${words}`;
  // What has not changed is left alone: a click must not lose its target.
  if (button.dataset.state === state) return;
  button.dataset.state = state;
  button.setAttribute("aria-pressed", String(pressed));
  label(button, drawing, words);
}

/** Forbids a button, and says why. */
export function allow(id: string, allowed: boolean, why: string): void {
  element<HTMLButtonElement>(id).disabled = !allowed;
  element(id).title = allowed ? "" : why;
}

/** The first letters of a name, on a colour of its own. */
export function paintFace(face: HTMLElement, name: string): void {
  const words = name.replace(/\(.*\)/g, "").trim().split(/\s+/).filter(Boolean);
  face.textContent = (words.length > 1 ? words[0][0] + words.at(-1)![0] : (words[0] ?? "?").slice(0, 1)).toUpperCase();
  let hue = 0;
  for (const letter of name) hue = (hue * 31 + letter.codePointAt(0)!) % 360;
  face.style.setProperty("--hue", String(hue));
}

/** Does what a button asks for, and says so if it is refused. */
export function act(work: Promise<unknown>): void {
  complain();
  work.catch((error) => complain(words(error)));
}

/** Why a device does not start, by the subCode. The texts of these errors are for logs, and for pages that compare them. */
const DEVICES: Record<number, string> = {
  43000: "The device is in use by another program, or did not start.",
  43001: "The device is not permitted: the settings of the browser for this page decide.",
  43013: "The device is not there.",
  43015: "Nobody answered the question of the browser for the device.",
  43016: "The system does not let the browser use the device.",
};

/** What the user is told of an error. */
export function words(error: unknown): string {
  const { message, subCode = 0 } = (error ?? {}) as { message?: string; subCode?: number };
  return DEVICES[subCode] ?? message ?? String(error);
}

export function complain(message = ""): void {
  element("problem").textContent = message;
  element("problem").hidden = message === "";
}
