import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../runner/common/project.ts";
import { answerKey } from "./answer-key.ts";
import { handout } from "./handout.ts";
import { answeredCourses, judgeAnswers } from "./judge-answers.ts";

// Writes what a teacher prints: docs/answer-key.md and docs/handout.md. It takes a minute.
const judged = [];
for (const course of answeredCourses) judged.push(...(await judgeAnswers(course)));
writeFileSync(join(project, "docs/answer-key.md"), await answerKey(judged));
writeFileSync(join(project, "docs/handout.md"), await handout());
