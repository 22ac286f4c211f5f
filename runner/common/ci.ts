/** Continuous integration: nobody is asked, and golden files are only checked. */
export function isCi(): boolean {
  return isOn(process.env.CI);
}

/** A job of GitHub Actions, which takes some of what is printed for commands. */
export function isOnGithub(): boolean {
  return isOn(process.env.GITHUB_ACTIONS);
}

/** A variable that is set to nothing, 0 or false says no. */
function isOn(value: string | undefined): boolean {
  return !["", "0", "false"].includes((value ?? "").trim().toLowerCase());
}
