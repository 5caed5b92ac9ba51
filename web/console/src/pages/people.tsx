// Users with their tokens, and rooms for them.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, useAPI } from "../state/api";
import { Act, Badge, Card, Choice, Code, Command, Copy, Empty, Field, Input, Page, Problem } from "../ui/basics";
import { Table } from "../ui/table";
import { now, Time } from "../ui/time";

interface Room {
  id: string;
  createdAt: string;
  validFrom: string;
  validUntil: string;
  pstnDialOutEnabled?: boolean;
}

const roomsVersion = "?api-version=2024-04-15";
const usersVersion = "?api-version=2023-10-01";

export function People(): JSX.Element {
  return (
    <Page title="Users and rooms" about="Users call and are called by browsers and phones; rooms are calls that only those on their list may join.">
      <Users />
      <Rooms />
    </Page>
  );
}

function Users(): JSX.Element {
  const user = useSignal("");
  const scope = useSignal("voip");
  const token = useSignal<{ token: string; expiresOn: string } | null>(null);
  const issue = async (): Promise<void> => {
    if (user.value.trim()) {
      token.value = await api("POST", `/identities/${encodeURIComponent(user.value.trim())}/:issueAccessToken${usersVersion}`, { scopes: [scope.value] });
      return;
    }
    const made = await api("POST", "/identities" + usersVersion, { createTokenWithScopes: [scope.value] });
    user.value = made.identity.id;
    token.value = made.accessToken;
  };
  const revoke = async (): Promise<void> => {
    await api("POST", `/identities/${encodeURIComponent(user.value.trim())}/:revokeAccessTokens${usersVersion}`);
    token.value = null;
  };
  return (
    <Card title="A user, and a token for it">
      <div class="filters">
        <Field label="User" hint="Empty makes a new one">
          <Input value={user} id="user" placeholder="8:acs:…" />
        </Field>
        <Field label="Scope">
          <Choice value={scope} of={["voip", "voip.join", "chat"]} />
        </Field>
      </div>
      <div class="buttons">
        <Act class="primary" id="issuetoken" changes do={issue}>
          {user.value.trim() ? "Issue a token" : "Make a user"}
        </Act>
        <Act changes disabled={!user.value.trim()} confirm="Revoke every token of this user?" do={revoke} done="The user's tokens are revoked">
          Revoke its tokens
        </Act>
        {user.value && <Copy text={user.value} label="Copy the raw id" what="the raw id" />}
      </div>
      {token.value && (
        <>
          <p>
            The token is good until <Time at={token.value.expiresOn} />.
          </p>
          <Code text={token.value.token} what="the token" />
        </>
      )}
      <Command>switchhook identity import 8:acs:…</Command>
    </Card>
  );
}

function Rooms(): JSX.Element {
  const list = useAPI<{ value: Room[] }>("/rooms" + roomsVersion, 10);
  const rows = list.value.value?.value;
  const make = async (): Promise<void> => {
    await api("POST", "/rooms" + roomsVersion, {});
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
            {
              head: "",
              cell: (one) => (
                <div class="buttons">
                  <a target="_blank" rel="noopener" href={`/samples/rooms/?room=${encodeURIComponent(one.id)}`}>
                    Open in a tab
                  </a>
                  <Act class="quiet danger" changes confirm={`Delete the room ${one.id}?`} do={() => api("DELETE", `/rooms/${encodeURIComponent(one.id)}${roomsVersion}`).then(list.reload)}>
                    Delete
                  </Act>
                </div>
              ),
            },
          ]}
        />
      )}
    </Card>
  );
}
