import type { Command, StepProcess } from "./step-process.ts";

/**
 * Processes of runs that are expected next. Node.js has started in them, and waits for its turn.
 * @param start starts a process that waits
 */
export function openWaitingProcesses(start: (client: string, command: Command) => StepProcess) {
  const waiting = new Map<string, Map<string, StepProcess>>();
  const of = (client: string) => {
    const known = waiting.get(client) ?? new Map<string, StepProcess>();
    waiting.set(client, known);
    return known;
  };
  const end = async (client: string, isMeant: (key: string) => boolean) => {
    const some = [...of(client)].filter(([key]) => isMeant(key));
    for (const [key] of some) of(client).delete(key);
    await Promise.all(some.map(([, process]) => discard(process)));
  };
  return {
    /** Starts those of a client that are not there, and ends its others. */
    expect(client: string, commands: readonly Command[]): void {
      const keys = new Set(commands.map(keyOf));
      void end(client, (key) => !keys.has(key));
      for (const command of commands) {
        const key = keyOf(command);
        if (!of(client).has(key)) of(client).set(key, start(client, command));
      }
    },

    /** Takes the process of a command, if there is one. */
    take(client: string, command: Command): StepProcess | undefined {
      const key = keyOf(command);
      const process = of(client).get(key);
      of(client).delete(key);
      if (!process || process.isAlive()) return process;
      void discard(process);
      return undefined;
    },

    /** Ends all of a client, or of all clients. */
    async discard(client?: string): Promise<void> {
      const clients = client === undefined ? [...waiting.keys()] : [client];
      await Promise.all(clients.map((one) => end(one, () => true)));
    },
  };
}

async function discard({ finish, stdout, stderr }: StepProcess): Promise<void> {
  await finish(0, AbortSignal.abort());
  stdout.close();
  stderr.close();
}

const keyOf = (command: Command): string => JSON.stringify(command);
