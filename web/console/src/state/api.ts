// Requests to the APIs of the server, as the user of the session.
import { effect, signal, type Signal } from "@preact/signals";
import { useEffect, useMemo } from "preact/hooks";
import { over, session } from "./session";

export class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** Where an API is for this page; also for links that download. */
export const at = (path: string): string => "/console/api" + path;

export async function api<T = any>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<T> {
  return (await ask<T>(method, path, body, headers)).said;
}

/** As api, with the fields of the answer's header. */
export async function ask<T = any>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ said: T; headers: Headers }> {
  if (method !== "GET") headers = { ...headers, "x-console-token": session.value?.token ?? "" };
  if (body !== undefined) headers = { "content-type": "application/json", ...headers };
  let answer: Response;
  try {
    answer = await fetch(at(path), { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
  } catch {
    throw new Refused(0, "The server does not answer. Is it running?");
  }
  const text = await answer.text();
  let said: any;
  try {
    said = text === "" ? undefined : JSON.parse(text);
  } catch {
    said = undefined;
  }
  if (answer.status === 401) over();
  if (!answer.ok) throw new Refused(answer.status, said?.error?.message || `The server answered ${answer.status}.`);
  return { said: said as T, headers: answer.headers };
}

/** What a page shows: the newest answer, and what went wrong last. */
export interface Loaded<T> {
  value: Signal<T | undefined>;
  problem: Signal<string>;
  reload: () => Promise<void>;
}

/** Reads a path when the page opens, again when it changes, and every so many seconds while it is visible. */
export function useAPI<T>(path: string | null, everySeconds = 0): Loaded<T> {
  const loaded = useMemo<Loaded<T>>(() => {
    const value = signal<T | undefined>(undefined);
    const problem = signal("");
    let asked = 0;
    let shown = 0; // the number of the question whose answer is shown: one that was overtaken is old
    const reload = async (): Promise<void> => {
      if (path === null) return;
      const number = ++asked;
      try {
        const answer = await api<T>("GET", path);
        if (number < shown) return;
        shown = number;
        value.value = answer;
        problem.value = "";
      } catch (error) {
        if (number < shown) return;
        shown = number;
        problem.value = (error as Error).message;
      }
    };
    return { value, problem, reload };
  }, [path]);
  useEffect(() => {
    void loaded.reload();
    if (!everySeconds) return;
    const timer = setInterval(() => document.hidden || void loaded.reload(), everySeconds * 1000);
    return () => clearInterval(timer);
  }, [loaded, everySeconds]);
  return loaded;
}

/** A signal that outlives the page in this browser. */
export function kept<T>(name: string, first: T): Signal<T> {
  let start = first;
  try {
    start = JSON.parse(localStorage.getItem("switchhook." + name) ?? "null") ?? first;
  } catch {
    // what another version has written
  }
  const value = signal(start);
  effect(() => localStorage.setItem("switchhook." + name, JSON.stringify(value.value)));
  return value;
}

/** The resource in Azure Resource Manager's shape. */
export const armPath = (action: string): string =>
  `/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/switchhook/providers/Microsoft.Communication/communicationServices/switchhook/${action}?api-version=2023-04-01`;
