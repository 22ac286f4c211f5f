import type { Directives } from "./read/directives.ts";
import type { PageSettings } from "./settings.ts";
import type { Effect } from "./shell/command-effects.ts";
import type { SessionPart } from "./sql/parse/read-session.ts";

/** A fenced block of a page, and where it is. Lines are counted from 0. */
export interface Block {
  /** The line of the opening fence. */
  readonly line: number;
  /** The lines of the content: the first one, and the one after the last. */
  readonly first: number;
  readonly last: number;
  /** The line after the whole block. */
  readonly end: number;
  /** What comes before the fence in its line: the indentation of a list, or "> ". */
  readonly prefix: string;
  /** The fence itself, such as three backticks. */
  readonly fence: string;
  /** True if the fence never ends. */
  readonly isOpen?: boolean;
  /** True for a Markdown table of the page, which is not in a block. Its `line` is the empty one above it. */
  readonly isTable?: boolean;
  /** True for such a table that nothing says is an output of SQL. No other block depends on it. */
  readonly isApart?: boolean;
  /** Why such a table, or an output outside of blocks, is not compared, in part of a sentence. */
  readonly uncompared?: string | undefined;
  readonly language: string;
  /** The rest of the info line. */
  readonly info: string;
  readonly content: string;
  readonly tab: Tab | undefined;
  readonly directives: Directives;
  /** The nearest line of text above it, in its own section. */
  readonly above: string;
  /** The last sentence above it: a line may only have a part of it. */
  readonly sentence: string;
  /** The text of the nearest heading above it, and how many there were so far. */
  readonly heading: string;
  readonly section: number;
}

/** One of several blocks that the page shows side by side. */
export interface Tab {
  /** Identifies the group on its page. */
  readonly group: number;
  readonly label: string;
}

interface FileCommand {
  /** The file, and the folder in which it is run, below the client's directory. */
  readonly file: string;
  readonly folder: string;
  /** Words before and after the file. */
  readonly options: readonly string[];
  readonly words: readonly string[];
  /** What is set for it alone: `NAME=x node app.js`. */
  readonly variables: ReadonlyMap<string, string>;
  readonly text: string;
}

/** A command that runs a program of the page. */
export interface ProgramCommand extends FileCommand {
  readonly program: "python" | "node" | "tsx";
}

/** A command that runs a file of the page. The SQL of a file is sent. */
export type PageCommand = ProgramCommand | (FileCommand & { readonly program: "psql" });

/** A command that is not run. */
export interface UnrunCommand {
  readonly text: string;
  readonly effect: Effect;
  /** How many commands of its block are run before it. */
  readonly at: number;
  /** In a session, what it printed. */
  readonly printed?: Stretch | undefined;
}

/** Lines of a block, from 0: the first one, and the one after the last. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** What a block is to a reader who follows the page. */
export type Fate =
  | {
      readonly kind: "file";
      readonly path: string;
      /** Two folders between which a shell went, where the page shows the name in both. */
      readonly folders?: readonly [string, string];
      /** Why it may be an output, in part of a sentence. */
      readonly whyOutput?: string;
    }
  /** It changes a part of a file: what runs the file later cannot be followed. */
  | {
      readonly kind: "part";
      readonly path: string;
      /** True for what the page shows to warn of it. */
      readonly isWarning?: boolean;
    }
  | {
      readonly kind: "run";
      readonly commands: readonly PageCommand[];
      /** What prepares, and how many commands come before it. */
      readonly lines: readonly { readonly text: string; readonly at: number }[];
      /** In a session, what each of the commands printed. Commands of one line have the same. */
      readonly printed?: readonly (Stretch | undefined)[];
      readonly unrun: readonly UnrunCommand[];
      /** Why a part of it may be an output, in part of a sentence. */
      readonly whyOutput?: string;
      /** The file in which it is itself, if it is a program. */
      readonly script?: string;
    }
  /** It is added to the end of the block above it. */
  | { readonly kind: "continued" }
  | {
      readonly kind: "output";
      /** True where only its place says that it is one: what differs from it says nothing. */
      readonly isGuess?: boolean;
      /** True where it may also be code that belongs to a file. */
      readonly mayBeCode?: boolean;
      /** Its first lines may repeat the SQL above it. */
      readonly repeats?: number;
      /** Why it is not compared, in part of a sentence; `whyOfSql` if it is one of SQL. */
      readonly why?: string;
      readonly whyOfSql?: string;
    }
  | { readonly kind: "sql" }
  /** SQL with its outputs in the same block. */
  | { readonly kind: "session"; readonly parts: readonly SessionPart[] }
  | {
      readonly kind: "environment";
      readonly variables: ReadonlyMap<string, string>;
      /** The file that has them, if the page names one: .env. */
      readonly path: string | undefined;
      /** Why it may be an output, in part of a sentence. */
      readonly whyOutput?: string;
    }
  | {
      readonly kind: "preparation";
      readonly lines: readonly string[];
    }
  /** A command or a session that is not run: an output below it is its own. */
  | {
      readonly kind: "command";
      readonly why: string;
      /** What prepares. */
      readonly lines: readonly string[];
      readonly unrun: readonly UnrunCommand[];
      /** The SQL file that it loads, and that the page does not show, if it does nothing else. */
      readonly file?: string;
      /** Why it may be an output itself, in part of a sentence. */
      readonly whyOutput?: string;
      /** It does again, in another shell, what the block above it does. */
      readonly isOtherWay?: true;
    }
  /** Where it `mayBeCode`, it may change a file of its language. */
  | {
      readonly kind: "none";
      readonly why: string;
      readonly mayBeCode?: boolean;
      readonly whyOutput?: string;
    };

