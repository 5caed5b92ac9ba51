// Events that were given up: they wait in the subscription's container.
import type { JSX } from "preact";
import { api, useAPI } from "../../state/api";
import { Act, Code, Command, Dialog, Empty, Problem } from "../../ui/basics";
import { Time } from "../../ui/time";
import { pretty } from "../calls/model";

interface Letter {
  id: string;
  eventType: string;
  eventTime?: string;
  deadLetterReason: string;
  deliveryAttempts: number;
  lastDeliveryOutcome: string;
  file: string;
  event: unknown;
}

export function DeadLetters(props: { name: string; close: () => void }): JSX.Element {
  const list = useAPI<{ kept: boolean; more?: boolean; value: Letter[] }>(`/admin/events/deadletters?subscription=${encodeURIComponent(props.name)}`, 5);
  const found = list.value.value;
  return (
    <Dialog wide title={`Dead letters of ${props.name}`} close={props.close}>
      <Problem text={list.problem} />
      {found && !found.kept && <Empty title="The subscription keeps no dead letters.">An event that cannot be delivered is dropped. switchhook subscriptions update {props.name} --deadletter-endpoint names a container for them.</Empty>}
      {found?.kept && found.value.length === 0 && <Empty title="There is no dead letter." />}
      {found?.value.map((one) => (
        <details key={one.file + one.id}>
          <summary>
            <Time at={one.eventTime} /> {one.eventType.replace("Microsoft.Communication.", "")}: {one.lastDeliveryOutcome} after {one.deliveryAttempts} attempts, {one.deadLetterReason}
          </summary>
          <Code text={pretty(JSON.stringify(one.event))} what="the event" />
        </details>
      ))}
      {found?.more && <p>There are others behind these.</p>}
      <div class="buttons">
        <Act class="primary" id="redeliver" changes do={() => api("POST", "/admin/events:redeliver", { eventSubscriptionName: props.name }).then(list.reload)} done="What waits is tried at once, and dead letters are delivered again">
          Deliver them again
        </Act>
      </div>
      <Command>{`switchhook events redeliver --subscription ${props.name}`}</Command>
    </Dialog>
  );
}
