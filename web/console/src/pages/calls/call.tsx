// One call: why it went as it did, and everything that shows it.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { api, at } from "../../state/api";
import { hear, returns, watch } from "../../state/live";
import { href, place } from "../../state/router";
import { Badge, Card, Command, Copy, Page, Problem, Tabs } from "../../ui/basics";
import { lasting, now, Time } from "../../ui/time";
import { bundle } from "./bundle";
import { Capture, type Captured } from "./capture";
import { Ladder } from "./ladder";
import { insight, short, who, type Call, type Item } from "./model";
import { People } from "./people";
import { Quality } from "./quality";
import { CallRecordings } from "./recordings";
import { Timeline } from "./timeline";

const tabs = ["Timeline", "SIP", "Sound", "Participants", "Requests and events", "Streams and transcripts", "Recordings"] as const;

export function CallPage(): JSX.Element {
  const id = decodeURIComponent(place.value.slice("calls/".length));
  const call = useSignal<Call | null>(null);
  const items = useSignal<Item[]>([]);
  const problem = useSignal("");
  const tab = useSignal<string>(tabs[0]);
  const capture = useSignal<Captured | undefined>(undefined);
  const load = useRef<() => Promise<void>>(async () => {});
  const offline = id === "bundle";
  useEffect(() => {
    if (offline) {
      call.value = bundle.value?.call ?? null;
      items.value = bundle.value?.items ?? [];
      if (!bundle.value) problem.value = "Open a bundle from the list of calls.";
      return;
    }
    load.current = async (): Promise<void> => {
      try {
        const read = await api<{ call: Call; items: Item[]; capture?: Captured }>("GET", `${insight}/calls/${encodeURIComponent(id)}`);
        call.value = read.call;
        items.value = read.items;
        capture.value = read.capture;
        problem.value = "";
      } catch (error) {
        problem.value = (error as Error).message;
      }
    };
    void load.current();
    const unwatch = watch(id);
    const stop = hear((news) => {
      const fresh: Item[] = [];
      for (const { kind, body } of news) {
        if (kind !== "call" || !call.value || body.call.id !== call.value.id) continue;
        if (body.item) fresh.push(body.item);
        else call.value = body.call;
      }
      if (fresh.length === 0) return;
      const last = items.value.at(-1)?.seq ?? 0;
      const added = fresh.filter((one) => one.seq > last);
      if (added.length && added[0]!.seq > last + 1) void load.current(); // some were missed
      else items.value = [...items.value, ...added];
    });
    return () => {
      stop();
      unwatch();
    };
  }, [id]);
  useEffect(() => {
    if (returns.value) void load.current();
  }, [returns.value]);
  const one = call.value;
  return (
    <Page
      title={one ? `${who(one.from)} → ${one.roomId ? `room ${one.roomId}` : who(one.to)}` : "Call"}
      about={<a href={href("calls")}>All calls</a>}
      actions={
        one && (
          <>
            {!offline && <Capture of={one} capture={capture} load={load.current} />}
            {!offline && (
              <a class="button" download href={at(`${insight}/calls/${encodeURIComponent(one.id)}/bundle`)}>
                Download the bundle
              </a>
            )}
            {!offline && one.sipCallIds?.length ? (
              <a class="button" download href={at(`${insight}/calls/${encodeURIComponent(one.id)}/pcap`)}>
                Download PCAP
              </a>
            ) : null}
          </>
        )
      }
    >
      <Problem text={problem} />
      {one && (
        <>
          <Summary of={one} />
          <Card>
            <Tabs of={tabs} value={tab} label="Parts of the call" />
            {tab.value === "Timeline" && <Timeline items={items.value} />}
            {tab.value === "SIP" && <Ladder items={items.value} />}
            {tab.value === "Sound" && <Quality items={items.value} />}
            {tab.value === "Participants" && <People of={one} items={items.value} />}
            {tab.value === "Requests and events" && <Timeline items={items.value} only={["request", "event", "delivery"]} />}
            {tab.value === "Streams and transcripts" && <Timeline items={items.value.filter(streamed)} only={["request", "event", "delivery", "log"]} />}
            {tab.value === "Recordings" && <CallRecordings of={one} />}
          </Card>
          <Command>{`switchhook calls show ${one.id}`}</Command>
        </>
      )}
    </Page>
  );
}

/** Whether an item is of the call's sound on its way to or from an application, or of what was said. */
const streamed = (one: Item): boolean => /stream|transcri|caption|recogni|dialog/i.test(one.text);

function Summary(props: { of: Call }): JSX.Element {
  const one = props.of;
  const ids = [["correlation id", one.id], ["serverCallId", one.serverCallId], ["group", one.groupCallId], ...(one.callConnectionIds ?? []).map((id) => ["connection", id]), ...(one.sipCallIds ?? []).map((id) => ["SIP Call-ID", id])] as [string, string | undefined][];
  return (
    <Card class={one.failed ? "why bad" : "why"}>
      <p class="reason" id="reason">
        {short(one.reason ?? "") || (one.state === "ended" ? "The call is over." : "The call goes on.")}
      </p>
      {one.problems && one.problems.length > 1 && (
        <ul>
          {one.problems.map((each, i) => (
            <li key={i}>
              <Time at={each.at} exact /> {short(each.text)}
            </li>
          ))}
        </ul>
      )}
      <div class="chips">
        <Badge mood={one.failed ? "bad" : one.state === "connected" ? "live" : "calm"}>{one.failed ? "failed" : one.state}</Badge>
        <span>
          began <Time at={one.startTime} />
        </span>
        <span>lasted {lasting(one.durationMs ?? now.value - new Date(one.startTime).getTime())}</span>
        {one.trunks?.length ? <span>trunk {one.trunks.join(", ")}</span> : null}
        {one.sipCode ? <span>SIP {one.sipCode}</span> : null}
        {one.q850Cause ? <span>Q.850 {one.q850Cause}</span> : null}
        {one.mos ? <span>MOS {one.mos.toFixed(1)}</span> : null}
        {one.omittedItems ? <span>{one.omittedItems} items were left out</span> : null}
      </div>
      <details>
        <summary>Ids</summary>
        <dl class="facts">
          {ids
            .filter(([, id]) => id)
            .map(([name, id]) => (
              <div key={id}>
                <dt>{name}</dt>
                <dd>
                  <code class="long">{id}</code> <Copy text={id!} what={name} />
                </dd>
              </div>
            ))}
        </dl>
      </details>
    </Card>
  );
}
