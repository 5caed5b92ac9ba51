// A list of any length, of which the visible rows alone exist.
import { Component, type JSX, type RefObject } from "preact";
import { useSignal, type Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Column } from "./table";

const heights = [40, 58, 88]; // of rows of one, two and three lines, in pixels; style.css has them too
const spare = 8; // rows above and below what is visible

interface LongTableProps<T> {
  columns: Column<T>[];
  rows: T[];
  id: (row: T) => string; // what stays the same when a row changes or moves
  label: string;
  open: (row: T) => void;
  chosen?: Signal<string>; // id of the row that is chosen, where the list begins when it is shown again
  mood?: (row: T) => string;
  more?: () => void;
}

/**
 * A list of any length. Arrows, Home, End and Page keys move, Enter opens. What is visible
 * has a place each, and a place that a row leaves takes the next row: scrolling makes no
 * elements, and draws anew only the rows that come. Rows that come above leave the chosen row
 * and, once the list is scrolled, what is visible as they are.
 */
export function LongTable<T>(props: LongTableProps<T>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const own = useSignal(""); // at first the first row is chosen
  const current = props.chosen ?? own;
  const total = props.rows.length;
  const placeOf = (id: string): number => props.rows.findIndex((row) => props.id(row) === id);
  const { above, height, lines, rowHeight, scrolled } = useView(box, props, placeOf, current.value);
  const places = Math.ceil(height / rowHeight) + 2 * spare + 1;
  const first = Math.max(0, Math.min(above - spare, total - places));
  const last = Math.min(total, first + places);
  const chosenPlace = Math.max(0, placeOf(current.value));
  const select = (to: number): void => {
    if (total === 0) return;
    const place = Math.max(0, Math.min(total - 1, to));
    current.value = props.id(props.rows[place]!);
    const y = place * rowHeight;
    const element = box.current!;
    if (y < element.scrollTop) element.scrollTop = y;
    else if (y + 2 * rowHeight > element.scrollTop + height) element.scrollTop = y + 2 * rowHeight - height;
  };
  const keys = (event: KeyboardEvent): void => {
    const page = Math.max(1, Math.floor(height / rowHeight) - 2);
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -total, End: total };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      select(chosenPlace + step);
    } else if (event.key === "Enter" && event.target === box.current && props.rows[chosenPlace]) {
      props.open(props.rows[chosenPlace]!);
    }
  };
  const chosen = (row: T): void => {
    current.value = props.id(row);
    props.open(row);
  };
  const columns = props.columns
    .filter((column) => lines === 1 || !column.below)
    .map((column) => column.width ?? "1fr")
    .join(" ");
  const name = props.label.replace(/\W/g, "");
  const shown: JSX.Element[] = [];
  for (let at = first; at < last; at++) {
    const row = props.rows[at]!;
    shown.push(<Row key={at % places} id={`${name}-${at}`} at={at} row={row} columns={props.columns} grid={columns} y={at * rowHeight} mood={props.mood?.(row) ?? ""} selected={at === chosenPlace} chosen={chosen} />);
  }
  return (
    <div class={`longtable lines${lines}`} role="grid" aria-label={props.label} aria-rowcount={total + 1} aria-activedescendant={first <= chosenPlace && chosenPlace < last ? `${name}-${chosenPlace}` : undefined} tabIndex={0} ref={box} onScroll={scrolled} onKeyDown={keys}>
      <div role="row" class="head" aria-rowindex={1} style={{ gridTemplateColumns: columns }}>
        {props.columns.map((column) => (
          <div role="columnheader" key={column.head} class={lines > 1 && column.below ? "hidden" : ""}>
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

interface View {
  above: number; // rows that are scrolled away
  height: number; // pixels
  lines: number; // of a row
  rowHeight: number; // pixels
  scrolled: (event: Event) => void;
}

/** What of the rows is visible. Rows that come above what is scrolled to do not move it. */
function useView<T>(box: RefObject<HTMLDivElement>, props: LongTableProps<T>, placeOf: (id: string) => number, begin: string): View {
  const above = useSignal(0);
  const height = useSignal(0); // not measured yet
  const lines = useSignal(1);
  const uppermost = useRef(""); // id of the first visible row
  useEffect(() => {
    const element = box.current!;
    const measure = (): void => {
      height.value = element.clientHeight;
      const width = props.columns.some((column) => column.below) ? element.clientWidth : Infinity;
      lines.value = width < 840 ? 3 : width < 1300 ? 2 : 1;
    };
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => watch.disconnect();
  }, []);
  const rowHeight = heights[lines.value - 1]!;
  useLayoutEffect(() => {
    const moved = above.peek() > 0 ? placeOf(uppermost.current) - above.peek() : 0;
    if (moved === 0 || above.peek() + moved < 0) return;
    above.value += moved;
    box.current!.scrollTop += moved * rowHeight;
  }, [props.rows]);
  const begun = useRef(false);
  useLayoutEffect(() => {
    if (begun.current || height.value === 0 || props.rows.length === 0) return;
    begun.current = true;
    box.current!.scrollTop = Math.max(0, placeOf(begin) - 2) * rowHeight;
  });
  const scrolled = (event: Event): void => {
    const { scrollTop } = event.currentTarget as HTMLElement;
    above.value = Math.floor(scrollTop / rowHeight);
    const row = props.rows[above.value];
    uppermost.current = row ? props.id(row) : "";
    if (scrollTop + height.value > (props.rows.length - 20) * rowHeight) props.more?.();
  };
  return { above: above.value, height: height.value || 600, lines: lines.value, rowHeight, scrolled };
}

interface RowProps<T> {
  id: string;
  at: number;
  row: T;
  columns: Column<T>[];
  grid: string;
  y: number; // pixels
  mood: string;
  selected: boolean;
  chosen: (row: T) => void;
}

/** A place of a long table, which is drawn anew when it has another row, or a signal of a cell has changed. */
class Row<T> extends Component<RowProps<T>> {
  override shouldComponentUpdate(next: RowProps<T>, state: object): boolean {
    const { row, at, grid, y, selected, mood, columns } = this.props;
    return state !== this.state || next.row !== row || next.at !== at || next.grid !== grid || next.y !== y || next.selected !== selected || next.mood !== mood || next.columns !== columns;
  }

  override render(): JSX.Element {
    const { id, at, row, columns, grid, y, mood, selected } = this.props;
    return (
      <div role="row" id={id} aria-rowindex={at + 2} aria-selected={selected} class={`row ${mood}`} style={{ gridTemplateColumns: grid, transform: `translateY(${y}px)` }} onClick={() => this.props.chosen(row)}>
        {columns.map((column) => (
          <div role="gridcell" key={column.head} class={column.below ? "long" : column.spare ? "spare" : ""}>
            {column.cell(row)}
          </div>
        ))}
      </div>
    );
  }
}
