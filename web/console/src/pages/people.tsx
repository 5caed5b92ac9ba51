// Users with their tokens, and rooms for them.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { api, useAPI } from "../state/api";
import { Act, Card, Choice, Code, Command, Copy, Empty, Field, Input, Page, Problem } from "../ui/basics";
import { Table } from "../ui/table";
import { Time } from "../ui/time";
import { Rooms } from "./rooms";

interface Known {
  id: string;
  createdOn: string;
  tokensRevokedOn?: string;
}

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
  const list = useAPI<{ value: Known[]; nextLink?: string }>("/admin/identities?maxPageSize=200", 10);
  const rows = list.value.value?.value;
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
    await list.reload();
  };
  const bring = async (): Promise<void> => {
    const ids = (prompt("Raw ids of users that another server of this resource made, separated by blanks") ?? "").split(/[\s,]+/).filter(Boolean);
    if (ids.length) await api("POST", "/admin/identities:import", { ids });
    await list.reload();
  };
  const remove = async (id: string): Promise<void> => {
    await api("DELETE", `/identities/${encodeURIComponent(id)}${usersVersion}`);
    await list.reload();
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
        <Act changes do={bring}>
          Import users
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
      <h3>Users</h3>
      <Problem text={list.problem} />
      {rows?.length === 0 ? (
        <Empty title="There is no user.">Tokens are signed and not kept, so users are listed, and not their tokens.</Empty>
      ) : (
        <Table
          label="Users"
          rows={rows ?? []}
          id={(one) => one.id}
          columns={[
            { head: "User", cell: (one) => <code class="long">{one.id}</code> },
            { head: "Made", cell: (one) => <Time at={one.createdOn} /> },
            { head: "Tokens revoked", cell: (one) => (one.tokensRevokedOn ? <Time at={one.tokensRevokedOn} /> : "–") },
            {
              head: "",
              cell: (one) => (
                <div class="buttons">
                  <Act class="quiet" do={() => void ((user.value = one.id), (token.value = null))}>
                    Choose
                  </Act>
                  <Act class="quiet danger" changes confirm={`Delete the user ${one.id}? Its tokens and phones end.`} do={() => remove(one.id)}>
                    Delete
                  </Act>
                </div>
              ),
            },
          ]}
        />
      )}
      {list.value.value?.nextLink && <p>These are the first 200 users, in the order of their ids.</p>}
      <Command>switchhook identity import users.txt</Command>
    </Card>
  );
}
