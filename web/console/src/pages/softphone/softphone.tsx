// Softphone: call an owned number or a user, or be called; and an application that
// answers from this page, for who has none yet.
import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api, useAPI } from "../../state/api";
import { hear } from "../../state/live";
import { href, query } from "../../state/router";
import { mayChange } from "../../state/session";
import { Act, Badge, Card, Copy, Empty, Field, Input, Page, Problem } from "../../ui/basics";
import { insight, who } from "../calls/model";
import type { Overview } from "../home";
import { path as subscriptionPath, type Subscription } from "../webhooks/subscriptions";
import { accept, addFiles, call, dial, ended, incoming, level, muted, play, press, ready, signIn, speak, state, transfer, user } from "./phone";

const to = signal("");
const from = signal("");
const callId = signal(""); // of the newest call, for the link to its page

export function Softphone(): JSX.Element {
  const overview = useAPI<Overview>("/admin/overview");
  const numbers = overview.value.value?.numbers ?? [];
  useEffect(() => {
    to.value = query.value.get("to") ?? (to.value || (numbers[0] ?? ""));
    if (!from.value) from.value = numbers.find((one) => one !== to.value) ?? numbers[0] ?? "";
  }, [overview.value.value, query.value]);
  const submit = (event: Event): void => {
    event.preventDefault();
    callId.value = "";
    ended.value = "";
    const target = to.value.trim();
    void (async () => {
      if (numbers.includes(target)) await standIn();
      await dial(target, from.value);
    })().catch((error) => (ended.value = error.message));
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
      {incoming.value && (
        <Card class="why" title={`${who((incoming.value.callerInfo.identifier as { communicationUserId?: string; phoneNumber?: string })?.phoneNumber) !== "–" ? (incoming.value.callerInfo.identifier as { phoneNumber?: string }).phoneNumber : incoming.value.callerInfo.displayName || "Somebody"} is calling`}>
          <div class="buttons">
            <Act class="primary" id="accept" do={accept}>
              Accept
            </Act>
            <Act class="danger" do={() => incoming.value?.reject()}>
              Reject
            </Act>
          </div>
        </Card>
      )}
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
            <Field label="Shown caller id" hint="An owned number">
              <select value={from.value} onChange={(event) => (from.value = event.currentTarget.value)}>
                {numbers.map((one) => (
                  <option key={one}>{one}</option>
                ))}
              </select>
            </Field>
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
      <Stage numbers={numbers} plain={overview.value.value?.addresses.http ?? ""} />
    </Page>
  );
}

function Running(): JSX.Element {
  const target = useSignal("");
  return (
    <Card title="In the call" actions={<Badge mood={state.value === "Connected" ? "live" : "warn"}>{state.value}</Badge>}>
      <meter min={0} max={1} value={level.value} aria-label="Level of what you hear" />
      <div class="keypad" role="group" aria-label="Keys">
        {"123456789*0#".split("").map((key) => (
          <Act key={key} label={`Key ${key}`} do={() => press(key)}>
            {key}
          </Act>
        ))}
      </div>
      <div class="buttons">
        <Act do={() => (muted.value ? call.value?.unmute() : call.value?.mute())}>{muted.value ? "Unmute" : "Mute"}</Act>
        <Act do={() => (state.value === "LocalHold" ? call.value?.resume() : call.value?.hold())}>{state.value === "LocalHold" ? "Resume" : "Hold"}</Act>
        <label class="button">
          Speak a file
          <input class="hidden" type="file" accept="audio/*" onChange={(event) => event.currentTarget.files?.[0] && void speak(event.currentTarget.files[0]).catch((error) => (ended.value = error.message))} />
        </label>
        <a class="button" href={href(callId.value ? `calls/${callId.value}` : "calls")}>
          See the call
        </a>
      </div>
      <form
        class="inline"
        onSubmit={(event) => {
          event.preventDefault();
          void transfer(target.value).catch((error) => (ended.value = error.message));
        }}
      >
        <Field label="Transfer to">
          <Input value={target} required placeholder="+15550100002" />
        </Field>
        <button>Transfer</button>
      </form>
      <Script />
    </Card>
  );
}

const script = signal("wait for answer\nwait 2\npress 1\nwait 2\npress 23#\nwait 5\nhang up");

function Script(): JSX.Element {
  const line = useSignal(-1);
  const lines = script.value.split("\n");
  return (
    <details>
      <summary>A scripted caller</summary>
      <Field label="Steps" hint="press KEYS, speak FILE, wait SECONDS, wait for answer, hang up: a step a line. speak welcome needs no file">
        <textarea id="script" rows={7} value={script.value} onInput={(event) => (script.value = event.currentTarget.value)} />
      </Field>
      <label class="button">
        Files to speak
        <input class="hidden" type="file" accept="audio/*" multiple onChange={(event) => addFiles(event.currentTarget.files ?? [])} />
      </label>{" "}
      <Act id="runscript" do={() => play(script.value, (at) => (line.value = at)).finally(() => (line.value = -1))}>Run</Act> {line.value >= 0 && <span role="status">{lines[line.value]}</span>}
    </details>
  );
}

