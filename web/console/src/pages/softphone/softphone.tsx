// Softphone: call an owned number or a user, or be called, as a user or as a phone number.
import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { useAPI } from "../../state/api";
import { href, query } from "../../state/router";
import { mayChange } from "../../state/session";
import { Act, Badge, Card, Choice, Copy, Empty, Field, Input, Page, Problem } from "../../ui/basics";
import { who } from "../calls/model";
import type { Overview } from "../home";
import { leaveLine, line, takeLine } from "./line";
import { accept, call, callId, dial, ended, incoming, ready, signIn, user } from "./phone";
import { Running } from "./running";
import { Script } from "./script";
import { Stage, standIn } from "./stage";

const to = signal("");
const from = signal("");

export function Softphone(): JSX.Element {
  const overview = useAPI<Overview>("/admin/overview");
  const numbers = overview.value.value?.numbers ?? [];
  useEffect(() => {
    const asked = query.value.get("to");
    if (asked !== null) to.value = asked;
  }, [query.value]);
  useEffect(() => {
    if (!to.value) to.value = numbers[0] ?? ""; // what was asked for or typed meanwhile stays
    if (!from.value) from.value = numbers.find((one) => one !== to.value) ?? numbers[0] ?? "";
  }, [overview.value.value, query.value]);
  const begin = async (): Promise<void> => {
    callId.value = "";
    ended.value = "";
    const target = to.value.trim();
    if (!overview.value.value) await overview.reload(); // who is quick must not miss the page's own answer
    const owned = (overview.value.value?.numbers ?? []).includes(target);
    await signIn();
    if (line.value) await takeLine(line.value);
    if (owned) await standIn();
    await dial(target, owned && line.value ? line.value : from.value || (overview.value.value?.numbers[0] ?? ""));
  };
  const submit = (event: Event): void => {
    event.preventDefault();
    begin().catch((error) => (ended.value = error.message));
  };
  if (!mayChange())
    return (
      <Page title="Softphone">
        <Empty title="A reader makes no calls.">Sign in with the primary key to call from here.</Empty>
      </Page>
    );
  return (
    <Page title="Softphone" about="A phone in this page. Call one of your numbers: your application answers, as it does for any caller.">
      <Problem text={overview.problem} />
      <Ringing />
      <div class="columns">
        <Card title="Call">
          <form onSubmit={submit}>
            <Field label="Number, or raw id of a user">
              <Input value={to} id="to" list="ownednumbers" required placeholder="+15550100001" />
              <datalist id="ownednumbers">
                {numbers.map((one) => (
                  <option key={one} value={one} />
                ))}
              </datalist>
            </Field>
            <CallAs />
            {(!line.value || !numbers.includes(to.value.trim())) && (
              <Field label="Shown caller id" hint="An owned number, which phone numbers elsewhere see">
                <select value={from.value} onChange={(event) => (from.value = event.currentTarget.value)}>
                  {numbers.map((one) => (
                    <option key={one}>{one}</option>
                  ))}
                </select>
              </Field>
            )}
            {call.value ? (
              <Act class="primary danger" id="hangup" do={() => call.value?.hangUp()}>
                Hang up
              </Act>
            ) : (
              <button class="primary" id="dial">
                Call
              </button>
            )}
          </form>
          {ended.value && (
            <p role="status" id="ended">
              {ended.value} {callId.value && <a href={href(`calls/${callId.value}`)}>See the call</a>}
            </p>
          )}
        </Card>
        {call.value ? <Running /> : <BeCalled />}
      </div>
      <Stage plain={overview.value.value?.addresses.http ?? ""} />
      <Script begin={begin} />
    </Page>
  );
}

/** Somebody calls the page. */
function Ringing(): JSX.Element | null {
  if (!incoming.value) return null;
  const { identifier, displayName } = incoming.value.callerInfo as { identifier?: { phoneNumber?: string; communicationUserId?: string }; displayName?: string };
  const caller = identifier?.phoneNumber ?? displayName ?? (identifier?.communicationUserId ? who(identifier.communicationUserId) : "Somebody");
  return (
    <Card class="why" title={`${caller} is calling`}>
      <div class="buttons">
        <Act class="primary" id="accept" do={accept}>
          Accept
        </Act>
        <Act class="danger" id="reject" do={() => incoming.value?.reject()}>
          Reject
        </Act>
      </div>
    </Card>
  );
}

const kinds: [string, string][] = [
  ["", "a user of this resource"],
  ["number", "a phone number"],
];

/** What the application takes the page for. */
function CallAs(): JSX.Element {
  const kind = useSignal<string>(line.value ? "number" : "");
  const number = useSignal(line.value || "+15557770001");
  const apply = async (): Promise<void> => {
    await leaveLine();
    if (kind.value) line.value = number.value.trim();
    if (line.value && ready.value) await takeLine(line.value);
  };
  const changed = (): void => void apply().catch((error) => (ended.value = error.message));
  return (
    <div class="stack" onChange={changed}>
      <Field label="As" hint={kind.value ? "The application sees a phone, as on the loopback trunk" : ""}>
        <Choice id="callas" value={kind} of={kinds} />
      </Field>
      {kind.value && (
        <Field label="Its number" hint="One that is not yours, and that no carrier's trunk takes">
          <Input value={number} id="linenumber" type="tel" required />
        </Field>
      )}
    </div>
  );
}

function BeCalled(): JSX.Element {
  const copied = line.value || user.value;
  return (
    <Card title="Be called" actions={ready.value ? <Badge mood="good">waiting for calls</Badge> : undefined}>
      {ready.value ? (
        <p>
          This page rings when somebody calls <code class="long">{copied}</code> <Copy text={copied} what={line.value ? "the number" : "the raw id"} />
          {line.value && ", such as an application that makes a call"}
        </p>
      ) : (
        <>
          <p>The page becomes the phone of {line.value ? line.value : "a user"}, and rings when an application or another browser calls it.</p>
          <Act id="bephone" do={() => signIn().then(() => (line.value ? takeLine(line.value) : undefined))}>
            Wait for calls
          </Act>
        </>
      )}
    </Card>
  );
}
