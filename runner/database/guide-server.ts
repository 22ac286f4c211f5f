import type { Pool } from "./pool.ts";
import type { Content } from "./sample.ts";

/** The server that a guide runs on. */
export interface GuideServer {
  /** Says which server it is, and its version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "external";
  /**
   * With one database, the clients take turns. With nothing, there is a server for each: the connections for the
   * runner's own work are to the first of them.
   */
  readonly clientsShare: "server" | "database" | "nothing";
  /** True if the steps have a role of their own on the reader's server, which refuses what is not theirs. */
  readonly isGuarded?: () => Promise<boolean>;
  /**
   * Makes a database for a client.
   * @param name of a database that was closed, to make it again. Otherwise it gets a new name
   * @param content what is in it, if it is not to be empty
   * @throws Failure of kind "database"
   */
  createDatabase(client: string, name?: string, content?: Content): Promise<ClientDatabase>;
  /** False if a copy of so many bytes would leave too little room. Only the embedded server knows. */
  readonly hasRoomFor?: (bytes: number) => boolean;
  /**
   * Does a piece of the runner's own work on a connection that nothing else uses meanwhile. It is not waited for
   * after Ctrl-C.
   */
  readonly withConnection: Pool["withConnection"];
  /** Connects to a client's database for such work. The caller closes the connection. */
  readonly openIn?: Pool["openIn"];
  /** Takes TLS from now on. Only the embedded server can. @returns the file with its certificate */
  readonly offerTls?: () => Promise<string>;
  /** Makes what the steps do visible to the reader. Only the embedded server can. */
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
  /** The connection string. */
  readonly url: string;
  /** The reader's own, where the steps may have a role that the reader doesn't know. */
  readonly readersUrl?: string;
  /** Set if it is the reader's own database. */
  readonly inPlace?: InPlace;
  close(): Promise<void>;
}

/** What it takes to run in the reader's own database. */
export interface InPlace {
  /** The connection string of the steps: their sessions can be told from others. */
  readonly stepsUrl: string;
  /**
   * Makes sure that all in it is the guide's, and removes it before a client's first run: what another client, or an
   * earlier run, has made proves nothing.
   */
  beforeRun(isFirst: boolean): Promise<void>;
  /** Ends what the run's sessions are still doing after its process, and marks what it made as the guide's. */
  afterRun(): Promise<void>;
}

/** What the reader may see next to the steps. */
export interface ServerObserver {
  /** Gives the connection string of a role that can read everything in the database, and write nothing. */
  readonly urlFor: (database: ClientDatabase) => string;
  /** The file of the server's log: it has every statement of the steps, with its duration. */
  readonly log: string;
}
