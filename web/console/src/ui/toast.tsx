// Short messages at the edge of the page.
import { signal } from "@preact/signals";
import type { JSX } from "preact";

interface Toast {
  id: number;
  text: string;
  bad: boolean;
}

const toasts = signal<Toast[]>([]);
let made = 0;

function show(text: string, bad: boolean, seconds: number): void {
  const id = ++made;
  toasts.value = [...toasts.value.slice(-3), { id, text, bad }];
  setTimeout(() => (toasts.value = toasts.value.filter((one) => one.id !== id)), seconds * 1000);
}

export const tell = (text: string): void => show(text, false, 4);
export const complain = (text: string): void => show(text, true, 12);

export function Toasts(): JSX.Element {
  return (
    <div class="toasts" role="status" aria-live="polite">
      {toasts.value.map((one) => (
        <div key={one.id} class={one.bad ? "toast bad" : "toast"}>
          {one.text}
          <button type="button" class="quiet" aria-label="Dismiss" onClick={() => (toasts.value = toasts.value.filter((other) => other.id !== one.id))}>
            ✕
          </button>
        </div>
      ))}
    </div>
  );
}
