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
  /** Lets somebody look on, where the server is the run's own. */
  readonly lookOn?: () => Promise<OnLooker>;
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

/** What a person may see beside the steps. */
export interface OnLooker {
  /** A lane's database, for a role that can read everything in it, and write nothing. */
  readonly urlFor: (lane: Lane) => string;
  /** The server's log: it has every statement of the steps, with its duration. */
  readonly log: string;
}
