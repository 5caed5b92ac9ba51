// Calls: those that go on and those that are over, as they happen.
import type { JSX } from "preact";
import { batch, signal, useComputed, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, kept } from "../../state/api";
import { hear, returns } from "../../state/live";
import { go, href } from "../../state/router";
import { Act, Badge, Command, Empty, Page, Problem, type Mood } from "../../ui/basics";
import { LongTable } from "../../ui/longtable";
import type { Column } from "../../ui/table";
import { lasting, now, Time } from "../../ui/time";
import { complain } from "../../ui/toast";
import { insight, who, type Call } from "./model";
import { merged } from "./merge";
import { openBundle } from "./bundle";

interface Filter {
  about: string;
  text: string;
  state: string;
  failed: boolean;
  trunk: string;
  endCode: string;
  mosBelow: string;
}

const nothing: Filter = { about: "", text: "", state: "", failed: false, trunk: "", endCode: "", mosBelow: "" };
const filter = signal<Filter>(nothing);
const chosen = signal(""); // id of the call that was opened last
const saved = kept<{ name: string; filter: Filter }[]>("filters", []);

const moods: Record<string, Mood> = { ringing: "warn", connected: "live", ended: "calm" };

function query(of: Filter, next: string): string {
  const parameters = new URLSearchParams({ maxPageSize: "500" });
  for (const name of ["about", "text", "state", "trunk", "endCode", "mosBelow"] as const) if (of[name].trim()) parameters.set(name, of[name].trim().replace(/^(user|room) (?=\S)/, "")); // as lists show them
  if (of.failed) parameters.set("failed", "true");
  if (next) parameters.set("skipToken", next);
  return `${insight}/calls?${parameters}`;
}

const columns: Column<Call>[] = [
  { head: "Began", width: "150px", cell: (one) => <Time at={one.startTime} /> },
  { head: "From", width: "minmax(132px, 1fr)", cell: (one) => <span title={one.from}>{who(one.from)}</span> },
  { head: "To", width: "minmax(132px, 1fr)", cell: (one) => <span title={one.to}>{one.roomId ? `room ${one.roomId.slice(-6)}` : who(one.to)}</span> },
  { head: "State", width: "92px", cell: (one) => (one.failed ? <Badge mood="bad">{one.subject === "call" ? "failed" : "refused"}</Badge> : <Badge mood={moods[one.state] ?? "calm"}>{one.state}</Badge>) },
  { head: "Lasted", width: "96px", cell: (one) => lasting(one.durationMs ?? now.value - new Date(one.startTime).getTime()) },
  { head: "Why", width: "minmax(160px, 3fr)", below: true, cell: (one) => <span title={one.reason}>{one.reason}</span> },
  { head: "Trunk", width: "minmax(76px, 0.5fr)", spare: true, cell: (one) => <span title={one.trunks?.join(", ")}>{one.trunks?.join(", ")}</span> },
  { head: "MOS", width: "40px", cell: (one) => (one.mos ? one.mos.toFixed(1) : "") },
];

