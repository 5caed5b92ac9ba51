// Tables: small ones as they are, long ones of which the visible rows alone exist.
import { Component, type ComponentChildren, type JSX } from "preact";
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

interface LongTableProps<T> {
  columns: Column<T>[];
  rows: T[];
  label: string;
  open: (row: T) => void;
  mood?: (row: T) => string;
  more?: () => void;
}

/**
 * A list of any length. Arrows, Home, End and Page keys move, Enter opens. What is visible
 * has a place each, and a place that a row leaves takes the next row: scrolling makes no
 * elements, and draws anew only the rows that come.
 */
export function LongTable<T>(props: LongTableProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const above = useSignal(0); // rows that are scrolled away
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
  const total = props.rows.length;
  const places = Math.ceil(height.value / rowHeight) + 2 * spare + 1;
  const first = Math.max(0, Math.min(above.value - spare, total - places));
  const last = Math.min(total, first + places);
  const select = (to: number): void => {
    current.value = Math.max(0, Math.min(total - 1, to));
    const y = current.value * rowHeight;
    const element = box.current!;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + 2 * rowHeight > element.scrollTop + height.value) element.scrollTop = y + 2 * rowHeight - height.value;
  };
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height.value / rowHeight) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      select(current.value + step);
    } else if (event.key === "Enter" && event.target === box.current && props.rows[current.value]) {
      props.open(props.rows[current.value]!);
    }
  };
  const scrolled = (event: Event): void => {
    const { scrollTop } = event.currentTarget as HTMLElement;
    above.value = Math.floor(scrollTop / rowHeight);
    if (scrollTop + height.value > (total - 20) * rowHeight) props.more?.();
  };
  const chosen = (at: number, row: T): void => {
    current.value = at;
    props.open(row);
  };
  const columns = props.columns.map((column) => column.width ?? "1fr").join(" ");
  const name = props.label.replace(/\W/g, "");
  const shown: JSX.Element[] = [];
  for (let at = first; at < last; at++) {
    const row = props.rows[at]!;
    shown.push(<Row key={at % places} id={`${name}-${at}`} at={at} row={row} columns={props.columns} grid={columns} mood={props.mood?.(row) ?? ""} selected={at === current.value} chosen={chosen} />);
  }
  return (
    <div class="longtable" role="grid" aria-label={props.label} aria-rowcount={total + 1} aria-activedescendant={total ? `${name}-${current.value}` : undefined} tabIndex={0} ref={box} onScroll={scrolled} onKeyDown={keys}>
      <div role="row" class="head" aria-rowindex={1} style={{ gridTemplateColumns: columns }}>
        {props.columns.map((column) => (
          <div role="columnheader" key={column.head}>
            {column.head}
          </div>
        ))}
      </div>
      <div role="rowgroup" class="rows" style={{ height: `${total * rowHeight}px` }}>
        {shown}
      </div>
    </div>
  );
}

interface RowProps<T> {
  id: string;
  at: number;
  row: T;
  columns: Column<T>[];
  grid: string;
  mood: string;
  selected: boolean;
  chosen: (at: number, row: T) => void;
}

/** A place of a long table, which is drawn anew when it has another row, or a signal of a cell has changed. */
class Row<T> extends Component<RowProps<T>> {
  override shouldComponentUpdate(next: RowProps<T>, state: object): boolean {
    const { row, at, selected, mood, columns } = this.props;
    return state !== this.state || next.row !== row || next.at !== at || next.selected !== selected || next.mood !== mood || next.columns !== columns;
  }

  override render(): JSX.Element {
    const { id, at, row, columns, grid, mood, selected } = this.props;
    return (
      <div role="row" id={id} aria-rowindex={at + 2} aria-selected={selected} class={`row ${mood}`} style={{ gridTemplateColumns: grid, transform: `translateY(${at * rowHeight}px)` }} onClick={() => this.props.chosen(at, row)}>
        {columns.map((column) => (
          <div role="gridcell" key={column.head}>
            {column.cell(row)}
          </div>
        ))}
      </div>
    );
  }
}
