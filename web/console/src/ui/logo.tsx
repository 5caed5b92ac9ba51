import type { JSX } from "preact";

export function Logo(): JSX.Element {
  return (
    <span class="logo">
      <svg viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="8" />
        <path d="M8 12c0-3 3-5 8-5s8 2 8 5v2h-5v-2.5c-2-.7-4-.7-6 0V14H8z" />
        <circle cx="16" cy="20" r="5" />
      </svg>
      Switchhook
    </span>
  );
}