export function Calls(): JSX.Element {
  const rows = useSignal<Call[]>([]);
  const loaded = useSignal(false);
  const problem = useSignal("");
  const next = useSignal("");
  const filtered = useComputed(() => JSON.stringify(filter.value) !== JSON.stringify(nothing));
  const load = async (more: boolean): Promise<void> => {
    const asked = filter.value;
    try {
      const page = await api<{ value: Call[]; nextLink?: string }>("GET", query(asked, more ? next.value : ""));
      if (asked !== filter.value) return;
      batch(() => {
        rows.value = merged(more ? rows.value : [], page.value, true);
        next.value = page.nextLink ? (new URL(page.nextLink, location.href).searchParams.get("skipToken") ?? "") : "";
        loaded.value = true;
        problem.value = "";
      });
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  const busy = useRef(false);
  const more = (): void => {
    if (!next.value || busy.current) return;
    busy.current = true;
    void load(true).finally(() => (busy.current = false));
  };
  useEffect(() => {
    const timer = setTimeout(() => void load(false), loaded.peek() ? 250 : 0);
    return () => clearTimeout(timer);
  }, [filter.value, returns.value]);
  useEffect(() => {
    let again = 0;
    const stop = hear((news) => {
      const changed: Call[] = news.filter((one) => one.kind === "call" && !one.body.item).map((one) => one.body.call);
      if (changed.length === 0) return;
      if (filtered.peek()) {
        if (!again) again = window.setTimeout(() => ((again = 0), void load(false)), 1000);
        return;
      }
      rows.value = merged(rows.peek(), changed, !next.peek());
    });
    return () => {
      stop();
      clearTimeout(again);
    };
  }, []);
  return (
    <Page
      title="Calls"
      about="Every call, and what should have become one, with the reason in words. Open a call for its timeline, its SIP messages and its sound."
      actions={
        <label class="button">
          Open a bundle
          <input class="hidden" type="file" id="openbundle" accept=".zip,application/zip" onChange={(event) => openBundle(event.currentTarget.files?.[0]).catch((error) => complain(error.message))} />
        </label>
      }
    >
      <Filters />
      <Problem text={problem} />
      {loaded.value && rows.value.length === 0 ? (
        filtered.value ? (
          <Empty title="No call matches.">
            <Act do={() => void (filter.value = nothing)}>Show all calls</Act>
          </Empty>
        ) : (
          <Empty title="There was no call yet.">
            <a href={href("softphone")}>Make a test call</a>, or let your application call. It appears here at once.
          </Empty>
        )
      ) : (
        <LongTable label="Calls" columns={columns} rows={rows.value} id={(one) => one.id} chosen={chosen} open={(one) => go(`calls/${encodeURIComponent(one.id)}`)} mood={(one) => (one.failed ? "failed" : "")} more={more} />
      )}
      <Command>switchhook calls --failed</Command>
    </Page>
  );
}

function Filters(): JSX.Element {
  const more = useSignal(false);
  const set = (change: Partial<Filter>): void => void (filter.value = { ...filter.value, ...change });
  const text = (name: "about" | "text" | "trunk" | "endCode" | "mosBelow", label: string, type = "text"): JSX.Element => (
    <input type={type} aria-label={label} placeholder={label} size={14} value={filter.value[name]} onInput={(event) => set({ [name]: event.currentTarget.value })} />
  );
  const save = (): void => {
    const name = prompt("Name of this filter");
    if (name) saved.value = [...saved.value.filter((one) => one.name !== name), { name, filter: filter.value }];
  };
  return (
    <div class="filters" role="search">
      <input type="search" aria-label="Search for a number, a user, a room or an id" placeholder="A number, a user, a room, an id…" value={filter.value.about} onInput={(event) => set({ about: event.currentTarget.value })} />
      <select aria-label="State" value={filter.value.state} onChange={(event) => set({ state: event.currentTarget.value })}>
        <option value="">Any state</option>
        <option value="ringing">Ringing</option>
        <option value="connected">Connected</option>
        <option value="ended">Ended</option>
      </select>
      <label>
        <input type="checkbox" checked={filter.value.failed} onChange={(event) => set({ failed: event.currentTarget.checked })} /> Failed
      </label>
      <Act class="quiet" do={() => void (more.value = !more.value)}>
        {more.value ? "Fewer" : "More"}
      </Act>
      {more.value && (
        <>
          {text("text", "Words of the reason or timeline")}
          {text("trunk", "Trunk")}
          {text("endCode", "SIP or Q.850 code")}
          {text("mosBelow", "MOS below")}
          <Act do={save}>Save this filter</Act>
        </>
      )}
      {saved.value.map((one) => (
        <span key={one.name}>
          <Act do={() => void (filter.value = one.filter)}>{one.name}</Act>
          <Act class="quiet" label={`Forget the filter ${one.name}`} do={() => void (saved.value = saved.value.filter((other) => other !== one))}>
            ✕
          </Act>
        </span>
      ))}
    </div>
  );
}
