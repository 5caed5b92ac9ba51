// Sinks: addresses of this server that take any webhook, and show what came.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, useAPI } from "../../state/api";
import { Act, Badge, Card, Code, Copy, Empty, Field, Input, Problem } from "../../ui/basics";
import { Time } from "../../ui/time";
import { insight, pretty } from "../calls/model";
import { path } from "./subscriptions";

interface Sink {
  name: string;
  url: string;
  status: number;
  received: { at: string; method: string; aegEventType?: string; body: string; status: number }[];
}

export function Sinks(): JSX.Element {
  const list = useAPI<{ value: Sink[] }>(`${insight}/sinks`, 2);
  const name = useSignal("sink");
  const status = useSignal("200");
  const put = async (): Promise<void> => {
    await api("PUT", `${insight}/sinks/${encodeURIComponent(name.value)}`, { status: Number(status.value) });
    await list.reload();
  };
  const subscribe = async (one: Sink): Promise<void> => {
    await api("PUT", path(one.name), { properties: { destination: { endpointType: "WebHook", properties: { endpointUrl: one.url } }, filter: {}, eventDeliverySchema: "EventGridSchema" } });
  };
  const rows = list.value.value?.value;
  return (
    <>
      <Card title="A sink takes what an application will take once it is written">
        <div class="filters">
          <Field label="Name">
            <Input value={name} id="sinkname" />
          </Field>
          <Field label="It answers">
            <Input value={status} inputMode="numeric" size={5} />
          </Field>
          <Act class="primary" id="addsink" changes do={put}>
            Make it
          </Act>
        </div>
        <Problem text={list.problem} />
        {rows?.length === 0 && <Empty title="There is no sink.">Make one: its address consents to the handshake, and shows every event that comes.</Empty>}
      </Card>
      {rows?.map((one) => (
        <Card
          key={one.name}
          title={one.name}
          actions={
            <>
              <Badge mood={one.status < 300 ? "good" : "warn"}>answers {one.status}</Badge>
              <Act changes do={() => subscribe(one)} done={`The sink ${one.name} receives every event from now on`}>
                Subscribe it to every event
              </Act>
              <Act class="quiet danger" changes do={() => api("DELETE", `${insight}/sinks/${encodeURIComponent(one.name)}`).then(list.reload)}>
                Remove
              </Act>
            </>
          }
        >
          <p>
            <code class="long">{one.url}</code> <Copy text={one.url} what="the address" />
          </p>
          {one.received.length === 0 ? (
            <p class="calm">Nothing has come yet.</p>
          ) : (
            one.received.map((each, i) => (
              <details key={`${each.at}${i}`}>
                <summary>
                  <Time at={each.at} exact /> {each.method} {each.aegEventType} {/"eventType":"([^"]+)"/.exec(each.body)?.[1] ?? /"type":"([^"]+)"/.exec(each.body)?.[1]} → {each.status}
                </summary>
                <Code text={pretty(each.body)} what="the body" />
              </details>
            ))
          )}
        </Card>
      ))}
    </>
  );
}
