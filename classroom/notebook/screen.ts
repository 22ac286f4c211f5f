/** Where a page is shown. */
export interface Screen {
  readonly write: (text: string) => void;
  /** Asked anew each time: a terminal may be resized. */
  readonly size: () => { readonly width: number; readonly height: number };
  /** No cursor movement, and no line that changes. */
  readonly isPlain: boolean;
}

/** The terminal that this process writes to. */
export function openScreen(write: (text: string) => void): Screen {
  const { stdout, env } = process;
  return {
    write,
    size: () => ({ width: stdout.columns || 80, height: stdout.rows || 24 }),
    isPlain: Boolean(env.NO_COLOR) || env.TERM === "dumb",
  };
}
