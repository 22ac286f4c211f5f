/** Where a guide runs. */
export interface GuideServer {
  /** For people: which server, which version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "external";
  /** False where the clients share one database, and so take turns. */
  readonly isParallel: boolean;
  /**
   * Gives a client a database of its own.
   * @param name of a database that was closed, whose place it takes; otherwise a name that nothing has
   */
  createDatabase(client: string, name?: string): Promise<ClientDatabase>;
  /** Lets somebody look on, where the server is the run's own. */
  readonly observe?: () => Promise<ServerObserver>;
  /**
   * Drops the databases that are left, and stops what was started.
   * @throws Failure of kind "cleanup" that names what could not be removed
   */
  close(): Promise<void>;
}

/** One client's database. */
export interface ClientDatabase {
  readonly name: string;
  /** For its steps. */
  readonly url: string;
  close(): Promise<void>;
}

/** What a person may see beside the steps. */
export interface ServerObserver {
  /** A database's database, for a role that can read everything in it, and write nothing. */
  readonly urlFor: (database: ClientDatabase) => string;
  /** The server's log: it has every statement of the steps, with its duration. */
  readonly log: string;
}