function BeCalled(): JSX.Element {
  return (
    <Card title="Be called" actions={ready.value ? <Badge mood="good">waiting for calls</Badge> : undefined}>
      {ready.value ? (
        <p>
          This page rings when somebody calls <code class="long">{user.value}</code> <Copy text={user.value} what="the raw id" />
        </p>
      ) : (
        <>
          <p>The page becomes the phone of a user, and rings when an application or another browser calls it.</p>
          <Act id="bephone" do={signIn}>
            Wait for calls
          </Act>
        </>
      )}
    </Card>
  );
}

const standInName = "console-page";
const sinkPath = `${insight}/sinks/${standInName}`;
/** Where events go while this page stands in for an application; "" otherwise. */
const sink = signal("");

/**
 * Lets a call ring where no application is subscribed, by a subscription of our own to a
 * sink. It is removed after the call.
 */
async function standIn(): Promise<void> {
  const { value } = await api<{ value: Subscription[] }>("GET", subscriptionPath());
  if (value.some((one) => one.name !== standInName && one.properties.provisioningState === "Succeeded")) return;
  sink.value = (await api("PUT", sinkPath, { status: 200 })).url;
  const destination = { endpointType: "WebHook", properties: { endpointUrl: sink.value } };
  await api("PUT", subscriptionPath(standInName), { properties: { destination, filter: { includedEventTypes: ["Microsoft.Communication.IncomingCall"] }, eventDeliverySchema: "EventGridSchema" } });
  for (let i = 0; i < 50; i++) {
    const { properties } = await api<Subscription>("GET", subscriptionPath(standInName));
    if (properties.provisioningState === "Succeeded") return;
    if (properties.provisioningState === "Failed") throw new Error(properties.provisioningError?.message ?? "the page could not subscribe to its own sink");
    await new Promise((done) => setTimeout(done, 100));
  }
}

async function standDown(): Promise<void> {
  if (!sink.value) return;
  sink.value = "";
  await api("DELETE", subscriptionPath(standInName));
  await api("DELETE", sinkPath);
}

interface Ring {
  context: string;
  from: string;
  to: string;
  call: string;
}

/** The application's side of the call, when the person has no application yet. */
function Stage(props: { numbers: string[]; plain: string }): JSX.Element | null {
  const ring = useSignal<Ring | null>(null);
  const connection = useSignal("");
  useEffect(
    () =>
      hear((news) => {
        for (const { kind, body } of news) {
          if (kind !== "event") continue;
          const event = body?.eventType ? body : Array.isArray(body) ? body[0] : body;
          const type = event?.eventType ?? event?.type;
          if (type === "Microsoft.Communication.IncomingCall") {
            ring.value = { context: event.data.incomingCallContext, from: event.data.from.rawId, to: event.data.to.rawId, call: event.data.correlationId };
            connection.value = "";
            callId.value = event.data.correlationId ?? "";
          }
        }
      }),
    [],
  );
  useEffect(() => {
    if (call.value) return;
    if (ring.value) standDown().catch((error) => (ended.value = error.message));
    ring.value = null;
    connection.value = "";
  }, [call.value]);
  if (!ring.value || !call.value) return null;
  const base = "/calling/callConnections";
  const version = "?api-version=2025-06-15";
  const callbacks = async (): Promise<string> => {
    sink.value ||= (await api("PUT", sinkPath, { status: 200 })).url;
    return sink.value;
  };
  const answer = async (): Promise<void> => {
    const answered = await api("POST", `${base}:answer${version}`, { incomingCallContext: ring.value!.context, callbackUri: await callbacks() });
    connection.value = answered.callConnectionId;
  };
  const playTone = (): Promise<unknown> => api("POST", `${base}/${connection.value}:play${version}`, { playSources: [{ kind: "file", file: { uri: `http://${props.plain}/console/welcome.wav` } }], playTo: [] });
  const hangUp = (): Promise<unknown> => api("POST", `${base}/${connection.value}:terminate${version}`);
  return (
    <Card title="The application's side">
      {connection.value ? (
        <>
          <p>
            This page controls the call as an application does, over the Call Automation API. <a href={href(`calls/${callId.value}`)}>The call's timeline</a> shows each request and event.
          </p>
          <div class="buttons">
            <Act id="playtone" do={playTone}>
              Play a sound
            </Act>
            <Act class="danger" do={hangUp}>
              End the call for everyone
            </Act>
          </div>
        </>
      ) : (
        <>
          <p>
            {who(ring.value.to)} rings: the event IncomingCall went to your subscriptions. If no application of yours answers, this page can, with the request that an SDK sends.
          </p>
          <Act class="primary" id="answer" do={answer}>
            Answer it here
          </Act>
        </>
      )}
    </Card>
  );
}
