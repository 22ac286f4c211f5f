import type { Context, GuideOptions } from "../../runner/cli/program.ts";
import { isCi } from "../../runner/common/ci.ts";
import { guideDirectory } from "../../runner/common/project.ts";
import { describeUnavailable } from "../../runner/guide/clients.ts";
import type { Guide } from "../../runner/guide/guide.ts";
import { loadGuide } from "../../runner/guide/load-guide.ts";
import { type ClientSelection, selectClients } from "../../runner/run/select-clients.ts";
import { withSession } from "../../runner/run/with-session.ts";
import { openDriverStatements } from "./database/driver-statements.ts";
import { runLive } from "./live-session.ts";
import type { LiveClient } from "./sight.ts";

export interface OpenOptions extends GuideOptions {
  /** False to only print the address. */
  readonly browser: boolean;
  /** 0 for any that is free. */
  readonly port: number;
  /** Seconds until the guide ends after the last page was closed. */
  readonly idleTimeout: number;
}

/** `open`: the guide as a live page, until its last page is closed, or Ctrl-C. @returns the exit code */
export async function openCommand(options: OpenOptions, context: Context): Promise<number> {
  const { note, print, signal } = context;
  const guide = await loadGuide(guideDirectory(options.guide));
  const { clients: names, standalone, unavailable } = await chooseClients(guide, options);
  for (const client of unavailable) note(describeUnavailable(client));
  const clients = names.map((name) => liveClient(name, standalone));
  const { timeout, port, idleTimeout: patience } = options;
  const whole = { guide, clients: names, standalone, runs: guide.runs, timeout, inPlace: false };
  const statements = openDriverStatements();
  let directory = "";

  async function onAddress(address: string, isFirst: boolean): Promise<void> {
    if (!isFirst) return print(`For another browser: ${address}\n`);
    print(`The guide is at ${address}\n`);
    const later = patience === 60 ? "a minute" : `${patience} s`;
    note(
      `The address works once. Ctrl-C ends the guide, and so does closing its page, ${later} later.`,
    );
    if (!options.browser || isCi()) return;
    const { openBrowser } = await import("./open-browser.ts");
    openBrowser(address, directory);
  }

  await withSession(
    { ...whole, note, signal },
    (session) =>
      runLive({ guide, clients, session, statements, port, patience, onAddress, signal }),
    (options, workspace) => {
      directory = workspace.directory;
      return statements.prepare(options, workspace);
    },
  );
  return 0;
}

/** By default, those whose scripts the guide shows: what is shown is what runs. */
async function chooseClients(guide: Guide, options: OpenOptions): Promise<ClientSelection> {
  const { driver, standalone = false } = options;
  const isDefault = driver.length === 0 && !standalone && guide.lesson.length > 0;
  if (!isDefault) return selectClients(guide, driver, standalone);
  const all = await selectClients(guide, [], true);
  const names = guide.lesson.map((name) => `standalone/${name}`);
  const ready = names.flatMap((name) => all.standalone.find((one) => one.name === name) ?? []);
  if (ready.length === 0) return selectClients(guide, [], false);
  const unavailable = all.unavailable.filter(({ client }) => names.includes(client));
  return { clients: ready.map(({ name }) => name), standalone: ready, unavailable };
}

function liveClient(name: string, standalone: ClientSelection["standalone"]): LiveClient {
  const client = standalone.find((one) => one.name === name);
  return {
    name,
    title: client?.label ?? name,
    fileOf: (step) => client?.scripts.get(step) ?? step.file,
  };
}
