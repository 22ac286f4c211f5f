/** Where a guide runs. */
export interface GuideDatabase {
  /** For people: which server, which version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "given";
  /** False where the drivers share one database, and so take turns. */
  readonly isParallel: boolean;
  /**
   * Gives a driver a database of its own.
   * @param name of a lane that was closed, whose place it takes; otherwise a name that nothing has
   */
  openLane(driver: string, name?: string): Promise<Lane>;
  /**
   * Drops the databases that are left, and stops what was started.
   * @throws Failure of kind "cleanup" that names what could not be removed
   */
  close(): Promise<void>;
}

/** One driver's database. */
export interface Lane {
  readonly database: string;
  /** For its steps. */
  readonly url: string;
  close(): Promise<void>;
}
