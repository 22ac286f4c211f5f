/** True in continuous integration: nothing asks a question, and golden files are only checked. */
export function isCi(): boolean {
  return isOn(process.env.CI);
}

/** True in a job of GitHub Actions, which reads some of what is printed as commands. */
export function isOnGithub(): boolean {
  return isOn(process.env.GITHUB_ACTIONS);
}

/** A variable is off if it is unset, empty, 0 or false. */
function isOn(value: string | undefined): boolean {
  return !["", "0", "false"].includes((value ?? "").trim().toLowerCase());
}
