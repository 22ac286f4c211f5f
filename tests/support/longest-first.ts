import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What starts many processes. Begun last, such a file would run alone in the end. */
const long = /\/tests\/(command|learn|board|live|standalone|project)\//;

/** Begins with the files that take longest. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => long.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}
