import { renameSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openGuide } from "../support/live.ts";
import { visit } from "../support/live-visit.ts";
import { copySmallProject } from "../support/project.ts";
import { makeShellGuide, type OtherGuide } from "../support/shell-guide.ts";

const threeRuns = ["01-create", "02-read", "03-update"];

/** Saves a file in one move: two may be told of one after the other. */
function save(project: OtherGuide, file: string, text: string): void {
  project.write("saved", text);
  renameSync(join(project.directory, "saved"), join(project.directory, file));
}

const waits = ({ directory }: OtherGuide) =>
  `until [ -e '${directory}/opened' ]; do sleep 0.02; done\n`;

test("what runs again begins at the first run that is stale", async () => {
  const project = makeShellGuide(threeRuns);
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "run", run: 1 });
  await page.ends("match | match | waiting");

  const documented = project.read("steps/01-create.sh");
  const broken = documented.replace("a single book", "a lonely book");
  const create = async (text: string, shown: string) => {
    save(project, "steps/01-create.sh", text);
    await page.shows(shown);
  };
  await create(broken, "stale match | stale match | waiting");
  await page.ask({ kind: "all" });
  expect(await page.ends("drift | waiting | waiting")).toMatch(/01-create: drift\. 0 of 3 match/);

  await create(documented, "stale drift | waiting | waiting");
  await page.ask({ kind: "all" });
  expect(await page.ends("match | match | match")).toMatch(/^All 3 match/);

  await create(broken, "stale match | stale match | stale match");
  await page.ask({ kind: "run", run: 2 });
  expect(await page.ends("drift | waiting | waiting")).toBe("Stopped at 01-create: drift.");

  await create(documented, "stale drift | waiting | waiting");
  await page.ask({ kind: "run", run: 1 });
  await page.ends("match | match | waiting");
  await create(broken, "stale match | stale match | waiting");
  await page.ask({ kind: "runOnSave", isOn: true });
  save(project, "steps/02-read.sh", `${project.read("steps/02-read.sh")}\n`);
  await page.shows("drift | waiting | waiting");
});

test("what is run while one of its files is saved is no match", async () => {
  const project = makeShellGuide(threeRuns);
  const page = await visit(await openGuide(project));
  project.write("steps/02-read.sh", waits(project) + project.read("steps/02-read.sh"));
  await page.ask({ kind: "all" });
  await page.shows("match | running | waiting");
  project.edit("steps/01-create.sh", "a single book", "a lonely book");
  await page.shows("stale match | running | waiting");
  project.write("opened", "");
  expect(await page.ends("stale match | stale match | stale match")).toMatch(/^0 of 3 match/);
});

test("nothing is run while the guide has other runs than the page", async () => {
  const project = makeShellGuide(threeRuns);
  project.write("steps/02-read.sh", waits(project) + project.read("steps/02-read.sh"));
  project.write("opened", "");
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "all" });
  await page.ends("match | match | match");
  await page.ask({ kind: "runOnSave", isOn: true });

  const manifest = project.read("steps/guide.json");
  const longer = manifest.replace('"03-update"', '"03-update","02-read"');
  const said = "The guide's runs or drivers have changed. Start it again.";
  const stale = "stale match | stale match | stale match";
  save(project, "steps/guide.json", longer);
  await page.shows(stale);
  for (const kind of ["run", "back"] as const) {
    expect(await page.ask({ kind, run: 0 })).toBe(`409: ${said}`);
  }
  expect(await page.ask({ kind: "all" })).toBe(`409: ${said}`);
  expect(await page.ends(stale)).toBe(said);

  project.remove("opened");
  save(project, "steps/guide.json", manifest);
  await page.shows("match | running | waiting");
  save(project, "steps/guide.json", longer);
  await page.shows("stale match | running | waiting");
  project.write("opened", "");
  expect(await page.ends(stale)).toBe(said);
});

test("of two steps that are saved, the earlier one counts: at once, and during a run", async () => {
  const project = makeShellGuide(threeRuns);
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "all" });
  await page.ends("match | match | match");
  const again = (step: string) =>
    save(project, `steps/${step}.sh`, `${project.read(`steps/${step}.sh`)}\n`);
  for (const steps of [
    ["01-create", "03-update"],
    ["03-update", "01-create"],
  ]) {
    for (const step of steps) again(step);
    await page.shows("stale match | stale match | stale match");
    await page.ask({ kind: "all" });
    await page.ends("match | match | match");
  }

  // During the run, each save is noticed on its own.
  project.write("steps/03-update.sh", waits(project) + project.read("steps/03-update.sh"));
  await page.shows("match | match | stale match");
  await page.ask({ kind: "runOnSave", isOn: true });
  await page.ask({ kind: "run", run: 2 });
  await page.shows("match | match | running");
  project.edit("steps/01-create.sh", "a single book", "a lonely book");
  await page.shows("stale match | stale match | running");
  again("03-update");
  await new Promise((resolve) => setTimeout(resolve, 500));
  project.write("opened", "");
  await page.shows("drift | waiting | waiting"); // it ran from the first step
});

test("a page shows what a step prints while the step goes on", async () => {
  const project = makeShellGuide(threeRuns);
  const step = project.read("steps/01-create.sh");
  project.write("steps/01-create.sh", `echo first\n${waits(project)}echo second\n${step}`);
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "run", run: 0 });
  await page.prints("first\n");
  project.write("opened", "");
  await page.ends("drift | waiting | waiting");
});

test("after Stop, and after an error that is mended, a save runs on to where the reader wanted", async () => {
  const project = makeShellGuide(threeRuns);
  const step = project.read("steps/02-read.sh");
  project.write("steps/02-read.sh", waits(project) + step);
  const page = await visit(await openGuide(project));
  await page.ask({ kind: "runOnSave", isOn: true });
  await page.ask({ kind: "run", run: 1 });
  await page.shows("match | running | waiting");
  await page.ask({ kind: "stop" });
  await page.ends("match | waiting | waiting");
  save(project, "steps/02-read.sh", step);
  await page.shows("match | match | waiting");
});

test("a syntax error that is mended is not in the bar any more", async () => {
  const project = copySmallProject(["pg"]);
  const page = await visit(await openGuide(project));
  const step = project.read("steps/01-create.ts");
  project.write("steps/01-create.ts", `${step}(`);
  await page.ask({ kind: "run", run: 0 });
  expect(await page.ends("blocked | waiting")).toContain("01-create.ts, line");
  project.write("steps/01-create.ts", step);
  await page.shows("waiting | waiting");
  expect(await page.ends("waiting | waiting")).toBe("");
});
