// The part of a subscription's form that says where events go.
import type { JSX } from "preact";
import { Choice, Field, Input } from "../../ui/basics";
import { kinds, type Form } from "./destination";
import type { Subscription } from "./subscriptions";

const said: Record<string, string> = {
  WebHook: "a webhook",
  StorageQueue: "an Azure storage queue",
  NatsSubject: "a NATS subject of this server",
  File: "a file in the data directory",
  Tail: "the output of switchhook events tail",
};

/** The address, which every kind has another of. */
export function Where(props: { form: Form; of?: Subscription }): JSX.Element {
  const { form, of } = props;
  const present = of?.properties.destination?.properties?.endpointBaseUrl;
  return (
    <>
      <Field label="Events go to">
        <Choice value={form.kind} id="kind" of={kinds.map(([kind]) => [kind, said[kind]!])} />
      </Field>
      {form.kind.value === "WebHook" && (
        <Field label="Address of the application" hint={present ? `Empty keeps the present one: ${present}` : "It answers the validation event; the handshake's result appears in the list"}>
          <Input value={form.url} type="url" required={!present} id="url" />
        </Field>
      )}
      {form.kind.value === "StorageQueue" && (
        <Field label="Id of the queue" hint="Its account needs an entry in events.storage-accounts">
          <Input value={form.queue} required pattern=".+/storageAccounts/.+/queueServices/default/queues/.+" placeholder="…/storageAccounts/NAME/queueServices/default/queues/QUEUE" />
        </Field>
      )}
      {form.kind.value === "NatsSubject" && (
        <Field label="Subject" hint="events.nats opens the server's NATS to programs on this machine">
          <Input value={form.subject} required placeholder="acs.calls" id="subject" />
        </Field>
      )}
      {form.kind.value === "File" && (
        <Field label="File name" hint="Below events in the data directory; a line of JSON for each event">
          <Input value={form.file} required placeholder="calls.jsonl" id="file" />
        </Field>
      )}
    </>
  );
}

/** What few destinations need. */
export function Delivery(props: { form: Form }): JSX.Element | null {
  const { form } = props;
  const kind = form.kind.value;
  if (kind === "StorageQueue")
    return (
      <Field label="Seconds that a message stays in the queue" hint="Empty: 7 days; -1: without end">
        <Input value={form.life} type="number" min="-1" />
      </Field>
    );
  if (kind !== "WebHook" && kind !== "NatsSubject") return null;
  return (
    <>
      <Field label="Headers of each delivery" hint="A line each: NAME static VALUE, with true behind it if VALUE is a secret; or NAME dynamic FIELD, such as data.to.rawId">
        <textarea rows={2} id="headers" value={form.headers.value} onInput={(event) => (form.headers.value = event.currentTarget.value)} />
      </Field>
      {kind === "WebHook" && (
        <div class="pairs">
          <Field label="Events in one request">
            <Input value={form.batch} type="number" min="1" max="5000" placeholder="1" />
          </Field>
          <Field label="Preferred kilobytes of a request">
            <Input value={form.kilobytes} type="number" min="1" max="1024" placeholder="64" />
          </Field>
          <Field label="Entra tenant of tokens">
            <Input value={form.tenant} />
          </Field>
          <Field label="Entra application of tokens">
            <Input value={form.application} />
          </Field>
        </div>
      )}
    </>
  );
}
