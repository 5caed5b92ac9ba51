// Events as they are raised, whether somebody is subscribed or not.
import type { JSX } from "preact";
import { signal } from "@preact/signals";
import { Code, Command, Empty } from "../../ui/basics";
import { Time } from "../../ui/time";
import { hear } from "../../state/live";

interface Raised {
  id: string;
  eventType?: string;
  type?: string;
  eventTime?: string;
  time?: string;
  subject?: string;
}

const most = 200;
const raised = signal<Raised[]>([]);

hear((news) => {
  const fresh = news.filter((one) => one.kind === "event").map((one) => (Array.isArray(one.body) ? one.body[0] : one.body) as Raised);
  if (fresh.length) raised.value = [...fresh.reverse(), ...raised.value].slice(0, most);
});

/** What lets an application answer a call is nobody's to read. */
const masked = (name: string, value: unknown): unknown => (name === "incomingCallContext" ? "***" : value);

export function RaisedEvents(): JSX.Element {
  return (
    <>
      {raised.value.length === 0 ? (
        <Empty title="No event was raised since this page was opened.">Events of the resource appear here as they are raised, also where nobody is subscribed.</Empty>
      ) : (
        raised.value.map((one) => (
          <details key={one.id}>
            <summary>
              <Time at={one.eventTime ?? one.time} exact /> <strong>{(one.eventType ?? one.type ?? "").replace("Microsoft.Communication.", "")}</strong> <code class="long">{one.subject}</code>
            </summary>
            <Code text={JSON.stringify(one, masked, 2)} what="the event" />
          </details>
        ))
      )}
      <Command>switchhook events tail</Command>
    </>
  );
}
