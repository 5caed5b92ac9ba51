// Everything that happened in a call, on one axis of time.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { Badge, Code, Copy, Empty, type Mood } from "../../ui/basics";
import { Time } from "../../ui/time";
import { asCurl, deliveryAsCurl, pretty, short, type Item, type Kind } from "./model";

const moods: Record<Kind, Mood> = { request: "live", event: "good", delivery: "calm", sip: "warn", leg: "live", measure: "calm", browser: "calm", log: "calm", call: "good" };
const kinds: Kind[] = ["request", "event", "delivery", "sip", "leg", "measure", "browser", "log", "call"];

export function Timeline(props: { items: Item[]; only?: Kind[] }): JSX.Element {
  const hidden = useSignal<Kind[]>(["measure", "browser"]);
  const all = props.only ? props.items.filter((one) => props.only!.includes(one.kind)) : props.items;
  const shown = props.only ? all : all.filter((one) => !hidden.value.includes(one.kind));
  const began = all.length ? new Date(all[0]!.at).getTime() : 0;
  return (
    <>
      {!props.only && (
        <div class="filters" role="group" aria-label="Kinds that are shown">
          {kinds
            .filter((kind) => props.items.some((one) => one.kind === kind))
            .map((kind) => (
              <label key={kind}>
                <input
                  type="checkbox"
                  checked={!hidden.value.includes(kind)}
                  onChange={(event) => (hidden.value = event.currentTarget.checked ? hidden.value.filter((one) => one !== kind) : [...hidden.value, kind])}
                />{" "}
                {kind}
              </label>
            ))}
        </div>
      )}
      {shown.length === 0 ? (
        <Empty title="Nothing of this kind happened." />
      ) : (
        <ol class="timeline">
          {shown.map((one) => (
            <Row key={one.seq} of={one} began={began} />
          ))}
        </ol>
      )}
    </>
  );
}

function Row(props: { of: Item; began: number }): JSX.Element {
  const { at, kind, text, failed, detail } = props.of;
  const open = useSignal(false);
  const line = (
    <>
      <span class="when">
        <Time at={at} exact />
        <small>+{((new Date(at).getTime() - props.began) / 1000).toFixed(3)}</small>
      </span>
      <Badge mood={failed ? "bad" : moods[kind]}>{kind}</Badge>
      <span class="what" title={text}>{short(text)}</span>
    </>
  );
  if (!detail) return <li class={failed ? "failed" : ""}><div class="line">{line}</div></li>;
  return (
    <li class={failed ? "failed" : ""}>
      <button type="button" class="line" aria-expanded={open.value} onClick={() => (open.value = !open.value)}>
        {line}
      </button>
      {open.value && <Detail of={props.of} />}
    </li>
  );
}

function Detail(props: { of: Item }): JSX.Element {
  const { kind, detail } = props.of;
  switch (kind) {
    case "sip":
      return (
        <div class="detail">
          <p class="calm">
            {detail.transport} {detail.local} {detail.sent ? "→" : "←"} {detail.remote}
          </p>
          <Code text={detail.text} what="the message" />
        </div>
      );
    case "request":
      return (
        <div class="detail">
          <p>
            <code>
              {detail.method} {detail.path}
            </code>{" "}
            → {detail.status} in {detail.tookMs?.toFixed(1)} ms {detail.sender && `by ${detail.sender}`} <Copy text={asCurl(detail)} label="Copy as curl" what="the request as curl" />
          </p>
          {detail.error && <p class="problem">{detail.error}</p>}
          {detail.body && <Code text={pretty(detail.body)} what="the body" />}
          {detail.answer && <Code text={pretty(detail.answer)} what="the answer" />}
        </div>
      );
    case "delivery":
      return (
        <div class="detail">
          <p>
            Attempt {detail.attempt} to <code>{detail.url}</code> {detail.status ? `→ ${detail.status}` : ""} {detail.latencyMs ? `in ${detail.latencyMs.toFixed(1)} ms` : ""} {detail.error} {detail.reason}{" "}
            {detail.nextAttempt && (
              <>
                next attempt at <Time at={detail.nextAttempt} />
              </>
            )}{" "}
            {detail.body && <Copy text={deliveryAsCurl(detail.url, detail.body)} label="Copy as curl" what="the delivery as curl" />}
          </p>
          {detail.body && <Code text={pretty(detail.body)} what="the event" />}
          {detail.answer && <Code text={pretty(detail.answer)} what="the answer" />}
        </div>
      );
    default:
      return (
        <div class="detail">
          <Code text={JSON.stringify(detail, null, 2)} what="the detail" />
        </div>
      );
  }
}
