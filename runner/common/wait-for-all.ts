/** Waits for all works, also where one fails: then none of them still writes. @throws the first failure */
export async function waitForAll<Works extends readonly unknown[] | []>(works: Works) {
  await Promise.allSettled(works);
  return Promise.all(works);
}
