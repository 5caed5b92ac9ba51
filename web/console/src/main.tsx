// The console: who is signed in sees the shell with one page in it.
import { render, type JSX } from "preact";
import { open, session } from "./state/session";
import { follow } from "./state/router";
import { Shell } from "./shell";
import { SignIn } from "./signin";
import { Toasts } from "./ui/toast";
import { applyTheme } from "./theme";

function Console(): JSX.Element {
  return (
    <>
      {session.value === undefined ? <p class="loading">…</p> : session.value === null ? <SignIn /> : <Shell />}
      <Toasts />
    </>
  );
}

applyTheme();
document.addEventListener("click", follow);
void open();
render(<Console />, document.getElementById("app")!);
