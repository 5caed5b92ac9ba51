// Tables whose rows all exist; longtable.tsx has those of any length.
import type { ComponentChildren, JSX } from "preact";

export interface Column<T> {
  head: string;
  width?: string; // of the grid of long tables
  below?: boolean; // a long text: it has a line of its own where a long table is narrow
  spare?: boolean; // a long table on a phone leaves it out
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
