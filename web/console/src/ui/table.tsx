// Tables: small ones as they are, long ones of which the visible rows alone exist.
import type { ComponentChildren, JSX } from "preact";
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

export interface Column<T> {
  head: string;
  width?: string; // of the grid of long tables
  cell: (row: T) => ComponentChildren;
}

export function Table<T>(props: { columns: Column<T>[]; rows: T[]; id: (row: T) => string; label: string; selected?: (row: T) => boolean }): JSX.Element {
  return (
    <div class="tablebox" tabIndex={0} role="region" aria-label={props.label}>
      <table>
        <thead>
          <tr>
            {props.columns.map((column) => (
              <th key={column.head} scope="col">
                {column.head || <span class="hidden">Actions</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.rows.map((row) => (
            <tr key={props.id(row)} class={props.selected?.(row) ? "selected" : ""}>
              {props.columns.map((column) => (
                <td key={column.head} data-head={column.head}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const rowHeight = 40; // pixels, as in style.css
const spare = 8; // rows above and below what is visible

/** A list of any length. Arrows, Home, End and Page keys move, Enter opens. */
export function LongTable<T>(props: { columns: Column<T>[]; rows: T[]; id: (row: T) => string; label: string; open: (row: T) => void; mood?: (row: T) => string; more?: () => void }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const top = useSignal(0);
  const height = useSignal(600);
  const current = useSignal(0);
  useEffect(() => {
    const element = box.current!;
    const measure = (): void => void (height.value = element.clientHeight);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const first = Math.max(0, Math.floor(top.value / rowHeight) - spare);
  const last = Math.min(props.rows.length, Math.ceil((top.value + height.value) / rowHeight) + spare);
  const select = (to: number): void => {
    current.value = Math.max(0, Math.min(props.rows.length - 1, to));
    const y = current.value * rowHeight;
    const element = box.current!;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + 2 * rowHeight > element.scrollTop + element.clientHeight) element.scrollTop = y + 2 * rowHeight - element.clientHeight;
  };
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height.value / rowHeight) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -props.rows.length, End: props.rows.length };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      select(current.value + step);
    } else if (event.key === "Enter" && event.target === box.current && props.rows[current.value]) {
      props.open(props.rows[current.value]!);
    }
  };
  const scrolled = (event: Event): void => {
    const element = event.currentTarget as HTMLElement;
    top.value = element.scrollTop;
    if (element.scrollTop + element.clientHeight > element.scrollHeight - 20 * rowHeight) props.more?.();
  };
  const columns = props.columns.map((column) => column.width ?? "1fr").join(" ");
  const active = `${props.label.replace(/\W/g, "")}-${current.value}`;
  return (
    <div class="longtable" role="grid" aria-label={props.label} aria-rowcount={props.rows.length + 1} aria-activedescendant={props.rows.length ? active : undefined} tabIndex={0} ref={box} onScroll={scrolled} onKeyDown={keys}>
      <div role="row" class="head" aria-rowindex={1} style={{ gridTemplateColumns: columns }}>
        {props.columns.map((column) => (
          <div role="columnheader" key={column.head}>
            {column.head}
          </div>
        ))}
      </div>
      <div role="rowgroup" class="rows" style={{ height: `${props.rows.length * rowHeight}px` }}>
        {props.rows.slice(first, last).map((row, i) => (
          <div
            role="row"
            key={props.id(row)}
            id={`${props.label.replace(/\W/g, "")}-${first + i}`}
            aria-rowindex={first + i + 2}
            aria-selected={first + i === current.value}
            class={`row ${props.mood?.(row) ?? ""}`}
            style={{ gridTemplateColumns: columns, transform: `translateY(${(first + i) * rowHeight}px)` }}
            onClick={() => {
              current.value = first + i;
              props.open(row);
            }}
          >
            {props.columns.map((column) => (
              <div role="gridcell" key={column.head}>
                {column.cell(row)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
