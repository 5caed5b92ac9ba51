// One form to add a subscription, and to change one.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api } from "../../state/api";
import { Choice, Command, Dialog, Field, Input, Problem } from "../../ui/basics";
import { path, type Subscription, type Webhook } from "./subscriptions";

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** A number, or nothing where the field is empty. */
const number = (text: string): number | undefined => (text.trim() ? Number(text) : undefined);

const isSecret = (header: NonNullable<Webhook["deliveryAttributeMappings"]>[number]): boolean => header.properties?.isSecret === true;

/** A webhook at another address, with the batches and headers of the present one; secret values are not known. */
function moved(endpointUrl: string, before: Webhook = {}): object {
  const { maxEventsPerBatch, preferredBatchSizeInKilobytes, deliveryAttributeMappings } = before;
  return { maxEventsPerBatch, preferredBatchSizeInKilobytes, deliveryAttributeMappings: deliveryAttributeMappings?.filter((header) => !isSecret(header)), endpointUrl };
}

export function Edit(props: { of?: Subscription; close: () => void; done: () => Promise<void> }): JSX.Element {
  const before = props.of?.properties;
  const name = useSignal(props.of?.name ?? "incoming");
  const url = useSignal(before ? "" : "http://127.0.0.1:3000/events");
  const types = useSignal(before ? (before.filter?.includedEventTypes ?? []).join("\n") : "Microsoft.Communication.IncomingCall");
  const begins = useSignal(before?.filter?.subjectBeginsWith ?? "");
  const ends = useSignal(before?.filter?.subjectEndsWith ?? "");
  const advanced = useSignal(before?.filter?.advancedFilters?.length ? JSON.stringify(before.filter.advancedFilters, null, 1) : "");
  const schema = useSignal(before?.eventDeliverySchema ?? "EventGridSchema");
  const attempts = useSignal(String(before?.retryPolicy?.maxDeliveryAttempts ?? ""));
  const minutes = useSignal(String(before?.retryPolicy?.eventTimeToLiveInMinutes ?? ""));
  const labels = useSignal((before?.labels ?? []).join(", "));
  const problem = useSignal("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const destination = url.value.trim() ? { endpointType: "WebHook", properties: moved(url.value.trim(), before?.destination?.properties) } : undefined;
      // What the form does not show, such as whether arrays are looked into, stays as it was.
      const filter = { ...before?.filter, includedEventTypes: words(types.value), subjectBeginsWith: begins.value, subjectEndsWith: ends.value, advancedFilters: advanced.value.trim() ? JSON.parse(advanced.value) : [] };
      const retryPolicy = { maxDeliveryAttempts: number(attempts.value), eventTimeToLiveInMinutes: number(minutes.value) };
      const settings = { destination, filter, labels: words(labels.value), ...(attempts.value.trim() || minutes.value.trim() ? { retryPolicy } : {}) };
      if (props.of) await api("PATCH", path(props.of.name), settings);
      else await api("PUT", path(name.value), { properties: { ...settings, eventDeliverySchema: schema.value } });
      props.close();
      await props.done();
    } catch (error) {
      problem.value = error instanceof SyntaxError ? `The advanced filters are no JSON: ${error.message}` : (error as Error).message;
    }
  };
  const secrets = (before?.destination?.properties?.deliveryAttributeMappings ?? []).filter(isSecret).map((header) => header.name);
  const lost = secrets.length ? `; a new one loses the secret headers ${secrets.join(", ")}, which the command sets` : "";
  const flags = [
    url.value.trim() && `--endpoint ${url.value.trim()}`,
    words(types.value).length && `--included-event-types ${words(types.value).join(" ")}`,
    begins.value && `--subject-begins-with ${begins.value}`,
    ends.value && `--subject-ends-with ${ends.value}`,
    number(attempts.value) && `--max-delivery-attempts ${attempts.value}`,
    number(minutes.value) && `--event-ttl ${minutes.value}`,
  ].filter(Boolean);
  return (
    <Dialog title={props.of ? `Change ${props.of.name}` : "Add a subscription"} close={props.close}>
      <form onSubmit={(event) => void save(event)}>
        {!props.of && (
          <Field label="Name">
            <Input value={name} required id="name" />
          </Field>
        )}
        <Field label="Address of the application" hint={props.of ? `Empty keeps the present one: ${before?.destination?.properties?.endpointBaseUrl ?? before?.destination?.endpointType}${lost}` : "It answers the validation event; the handshake's result appears in the list"}>
          <Input value={url} type="url" required={!props.of} id="url" />
        </Field>
        <Field label="Event types" hint="Separated by blanks; empty for all">
          <textarea rows={2} value={types.value} onInput={(event) => (types.value = event.currentTarget.value)} />
        </Field>
        <details open={Boolean(begins.value || ends.value || advanced.value)}>
          <summary>Filter, attempts, labels</summary>
          <div class="filters">
            <Field label="Subject begins with">
              <Input value={begins} placeholder="/caller/4:+1555" />
            </Field>
            <Field label="Subject ends with">
              <Input value={ends} placeholder="/recipient/4:+15550100001" id="ends" />
            </Field>
            <Field label="Attempts">
              <Input value={attempts} type="number" min="1" max="30" placeholder="30" id="attempts" />
            </Field>
            <Field label="Minutes to live">
              <Input value={minutes} type="number" min="1" max="1440" placeholder="1440" />
            </Field>
          </div>
          <Field label="Advanced filters" hint='JSON, such as [{"operatorType": "StringBeginsWith", "key": "data.from.phoneNumber.value", "values": ["+1"]}]'>
            <textarea rows={3} value={advanced.value} onInput={(event) => (advanced.value = event.currentTarget.value)} />
          </Field>
          <Field label="Labels" hint="Separated by commas">
            <Input value={labels} />
          </Field>
          {!props.of && (
            <Field label="Schema">
              <Choice value={schema} of={["EventGridSchema", "CloudEventSchemaV1_0"]} />
            </Field>
          )}
        </details>
        <Problem text={problem} />
        <button class="primary" id="add">
          {props.of ? "Change" : "Add"}
        </button>
        <Command>{props.of ? `switchhook subscriptions update ${props.of.name} ${flags.join(" ")}` : `switchhook subscribe ${name.value} ${flags.join(" ")}`}</Command>
      </form>
    </Dialog>
  );
}
