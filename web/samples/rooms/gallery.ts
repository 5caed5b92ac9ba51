// How many columns the gallery has: those that make its tiles largest.

const RATIO = 16 / 9;
const GAP = 12;

/** The best columns for a number of tiles in a box, and how wide a tile is then. */
export function arrange(tiles: number, width: number, height: number): { columns: number; tile: number } {
  let best = { columns: 1, tile: 0 };
  for (let columns = 1; columns <= tiles; columns++) {
    const rows = Math.ceil(tiles / columns);
    const across = (width - GAP * (columns - 1)) / columns;
    const down = ((height - GAP * (rows - 1)) / rows) * RATIO;
    const tile = Math.floor(Math.min(across, down));
    if (tile > best.tile) best = { columns, tile };
  }
  return best;
}

/** Keeps the tiles of a box as large as they can be. */
export function follow(box: HTMLElement): () => void {
  const look = (): void => {
    const tiles = [...box.children].filter((one) => !(one as HTMLElement).hidden && !one.classList.contains("floating")).length;
    const { columns, tile } = arrange(tiles, box.clientWidth, box.clientHeight);
    box.style.setProperty("--tile", `${Math.max(0, tile)}px`);
    box.style.setProperty("--columns", String(columns));
  };
  new ResizeObserver(look).observe(box);
  return look;
}
