// One form to add a subscription, and to change one.
import type { JSX } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { api } from "../../state/api";
import { Choice, Command, Dialog, Field, Input, Problem } from "../../ui/basics";
import { deadLetterOf, deadLetterText, destinationFlags, formOf, toARM } from "./destination";
import { Delivery, Where } from "./destinationfields";
import { path, type Subscription } from "./subscriptions";

const words = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

/** A number, or nothing where the field is empty. */
const number = (text: string): number | undefined => (text.trim() ? Number(text) : undefined);

export function Edit(props: { of?: Subscription; close: () => void; done: () => Promise<void> }): JSX.Element {
  const before = props.of?.properties;
  const form = useMemo(() => formOf(before?.destination), []);
  const name = useSignal(props.of?.name ?? "incoming");
  const types = useSignal(before ? (before.filter?.includedEventTypes ?? []).join("\n") : "Microsoft.Communication.IncomingCall");
  const begins = useSignal(before?.filter?.subjectBeginsWith ?? "");
  const ends = useSignal(before?.filter?.subjectEndsWith ?? "");
  const cases = useSignal(before?.filter?.isSubjectCaseSensitive ?? false);
  const arrays = useSignal(before?.filter?.enableAdvancedFilteringOnArrays ?? false);
  const advanced = useSignal(before?.filter?.advancedFilters?.length ? JSON.stringify(before.filter.advancedFilters, null, 1) : "");
  const schema = useSignal(before?.eventDeliverySchema ?? "EventGridSchema");
  const attempts = useSignal(String(before?.retryPolicy?.maxDeliveryAttempts ?? ""));
  const minutes = useSignal(String(before?.retryPolicy?.eventTimeToLiveInMinutes ?? ""));
  const letters = useSignal(deadLetterText(before?.deadLetterDestination));
  const expires = useSignal(before?.expirationTimeUtc ?? "");
  const labels = useSignal((before?.labels ?? []).join(", "));
  const problem = useSignal("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      const filter = {
        includedEventTypes: words(types.value),
        subjectBeginsWith: begins.value,
        subjectEndsWith: ends.value,
        isSubjectCaseSensitive: cases.value,
        enableAdvancedFilteringOnArrays: arrays.value,
        advancedFilters: advanced.value.trim() ? JSON.parse(advanced.value) : [],
      };
      const policy = { maxDeliveryAttempts: number(attempts.value), eventTimeToLiveInMinutes: number(minutes.value) };
      const settings = {
        destination: await toARM(form, props.of),
        filter,
        labels: words(labels.value),
        ...(attempts.value.trim() || minutes.value.trim() ? { retryPolicy: policy } : {}),
        ...(letters.value !== deadLetterText(before?.deadLetterDestination) ? { deadLetterDestination: deadLetterOf(letters.value) } : {}),
        ...(expires.value.trim() ? { expirationTimeUtc: expires.value.trim() } : {}),
      };
      if (before?.expirationTimeUtc && !expires.value.trim()) throw new Error("An expiry can be moved, but not taken away.");
      if (props.of) await api("PATCH", path(props.of.name), settings);
      else await api("PUT", path(name.value), { properties: { ...settings, eventDeliverySchema: schema.value } });
      props.close();
      await props.done();
    } catch (error) {
      problem.value = error instanceof SyntaxError ? `The advanced filters are no JSON: ${error.message}` : (error as Error).message;
    }
  };
  const flags = [
    ...destinationFlags(form),
    words(types.value).length && `--included-event-types ${words(types.value).join(" ")}`,
    begins.value && `--subject-begins-with ${begins.value}`,
    ends.value && `--subject-ends-with ${ends.value}`,
    cases.value && "--subject-case-sensitive",
    arrays.value && "--enable-advanced-filtering-on-arrays",
    number(attempts.value) && `--max-delivery-attempts ${attempts.value}`,
    number(minutes.value) && `--event-ttl ${minutes.value}`,
    letters.value.trim() && `--deadletter-endpoint ${letters.value.trim()}`,
    expires.value.trim() && `--expiration-date ${expires.value.trim()}`,
    words(labels.value).length && `--labels ${words(labels.value).join(",")}`,
    !props.of && schema.value !== "EventGridSchema" && `--event-delivery-schema ${schema.value.toLowerCase()}`,
  ].filter(Boolean);
  const check = (label: string, value: Signal<boolean>): JSX.Element => (
    <label>
      <input type="checkbox" checked={value.value} onChange={(event) => (value.value = event.currentTarget.checked)} /> {label}
    </label>
  );
  return (
    <Dialog title={props.of ? `Change ${props.of.name}` : "Add a subscription"} close={props.close}>
      <form onSubmit={(event) => void save(event)}>
        {!props.of && (
          <Field label="Name">
            <Input value={name} required id="name" />
          </Field>
        )}
        <Where form={form} of={props.of} />
        <Field label="Event types" hint="Separated by blanks; empty for all">
          <textarea rows={2} value={types.value} onInput={(event) => (types.value = event.currentTarget.value)} />
        </Field>
        <details open={Boolean(begins.value || ends.value || advanced.value)}>
          <summary>Filter, attempts, headers, dead letters</summary>
          <div class="stack">
            <div class="pairs">
              <Field label="Subject begins with">
                <Input value={begins} placeholder="/caller/4:+1555" />
              </Field>
              <Field label="Subject ends with">
                <Input value={ends} placeholder="/recipient/4:+15550100001" id="ends" />
              </Field>
            </div>
            {check("Upper and lower case differ in both", cases)}
            <Field label="Advanced filters" hint='JSON, such as [{"operatorType": "StringBeginsWith", "key": "data.from.phoneNumber.value", "values": ["+1"]}]'>
              <textarea rows={3} value={advanced.value} onInput={(event) => (advanced.value = event.currentTarget.value)} />
            </Field>
            {check("Advanced filters look at each value of an array", arrays)}
            <div class="pairs">
              <Field label="Attempts">
                <Input value={attempts} type="number" min="1" max="30" placeholder="30" id="attempts" />
              </Field>
              <Field label="Minutes to live">
                <Input value={minutes} type="number" min="1" max="1440" placeholder="1440" />
              </Field>
            </div>
            <Delivery form={form} />
            <Field label="Dead letters go to" hint="The id of a blob container (…/storageAccounts/NAME/blobServices/default/containers/NAME), or s3://BUCKET. Empty: nowhere">
              <Input value={letters} />
            </Field>
            <div class="pairs">
              <Field label="Labels" hint="Separated by commas">
                <Input value={labels} />
              </Field>
              <Field label="Expires" hint="A time such as 2027-01-31T12:00:00Z">
                <Input value={expires} />
              </Field>
            </div>
            {!props.of && (
              <Field label="Schema">
                <Choice value={schema} of={["EventGridSchema", "CloudEventSchemaV1_0"]} />
              </Field>
            )}
          </div>
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
