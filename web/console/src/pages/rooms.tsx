// Rooms: their times, and who may join them in which role.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, useAPI } from "../state/api";
import { mayChange } from "../state/session";
import { Act, Badge, Card, Choice, Command, Dialog, Empty, Field, Input, Problem } from "../ui/basics";
import { Table } from "../ui/table";
import { now, Time } from "../ui/time";
import { complain } from "../ui/toast";

interface Room {
  id: string;
  createdAt: string;
  validFrom: string;
  validUntil: string;
  pstnDialOutEnabled?: boolean;
}

interface Participant {
  rawId: string;
  role: string;
}

const version = "?api-version=2024-04-15";
const merge = { "content-type": "application/merge-patch+json" };
const roles = ["Presenter", "Attendee", "Collaborator", "Consumer"];

export function Rooms(): JSX.Element {
  const list = useAPI<{ value: Room[] }>("/rooms" + version, 10);
  const editing = useSignal<Room | null>(null);
  const rows = list.value.value?.value;
  const make = async (): Promise<void> => {
    await api("POST", "/rooms" + version, {});
    await list.reload();
  };
  return (
    <Card
      title="Rooms"
      actions={
        <Act class="primary" id="addroom" changes do={make}>
          Make a room
        </Act>
      }
    >
      <Problem text={list.problem} />
      {rows?.length === 0 ? (
        <Empty title="There is no room.">Make one, and open it in two tabs: on a server that only this machine reaches, the sample page makes its users itself.</Empty>
      ) : (
        <Table
          label="Rooms"
          rows={rows ?? []}
          id={(one) => one.id}
          columns={[
            { head: "Room", cell: (one) => <code>{one.id}</code> },
            { head: "Valid", cell: (one) => (new Date(one.validUntil).getTime() < now.value ? <Badge mood="bad">over</Badge> : new Date(one.validFrom).getTime() > now.value ? <Badge mood="warn">not yet</Badge> : <Badge mood="good">now</Badge>) },
            { head: "From", cell: (one) => <Time at={one.validFrom} /> },
            { head: "Until", cell: (one) => <Time at={one.validUntil} /> },
            { head: "Calls numbers", cell: (one) => (one.pstnDialOutEnabled ? "yes" : "no") },
            {
              head: "",
              cell: (one) => (
                <div class="buttons">
                  <a target="_blank" rel="noopener" href={`/samples/rooms/?room=${encodeURIComponent(one.id)}`}>
                    Open in a tab
                  </a>
                  <Act class="quiet" do={() => void (editing.value = one)}>
                    Participants
                  </Act>
                  <Act class="quiet danger" changes confirm={`Delete the room ${one.id}?`} do={() => api("DELETE", `/rooms/${encodeURIComponent(one.id)}${version}`).then(list.reload)}>
                    Delete
                  </Act>
                </div>
              ),
            },
          ]}
        />
      )}
      {editing.value && <EditRoom of={editing.value} close={() => (editing.value = null)} done={list.reload} />}
    </Card>
  );
}

function EditRoom(props: { of: Room; close: () => void; done: () => Promise<void> }): JSX.Element {
  const { id } = props.of;
  const list = useAPI<{ value: Participant[] }>(`/rooms/${encodeURIComponent(id)}/participants${version}`, 5);
  const user = useSignal("");
  const role = useSignal("Attendee");
  const until = useSignal(props.of.validUntil);
  const dials = useSignal(props.of.pstnDialOutEnabled === true);
  const problem = useSignal("");
  const invite = async (who: string, as: string | null): Promise<void> => {
    await api("PATCH", `/rooms/${encodeURIComponent(id)}/participants${version}`, { participants: { [who]: as === null ? null : { role: as } } }, merge);
    await list.reload();
  };
  const add = async (event: Event): Promise<void> => {
    event.preventDefault();
    try {
      let who = user.value.trim();
      if (!who) who = (await api("POST", "/identities?api-version=2023-10-01", {})).identity.id;
      await invite(who, role.value);
      user.value = problem.value = "";
    } catch (error) {
      problem.value = (error as Error).message;
    }
  };
  const change = async (): Promise<void> => {
    await api("PATCH", `/rooms/${encodeURIComponent(id)}${version}`, { validFrom: props.of.validFrom, validUntil: until.value, pstnDialOutEnabled: dials.value }, merge);
    await props.done();
  };
  return (
    <Dialog wide title={`Room ${id}`} close={props.close}>
      <div class="filters">
        <Field label="Valid until" hint="RFC 3339">
          <Input value={until} />
        </Field>
        <label>
          <input type="checkbox" checked={dials.value} onChange={(event) => (dials.value = event.currentTarget.checked)} /> Presenters may call numbers
        </label>
        <Act changes do={change} done="The room was changed">
          Change
        </Act>
      </div>
      <Problem text={list.problem} />
      {list.value.value?.value.length === 0 && <Empty title="Nobody is on the list." />}
      {list.value.value?.value.map((one) => (
        <div key={one.rawId} class="invited">
          <code class="long">{one.rawId}</code>
          <select aria-label={`Role of ${one.rawId}`} value={one.role} disabled={!mayChange()} onChange={(event) => void invite(one.rawId, event.currentTarget.value).catch((error) => (complain(error.message), list.reload()))}>
            {roles.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
          <Act class="quiet danger" changes do={() => invite(one.rawId, null)}>
            Remove
          </Act>
        </div>
      ))}
      <form class="inline" onSubmit={(event) => void add(event)}>
        <Field label="User" hint="A raw id; empty makes a new user">
          <Input value={user} placeholder="8:acs:…" id="invitee" />
        </Field>
        <Field label="Role">
          <Choice value={role} of={roles} />
        </Field>
        <button class="primary" id="invite">
          Invite
        </button>
      </form>
      <Problem text={problem} />
      <Command>{`az communication rooms participant add-or-update --room ${id} --attendee-participants 8:acs:…`}</Command>
    </Dialog>
  );
}
