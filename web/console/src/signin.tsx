// What stands where nobody is signed in.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { issuers, safe, signInBy, signInWith, whyNot } from "./state/session";
import { Act, Code } from "./ui/basics";
import { Logo } from "./ui/logo";

export function SignIn(): JSX.Element {
  const key = useSignal("");
  const busy = useSignal(false);
  const submit = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    await signInWith(key.value);
    key.value = "";
    busy.value = false;
  };
  const possible = safe.value && globalThis.crypto?.subtle !== undefined;
  return (
    <main class="signin" id="main">
      <div class="card">
        <Logo />
        <h1>Sign in to the console</h1>
        {whyNot.value && (
          <p class="problem" role="alert">
            {whyNot.value}
          </p>
        )}
        {possible && issuers.value.length > 0 && (
          <div class="issuers">
            {issuers.value.map((issuer) => (
              <Act key={issuer} class="primary" do={() => signInBy(issuer)}>
                Sign in with {new URL(issuer).host}
              </Act>
            ))}
          </div>
        )}
        {possible ? (
          <form onSubmit={(event) => void submit(event)}>
            <label class="field">
              <span>Access key, or connection string</span>
              <input id="key" type="password" autocomplete="off" autofocus required value={key.value} onInput={(event) => (key.value = event.currentTarget.value)} />
              <small>The primary key may change everything, the secondary key may look. The key stays in this browser: it signs the request.</small>
            </label>
            <button class={issuers.value.length > 0 ? "" : "primary"} id="signin" disabled={busy.value}>
              Sign in
            </button>
          </form>
        ) : (
          <p>The console is reached over HTTPS, or from the machine itself. Open it at the server's https:// address.</p>
        )}
        <h2>Or with a one-time address</h2>
        <p>On the server's machine, this prints an address that signs in once:</p>
        <Code text="switchhook console" what="the command" />
      </div>
    </main>
  );
}
