// Trunks and routes that are set over the SIP routing API, with its checks.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api } from "../state/api";
import { Dialog, Field, Input, Problem } from "../ui/basics";

export interface SBC {
  sipSignalingPort: number;
  enabled?: boolean;
}

export interface Route {
  name: string;
  numberPattern: string;
  trunks?: string[];
  description?: string;
  callerIdOverride?: string;
}

export interface Routing {
  trunks: Record<string, SBC>;
  routes: Route[];
}

export const routingPath = "/sip?api-version=2024-11-15-preview";

/** Changes trunks or routes by a merge patch; what it does not name stays. */
export const patch = (change: unknown): Promise<Routing> => api<Routing>("PATCH", routingPath, change, { "content-type": "application/merge-patch+json" });

/** Changes the routes, which are a list that is replaced as a whole: as it is now, since somebody else may have changed it. `at` is where the route is that was looked at. */
export async function patchRoutes(seen: Route | undefined, change: (routes: Route[], at: number) => Route[]): Promise<Routing> {
  const { routes = [] } = await api<Routing>("GET", routingPath);
  const at = seen ? routes.findIndex((one) => JSON.stringify(one) === JSON.stringify(seen)) : routes.length;
  if (at < 0) throw new Error(`Somebody has changed the route ${seen?.name}, or removed it, since this page showed it. Look at it again.`);
  return patch({ routes: change(routes, at) });
}

const listed = (text: string): string[] => text.split(/[\s,]+/).filter(Boolean);

export function EditTrunk(props: { name: string; of?: SBC; close: () => void; done: () => Promise<void> }): JSX.Element {
  const name = useSignal(props.name);
  const port = useSignal(String(props.of?.sipSignalingPort ?? 5061));
  const enabled = useSignal(props.of?.enabled ?? true);
  const problem = useSignal("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      await patch({ trunks: { [name.value.trim()]: { sipSignalingPort: Number(port.value), enabled: enabled.value } } });
      props.close();
      await props.done();
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  return (
    <Dialog title={props.of ? `Trunk ${props.name}` : "Add a trunk"} close={props.close}>
      <form onSubmit={(event) => void save(event)}>
        {!props.of && (
          <Field label="Host" hint="It is also the trunk's name. The trunk is reached over TLS; credentials, codecs and the rest are keys of the configuration file, in an entry with this name">
            <Input value={name} required id="trunkname" placeholder="sbc.example.com" />
          </Field>
        )}
        <Field label="Port of its SIP">
          <Input value={port} type="number" min="1" max="65535" required id="trunkport" />
        </Field>
        <label>
          <input type="checkbox" checked={enabled.value} onChange={(event) => (enabled.value = event.currentTarget.checked)} /> In use
        </label>
        <Problem text={problem} />
        <button class="primary" id="savetrunk">
          {props.of ? "Change" : "Add"}
        </button>
        <p class="calm">Trunks that are set here replace those of the configuration file in this server's state; "Take the file's again" undoes that.</p>
      </form>
    </Dialog>
  );
}

/** `of` is the route as it was when it was opened; without it, one is added behind the others. */
export function EditRoute(props: { of?: Route; trunks: string[]; close: () => void; done: () => Promise<void> }): JSX.Element {
  const before = props.of;
  const name = useSignal(before?.name ?? "");
  const pattern = useSignal(before?.numberPattern ?? "^\\+");
  const trunks = useSignal((before?.trunks ?? props.trunks.slice(0, 1)).join(", "));
  const callerId = useSignal(before?.callerIdOverride ?? "");
  const about = useSignal(before?.description ?? "");
  const problem = useSignal("");
  const save = async (event: Event): Promise<void> => {
    event.preventDefault();
    const route: Route = { name: name.value.trim(), numberPattern: pattern.value, trunks: listed(trunks.value), description: about.value || undefined, callerIdOverride: callerId.value || undefined };
    try {
      await patchRoutes(before, (routes, at) => routes.toSpliced(at, before ? 1 : 0, route));
      props.close();
    } catch (error) {
      problem.value = (error as Error).message;
    }
    await props.done();
  };
  return (
    <Dialog title={before ? `Route ${before.name}` : "Add a route"} close={props.close}>
      <form onSubmit={(event) => void save(event)}>
        <Field label="Name">
          <Input value={name} required id="routename" />
        </Field>
        <Field label="Pattern" hint="A regular expression; the first routes that match a number are tried first">
          <Input value={pattern} required id="routepattern" />
        </Field>
        <Field label="Trunks" hint={`In the order in which they are tried: ${props.trunks.join(", ")}. None refuses such calls`}>
          <Input value={trunks} id="routetrunks" />
        </Field>
        <Field label="Caller id" hint="Shown instead of the caller's number; empty: none">
          <Input value={callerId} />
        </Field>
        <Field label="About">
          <Input value={about} />
        </Field>
        <Problem text={problem} />
        <button class="primary" id="saveroute">
          {before ? "Change" : "Add"}
        </button>
      </form>
    </Dialog>
  );
}
