/** Whether a path is the API's or the sign-in's: what goes wrong there is told as problem details. */
export function isApi(path: string): boolean {
  return /^\/(api|auth)(\/|$)/i.test(path);
}
