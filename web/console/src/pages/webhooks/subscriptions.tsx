// Event subscriptions: their handshake, their filter, what would match.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, armPath, useAPI } from "../../state/api";
import { Act, Badge, Card, Command, Dialog, Empty, Field, Input, Problem, type Mood } from "../../ui/basics";
import { Table } from "../../ui/table";
import { insight } from "../calls/model";
import type { Destination } from "./destination";
import { DeadLetters } from "./deadletters";
import { Edit } from "./edit";

export interface Subscription {
  name: string;
  properties: {
    provisioningState: string;
    provisioningError?: { message?: string };
    destination?: Destination;
    filter?: { includedEventTypes?: string[]; subjectBeginsWith?: string; subjectEndsWith?: string; isSubjectCaseSensitive?: boolean; enableAdvancedFilteringOnArrays?: boolean; advancedFilters?: unknown[] };
    eventDeliverySchema?: string;
    retryPolicy?: { maxDeliveryAttempts?: number; eventTimeToLiveInMinutes?: number };
    labels?: string[];
    deadLetterDestination?: unknown;
    expirationTimeUtc?: string;
  };
}

/** Where events go, in a word or two. */
function shownAs(of?: Destination): string {
  const p = of?.properties;
  const at = p?.endpointBaseUrl ?? p?.queueName ?? p?.subject ?? p?.fileName ?? "";
  return !of || of.endpointType === "WebHook" ? at : `${of.endpointType} ${at}`.trim();
}

const moods: Record<string, Mood> = { Succeeded: "good", Failed: "bad", AwaitingManualAction: "warn", Creating: "warn", Updating: "warn" };

/** Where the API of event subscriptions is. */
export const path = (name = ""): string => armPath("providers/Microsoft.EventGrid/eventSubscriptions" + (name && "/" + encodeURIComponent(name))).replace("2023-04-01", "2022-06-15");

export function Subscriptions(): JSX.Element {
  const list = useAPI<{ value: Subscription[] }>(path(), 3);
  const adding = useSignal(false);
  const changing = useSignal<Subscription | null>(null);
  const letters = useSignal("");
  const testing = useSignal("");
  const rows = list.value.value?.value;
  return (
    <Card
      title="Event subscriptions"
      actions={
        <Act class="primary" id="addsubscription" changes do={() => void (adding.value = true)}>
          Add a subscription
        </Act>
      }
    >
      <Problem text={list.problem} />
      {rows?.length === 0 ? (
        <Empty title="Nobody is subscribed, so no application hears of an incoming call.">Add a subscription with the address of your application, or of a sink.</Empty>
      ) : (
        <Table
          label="Event subscriptions"
          rows={rows ?? []}
          id={(one) => one.name}
          columns={[
            { head: "Name", cell: (one) => <strong>{one.name}</strong> },
            {
              head: "Handshake",
              cell: ({ properties: one }) => (
                <>
                  <Badge mood={moods[one.provisioningState] ?? "calm"}>{one.provisioningState}</Badge> {one.provisioningError?.message}
                </>
              ),
            },
            { head: "To", cell: ({ properties: one }) => <code>{shownAs(one.destination)}</code> },
            {
              head: "Takes",
              cell: ({ properties: { filter } }) =>
                [filter?.includedEventTypes?.map((type) => type.replace("Microsoft.Communication.", "")).join(", ") || "every event", filter?.subjectBeginsWith && `subject begins with ${filter.subjectBeginsWith}`, filter?.subjectEndsWith && `subject ends with ${filter.subjectEndsWith}`, filter?.advancedFilters?.length && `${filter.advancedFilters.length} advanced filters`]
                  .filter(Boolean)
                  .join("; "),
            },
            {
              head: "",
              cell: (one) => (
                <div class="buttons">
                  <Act class="quiet" changes do={() => void (testing.value = one.name)}>
                    Would it match?
                  </Act>
                  <Act class="quiet" changes do={() => void (changing.value = one)}>
                    Change
                  </Act>
                  <Act class="quiet" do={() => void (letters.value = one.name)}>
                    Dead letters
                  </Act>
                  <Act class="quiet danger" changes confirm={`Delete the subscription ${one.name}?`} do={() => api("DELETE", path(one.name)).then(list.reload)}>
                    Delete
                  </Act>
                </div>
              ),
            },
          ]}
        />
      )}
      <Command>switchhook subscriptions list</Command>
      {adding.value && <Edit close={() => (adding.value = false)} done={list.reload} />}
      {changing.value && <Edit of={changing.value} close={() => (changing.value = null)} done={list.reload} />}
      {letters.value && <DeadLetters name={letters.value} close={() => (letters.value = "")} />}
      {testing.value && <Test name={testing.value} close={() => (testing.value = "")} />}
    </Card>
  );
}

interface Verdict {
  matches: boolean;
  provisioningState: string;
  problem?: string;
  checks: { holds: boolean; text: string }[];
}

/** Would the subscription take an incoming call between these two? */
function Test(props: { name: string; close: () => void }): JSX.Element {
  const from = useSignal("4:+15551234567");
  const to = useSignal("4:+15550100001");
  const verdict = useSignal<Verdict | null>(null);
  const problem = useSignal("");
  const ask = async (event: Event): Promise<void> => {
    event.preventDefault();
    const raw = (text: string): string => (/^\+?\d+$/.test(text.trim()) ? "4:" + text.trim() : text.trim());
    try {
      verdict.value = await api("POST", `${insight}/subscriptions/${encodeURIComponent(props.name)}:test`, { from: raw(from.value), to: raw(to.value) });
      problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <Dialog title={`Would ${props.name} take an IncomingCall?`} close={props.close}>
      <form onSubmit={(event) => void ask(event)}>
        <Field label="From" hint="A number, or a raw id">
          <Input value={from} required />
        </Field>
        <Field label="To">
          <Input value={to} required />
        </Field>
        <Problem text={problem} />
        <button class="primary">Test</button>
      </form>
      {verdict.value && (
        <div role="status">
          <p>
            <Badge mood={verdict.value.matches ? "good" : "bad"}>{verdict.value.matches ? "yes" : "no"}</Badge> The handshake: {verdict.value.provisioningState}. {verdict.value.problem}
          </p>
          <ul>
            {verdict.value.checks.map((one, i) => (
              <li key={i}>
                <Badge mood={one.holds ? "good" : "bad"}>{one.holds ? "holds" : "no"}</Badge> {one.text}
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  );
}
