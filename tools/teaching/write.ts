import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { project } from "../../runner/common/project.ts";
import { answerKey } from "./answer-key.ts";
import { handout, handoutPage } from "./handout.ts";
import { answeredCourses, judgeAnswers } from "./judge-answers.ts";

// Writes what a teacher prints: docs/answer-key.md, docs/handout.md and the handout as a page. It takes a minute.
const judged = [];
for (const course of answeredCourses) judged.push(...(await judgeAnswers(course)));
writeFileSync(join(project, "docs/answer-key.md"), await answerKey(judged));
const text = await handout();
writeFileSync(join(project, "docs/handout.md"), text);
writeFileSync(join(project, "docs/handout.html"), await handoutPage(text));
