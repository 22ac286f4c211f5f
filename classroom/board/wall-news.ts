/** What the page on the wall is told. It has names only where they are to be shown. */
export interface Wall {
  readonly title: string;
  /** What one types to run the guide. */
  readonly command: string;
  readonly learners: number;
  readonly courses: readonly WallCourse[];
  /** Who has been at the same exercise for longest comes first. */
  readonly waiting: readonly Waiting[];
}

export interface WallCourse {
  readonly name: string;
  readonly learners: number;
  /** How many have done all of it. */
  readonly finished: number;
  readonly exercises: readonly {
    readonly name: string;
    readonly title: string;
    readonly here: number;
    readonly done: number;
  }[];
}

interface Waiting {
  readonly who: string;
  readonly exercise: string;
  readonly seconds: number;
  readonly tries: number;
  readonly hints: number;
}
