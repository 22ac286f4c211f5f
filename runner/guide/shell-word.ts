/** What is printed works when it is pasted. */
export function shellWord(text: string): string {
  if (/^[\w./\\:@+-]+$/.test(text)) return text;
  return process.platform === "win32" ? `"${text}"` : `'${text.replaceAll("'", "'\\''")}'`;
}
