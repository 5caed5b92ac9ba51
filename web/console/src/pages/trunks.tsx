// Trunks, with what they answer now, and the routes that lead to them.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useAPI } from "../state/api";
import { Act, Badge, Card, Command, Empty, Page, Problem, type Mood } from "../ui/basics";
import { Table } from "../ui/table";
import { Time, Until } from "../ui/time";
import { NumberTest } from "./numbers";
import { EditRoute, EditTrunk, patch, patchRoutes, routingPath, type Route, type Routing } from "./routing";

interface Trunk {
  name: string;
  address?: string;
  transport: string;
  state: string;
  answer?: string;
  answered?: string;
  registration?: { user: string; state: string; answer?: string; until?: string; next?: string };
  callsIn: number;
  callsOut: number;
  maxCalls?: number;
  callsPerSecond?: number;
  lastRefusal?: string;
  lastRefusalAt?: string;
}

interface Guard {
  name: string;
  rule: string;
  refused: number;
}

const mood: Record<string, Mood> = { online: "good", registered: "good", inactive: "bad", failed: "bad" };

export function Trunks(): JSX.Element {
  const trunks = useAPI<{ value: Trunk[] }>("/admin/trunks", 5);
  const routing = useAPI<Routing>(routingPath, 15);
  const guards = useAPI<{ value: Guard[] }>("/admin/guards", 5);
  const trunk = useSignal<string | null>(null); // that is edited; "" is a new one
  const route = useSignal<{ of?: Route } | null>(null); // that is edited; without one it is new
  const rows = trunks.value.value?.value;
  const set = routing.value.value;
  const routes = set?.routes ?? [];
  const names = Object.keys(set?.trunks ?? {});
  const reload = async (): Promise<void> => void (await Promise.all([trunks.reload(), routing.reload()]));
  const change = (what: unknown): Promise<void> => patch(what).then(reload);
  const changeRoutes = (...what: Parameters<typeof patchRoutes>): Promise<void> => patchRoutes(...what).then(() => {}).finally(reload);
  return (
    <Page title="Trunks and routes" about="Connections to other telephone systems, and which numbers they take. This page changes them as the SIP routing SDK does; the configuration file has the rest.">
      <Problem text={trunks.problem} />
      <Card
        title="Trunks"
        actions={
          <>
            <Act class="quiet" changes confirm="Forget what was set here and by the SIP routing API, and use the trunks and routes of the configuration file again?" do={() => change({ routes: null, trunks: null })} done="The configuration file is in force">
              Take the file's again
            </Act>
            <Act class="primary" id="addtrunk" changes do={() => void (trunk.value = "")}>
              Add a trunk
            </Act>
          </>
        }
      >
        {rows?.length === 0 ? (
          <Empty title="There is no trunk.">Add one to the configuration file: docs/trunks.md connects a carrier in five minutes.</Empty>
        ) : (
          <Table
            label="Trunks"
            rows={rows ?? []}
            id={(one) => one.name}
            columns={[
              { head: "Trunk", cell: (one) => <strong>{one.name}</strong> },
              { head: "Address", cell: (one) => <code>{one.address ? `${one.address} ${one.transport}` : "calls in only"}</code> },
              {
                head: "Answers",
                cell: (one) => (
                  <>
                    {one.state === "unknown" ? <span title="No OPTIONS are sent to it: the key ping of the trunk sets how often">not asked</span> : <Badge mood={mood[one.state] ?? "calm"}>{one.state}</Badge>} {one.state === "inactive" && one.answer}
                  </>
                ),
              },
              {
                head: "Registration",
                cell: (one) =>
                  one.registration ? (
                    <>
                      <Badge mood={mood[one.registration.state] ?? "warn"}>{one.registration.state}</Badge> {one.registration.user}
                      {one.registration.state === "failed" && `: ${one.registration.answer}; next attempt `}
                      {one.registration.state === "failed" && one.registration.next && <Until at={one.registration.next} />}
                    </>
                  ) : (
                    "–"
                  ),
              },
              { head: "Calls in", cell: (one) => one.callsIn },
              { head: "Calls out", cell: (one) => one.callsOut },
              { head: "Limit", cell: (one) => [one.maxCalls && `${one.maxCalls} calls`, one.callsPerSecond && `${one.callsPerSecond}/s`].filter(Boolean).join(", ") || "–" },
              {
                head: "Last refusal",
                cell: (one) =>
                  one.lastRefusal ? (
                    <>
                      <Time at={one.lastRefusalAt} /> {one.lastRefusal}
                    </>
                  ) : (
                    "–"
                  ),
              },
              {
                head: "",
                cell: (one) =>
                  set?.trunks[one.name] && (
                    <div class="buttons">
                      <Act class="quiet" changes do={() => void (trunk.value = one.name)}>
                        Change
                      </Act>
                      <Act class="quiet danger" changes confirm={`Remove the trunk ${one.name}? A trunk that a route names cannot be removed.`} do={() => change({ trunks: { [one.name]: null } })}>
                        Remove
                      </Act>
                    </div>
                  ),
              },
            ]}
          />
        )}
        <Command>switchhook trunks</Command>
      </Card>
      <Card
        title="Routes"
        actions={
          <Act class="primary" id="addroute" changes disabled={!set} do={() => void (route.value = {})}>
            Add a route
          </Act>
        }
      >
        <Problem text={routing.problem} />
        {routes.length ? (
          <Table
            label="Routes"
            rows={routes}
            id={(one) => one.name}
            columns={[
              { head: "Route", cell: (one) => <strong>{one.name}</strong> },
              { head: "Pattern", cell: (one) => <code>{one.numberPattern}</code> },
              { head: "Trunks", cell: (one) => one.trunks?.join(", ") || "none: such calls are refused" },
              { head: "Caller id", cell: (one) => one.callerIdOverride || "–" },
              { head: "About", cell: (one) => one.description ?? "" },
              {
                head: "",
                cell: (one) => (
                  <div class="buttons">
                    <Act class="quiet" changes disabled={one === routes[0]} label={`Try ${one.name} earlier`} do={() => changeRoutes(one, (now, at) => now.toSpliced(at, 1).toSpliced(Math.max(0, at - 1), 0, one))}>
                      ↑
                    </Act>
                    <Act class="quiet" changes do={() => void (route.value = { of: one })}>
                      Change
                    </Act>
                    <Act class="quiet danger" changes confirm={`Remove the route ${one.name}?`} do={() => changeRoutes(one, (now, at) => now.toSpliced(at, 1))}>
                      Remove
                    </Act>
                  </div>
                ),
              },
            ]}
          />
        ) : (
          set && <Empty title="No route is configured.">Every number goes to every trunk, in their order.</Empty>
        )}
      </Card>
      <NumberTest />
      <Card title="Guards">
        <Problem text={guards.problem} />
        {guards.value.value?.value.length ? (
          <Table
            label="Guards"
            rows={guards.value.value.value}
            id={(one) => one.name}
            columns={[
              { head: "Guard", cell: (one) => <strong>{one.name}</strong> },
              { head: "Rule", cell: (one) => one.rule },
              { head: "Calls refused", cell: (one) => one.refused },
            ]}
          />
        ) : (
          guards.value.value && <Empty title="No guard is configured.">Guards forbid or limit calls that cost money.</Empty>
        )}
        <p class="calm">
          Guards are in the configuration file, so that nobody who signs in lifts them: <code>guards: [{"{name: premium, prefix: '+1900', deny: true}"}]</code>
        </p>
      </Card>
      {trunk.value !== null && <EditTrunk name={trunk.value} of={set?.trunks[trunk.value]} close={() => (trunk.value = null)} done={reload} />}
      {route.value && <EditRoute of={route.value.of} trunks={names} close={() => (route.value = null)} done={reload} />}
    </Page>
  );
}
