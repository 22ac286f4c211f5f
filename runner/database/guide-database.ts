/** Where a guide runs. */
export interface GuideDatabase {
  /** For people: which server, which version. Never the password. */
  readonly label: string;
  readonly kind: "embedded" | "given";
  /** False where the drivers share one database, and so take turns. */
  readonly isParallel: boolean;
  /** Gives a driver a database of its own: a URL for its steps, and a way to drop it. */
  openLane(driver: string): Promise<Lane>;
  close(): Promise<void>;
}

export interface Lane {
  readonly url: string;
  /** Gives the driver a new, empty database of the same name: its URL stays. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