/** A block with its fate. */
export interface ReadBlock {
  readonly block: Block;
  readonly fate: Fate;
}

/** What one run of a page needs. */
export type PageRun = CommandRun | SqlRun | LeftOut;

interface AnyRun {
  readonly isSetup: boolean;
  /** What varies in its output. */
  readonly volatile?: RegExp | undefined;
}

/** A block of SQL. Where the page shows several outputs of it, it is sent for the first one. */
export interface SqlRun extends AnyRun {
  readonly kind: "sql";
  /** Of the run, from 0. */
  readonly index: number;
  readonly sql: string;
  /** True for a psql command with a file. */
  readonly isCommand: boolean;
  /** True for the first block below one that leaves psql. */
  readonly isNew: boolean;
  /** The database that a psql command names: empty for the page's first one, undefined where none does. */
  readonly database: string | undefined;
  /** Why psql waits, where it is open and a statement has no end: a sentence. */
  readonly waits: string | undefined;
  /** 0 for the first output. */
  readonly part: number;
  /** True where the page shows what it prints together with the next run's, or with that of the runs before it. */
  readonly isShownBelow?: boolean;
  readonly showsAbove?: boolean;
  /** True where only the place of the output says that it is one. */
  readonly isGuess: boolean;
  /** True where the output is a Markdown table that is not in a block. */
  readonly isTable: boolean;
  /** Why the database may be different, or the session another user's: a command above is not run. */
  readonly unrun: string | undefined;
  /** Why the tables that there are may have other rows: a command above is not run. */
  readonly changed: string | undefined;
  /** What the page says right above the SQL, below it, and above its output. */
  readonly prose: string;
  /** The line of text above its output. */
  readonly above: string;
  /** The heading of the SQL, and all text between it and the block above. */
  readonly labels: string;
  /** The section of its heading. */
  readonly section: number;
  /** What its info line has behind the language. */
  readonly title: string;
  /** The command above it that opens psql. */
  readonly opensPsql: string | undefined;
}

/** What is not run: an output of something else, or a command that no client can follow. */
export interface LeftOut extends AnyRun {
  readonly kind: "left out";
  /** Why: a sentence. */
  readonly reason: string;
}

/** A command of the page, as each client runs it. */
export interface CommandRun extends AnyRun {
  readonly kind: "command";
  readonly clients: ReadonlyMap<string, ClientRun>;
  /** The names of the runs above it in its block, whose outputs the page shows together with its own. */
  readonly above: readonly string[];
  /** Why it may print something else than a reader sees: a command above is not run. A sentence. */
  readonly doubt?: string | undefined;
  readonly guess?: Guess | undefined;
}

/** A client's command, and what the client has by then. */
export interface ClientRun {
  readonly command: ProgramCommand;
  /** Why the client cannot follow it, where others can. A sentence. */
  readonly refused: string | undefined;
  /** What is to be installed first. */
  readonly preparation: readonly string[];
  /** The contents of all files, by their paths. */
  readonly files: () => ReadonlyMap<string, string>;
  /** Those that the page has shown since the client's run before. */
  readonly newFiles: () => ReadonlyMap<string, string>;
  /** The environment that the page writes, with placeholders. */
  readonly variables: ReadonlyMap<string, string>;
  /** The names of those that are not only in a file. */
  readonly exported: ReadonlySet<string>;
}

/** Why the page may show something else than what a command prints, so that only what agrees counts. */
export interface Guess {
  /** A sentence. */
  readonly reason: string;
  /** True if the command may also fail: its file may not be whole. */
  readonly mayFail: boolean;
}

/** How the reader of a page wants it to be run. */
export interface PageOptions {
  /** Also fail for stderr, for another layout, and where clients differ in what is not documented. */
  readonly strict?: boolean;
  /** Where packages are looked for first. */
  readonly project?: string;
  /** Run what prepares, in the clients' directories. */
  readonly install?: boolean;
}

/** A block, for people and reports. */
export interface ListedBlock {
  /** From 1. */
  readonly line: number;
  readonly fate: string;
  readonly what: string;
  /** Empty for all clients. */
  readonly clients: readonly string[];
}

/** A page that was read as a guide. */
export interface Page {
  /** Absolute path. */
  readonly file: string;
  /** The page as it was read. An editor may save it while it is run. */
  readonly bytes: Buffer;
  readonly settings: PageSettings;
  readonly options: PageOptions;
  readonly blocks: readonly ReadBlock[];
  readonly listed: readonly ListedBlock[];
  /** Commands of tabs that are not followed. Sentences. */
  readonly leftOut: readonly string[];
  /** The driver that sends the SQL of a client. */
  readonly sqlDrivers: ReadonlyMap<string, "pg" | "postgres">;
  /** The newest major version of PostgreSQL that the page names; 0 if it names none. */
  readonly newest: number;
  /** True if its SQL makes roles, databases, tablespaces or settings of the server. */
  readonly reachesBeyond: boolean;
  /** By the names of the runs. */
  readonly runs: ReadonlyMap<string, PageRun>;
  /** The programs that its commands run, and what they import, by their paths. Their places are taken out. */
  readonly scripts: () => ReadonlyMap<string, string>;
}
