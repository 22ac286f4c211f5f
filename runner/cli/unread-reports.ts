import { guideDirectory } from "../common/project.ts";
import { openReporters, readReporter } from "../report/reporters.ts";

/**
 * Writes the reports of a command line that could not be read: a job that collects them has to see that
 * nothing was verified. If they cannot be written, nothing is: why the command line could not be read says more.
 * @param print writes to stdout
 */
export async function failReports(
  argv: readonly string[],
  because: string,
  print: (text: string) => void,
): Promise<void> {
  const choices = valuesOf("--reporter", argv).flatMap((text) => readReporter(text) ?? []);
  const named = choices.filter(({ file }) => file !== undefined);
  const directory = guideDirectory(valuesOf("--guide", argv)[0]);
  if (named.length === 0) return;
  try {
    (await openReporters(named, directory, print)).fail(because);
  } catch {}
}

function valuesOf(option: string, argv: readonly string[]): string[] {
  return argv.flatMap((word, at) => {
    if (word.startsWith(`${option}=`)) return word.slice(option.length + 1);
    return word === option ? (argv[at + 1] ?? []) : [];
  });
}
