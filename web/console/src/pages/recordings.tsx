// Recordings: play, hold, delete.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, at, useAPI } from "../state/api";
import { Act, Badge, Card, Command, Empty, Page, Problem } from "../ui/basics";
import { Table } from "../ui/table";
import { lasting, Time } from "../ui/time";
import { callHref } from "./calls/model";
import { Player, soundOf } from "./calls/recordings";

interface Recording {
  id: string;
  callId: string;
  state: string;
  kind: string;
  began: string;
  durationMs: number;
  hold: boolean;
  expires?: string;
  documents?: { name: string; format: string; intact?: boolean; error?: string }[];
}

export function Recordings(): JSX.Element {
  const about = useSignal("");
  const list = useAPI<{ value: Recording[] }>(`/admin/recordings?about=${encodeURIComponent(about.value.trim())}`, 5);
  const rows = list.value.value?.value;
  const change = async (method: string, path: string, body?: unknown): Promise<void> => {
    await api(method, `/admin/recordings/${path}`, body);
    await list.reload();
  };
  const verify = async (id: string): Promise<void> => {
    const checked = await api<Recording>("POST", `/admin/recordings/${id}:verify`, {});
    const bad = checked.documents?.filter((one) => !one.intact) ?? [];
    if (bad.length) throw new Error(`Not as it was recorded: ${bad.map((one) => one.error || one.name).join("; ")}`);
  };
  const keep = async (id: string): Promise<void> => {
    const text = prompt("Keep it for how many days from now?", "30");
    if (text === null) return;
    const days = Number(text);
    if (!(days > 0)) throw new Error(`"${text}" is no number of days`);
    await change("POST", `${id}:keep`, { until: new Date(Date.now() + days * 86_400_000).toISOString() });
  };
  return (
    <Page title="Recordings" about="What applications have recorded. A held recording is not deleted by its age.">
      <div class="filters" role="search">
        <input type="search" aria-label="A number, a state or an id" placeholder="A number, a state or an id" value={about.value} onInput={(event) => (about.value = event.currentTarget.value)} />
      </div>
      <Problem text={list.problem} />
      <Card>
        {rows?.length === 0 && about.value.trim() ? (
          <Empty title="No recording matches.">
            <Act do={() => void (about.value = "")}>Show all recordings</Act>
          </Empty>
        ) : rows?.length === 0 ? (
          <Empty title="There is no recording.">Applications record with startRecording of the Call Automation SDK.</Empty>
        ) : (
          <Table
            label="Recordings"
            rows={rows ?? []}
            id={(one) => one.id}
            columns={[
              { head: "Began", cell: (one) => <Time at={one.began} /> },
              { head: "Lasted", cell: (one) => lasting(one.durationMs) },
              { head: "Kind", cell: (one) => one.kind },
              { head: "State", cell: (one) => <Badge mood={one.state === "announced" ? "good" : "warn"}>{one.hold ? "held" : one.state}</Badge> },
              { head: "Until", cell: (one) => (one.hold ? "released" : <Time at={one.expires} />) },
              {
                head: "Sound",
                cell: (one) =>
                  one.documents?.map((document) => (
                    <div key={document.name} class="buttons">
                      <Player document={document} />
                      <a download href={at(soundOf(document.name))}>
                        Download
                      </a>
                    </div>
                  )),
              },
              {
                head: "",
                cell: (one) => (
                  <div class="buttons">
                    <a href={callHref(one.callId)}>Call</a>
                    <Act class="quiet" changes do={() => change("POST", `${one.id}:keep`, { hold: !one.hold })}>
                      {one.hold ? "Release" : "Hold"}
                    </Act>
                    <Act class="quiet" changes do={() => keep(one.id)}>
                      Keep for…
                    </Act>
                    <Act class="quiet" changes do={() => verify(one.id)} done="Every file is as it was recorded">
                      Verify
                    </Act>
                    <Act class="quiet danger" changes confirm="Delete this recording for good?" do={() => change("DELETE", one.id)}>
                      Delete
                    </Act>
                  </div>
                ),
              },
            ]}
          />
        )}
        <Command>switchhook recordings list</Command>
      </Card>
    </Page>
  );
}
