// Small pieces that every page is made of.
import { type ComponentChildren, type JSX } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { mayChange } from "../state/session";
import { complain, tell } from "./toast";

export function Page(props: { title: string; about?: ComponentChildren; actions?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  useEffect(() => {
    document.title = `${props.title} · Switchhook`;
  }, [props.title]);
  return (
    <>
      <header class="pagehead">
        <h1>{props.title}</h1>
        <div class="actions">{props.actions}</div>
        {props.about && <p class="about">{props.about}</p>}
      </header>
      {props.children}
    </>
  );
}

export function Card(props: { title?: ComponentChildren; actions?: ComponentChildren; class?: string; children: ComponentChildren }): JSX.Element {
  return (
    <section class={`card ${props.class ?? ""}`}>
      {(props.title || props.actions) && (
        <header>
          <h2>{props.title}</h2>
          <div class="actions">{props.actions}</div>
        </header>
      )}
      {props.children}
    </section>
  );
}

/** What stands where nothing is yet, and what to do about it. */
export function Empty(props: { title: string; children?: ComponentChildren }): JSX.Element {
  return (
    <div class="empty">
      <strong>{props.title}</strong>
      {props.children && <div>{props.children}</div>}
    </div>
  );
}

export function Problem(props: { text: Signal<string> | string }): JSX.Element | null {
  const text = typeof props.text === "string" ? props.text : props.text.value;
  return text ? (
    <p class="problem" role="alert">
      {text}
    </p>
  ) : null;
}

export type Mood = "good" | "bad" | "warn" | "calm" | "live";

export function Badge(props: { mood: Mood; children: ComponentChildren }): JSX.Element {
  return <span class={`badge ${props.mood}`}>{props.children}</span>;
}

/** A button that does something once at a time, and says so when it fails. */
export function Act(props: { do: () => Promise<unknown> | void; children: ComponentChildren; class?: string; changes?: boolean; confirm?: string; label?: string; disabled?: boolean; id?: string; done?: string }): JSX.Element {
  const busy = useSignal(false);
  const act = async (): Promise<void> => {
    if (props.confirm && !confirm(props.confirm)) return;
    busy.value = true;
    try {
      await props.do();
      if (props.done) tell(props.done);
    } catch (error) {
      complain((error as Error).message);
    } finally {
      busy.value = false;
    }
  };
  const forbidden = props.changes === true && !mayChange();
  return (
    <button
      type="button"
      id={props.id}
      class={props.class}
      aria-label={props.label}
      title={forbidden ? "You may look, but not change anything" : props.label}
      disabled={busy.value || forbidden || props.disabled}
      onClick={() => void act()}
    >
      {props.children}
    </button>
  );
}

/** A text to copy, with its button. */
export function Copy(props: { text: string; label?: string; what?: string; disabled?: boolean }): JSX.Element {
  return (
    <Act class="quiet copy" disabled={props.disabled} label={`Copy ${props.what ?? "this"}`} do={() => navigator.clipboard.writeText(props.text)} done="Copied">
      {props.label ?? "Copy"}
    </Act>
  );
}

/** Code or a command, with a button that copies it. */
export function Code(props: { text: string; what?: string }): JSX.Element {
  return (
    <div class="code">
      <pre tabIndex={0}>{props.text}</pre>
      <Copy text={props.text} what={props.what ?? "the code"} />
    </div>
  );
}

/** The command that does the same as a page. */
export function Command(props: { children: string }): JSX.Element {
  return (
    <div class="command">
      <span>In a terminal</span>
      <code>{props.children}</code>
      <Copy text={props.children} what="the command" />
    </div>
  );
}

export function Field(props: { label: string; hint?: ComponentChildren; children: ComponentChildren }): JSX.Element {
  return (
    <label class="field">
      <span>{props.label}</span>
      {props.children}
      {props.hint && <small>{props.hint}</small>}
    </label>
  );
}

/** A text that the person types. */
export function Input(props: { value: Signal<string> } & Omit<JSX.IntrinsicElements["input"], "value" | "ref">): JSX.Element {
  const { value, ...more } = props;
  return <input {...more} value={value.value} onInput={(event) => (value.value = event.currentTarget.value)} />;
}

export function Choice(props: { value: Signal<string>; of: readonly (string | [string, string])[]; label?: string; id?: string }): JSX.Element {
  return (
    <select id={props.id} aria-label={props.label} value={props.value.value} onChange={(event) => (props.value.value = event.currentTarget.value)}>
      {props.of.map((one) => {
        const [value, text] = typeof one === "string" ? [one, one] : one;
        return (
          <option key={value} value={value}>
            {text}
          </option>
        );
      })}
    </select>
  );
}

/** Pages of one place, of which one is shown. Arrows move between them (WAI-ARIA tabs). */
export function Tabs(props: { of: readonly string[]; value: Signal<string>; label: string }): JSX.Element {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent): void => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const next = (props.of.indexOf(props.value.value) + step + props.of.length) % props.of.length;
    props.value.value = props.of[next]!;
    (list.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  return (
    <div role="tablist" aria-label={props.label} class="tabs" ref={list} onKeyDown={move}>
      {props.of.map((one) => (
        <button key={one} type="button" role="tab" aria-selected={one === props.value.value} tabIndex={one === props.value.value ? 0 : -1} onClick={() => (props.value.value = one)}>
          {one}
        </button>
      ))}
    </div>
  );
}

/** A window above the page. Escape closes it, and the keyboard stays inside. */
export function Dialog(props: { title: string; close: () => void; children: ComponentChildren; wide?: boolean }): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  return (
    <dialog ref={dialog} class={props.wide ? "wide" : ""} aria-label={props.title} onClose={props.close} onClick={(event) => event.target === dialog.current && dialog.current?.close()}>
      <header>
        <h2>{props.title}</h2>
        <button type="button" class="quiet" aria-label="Close" onClick={() => dialog.current?.close()}>
          ✕
        </button>
      </header>
      <div class="body">{props.children}</div>
    </dialog>
  );
}
