/** Where a guide runs. */
export interface GuideDatabase {
  /** For people: which server, which version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "given";
  /** False where the drivers share one database, and so take turns. */
  readonly isParallel: boolean;
  /**
   * Gives a driver a database of its own: a URL for its steps, and a way to drop it.
   * @param name of a lane that was closed, whose place it takes; otherwise a name that nothing has
   */
  openLane(driver: string, name?: string): Promise<Lane>;
  close(): Promise<void>;
}

export interface Lane {
  /** Of the scratch database. Undefined in place. */
  readonly name?: string;
  readonly url: string;
  close(): Promise<void>;
}
