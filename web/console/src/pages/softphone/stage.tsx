// The application's side of a call, for who has no application yet.
import type { JSX } from "preact";
import { signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { api } from "../../state/api";
import { hear } from "../../state/live";
import { href } from "../../state/router";
import { Act, Card } from "../../ui/basics";
import { insight, who } from "../calls/model";
import { path as subscriptionPath, type Subscription } from "../webhooks/subscriptions";
import { call, callId, ended } from "./phone";

const standInName = "console-page";
const sinkPath = `${insight}/sinks/${standInName}`;
/** Where events go while this page stands in for an application; "" otherwise. */
const sink = signal("");

/**
 * Lets a call ring where no application is subscribed, by a subscription of our own to a
 * sink. It is removed after the call.
 */
export async function standIn(): Promise<void> {
  const { value } = await api<{ value: Subscription[] }>("GET", subscriptionPath());
  if (value.some((one) => one.name !== standInName && one.properties.provisioningState === "Succeeded")) return;
  sink.value = (await api("PUT", sinkPath, { status: 200 })).url;
  const destination = { endpointType: "WebHook", properties: { endpointUrl: sink.value } };
  await api("PUT", subscriptionPath(standInName), { properties: { destination, filter: { includedEventTypes: ["Microsoft.Communication.IncomingCall"] }, eventDeliverySchema: "EventGridSchema" } });
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const { properties } = await api<Subscription>("GET", subscriptionPath(standInName));
    if (properties.provisioningState === "Succeeded") return;
    if (properties.provisioningState === "Failed") throw new Error(properties.provisioningError?.message ?? "the page could not subscribe to its own sink");
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error("the server did not subscribe the page within a minute: the call would ring nowhere");
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
export function Stage(props: { plain: string }): JSX.Element | null {
  const ring = useSignal<Ring | null>(null);
  const connection = useSignal("");
  const answering = useSignal(false);
  useEffect(
    () =>
      hear((news) => {
        for (const { kind, body } of news) {
          if (kind === "call" && body.call.id === ring.value?.call && body.call.state === "ended") over();
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
  const over = (): void => {
    if (ring.value) standDown().catch((error) => (ended.value = error.message));
    ring.value = null;
    connection.value = "";
  };
  useEffect(() => {
    if (!call.value && !connection.value && !answering.value) over(); // who was transferred goes on with the application
  }, [call.value]);
  if (!ring.value || !(call.value || connection.value || answering.value)) return null;
  const base = "/calling/callConnections";
  const version = "?api-version=2025-06-15";
  const callbacks = async (): Promise<string> => {
    sink.value ||= (await api("PUT", sinkPath, { status: 200 })).url;
    return sink.value;
  };
  const answer = async (): Promise<void> => {
    answering.value = true;
    try {
      const answered = await api("POST", `${base}:answer${version}`, { incomingCallContext: ring.value!.context, callbackUri: await callbacks() });
      connection.value = answered.callConnectionId;
    } finally {
      answering.value = false;
    }
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
            {who(ring.value.to)} rings for a call of {who(ring.value.from)}: the event IncomingCall went to your subscriptions. If no application of yours answers, this page can, with the request that an SDK sends.
          </p>
          <Act class="primary" id="answer" do={answer}>
            Answer it here
          </Act>
        </>
      )}
    </Card>
  );
}
