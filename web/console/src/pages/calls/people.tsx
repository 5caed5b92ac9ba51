// Who was in a call, from when to when.
import type { JSX } from "preact";
import { Empty } from "../../ui/basics";
import { now } from "../../ui/time";
import { who, type Call, type Item } from "./model";

export function People(props: { of: Call; items: Item[] }): JSX.Element {
  const legs = props.items.filter((one) => one.kind === "leg" && one.detail);
  const people = [...new Set([...(props.of.participants ?? []), ...legs.map((one) => one.detail.participant as string)])];
  if (people.length === 0) return <Empty title="Nobody was in the call." />;
  const from = new Date(props.of.startTime).getTime();
  const to = props.of.endTime ? new Date(props.of.endTime).getTime() : now.value;
  const place = (atTime: string): number => Math.min(100, Math.max(0, ((new Date(atTime).getTime() - from) / Math.max(1, to - from)) * 100));
  return (
    <ul class="people">
      {people.map((person) => {
        const steps = legs.filter((one) => one.detail.participant === person);
        const up = steps.find((one) => one.detail.step === "answered");
        const gone = steps.findLast((one) => one.detail.step === "gone");
        return (
          <li key={person}>
            <div>
              <strong>{who(person)}</strong> <code class="long">{person}</code>
            </div>
            <div class="bar">
              {steps[0] && <i class="rings" style={{ left: `${place(steps[0].at)}%`, right: `${100 - (gone ? place(gone.at) : 100)}%` }} />}
              {up && <i class="up" style={{ left: `${place(up.at)}%`, right: `${100 - (gone ? place(gone.at) : 100)}%` }} />}
            </div>
            <div class="calm">{steps.length ? steps.map((one) => `${one.detail.step} at +${((new Date(one.at).getTime() - from) / 1000).toFixed(1)} s`).join(", ") : "by an application"}</div>
          </li>
        );
      })}
    </ul>
  );
}
