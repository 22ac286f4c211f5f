import { runProcess } from "./process.ts";

/** A Python that can run the originals. */
export interface Python {
  readonly program: string;
  /** Of Python and of both libraries, for people. */
  readonly versions: string;
}

export const installHint =
  "They need python3 with psycopg2, asyncpg and python-dotenv. On Debian: apt-get install python3-psycopg2 python3-asyncpg python3-dotenv; elsewhere: pip install psycopg2-binary asyncpg python-dotenv. PYTHON names another interpreter.";

/** A version manager's python3 is a script in front of the program: the program tells its own place. */
const probe = `
import platform, sys, asyncpg, dotenv, psycopg2
print(sys.executable)
print(platform.python_version()
      + ", psycopg2 " + psycopg2.__version__.split()[0] + ", asyncpg " + asyncpg.__version__)
`;

/** Finds a Python that has all that the originals import; undefined where there is none. */
export async function findPython(): Promise<Python | undefined> {
  const candidates = [process.env.PYTHON, "python3", "/usr/bin/python3", "python"];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const answer = await runProcess({ program: candidate, choices: ["-c", probe] }).catch(
      () => null,
    );
    if (answer?.code !== 0) continue;
    const [program, versions] = answer.stdout.trim().split(/\r?\n/);
    if (program && versions) return { program, versions };
  }
  return undefined;
}
