/**
 * Waits for work that may never end.
 * @param limit milliseconds
 * @param late makes the error of work that takes longer
 */
export async function withinLimit<Result>(
  work: Promise<Result>,
  limit: number,
  late: () => Error,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late()), limit);
  });
  return Promise.race([work, timeout]).finally(() => clearTimeout(timer));
}
