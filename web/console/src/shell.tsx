// The frame around every page: where one can go, and who one is.
import type { JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { connected, missed, trouble } from "./state/live";
import { go, href, place } from "./state/router";
import { session, signOut } from "./state/session";
import { theme } from "./theme";
import { Act, Dialog, Empty, Page, Problem } from "./ui/basics";
import { Logo } from "./ui/logo";
import { utc } from "./ui/time";
import { pages, type Destination } from "./pages/index";

const groups = ["", "Administration"] as const;

function found(): Destination | undefined {
  const name = place.value.split("/")[0] ?? "";
  return pages.find((page) => page.path === name);
}

export function Shell(): JSX.Element {
  const help = useSignal(false);
  useKeys(() => (help.value = true));
  const here = found();
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.getElementById("main")?.focus())}>
        Skip to the page
      </a>
      <nav aria-label="Pages">
        <a class="home" href={href("")} aria-label="Switchhook, home">
          <Logo />
        </a>
        {groups.map((group) => (
          <div class="group" key={group}>
            {group && <div class="grouptitle">{group}</div>}
            {pages
              .filter((page) => page.group === group)
              .map((page) => (
                <a key={page.path} href={href(page.path)} aria-current={here === page ? "page" : undefined}>
                  <Icon of={page.icon} />
                  <span>{page.title}</span>
                </a>
              ))}
          </div>
        ))}
        <div class="foot">
          <span class={connected.value ? "live on" : "live"} title={missed.value ? `${missed.value} news came too fast to be shown` : undefined}>
            {connected.value ? "Live" : "Not connected"}
          </span>
          <button type="button" class="quiet" aria-pressed={utc.value} title="Times in UTC, or in your zone" onClick={() => (utc.value = !utc.value)}>
            {utc.value ? "UTC" : "Local time"}
          </button>
          <button type="button" class="quiet" title="Light, dark, or as the system" onClick={() => (theme.value = theme.value === "system" ? "dark" : theme.value === "dark" ? "light" : "system")}>
            {theme.value === "system" ? "System theme" : theme.value === "dark" ? "Dark" : "Light"}
          </button>
          <button type="button" class="quiet" onClick={() => (help.value = true)} aria-label="Keys of the keyboard">
            ?
          </button>
          <div class="who">
            <span title={session.value?.role}>{session.value?.role === "reader" ? "Read only" : "Administrator"}</span>
            <Act class="quiet" do={signOut}>
              Sign out
            </Act>
          </div>
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        <Problem text={trouble} />
        {here ? (
          <here.page key={here.path} />
        ) : (
          <Page title="Not here">
            <Empty title="There is no such page.">
              <a href={href("")}>Go home</a>
            </Empty>
          </Page>
        )}
      </main>
      {help.value && <Help close={() => (help.value = false)} />}
    </div>
  );
}

function Icon(props: { of: string }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={props.of} />
    </svg>
  );
}

/** g and a letter goes to a page, / to the search, ? shows the keys. */
function useKeys(help: () => void): void {
  useEffect(() => {
    let going = 0;
    const pressed = (event: KeyboardEvent): void => {
      const inside = event.target as HTMLElement;
      if (event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|TEXTAREA|SELECT)$/.test(inside.tagName) || document.querySelector("dialog[open]")) return;
      if (Date.now() - going < 1500) {
        going = 0;
        const to = pages.find((page) => page.key === event.key);
        if (to) {
          event.preventDefault();
          go(to.path);
        }
        return;
      }
      if (event.key === "g") going = Date.now();
      else if (event.key === "?") help();
      else if (event.key === "/") {
        const search = document.querySelector<HTMLInputElement>("input[type=search]");
        if (search) {
          event.preventDefault();
          search.focus();
        }
      }
    };
    document.addEventListener("keydown", pressed);
    return () => document.removeEventListener("keydown", pressed);
  }, []);
}

function Help(props: { close: () => void }): JSX.Element {
  return (
    <Dialog title="Keys" close={props.close}>
      <dl class="keys">
        {pages.map((page) => (
          <div key={page.path}>
            <dt>
              <kbd>g</kbd> <kbd>{page.key}</kbd>
            </dt>
            <dd>{page.title}</dd>
          </div>
        ))}
        <div>
          <dt>
            <kbd>/</kbd>
          </dt>
          <dd>Search in the page</dd>
        </div>
        <div>
          <dt>
            <kbd>↑</kbd> <kbd>↓</kbd> <kbd>Enter</kbd>
          </dt>
          <dd>Move in a list, open</dd>
        </div>
        <div>
          <dt>
            <kbd>Esc</kbd>
          </dt>
          <dd>Close a window</dd>
        </div>
      </dl>
    </Dialog>
  );
}
