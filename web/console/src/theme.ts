// Light or dark: as the system says, unless the person has chosen.
import { effect } from "@preact/signals";
import { kept } from "./state/api";

export const theme = kept<"system" | "light" | "dark">("theme", "system");

export function applyTheme(): void {
  effect(() => {
    const root = document.documentElement;
    if (theme.value === "system") root.removeAttribute("data-theme");
    else root.setAttribute("data-theme", theme.value);
  });
}
