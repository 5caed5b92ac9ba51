// Attempts to deliver, the newest first, each with its request, its answer and its plan.
import type { JSX } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { api, useAPI } from "../../state/api";
import { Act, Badge, Code, Command, Dialog, Empty, Field, Input, Problem, type Mood } from "../../ui/basics";
import { LongTable } from "../../ui/longtable";
import type { Column } from "../../ui/table";
import { now, Time, Until } from "../../ui/time";
import { callHref, insight, pretty } from "../calls/model";

export interface Attempt {
  at: string;
  call?: string;
  id: string;
  eventType: string;
  eventSubscriptionName?: string;
  url: string;
  attempt: number;
  result: string;
  status?: number;
  latencyMs?: number;
  answer?: string;
  error?: string;
  reason?: string;
  nextAttempt?: string;
  body?: string;
}

const moods: Record<string, Mood> = { delivered: "good", retried: "warn", failed: "bad", expired: "bad", dropped: "bad" };

const columns: Column<Attempt>[] = [
  { head: "At", width: "150px", cell: (one) => <Time at={one.at} /> },
  { head: "Event", width: "minmax(150px, 2fr)", cell: (one) => one.eventType.replace("Microsoft.Communication.", "") },
  { head: "To", width: "minmax(150px, 3fr)", below: true, cell: (one) => <span title={one.url}>{one.url.replace(/^https?:\/\//, "")}</span> },
  { head: "For", width: "minmax(90px, 1fr)", spare: true, cell: (one) => one.eventSubscriptionName ?? "a callback" },
  { head: "Result", width: "100px", cell: (one) => <Badge mood={moods[one.result] ?? "calm"}>{one.result}</Badge> },
  { head: "Status", width: "62px", cell: (one) => one.status || "–" },
  { head: "Took", width: "76px", cell: (one) => (one.latencyMs ? `${one.latencyMs.toFixed(0)} ms` : "–") },
  { head: "Next attempt", width: "130px", cell: (one) => (one.nextAttempt && new Date(one.nextAttempt).getTime() > now.value ? <Until at={one.nextAttempt} /> : "") },
];

export function Deliveries(): JSX.Element {
  const result = useSignal("");
  const subscription = useSignal("");
  const id = useSignal("");
  const opened = useSignal<Attempt | null>(null);
  const parameters = new URLSearchParams({ maxPageSize: "1000" });
  if (result.value) parameters.set("result", result.value);
  if (subscription.value.trim()) parameters.set("subscription", subscription.value.trim());
  if (id.value.trim()) parameters.set("id", id.value.trim());
  const list = useAPI<{ value: Attempt[] }>(`${insight}/deliveries?${parameters}`, 2);
  const rows = list.value.value?.value;
  const showAll = (): void => void (result.value = subscription.value = id.value = "");
  return (
    <>
      <div class="filters" role="search">
        <input type="search" aria-label="Id of an event" placeholder="Id of an event" value={id.value} onInput={(event) => (id.value = event.currentTarget.value)} />
        <input aria-label="Subscription" placeholder="Subscription" value={subscription.value} onInput={(event) => (subscription.value = event.currentTarget.value)} />
        <select aria-label="Result" value={result.value} onChange={(event) => (result.value = event.currentTarget.value)}>
          <option value="">Any result</option>
          {Object.keys(moods).map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </div>
      <Problem text={list.problem} />
      {rows?.length === 0 && parameters.size > 1 ? (
        <Empty title="No delivery matches.">
          <Act do={showAll}>Show all deliveries</Act>
        </Empty>
      ) : rows?.length === 0 ? (
        <Empty title="Nothing was delivered yet.">Events go to subscriptions: make one under "Subscriptions", or let it point at a sink.</Empty>
      ) : (
        <LongTable label="Deliveries" columns={columns} rows={rows ?? []} id={(one) => `${one.at} ${one.id} ${one.url}`} open={(one) => (opened.value = one)} mood={(one) => (moods[one.result] === "bad" ? "failed" : "")} />
      )}
      <Command>switchhook events attempts</Command>
      {opened.value && <Delivery of={opened as Signal<Attempt>} close={() => (opened.value = null)} done={list.reload} />}
    </>
  );
}

function Delivery(props: { of: Signal<Attempt>; close: () => void; done: () => Promise<void> }): JSX.Element {
  const one = props.of.value;
  const url = useSignal(/[?]/.test(one.url) ? "" : one.url);
  const body = useSignal(pretty(one.body));
  const sent = useSignal<{ status?: number; latencyMs: number; answer?: string; error?: string } | null>(null);
  const resend = async (): Promise<void> => {
    await api("POST", `${insight}/deliveries:resend`, { id: one.id, eventSubscriptionName: one.eventSubscriptionName });
    await props.done();
  };
  const send = async (): Promise<void> => {
    sent.value = await api("POST", `${insight}/deliveries:send`, { url: url.value, body: body.value, contentType: "application/json" });
  };
  return (
    <Dialog wide title={one.eventType.replace("Microsoft.Communication.", "")} close={props.close}>
      <p>
        Attempt {one.attempt} at <Time at={one.at} exact /> to <code>{one.url}</code>: <Badge mood={moods[one.result] ?? "calm"}>{one.result}</Badge> {one.status ? `with ${one.status}` : ""} {one.latencyMs ? `in ${one.latencyMs.toFixed(1)} ms` : ""}
        {one.nextAttempt && (
          <>
            ; the next attempt comes <Until at={one.nextAttempt} />
          </>
        )}
      </p>
      {(one.error || one.reason) && <p class="problem">{[one.error, one.reason].filter(Boolean).join(": ")}</p>}
      <div class="buttons">
        {one.eventSubscriptionName && (
          <Act class="primary" id="resend" changes do={resend} done="The event is delivered once more">
            Resend to {one.eventSubscriptionName}
          </Act>
        )}
        {one.call && (
          <a class="button" href={callHref(one.call)}>
            See the call
          </a>
        )}
      </div>
      {one.answer && (
        <>
          <h3>Answer</h3>
          <Code text={one.answer} what="the answer" />
        </>
      )}
      <h3>Edit and send</h3>
      <Field label="To" hint="Any address that the server may reach. It is sent once, without a token.">
        <Input value={url} type="url" placeholder="http://127.0.0.1:3000/events" />
      </Field>
      <Field label="Body">
        <textarea rows={8} value={body.value} onInput={(event) => (body.value = event.currentTarget.value)} />
      </Field>
      <div class="buttons">
        <Act changes do={send} disabled={!url.value}>
          Send
        </Act>
        {sent.value && (
          <span role="status">
            {sent.value.status ? `Answered ${sent.value.status} in ${sent.value.latencyMs.toFixed(1)} ms` : sent.value.error} {sent.value.answer}
          </span>
        )}
      </div>
    </Dialog>
  );
}
